/// An axis from a least to a greatest value, with marks at round ones.
struct ChartScale {
    var low: Double
    var high: Double
    /// Least first; the first and the last are the ends of the axis.
    var marks: [Double]

    /// An axis that holds all of these and zero.
    init(holding values: [Double]) {
        let finite = values.filter(\.isFinite)
        let least = min(0, finite.min() ?? 0)
        let greatest = max(0, finite.max() ?? 0)
        // Where it has no length, or one that no number has.
        guard greatest - least > 1e-300, (greatest - least).isFinite else {
            (low, high, marks) = (0, 1, [0, 1])
            return
        }
        let step = Self.round((greatest - least) / 4)
        let first = Int((least / step).rounded(.down))
        let last = Int((greatest / step).rounded(.up))
        marks = (first...last).map { Double($0) * step }
        low = marks[0]
        high = marks[marks.count - 1]
    }

    /// 0 at the low end and 1 at the high one.
    func place(_ value: Double) -> Double { min(max((value - low) / (high - low), 0), 1) }

    /// The least of 1, 2, 2.5, 5 and 10 times a power of ten that is not below a positive number.
    static func round(_ step: Double) -> Double {
        var power = 1.0
        while power * 10 <= step { power *= 10 }
        while power > step { power /= 10 }
        return power * ([1, 2, 2.5, 5].first { power * $0 >= step } ?? 10)
    }

    /// The least step of whole seconds, minutes, hours or days that makes at most so many of a stretch of seconds.
    static func timeStep(_ seconds: Double, atMost count: Int) -> Double {
        let steps: [Double] = [
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
        ]
        let least = seconds / Double(count)
        if least <= 0.5 { return round(least) }
        return steps.first { $0 >= least } ?? round(least / 86_400) * 86_400
    }
}

/// An axis of time on which stretches in which nothing happens are shortened.
public struct TimeAxis: Hashable, Sendable {
    /// In seconds.
    public let length: Double
    /// Stretches that are drawn short, in order and apart from each other.
    public let breaks: [ClosedRange<Double>]

    /// How much of the axis a shortened stretch takes.
    private let breakShare: Double

    /// - Parameter breaks: Those that do not lie within the axis, or in another, are left out.
    public init(seconds: Double, breaks: [ClosedRange<Double>] = []) {
        let length = seconds > 0 && seconds.isFinite ? seconds : 1
        var apart: [ClosedRange<Double>] = []
        for stretch in breaks.sorted(by: { $0.lowerBound < $1.lowerBound })
        where stretch.lowerBound >= apart.last?.upperBound ?? 0 && stretch.upperBound <= length {
            apart.append(stretch)
        }
        self.length = length
        self.breaks = apart
        breakShare = apart.isEmpty ? 0 : min(0.05, 0.4 / Double(apart.count))
    }

    /// Seconds that are drawn to scale.
    public var drawnSeconds: Double {
        max(0, length - breaks.reduce(0) { $0 + $1.upperBound - $1.lowerBound })
    }

    /// From 0 at its start to 1 at its end; what lies outside is at its edge.
    public func place(_ second: Double) -> Double {
        let second = min(max(second, 0), length)
        let scale = drawnSeconds > 0 ? (1 - breakShare * Double(breaks.count)) / drawnSeconds : 0
        var place = 0.0
        var passed = 0.0
        for stretch in breaks where second > stretch.lowerBound {
            place += (stretch.lowerBound - passed) * scale
            guard second >= stretch.upperBound else {
                let part = (second - stretch.lowerBound) / (stretch.upperBound - stretch.lowerBound)
                return place + part * breakShare
            }
            place += breakShare
            passed = stretch.upperBound
        }
        return min(1, place + (second - passed) * scale)
    }

    /// Round seconds to put marks at, none of them within a shortened stretch.
    func marks(atMost count: Int) -> [Double] {
        let step = ChartScale.timeStep(drawnSeconds > 0 ? drawnSeconds : length, atMost: count)
        guard breaks.isEmpty else {
            // Counted anew behind each break, since so much lies within them.
            var marks: [Double] = []
            var start = 0.0
            for end in breaks.map(\.lowerBound) + [length] {
                marks += Self.marks(from: start, to: end, step)
                start = breaks.first { $0.lowerBound == end }?.upperBound ?? length
            }
            return marks
        }
        return Self.marks(from: 0, to: length, step)
    }

    private static func marks(from start: Double, to end: Double, _ step: Double) -> [Double] {
        let first = (start / step).rounded(.up)
        let last = (end / step).rounded(.down)
        guard first <= last, last - first < 100 else { return [] }
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }
}

/// Rules that all comparisons share.
public enum Statistics {
    /// Runs that each side of a comparison needs; below it the answer is "not enough data".
    ///
    /// With five against five a complete separation is just significant (Mann-Whitney: p = 0.008).
    public static let minimumRuns = 5
    /// The false discovery rate that a verdict accepts.
    public static let falseDiscoveryRate = 0.05
    public static let confidence = 0.95

    /// p-values adjusted so that calling those up to q significant keeps the false discovery rate
    /// at q (Benjamini and Hochberg 1995), in the order given.
    public static func benjaminiHochberg(_ pValues: [Double]) -> [Double] {
        let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
        var adjusted = pValues
        var least = 1.0
        for (rank, index) in order.enumerated().reversed() {
            least = min(least, pValues[index] * Double(pValues.count) / Double(rank + 1))
            adjusted[index] = least
        }
        return adjusted
    }

    /// The least value that at least a share `p` of the values does not pass: the nearest rank.
    ///
    /// Always one of the values; nil without any, or for a `p` outside 0...1.
    public static func quantile(_ p: Double, of values: [Double]) -> Double? {
        guard !values.isEmpty, (0...1).contains(p) else { return nil }
        return values.sorted()[rank(p, of: values.count) - 1]
    }

    /// The nearest rank, from 1: p · n rounded up.
    ///
    /// A product that misses a whole number by rounding alone (0.07 · 100) counts as that number.
    static func rank(_ p: Double, of count: Int) -> Int {
        min(count, max(1, Int((p * Double(count) - 1e-9).rounded(.up))))
    }

    /// A time that something took, or that it had taken when it was cut off.
    public struct Duration: Hashable, Sendable {
        public var seconds: Double
        /// Cut off (aborted, timed out): it would have taken longer.
        public var isCensored: Bool

        public init(seconds: Double, isCensored: Bool = false) {
            self.seconds = seconds
            self.isCensored = isCensored
        }
    }

    /// The quantile of durations some of which were cut off (Kaplan and Meier 1958).
    ///
    /// Without cut ones it is the nearest rank. nil when so many were cut that it was not reached.
    public static func quantile(_ p: Double, of durations: [Duration]) -> Double? {
        guard (0...1).contains(p) else { return nil }
        let sorted = durations.sorted {
            $0.seconds != $1.seconds ? $0.seconds < $1.seconds : !$0.isCensored && $1.isCensored
        }
        var survival = 1.0
        for (index, duration) in sorted.enumerated() where !duration.isCensored {
            survival *= 1 - 1 / Double(sorted.count - index)
            if survival <= 1 - p + 1e-9 { return duration.seconds }
        }
        return nil
    }
}

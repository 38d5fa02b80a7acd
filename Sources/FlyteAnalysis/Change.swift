/// How a failure rate differs between two windows, and whether that can be chance.
public enum RateChange: Hashable, Sendable {
    /// Fewer judged runs on one side than `Statistics.minimumRuns`.
    case notEnoughData
    case measured(Measured)

    public struct Measured: Hashable, Sendable {
        /// New rate minus old rate.
        public var difference: Double
        /// Newcombe's 95 % interval of the difference.
        public var interval: Interval
        /// Two-sided, of Fisher's exact test.
        public var pValue: Double
        /// After Benjamini-Hochberg over all that were compared; equal to `pValue` when alone.
        public var adjustedPValue: Double
        public var verdict: Verdict
    }
}

/// How durations differ between two windows, and whether that can be chance.
public enum DurationChange: Hashable, Sendable {
    /// Fewer known durations on one side than `Statistics.minimumRuns`.
    case notEnoughData
    case measured(Measured)

    public struct Measured: Hashable, Sendable {
        /// Hodges-Lehmann: the median of all differences, new minus old, in seconds.
        public var shift: Double
        /// Its 95 % interval.
        public var interval: Interval
        /// The shift over the old median; nil when that is 0.
        public var relativeShift: Double?
        /// Two-sided, of Mann-Whitney's U.
        public var pValue: Double
        public var adjustedPValue: Double
        public var verdict: Verdict
    }
}

/// What a comparison says at a false discovery rate of 5 %.
public enum Verdict: String, Hashable, Sendable, CaseIterable {
    /// More failures, or slower.
    case worse
    /// Fewer failures, or faster.
    case better
    case unchanged
}

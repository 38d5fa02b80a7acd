/// How a rate differs between two windows, and whether that can be chance.
public enum RateChange: Hashable, Sendable {
    /// Fewer runs on one side than `Statistics.minimumRuns`.
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

    /// The figures, where there are any.
    public var measured: Measured? { if case .measured(let measured) = self { measured } else { nil } }
}

/// How durations differ between two windows, and whether that can be chance.
public enum DurationChange: Hashable, Sendable {
    /// On one side fewer than `Statistics.minimumRuns` lasted long enough to be compared.
    case notEnoughData
    case measured(Measured)

    public struct Measured: Hashable, Sendable {
        /// How the two were compared.
        public var method: Method
        /// New minus old, in seconds: by Mann-Whitney the median of all differences (Hodges-Lehmann), by log-rank the
        /// difference of the medians; nil when so many were cut off that there is no median.
        public var shift: Double?
        /// Its 95 % interval; nil by log-rank.
        public var interval: Interval?
        /// The shift over the old median; nil when there is none, or it is 0.
        public var relativeShift: Double?
        /// Two-sided. By log-rank the larger of two: what was cut off counts as such, and, on the side that is longer, as
        /// if it had succeeded at just that moment.
        public var pValue: Double
        public var adjustedPValue: Double
        public var verdict: Verdict
        /// Of the durations on each side, those that were cut off.
        public var censored: Int
        public var previousCensored: Int
    }

    public enum Method: String, Hashable, Sendable, CaseIterable {
        /// Nothing was cut off.
        case mannWhitney = "mann_whitney"
        /// Some failed, timed out or were aborted before they could succeed.
        case logRank = "log_rank"
    }

    /// The figures, where there are any.
    public var measured: Measured? { if case .measured(let measured) = self { measured } else { nil } }
}

/// What a comparison says at a false discovery rate of 5 %.
public enum Verdict: String, Hashable, Sendable, CaseIterable {
    /// More failures, or slower.
    case worse
    /// Fewer failures, or faster.
    case better
    case unchanged
}

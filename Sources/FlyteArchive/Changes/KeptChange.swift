public import FlyteModel

/// A workflow of a domain: what histories are of.
public struct ChangeSubject: Hashable, Sendable {
    /// The row of the project's domain.
    public var scope: Int64
    public var workflow: String
}

/// A history that was looked through for changes.
public struct ChangeSeriesName: Hashable, Sendable {
    public enum Measure: String, Hashable, Sendable, CaseIterable {
        case duration
        case failureRate = "failure_rate"
    }

    /// The node's path; empty for the workflow's own.
    public var path: String
    public var measure: Measure

    public init(path: String, measure: Measure) {
        self.path = path
        self.measure = measure
    }
}

/// A moment since which durations or failures are others than before, as the archive keeps it.
public struct KeptChange: Hashable, Sendable {
    public var series: ChangeSeriesName
    /// When the first run of those after it ended.
    public var at: Timestamp
    /// Of durations the median in seconds, of failures their share.
    public var before: Double
    public var after: Double
    /// The 95 % interval of the difference, after minus before.
    public var low: Double
    public var high: Double
    /// How often chance gives such a moment in a series like this one.
    public var p: Double
    /// What else changed there: a JSON object.
    public var withWhat: String

    public init(
        series: ChangeSeriesName, at: Timestamp, before: Double, after: Double, low: Double, high: Double,
        p: Double,
        withWhat: String
    ) {
        (self.series, self.at, self.before, self.after) = (series, at, before, after)
        (self.low, self.high, self.p, self.withWhat) = (low, high, p, withWhat)
    }
}

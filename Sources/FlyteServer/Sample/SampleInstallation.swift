import FlyteIDL
public import FlyteModel

/// A Flyte installation that never was: two projects with two domains each, ten weeks of runs of every kind,
/// and statistics that are planted in them. The same options give the same installation.
public struct SampleInstallation: Sendable {
    /// What happens in it that answers are to find.
    public enum Plants: String, Hashable, Sendable, CaseIterable {
        /// Nothing changes: all that runs goes on as it always did.
        case none
        /// In the last week that is over a workflow is slow, and another fails in a new way.
        case usual
        /// The same, and times of a schedule are missed.
        case all
    }

    public struct Options: Hashable, Sendable {
        public var seed: UInt64 = 1
        /// How many times the usual number of executions: 1 gives about 600.
        public var scale = 1
        /// How many nodes there are for each that runs a task in the usual trees.
        public var treeScale = 1
        /// How many days the history has.
        public var days = 70
        /// One run more, of a map with so many nodes; 0 for none.
        public var giantNodes = 0
        /// One run more, one of whose outputs has so many megabytes; 0 for none.
        public var literalMegabytes = 0
        /// So many runs more, of four launch plans that pass data on to each other, from project to project; 0 for none.
        public var dataRuns = 0
        public var plants = Plants.usual
        /// Whether its engine is one of before 2024: for what it found in a cache it reported an attempt, which succeeded at
        /// once and never ran.
        public var reportsCacheHits = false
        /// When the history ends; runs that have not ended by then are open.
        public var end: Timestamp
        /// Seconds that have passed since: open runs went on, and new ones began.
        public var passed: Int64 = 0

        /// Nothing has happened later than this.
        var now: Timestamp { end + passed * 1_000_000_000 }

        public init(end: Timestamp) { self.end = end }
    }

    public let installation: StoredInstallation
    /// What an archive should say.
    public let truth: SampleTruth
    /// From this day on `etl.load` in sales/production takes 1.6 times as long, where that is planted: a Monday.
    public let slowedFrom: Timestamp
    /// From this day on `ingest.files` in sales/development fails in a way that nobody has seen before: the same Monday.
    public let brokenFrom: Timestamp
    /// Times that the schedule of `etl.load` in sales/production meant and at which nothing began.
    public let missedTimes: [Timestamp]
    /// The task that fails now and then, and succeeds when tried again.
    public let flakyTask = SampleCatalog.fit.name

    public init(_ options: Options) {
        var history = SampleHistory(options)
        history.write()
        installation = history.engine.installation
        truth = history.engine.truth
        slowedFrom = history.turningPoint
        brokenFrom = history.turningPoint
        missedTimes = history.missedTimes
    }
}

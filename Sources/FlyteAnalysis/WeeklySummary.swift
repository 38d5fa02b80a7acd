public import FlyteModel

/// What happened in a week: the data of `flightlog report weekly`.
///
/// Executions, nodes and attempts belong to the window in which they *ended*, so that a week that is
/// over stays as it is. Every list has a total order, every rate its count and interval, and every
/// section the receipts of the queries that its figures came from. Lists are cut to the summary's
/// limit; `total` says how many rows there were.
public struct WeeklySummary: Hashable, Sendable {
    /// A list with the questions that gave it.
    public struct Section<Row: Hashable & Sendable>: Hashable, Sendable {
        public var rows: [Row]
        /// How many rows there were before the list was cut.
        public var total: Int
        public var receipts: [Receipt]

        public init(rows: [Row], total: Int, receipts: [Receipt]) {
            self.rows = rows
            self.total = total
            self.receipts = receipts
        }
    }

    /// A workflow, task or any named thing of a project.
    public struct Subject: Hashable, Sendable {
        public var source: String
        public var project: String
        public var domain: String
        public var name: String

        public init(source: String, project: String, domain: String, name: String) {
            self.source = source
            self.project = project
            self.domain = domain
            self.name = name
        }
    }

    /// How a set of executions ended.
    public struct Outcomes: Hashable, Sendable {
        public var succeeded = 0
        public var failed = 0
        public var timedOut = 0
        public var aborted = 0
        /// Of `failed`, by cause (design: the attempt's kind, not the execution's).
        public var userFailures = 0
        public var systemFailures = 0
        public var otherFailures = 0

        public init() {}

        /// Executions that count for the failure rate: aborted ones stand apart.
        public var judged: Int { succeeded + failed + timedOut }
        /// All that ended.
        public var ended: Int { judged + aborted }
        /// FAILED and TIMED_OUT over `judged`; nil when there were none.
        public var failureRate: Proportion? { Proportion(failed + timedOut, of: judged) }
    }

    /// The week's figures against those of the week before.
    public struct Headline: Hashable, Sendable {
        public var outcomes = Outcomes()
        public var previousOutcomes = Outcomes()
        public var rateChange: RateChange = .notEnoughData
        /// Seconds, started to ended, summed over the executions whose duration is known.
        public var totalDuration = 0.0
        /// Workflows with at least one execution that ended.
        public var workflows = 0
        /// Retried attempts that ended in the window.
        public var retries = 0
        public var previousRetries = 0
        /// The task whose nodes most often succeeded only after a retry; nil when none did.
        public var flakiest: Flaky?
        /// Node runs answered from the cache.
        public var cacheHits = 0
        /// Failures seen in this window and never before.
        public var newFailures = 0
        public var receipts: [Receipt] = []

        public init() {}
    }

    /// A task that fails and then succeeds.
    public struct Flaky: Hashable, Sendable {
        public var task: Subject
        /// Nodes that succeeded after an attempt that had failed, and all nodes that ran the task.
        public var flaky: Int
        public var nodes: Int
    }

    public struct Workflow: Hashable, Sendable {
        public var subject: Subject
        public var outcomes: Outcomes
        public var previousOutcomes: Outcomes
        /// Seconds; nil where nobody knows, or where too many were cut off before they got there.
        public var p50: Double?
        public var p95: Double?
        public var previousP50: Double?
        public var previousP95: Double?
        /// Executions that ended without a known duration, and are in no percentile.
        public var unknownDurations: Int
        public var rateChange: RateChange
        public var durationChange: DurationChange
        /// The longest execution: the next question.
        public var longestExecution: String?
    }

    public enum FailureNovelty: String, Hashable, Sendable, CaseIterable {
        /// Never seen before this window.
        case new
        /// Seen before, but not in the four weeks before this window.
        case returned
        /// Seen in the four weeks before this window too.
        case known
    }

    public struct Failure: Hashable, Sendable {
        public var source: String
        public var fingerprint: String
        public var novelty: FailureNovelty
        /// Attempts that failed so in the window, and the executions they belong to.
        public var attempts: Int
        public var executions: Int
        public var kind: String
        public var code: String
        /// The message of the latest one, as the server gave it: hostile text.
        public var message: String
        public var task: String
        public var project: String
        public var domain: String
        /// An execution that shows it: the latest.
        public var execution: String
        /// As the archive's views write times; ever, and latest in the window.
        public var firstSeenAt: String
        public var lastSeenAt: String
    }

    public struct Node: Hashable, Sendable {
        public var workflow: Subject
        public var node: String
        public var task: String?
        public var runs: Int
        public var unknownDurations: Int
        /// Seconds, started to ended.
        public var p50: Double?
        public var p90: Double?
        public var max: Double?
        public var totalSeconds: Double
        public var slowestExecution: String?
    }

    public struct CriticalNode: Hashable, Sendable {
        public var workflow: Subject
        public var node: String
        /// Executions of the workflow with a path, and those with this node on it.
        public var executions: Int
        public var onPath: Int
        /// Seconds on the path: mean over the executions that have it there, and their sum.
        public var meanSeconds: Double
        public var totalSeconds: Double
        /// `onPath` / `executions`.
        public var criticality: Double
    }

    public struct TimeClass: Hashable, Sendable {
        /// `user_code`, `queue`, `flyte_overhead`, …
        public var name: String
        public var seconds: Double
        /// Of the wall time of all executions in the window.
        public var share: Double
        public var executions: Int
    }

    /// Hours that were requested: an upper bound of what was used.
    public struct Requested: Hashable, Sendable {
        /// nil in the sum over all workflows.
        public var workflow: Subject?
        public var attempts: Int
        public var coreHours: Double
        public var gibHours: Double
        public var gpuHours: Double
        /// Parts of `coreHours`, which they sum to.
        public var usefulCoreHours: Double
        public var failedCoreHours: Double
        public var retriedCoreHours: Double
        public var abortedCoreHours: Double
        /// Parts of `gibHours`.
        public var wastedGibHours: Double
        /// Core-hours of attempts whose run time the server never saw: counted from creation to end.
        public var unseenCoreHours: Double
        /// Attempts that requested nothing we know of.
        public var attemptsWithoutRequest: Int

        public var wastedCoreHours: Double { failedCoreHours + retriedCoreHours + abortedCoreHours }
        /// nil when nothing was requested.
        public var wastedShare: Double? { coreHours > 0 ? wastedCoreHours / coreHours : nil }
        public var unseenShare: Double? { coreHours > 0 ? unseenCoreHours / coreHours : nil }
    }

    public struct Coverage: Hashable, Sendable {
        public var source: String
        public var project: String
        public var domain: String
        /// Executions created in the window.
        public var executions: Int
        /// Of them, those not over when last read.
        public var open: Int
        /// Of them, those with something the server withheld.
        public var incomplete: Int
        /// Things that the server withheld of them (rows of the capture ledger).
        public var withheld: Int
        /// Problems of the harvest that are not resolved.
        public var problems: Int
    }

    public var window: TimeWindow
    public var previousWindow: TimeWindow
    /// Names of the sources in the archive, sorted.
    public var sources: [String]
    /// What the summary was limited to; nil: everything.
    public var project: String?
    public var domain: String?
    public var headline: Headline
    /// Most executions first.
    public var workflows: Section<Workflow>
    /// Most executions hit first.
    public var failures: Section<Failure>
    /// Highest 90th percentile first.
    public var slowestNodes: Section<Node>
    /// Most time on critical paths first.
    public var criticalNodes: Section<CriticalNode>
    /// Most time first; the shares sum to 1.
    public var timeByClass: Section<TimeClass>
    public var requestedTotal: Requested
    /// Most core-hours first.
    public var requested: Section<Requested>
    public var coverage: Section<Coverage>
}

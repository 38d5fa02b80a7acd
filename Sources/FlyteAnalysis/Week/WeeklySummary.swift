public import FlyteModel

/// What happened in a week: the data of `flightlog report weekly`.
///
/// Executions, nodes and attempts belong to the window in which they *ended*, so that a week that is
/// over stays as it is. Top-level executions count; those that others launched only where that was asked
/// for, but attempts and nodes are work, and count once, wherever it was done. Every list has a total
/// order, every rate its count and interval, and every section the receipts of the queries that its
/// figures came from. Lists are whole.
public struct WeeklySummary: Hashable, Sendable {
    /// A list with the questions that gave it.
    public struct Section<Row: Hashable & Sendable>: Hashable, Sendable {
        public var rows: [Row]
        public var receipts: [Receipt]

        public init(rows: [Row], receipts: [Receipt]) {
            self.rows = rows
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

        private var keys: [KeyBytes] { [name, project, domain, source].map { KeyBytes($0) } }

        // By bytes: see `KeyBytes`.
        public static func == (a: Subject, b: Subject) -> Bool { a.keys == b.keys }
        public func hash(into hasher: inout Hasher) { hasher.combine(keys) }
    }

    /// How a set of executions ended.
    public struct Outcomes: Hashable, Sendable {
        public var succeeded = 0
        public var failed = 0
        public var timedOut = 0
        public var aborted = 0
        /// Of `failed`, by the class of the cause: the attempt's kind, not the execution's.
        public var userFailures = 0
        public var systemFailures = 0
        /// The cluster refused to run it.
        public var rejectedFailures = 0
        public var otherFailures = 0

        public init() {}

        /// Executions that count for the failure rate: aborted ones stand apart.
        public var judged: Int { succeeded + failed + timedOut }
        /// All that ended.
        public var ended: Int { judged + aborted }
        /// FAILED and TIMED_OUT over `judged`; nil when there were none.
        public var failureRate: Proportion? { Proportion(failed + timedOut, of: judged) }
        /// Aborted ones over all that ended; nil when none did.
        public var abortedRate: Proportion? { Proportion(aborted, of: ended) }

        static func + (a: Outcomes, b: Outcomes) -> Outcomes {
            var sum = a
            sum.succeeded += b.succeeded
            sum.failed += b.failed
            sum.timedOut += b.timedOut
            sum.aborted += b.aborted
            sum.userFailures += b.userFailures
            sum.systemFailures += b.systemFailures
            sum.rejectedFailures += b.rejectedFailures
            sum.otherFailures += b.otherFailures
            return sum
        }
    }

    /// The week's figures against those of the week before.
    public struct Headline: Hashable, Sendable {
        public var outcomes = Outcomes()
        public var previousOutcomes = Outcomes()
        public var rateChange: RateChange = .notEnoughData
        /// Of the rate of aborted ones.
        public var abortedChange: RateChange = .notEnoughData
        /// The same for each source of the archive, in the order of their names.
        public var sources: [Source] = []
        /// Seconds, started to ended, summed over the executions whose duration is known.
        public var totalDuration = 0.0
        public var previousTotalDuration = 0.0
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

    /// What ended in one installation: what several did is no figure of any of them.
    public struct Source: Hashable, Sendable {
        public var reach: ArchiveReach
        public var outcomes = Outcomes()
        public var previousOutcomes = Outcomes()
        public var rateChange: RateChange = .notEnoughData
        /// Of the rate of aborted ones.
        public var abortedChange: RateChange = .notEnoughData

        public var name: String { reach.source }
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
        /// Executions that failed, timed out or were aborted: they count as longer than they took.
        public var censored = 0
        public var previousCensored = 0
        /// Executions that ended without a known duration, and are in no percentile.
        public var unknownDurations = 0
        public var rateChange: RateChange
        /// Of the rate of aborted ones.
        public var abortedChange: RateChange
        public var durationChange: DurationChange
        /// The longest execution: the next question.
        public var longestExecution: String?

        init(subject: Subject, outcomes: Outcomes, previousOutcomes: Outcomes) {
            self.subject = subject
            self.outcomes = outcomes
            self.previousOutcomes = previousOutcomes
            rateChange = .notEnoughData
            abortedChange = .notEnoughData
            durationChange = .notEnoughData
        }
    }

    /// A workflow of which something ended in the window before, and nothing in this one.
    public struct Stopped: Hashable, Sendable {
        public var subject: Subject
        /// Of the window before.
        public var previousOutcomes: Outcomes
        /// Executions that were open when they were last read.
        public var open: Int

        /// As a row of the workflows: in this window there is nothing to say of it.
        public var workflow: Workflow {
            Workflow(subject: subject, outcomes: Outcomes(), previousOutcomes: previousOutcomes)
        }
    }

    public enum FailureNovelty: String, Hashable, Sendable, CaseIterable {
        /// Never seen before this window.
        case new
        /// Seen before, but not in the four weeks before this window.
        case returned
        /// Seen in the four weeks before this window too.
        case known
    }

    /// What made executions fail, by what the causes have in common.
    public struct Failure: Hashable, Sendable {
        public var source: String
        public var fingerprint: String
        public var novelty: FailureNovelty
        /// Executions in the window that failed so, and the workflows they are of.
        public var executions: Int
        public var workflows: Int
        /// A short readable name of the latest: hostile text.
        public var label: String
        /// `user`, `system`, `timeout`, `rejected` or `unknown`.
        public var causeClass: String
        public var kind: String
        public var code: String
        /// The message of the latest one, as the server gave it: hostile text.
        public var message: String
        /// The tasks in which it began with their counts, most first, such as `jobs.load (12), jobs.join (3)`; empty when
        /// it began outside of any task.
        public var tasks: String
        /// The task of the latest.
        public var task: String
        public var project: String
        public var domain: String
        /// An execution that shows it: the latest.
        public var execution: String
        /// As the archive's views write times; ever, and latest in the window.
        public var firstSeenAt: String
        public var lastSeenAt: String
    }

    /// Attempts that failed without making a top-level execution fail, by what they have in common.
    public struct Overcome: Hashable, Sendable {
        public var source: String
        /// Empty when the server told no error.
        public var fingerprint: String
        public var attempts: Int
        /// Of them, those followed by another attempt of their node.
        public var retried: Int
        /// The executions they are of, and those of them that succeeded.
        public var executions: Int
        public var succeeded: Int
        public var kind: String
        public var code: String
        /// The message of the latest one, as the server gave it: hostile text.
        public var message: String
        /// The tasks with their counts, most first.
        public var tasks: String
        public var project: String
        public var domain: String
        /// An execution that shows it: the latest.
        public var execution: String
        public var lastSeenAt: String
    }

    public struct Node: Hashable, Sendable {
        public var workflow: Subject
        /// Its readable name, and its path in the template: two nodes of one name are two.
        public var node: String
        public var path: String
        public var task: String?
        public var runs: Int
        /// Of `runs`, those that failed or timed out: they are in no percentile.
        public var failed: Int
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
        /// Its readable name, and its path in the template: two nodes of one name are two.
        public var node: String
        public var path: String
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
        public var source: String
        /// `user_code`, `queue`, `flyte_overhead`, …
        public var name: String
        public var seconds: Double
        /// Of the wall time of all executions of the source in the window.
        public var share: Double
        public var executions: Int
        /// Of user code: the share that nobody saw running, counted from creation to end; nil of other classes.
        public var unseenShare: Double?
    }

    /// Hours that were requested, between a lower and an upper bound; what was used lies below.
    public struct Requested: Hashable, Sendable {
        /// nil in the sum over all workflows.
        public var workflow: Subject?
        public var attempts: Int
        public var coreHours: Double
        public var gibHours: Double
        public var gpuHours: Double
        /// The lower bounds: nothing for attempts whose run time nobody saw, one element of a map at a time.
        public var coreHoursLow: Double
        public var gibHoursLow: Double
        public var gpuHoursLow: Double
        /// Parts of `coreHours`, which they sum to.
        public var usefulCoreHours: Double
        public var failedCoreHours: Double
        public var retriedCoreHours: Double
        public var abortedCoreHours: Double
        /// Parts of `gibHours`.
        public var wastedGibHours: Double
        /// Core-hours of attempts whose run time the server never saw: counted from creation to end.
        public var unseenCoreHours: Double
        /// Part of `coreHours`: of executions that others launched.
        public var childCoreHours: Double
        /// Attempts that requested nothing we know of.
        public var attemptsWithoutRequest: Int
        /// Attempts that never had a container, and so count for nothing.
        public var attemptsWithoutContainer: Int

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
    /// Whose days and weeks the windows have.
    public var zone: TimeZoneRules
    /// Executions that others launched are counted, too.
    public var children: Bool
    /// What the summary was limited to; nil: everything.
    public var project: String?
    public var domain: String?
    public var headline: Headline
    /// All that is more than chance, what matters most first; never cut.
    public var findings: [WeeklyFinding]
    /// Most executions first.
    public var workflows: Section<Workflow>
    /// Of which nothing ended any more: most executions before first.
    public var stopped: Section<Stopped>
    /// Most executions hit first.
    public var failures: Section<Failure>
    /// Most attempts first.
    public var overcome: Section<Overcome>
    /// Highest 90th percentile first.
    public var slowestNodes: Section<Node>
    /// Most time on critical paths first.
    public var criticalNodes: Section<CriticalNode>
    /// Most time first; the shares sum to 1 in each source.
    public var timeByClass: Section<TimeClass>
    public var requestedTotal: Requested
    /// Most core-hours first.
    public var requested: Section<Requested>
    public var coverage: Section<Coverage>

    /// Names of the sources in the archive, sorted.
    public var sources: [String] { headline.sources.map(\.name) }
    /// Whether the archive has the window before of every source: then "new" and "before" mean what they say.
    public var reachesBack: Bool { headline.sources.allSatisfy { $0.reach.extent == .whole } }
    /// How far back the archive knows of a source.
    public func extent(of source: String) -> ArchiveReach.Extent {
        headline.sources.first { $0.name == source }?.reach.extent ?? .none
    }
}

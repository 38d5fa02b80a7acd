public import FlyteModel

/// What an archive can say of why an execution went wrong, for whoever writes down what happened: the way down to where it
/// began, what was different from the last success, who failed alike and what followed that, and what it touched.
///
/// Each part has the receipts of the questions that its figures came from.
public struct PostMortem: Sendable {
    public var details: ExecutionDetails
    public var compared: ComparedExecution
    /// The way from the execution down to where its failure began.
    public var chain: [FailureLink]
    /// In the order of time, with what came later.
    public var events: [PostMortemEvent]
    public var change: Change
    /// The same for the execution where the failure began; nil where that is the execution itself.
    public var causeChange: Change?
    public var path = Answer<PathStep>()
    public var baseline: Baseline
    /// What followed its failure; nil for one that did not fail.
    public var aftermath: Aftermath?
    public var alike: Alike
    public var reach: Reach
    public var evidence = Answer<Message>()

    /// A list with the questions that gave it.
    public struct Answer<Row: Sendable>: Sendable {
        public var rows: [Row] = []
        public var receipts: [Receipt] = []
    }

    /// What may explain the failure, of the execution itself and of the one where it began.
    public var explanations: [ExecutionDifference] { change.explanations + (causeChange?.explanations ?? []) }

    /// What was different from the last success.
    public struct Change: Sendable {
        /// nil where the archive has no success to compare it with.
        public var comparison: ExecutionComparison?
        /// Which success it is compared with and why, or why there is none: a sentence.
        public var reason: String
        public var receipts: [Receipt]

        /// What may explain the failure, most likely first. How it ended and what happened on the way explains nothing, and
        /// who started it, why and under which labels hardly ever does; nor does what is another in nearly every run.
        public var explanations: [ExecutionDifference] {
            (comparison?.differences ?? []).filter { difference in
                switch difference.aspect {
                case .version, .image, .definition, .dag, .environment, .resources, .upstream, .cluster: true
                case .input: !difference.isUsual
                case .outcome, .error, .launch, .principal, .label, .cache, .node, .retries, .duration,
                    .failureRate:
                    false
                }
            }
        }
    }

    /// A step of the critical path.
    public struct PathStep: Hashable, Sendable {
        public var step: Int
        public var nodeID: String?
        /// How people call the node; nil for what is the engine's own.
        public var label: String?
        /// As v_critical_path has it: user_code, queue, …
        public var kind: String
        public var startAt: String?
        public var seconds: Double
    }

    /// How runs of the same workflow went before it.
    public struct Baseline: Sendable {
        /// How many of the last ended runs it is made of.
        public var runs = 0
        public var failures = 0
        /// Of those that succeeded, from creation to end; nil where none did.
        public var median: Double?
        /// 5 % of the successful ones took no longer.
        public var low: Double?
        /// 95 % of them took no longer.
        public var high: Double?
        public var firstCreatedAt: String?
        public var receipts: [Receipt] = []

        /// As many runs are looked at.
        public static let runLimit = 100
    }

    /// What came after a failure, as the query `after-failures` tells it.
    public struct Aftermath: Hashable, Sendable {
        public var execution: ExecutionID
        public var workflow: String?
        public var workflowVersion: String?
        public var endedAt: String?
        public var label: String?
        /// `repeated and passed`, `passed`, `failed alike`, …
        public var followedBy: String
        public var nextExecution: String?
        public var nextVersion: String?
        /// The first later run that succeeded; nil while none has.
        public var passedExecution: String?
        public var passedVersion: String?
        public var passedEndedAt: String?
        /// How many later runs failed before that, or so far.
        public var failedBetween: Int
    }

    /// Other failures with the same cause.
    public struct Alike: Sendable {
        /// What their causes have in common; nil where the server told no error.
        public var fingerprint: String?
        /// All others that the archive has, before and after.
        public var executions = 0
        public var before = 0
        public var workflows = 0
        public var firstEndedAt: String?
        public var lastEndedAt: String?
        /// The newest, each with what followed it.
        public var newest: [Aftermath] = []
        public var receipts: [Receipt] = []

        /// As many of the newest are told.
        public static let newestLimit = 20
    }

    /// What the failure touched beside where it happened.
    public struct Reach: Sendable {
        /// Nodes of the template that never ran, as one upstream of them had failed.
        public var neverRan: [String] = []
        /// The executions above it: the one that launched it, the one that launched that, …
        public var parents: [Related] = []
        /// Executions that it launched and that did not succeed.
        public var children: [Related] = []
        /// Who read what the last success had written: what may have missed it this time.
        public var readers: [Related] = []
        public var work: [Work] = []
        public var receipts: [Receipt] = []
    }

    public struct Related: Hashable, Sendable {
        public var execution: ExecutionID
        public var workflow: String?
        public var phase: String
        public var endedAt: String?
    }

    /// Container time of the execution and all that it launched, by what became of it.
    public struct Work: Hashable, Sendable {
        /// As v_work_time has it: useful, failed, retried, aborted or cached.
        public var outcome: String
        public var attempts: Int
        public var hoursLow: Double
        public var hours: Double
        public var coreHoursLow: Double?
        public var coreHours: Double?
        /// nil where nothing of it is priced.
        public var cost: Double?
        public var currency: String?
    }

    /// A message of the server's that stands for what is told, as it was kept.
    public struct Message: Hashable, Sendable {
        public var id: Int64
        public var kind: String
        public var nodeID: String?
        public var attempt: Int64?
        public var direction: String?
        public var bytes: Int64
        public var sha256: String
    }
}

public import FlyteModel

/// What an execution waited for, and what its time and work went to.
///
/// Of one that has not ended most of it is empty: there is no path to an end that was not reached. Each list comes with
/// what asks for it again.
public struct ExecutionAccount: Sendable {
    /// In the order of time; together they fill the wall time.
    public var path: [PathStep] = []
    /// Longest first.
    public var wallTime: [WallTime] = []
    /// Nodes by their ids.
    public var slack: [KeyBytes: Slack] = [:]
    public var whatIf: [WhatIf] = []
    /// Attempts that never had a container: they waited all their time.
    public var withoutContainer: Set<AttemptPlace> = []
    /// By task and what became of the attempts; most container time first.
    public var work: [Work] = []
    /// The execution's own inputs and outputs, by direction and name.
    public var variables: [Variable] = []
    /// How long runs of the workflow before this one took; nil when there are none.
    public var usual: Usual?
    /// Values of it that stand here as tokens, since they were secrets.
    public var redactions: [Redaction] = []

    public var pathReceipts: [Receipt] = []
    public var workReceipt: Receipt
    public var variablesReceipt: Receipt
    public var usualReceipt: Receipt?
    public var redactionsReceipt: Receipt

    /// A step of the critical path, as `v_critical_path` has it.
    public struct PathStep: Hashable, Sendable {
        public var number: Int
        /// nil for what is the execution's own.
        public var nodeID: String?
        /// Counts from 0.
        public var attempt: Int?
        /// `user_code`, `queue`, `retry`, …
        public var kind: String
        public var start: Timestamp?
        public var end: Timestamp?
        public var seconds: Double
    }

    /// A class of the wall time, as `v_wall_time` has it.
    public struct WallTime: Hashable, Sendable {
        public var kind: String
        public var seconds: Double
        public var share: Double
    }

    public struct Slack: Hashable, Sendable {
        /// Seconds that it could have taken longer without the execution taking longer; nil when nobody can tell.
        public var slack: Double?
        /// Seconds that the execution would have taken less, had the node taken no time; nil likewise.
        public var drag: Double?
        public var isOnPath: Bool
    }

    public struct AttemptPlace: Hashable, Sendable {
        public var nodeID: KeyBytes
        /// Counts from 0.
        public var attempt: Int

        public init(nodeID: KeyBytes, attempt: Int) {
            self.nodeID = nodeID
            self.attempt = attempt
        }
    }

    public struct WhatIf: Hashable, Sendable {
        /// `no_retries`, `warm_cache` or `no_queue`.
        public var scenario: String
        /// Seconds from creation to end that it would have taken.
        public var low: Double
        public var high: Double
    }

    /// Attempts of one task with one outcome; hours are bounds.
    public struct Work: Hashable, Sendable {
        public var task: String?
        /// `useful`, `failed`, `retried`, `aborted` or `cached`.
        public var outcome: String
        public var attempts: Int
        /// Attempts that nobody saw running.
        public var unseen: Int
        public var secondsLow: Double
        public var seconds: Double
        /// nil when none of them asked for it.
        public var coreHoursLow: Double?
        public var coreHours: Double?
        public var gibHoursLow: Double?
        public var gibHours: Double?
        public var gpuHoursLow: Double?
        public var gpuHours: Double?
    }

    public struct Variable: Hashable, Sendable {
        /// `input` or `output`.
        public var direction: String
        public var name: String
        public var type: String
        /// Canonical JSON; nil where it is too large for a column.
        public var json: String?
        public var uri: String?
        public var bytes: Int64?
    }

    public struct Usual: Hashable, Sendable {
        public var runs: Int
        /// Seconds from creation to end that 5 %, 50 % and 95 % of them did not pass.
        public var low: Double
        public var median: Double
        public var high: Double
    }

    public struct Redaction: Hashable, Sendable {
        public var nodeID: String?
        public var attempt: Int?
        public var field: String
        public var name: String?
        public var rule: String
        public var count: Int
    }
}

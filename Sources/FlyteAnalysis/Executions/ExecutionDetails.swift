import FlyteIDL
public import FlyteModel

/// What an archive tells of one execution: how it ended and why, its nodes, their attempts, and the executions that it
/// launched.
///
/// Pages, the terminal and machines are told the same of it, each in its own form.
public struct ExecutionDetails: Sendable {
    /// The installation's name in the archive.
    public var source: String
    public var id: ExecutionID
    /// When it was read: it is as it was then, by our clock.
    public var observedAt: Timestamp
    public var phase: ExecutionPhase
    public var times = ObservedTimes()
    /// The time that its schedule meant.
    public var scheduledAt: Timestamp?
    public var workflow: NamedVersion?
    public var launchPlan: NamedVersion?
    public var mode: String
    public var principal: String?
    public var cluster: String?
    public var consoleURL: String?
    /// The execution that launched it, and the node that did.
    public var parent: ExecutionID?
    public var parentNodeID: String?
    /// The original of a relaunch or a recovery.
    public var reference: ExecutionID?
    /// What the server says of its failure.
    public var error: ExecutionError?
    /// Where its failure began.
    public var cause: Cause?
    public var abort: Abort?
    /// Whether nothing that ever existed of it is missing in the archive.
    public var isComplete: Bool
    public var retryCount: Int
    /// In the order of the tree, a parent before its children. Empty for an execution that was launched by another and
    /// of which no more was asked than how it ended.
    public var nodes: [NodeDetails] = []
    /// The nodes at the top, by their places in ``nodes``.
    public var roots: [Int] = []
    public var inputs: [Variable] = []
    /// Inputs of the node where the failure began, be it one of a child's.
    public var causeInputs: [Variable] = []
    public var gaps: [Gap] = []
    /// The executions that it launched, and those that these launched; empty in these.
    public var children: [ExecutionID: ExecutionDetails] = [:]
    /// How many of them have their nodes left out, because there are too many.
    public var unexpandedCount = 0

    /// A definition by its name and version.
    public struct NamedVersion: Hashable, Sendable {
        public var name: String
        public var version: String

        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// Where a failure began, found by walking down from the execution.
    public struct Cause: Hashable, Sendable {
        /// The execution in which it began.
        public var execution: ExecutionID
        /// nil for the execution itself.
        public var nodeID: String?
        /// Counts from 0; nil for the node itself.
        public var attempt: Int?
        public var error: ExecutionError
        /// `user`, `system`, `timeout`, `rejected` or `unknown`; nil where an older archive does not say.
        public var causeClass: String?
    }

    /// Who terminated it, and what they said.
    public struct Abort: Hashable, Sendable {
        public var cause: String?
        public var principal: String?
    }

    /// A value that went in.
    public struct Variable: Hashable, Sendable {
        public var name: String
        public var type: String
        /// Canonical JSON; nil where it is too large for a column.
        public var json: String?
        public var bytes: Int64
    }

    /// Something that the archive does not have of it.
    public struct Gap: Hashable, Sendable {
        public var nodeID: String?
        public var attempt: Int?
        public var field: String
        public var state: String
        public var detail: String?
    }

    init(
        source: String, id: ExecutionID, observedAt: Timestamp, phase: ExecutionPhase, mode: String,
        isComplete: Bool, retryCount: Int
    ) {
        self.source = source
        self.id = id
        self.observedAt = observedAt
        self.phase = phase
        self.mode = mode
        self.isComplete = isComplete
        self.retryCount = retryCount
    }

    /// Whether it had not ended when it was read.
    public var isOpen: Bool { !phase.isTerminal }

    /// The execution itself, or one of those that it launched.
    public subscript(id: ExecutionID) -> ExecutionDetails? { id == self.id ? self : children[id] }

    /// An execution, as short as it can be named beside this one.
    public func name(_ other: ExecutionID) -> String {
        other.project == id.project && other.domain == id.domain ? other.name : other.description
    }

    /// The node where the failure began; nil where it began at none, or where its row is not in the archive.
    public var causeNode: NodeDetails? {
        guard let cause, let nodeID = cause.nodeID else { return nil }
        return self[cause.execution]?.nodes.first { $0.id.hasSameBytes(as: nodeID) }
    }

    /// The attempt in which it began; else the last one of the node.
    public var causeAttempt: AttemptDetails? {
        guard let node = causeNode else { return nil }
        return cause?.attempt.flatMap { number in node.attempts.first { $0.number == number } }
            ?? node.attempts.last
    }
}

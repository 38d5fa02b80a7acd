public import FlyteModel

/// What an execution's wall time goes to.
public enum PathClass: String, Hashable, Sendable, CaseIterable {
    /// An attempt's run; all of an attempt that nobody saw start.
    case userCode = "user_code"
    /// From an attempt's creation to its start; where nobody saw it start, as far as its reasons show that it waited for a
    /// node, for quota or for its image; all of one that never had a container.
    case queue
    /// Setup, transitions and teardown.
    case flyteOverhead = "flyte_overhead"
    /// Attempts that failed and were followed by another, with the gaps after them.
    case retry
    /// A gate, open or asleep.
    case humanWait = "human_wait"
    /// A cache hit.
    case cache
    /// Inside a child execution that is not known.
    case child
    /// What the definitions and rows do not explain.
    case unexplained
}

/// A stretch of an execution's critical path.
public struct PathStep: Hashable, Sendable {
    /// nil before the workflow's first nodes and after its last; overhead between two nodes is the second's.
    public var nodeID: String?
    /// nil while no attempt is at it.
    public var attempt: UInt32?
    public var kind: PathClass
    public var start: Timestamp
    public var end: Timestamp

    public init(nodeID: String?, attempt: UInt32?, kind: PathClass, start: Timestamp, end: Timestamp) {
        self.nodeID = nodeID
        self.attempt = attempt
        self.kind = kind
        self.start = start
        self.end = end
    }

    /// Nanoseconds; never negative.
    public var duration: Int64 { end - start }
}

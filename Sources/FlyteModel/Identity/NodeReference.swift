import FlyteIDL

/// A node of a certain execution.
public struct NodeReference: Hashable, Sendable {
    public var execution: ExecutionID
    /// Unique within the execution, at all levels.
    public var nodeID: String

    public init(execution: ExecutionID, nodeID: String) {
        self.execution = execution
        self.nodeID = nodeID
    }

    // By bytes: see `KeyBytes`.
    public static func == (a: NodeReference, b: NodeReference) -> Bool {
        a.nodeID.hasSameBytes(as: b.nodeID) && a.execution == b.execution
    }

    public func hash(into hasher: inout Hasher) {
        KeyBytes.hash(nodeID, into: &hasher)
        hasher.combine(execution)
    }
}

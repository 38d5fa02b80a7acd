/// A node of a certain execution.
public struct NodeReference: Hashable, Sendable {
    public var execution: ExecutionID
    /// Unique within the execution, at all levels.
    public var nodeID: String

    public init(execution: ExecutionID, nodeID: String) {
        self.execution = execution
        self.nodeID = nodeID
    }
}

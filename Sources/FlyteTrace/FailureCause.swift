public import FlyteModel

/// Where the failure of an execution began.
///
/// The execution's own error says little: its kind is USER for nearly everything, its code is wrapped once
/// retries are used up, and failed nodes often carry no error at all. The last attempt of the node that
/// failed first knows.
public struct FailureCause: Hashable, Sendable {
    /// The execution in which it began: a child, when a launch-plan node failed.
    public var execution: ExecutionID
    /// nil when no node failed: the cluster refused the workflow, say.
    public var nodeID: String?
    /// nil when no attempt has an error.
    public var attempt: UInt32?
    public var error: ExecutionError

    public init(execution: ExecutionID, nodeID: String?, attempt: UInt32?, error: ExecutionError) {
        self.execution = execution
        self.nodeID = nodeID
        self.attempt = attempt
        self.error = error
    }

    /// The cause of a failed execution; nil for one that did not fail.
    ///
    /// - Parameter child: The cause of a child execution; nil when it is not known, or did not fail.
    public static func find(in tree: ExecutionTree, child: (ExecutionID) -> FailureCause?) -> FailureCause? {
        guard tree.execution.phase == .failed else { return nil }
        let own = tree.execution.error
        guard let index = firstFailed(in: tree) else {
            return own.map {
                FailureCause(execution: tree.execution.id, nodeID: nil, attempt: nil, error: $0)
            }
        }
        let node = tree.nodes[index]
        if let id = node.child, id != tree.execution.id, let cause = child(id) { return cause }
        if let attempt = node.attempts.last(where: { $0.execution.error != nil }),
            let error = attempt.execution.error
        {
            return FailureCause(
                execution: tree.execution.id, nodeID: node.id, attempt: attempt.retryAttempt,
                error: error)
        }
        guard let error = node.execution.error ?? own else { return nil }
        return FailureCause(execution: tree.execution.id, nodeID: node.id, attempt: nil, error: error)
    }

    /// Of the nodes that failed or timed out and have no such child, the one that ended first; ties by id.
    static func firstFailed(in tree: ExecutionTree) -> Int? {
        tree.nodes.indices.filter { index in
            tree.nodes[index].hasFailed
                && !tree.children(of: index).contains { tree.nodes[$0].hasFailed }
        }.min { hasEndedBefore(tree.nodes[$0], tree.nodes[$1]) }
    }

    /// Whether one failed node ended before another; ties by id, and what has no end comes last.
    static func hasEndedBefore(_ a: ExecutionTree.Node, _ b: ExecutionTree.Node) -> Bool {
        switch (a.lifetime.endedAt, b.lifetime.endedAt) {
        case (let first?, let second?) where first != second: first < second
        case (_?, nil): true
        case (nil, _?): false
        default: a.id < b.id
        }
    }
}

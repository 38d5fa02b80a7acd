public import FlyteModel

/// Where the failure of an execution began.
///
/// The execution's own error says little: its kind is USER for nearly everything, its code is wrapped once
/// retries are used up, and failed nodes often carry no error at all. The last attempt of the node that
/// failed first knows. What a retry or a tolerance made good is no cause, although it failed earlier.
public struct FailureCause: Hashable, Sendable {
    /// The execution in which it began: a child, when a launch-plan node failed.
    public var execution: ExecutionID
    /// nil when no node failed: the cluster refused the workflow, say.
    public var nodeID: String?
    /// nil when no attempt has an error.
    public var attempt: UInt32?
    public var error: ExecutionError
    public var causeClass: CauseClass

    /// - Parameter causeClass: That of the error, unless something else is known.
    public init(
        execution: ExecutionID, nodeID: String?, attempt: UInt32?, error: ExecutionError,
        causeClass: CauseClass? = nil
    ) {
        self.execution = execution
        self.nodeID = nodeID
        self.attempt = attempt
        self.error = error
        self.causeClass = causeClass ?? CauseClass(error)
    }

    /// The cause of an execution that failed or timed out; nil for any other, and when nothing says a word.
    ///
    /// - Parameter child: The cause of a child execution; nil when it is not known, or did not fail.
    public static func find(in tree: ExecutionTree, child: (ExecutionID) -> FailureCause?) -> FailureCause? {
        let phase = tree.execution.phase
        guard phase == .failed || phase == .timedOut else { return nil }
        var cause = place(in: tree, child)
        if phase == .timedOut { cause?.causeClass = .timeout }
        return cause
    }

    private static func place(in tree: ExecutionTree, _ child: (ExecutionID) -> FailureCause?)
        -> FailureCause?
    {
        let own = tree.execution.error
        func cause(_ nodeID: String?, _ attempt: UInt32?, _ error: ExecutionError?) -> FailureCause? {
            error.map {
                FailureCause(execution: tree.capture.id, nodeID: nodeID, attempt: attempt, error: $0)
            }
        }
        guard let index = failedPath(in: tree).last else { return cause(nil, nil, own) }
        let node = tree.nodes[index]
        if let id = node.child, id != tree.execution.id, let cause = child(id) { return cause }
        // What ended a node by its time limit is not what an attempt before had said.
        let told =
            node.hasTimedOut
            ? node.attempts.suffix(1).last { $0.execution.error != nil }
            : node.attempts.last { $0.execution.error != nil }
        var found = told.flatMap { cause(node.id, $0.retryAttempt, $0.execution.error) }
        found = found ?? cause(node.id, nil, node.execution.error ?? own)
        if node.hasTimedOut { found?.causeClass = .timeout }
        return found
    }

    /// The failed nodes on the way down to where the failure began, outermost first: at each step the one that
    /// ended first of those that failed in the last run.
    static func failedPath(in tree: ExecutionTree) -> [Int] {
        var path: [Int] = []
        var next = first(of: tree.topLevel?.nodes ?? [], in: tree)
        while let index = next {
            path.append(index)
            next = first(of: tree.lastChildren(of: index), in: tree)
        }
        return path
    }

    /// The node that failed first. A failure node cleans up after others: it comes last.
    private static func first(of nodes: [Int], in tree: ExecutionTree) -> Int? {
        nodes.filter { tree.nodes[$0].hasFailed && !tree.nodes[$0].isPhantom }.min { a, b in
            let isFailureNode = (tree.nodes[a].kind == .failure, tree.nodes[b].kind == .failure)
            if isFailureNode.0 != isFailureNode.1 { return isFailureNode.1 }
            return hasEndedBefore(tree.nodes[a], tree.nodes[b])
        }
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

import FlyteModel

/// What there is to be asked about a node beside its row, and why.
struct NodeQuestions {
    /// The row as it is alone: lists cut an error's message at 100 bytes, and take away up to 3 more of a character that
    /// was cut.
    var wholeError: Bool
    /// Its inputs and outputs: where its row says that there are some.
    var data: Bool
    /// Its attempts: of what runs a task. Start and end run nothing, and neither do nodes that launched an execution, were
    /// skipped or took their outputs from the cache unstarted; what runs inside of a parent are its children, unless
    /// it is a task itself, as dynamic nodes and arrays are.
    var attempts: Bool
    /// The nodes inside of it.
    var children: Bool

    init(_ node: NodeExecution, skipsData: Bool) {
        wholeError = node.error.map { (97...100).contains($0.message.utf8.count) } ?? false
        data = !skipsData && (!node.inputURI.isEmpty || node.outputURI?.isEmpty == false)
        attempts =
            !node.isStartOrEnd && node.child == nil && node.phase != .skipped
            && !(node.cacheStatus == .hit && node.lifetime.startedAt == nil)
            && (!node.isParent || node.isDynamic || node.isArray)
        children = node.isParent || node.isDynamic
    }

    /// Whether its row is all that there is.
    var isEmpty: Bool { !wholeError && !data && !attempts && !children }
}

extension TaskExecution {
    /// Whether its inputs or outputs are not simply those of its node, which are read anyway.
    func hasDataOfItsOwn(beside node: NodeExecution) -> Bool {
        let inputsDiffer = !inputURI.isEmpty && inputURI != node.inputURI
        let outputsDiffer = outputURI.map { !$0.isEmpty && $0 != node.outputURI } ?? false
        return inputsDiffer || outputsDiffer
    }
}

extension ExecutionTree {
    /// Signals belong to gates: nodes that run nothing and hold nothing. Where there is none, there are none.
    var mayHaveSignals: Bool {
        nodes.contains { node in
            !node.isStartOrEnd && !node.isParent && !node.isDynamic && !node.isArray && !node.hasChild
                && !node.isSkipped && !node.isCacheHit && node.attempts.isEmpty
        }
    }

    /// Rows that have a time beyond what can be told.
    var saturatedTimes: [CapturePlace] {
        var places: [CapturePlace] = execution.lifetime.isSaturated ? [.execution] : []
        for node in nodes {
            if node.lifetime.isSaturated { places.append(.node(node.id)) }
            for attempt in node.attempts where attempt.lifetime.isSaturated {
                places.append(
                    CapturePlace(nodeID: node.id, attempt: attempt.retryAttempt, task: attempt.task))
            }
        }
        return places
    }
}

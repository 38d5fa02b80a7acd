import FlyteModel

/// What a node's row says of what may lie in it.
///
/// Rows and definitions of this very server decide, never how engines of today behave: those of 2023 wrote attempts of
/// cache hits, and some do not flag what has children.
protocol NodeFlags {
    var isStartOrEnd: Bool { get }
    var lifetime: Lifetime { get }
    var hasChild: Bool { get }
    var isParent: Bool { get }
    var isDynamic: Bool { get }
    var isArray: Bool { get }
}

extension NodeExecution: NodeFlags {}
extension ExecutionTree.Node: NodeFlags {}

extension NodeFlags {
    /// The row calls itself its workflow's start or end, and was never seen to run.
    var isMarkerOnly: Bool { isStartOrEnd && lifetime.startedAt == nil }

    /// Whether its attempts are asked for by its row alone. Not those of a start or end that never ran, and of what started
    /// an execution (a row says what it ran in one place: a task's cache and checkpoint, or an execution). What is in a parent
    /// are its children, unless it is a task itself; whether it is, its definition tells: see `LaterQuestions`.
    var asksForAttempts: Bool { !isMarkerOnly && !hasChild && (!isParent || isDynamic || isArray) }

    /// Whether there are nodes inside of it: the server's lists look for them. Where its definition knows better,
    /// see `LaterQuestions`.
    var asksForChildren: Bool { isParent || isDynamic }
}

/// What there is to be asked about a node beside its row, by what its row says.
struct NodeQuestions {
    /// The row as it is alone: lists cut an error's message at 100 bytes, and take away up to 3 more of a character that
    /// was cut.
    var wholeError: Bool
    /// Its inputs and outputs: where its row names a place of some, or holds some itself.
    var data: Bool
    var attempts: Bool
    /// The nodes inside of it.
    var children: Bool
    /// The workflow that it made, where its data do not bring it.
    var dynamicWorkflow: Bool

    init(_ node: NodeExecution, skipsData: Bool) {
        wholeError = node.error.map { (97...100).contains($0.message.utf8.count) } ?? false
        data =
            !skipsData
            && (!node.inputURI.isEmpty || node.outputURI?.isEmpty == false || node.hasInlineOutputs)
        attempts = node.asksForAttempts
        children = node.asksForChildren
        dynamicWorkflow = node.isDynamic || !node.dynamicJobSpecURI.isEmpty
    }

    /// Whether its row is all that there is.
    var isEmpty: Bool { !wholeError && !data && !attempts && !children && !dynamicWorkflow }
}

extension TaskExecution {
    /// Whether its inputs or outputs are not simply those of its node, which are read anyway.
    func hasDataOfItsOwn(beside node: NodeExecution) -> Bool {
        let inputsDiffer = !inputURI.isEmpty && inputURI != node.inputURI
        let outputsDiffer = outputURI.map { !$0.isEmpty && $0 != node.outputURI } ?? false
        return inputsDiffer || outputsDiffer || hasInlineOutputs
    }
}

extension ExecutionTree {
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

public import FlyteModel

/// Tells places that the engine names and never fills from places whose content was lost.
///
/// The server answers the same for both: that there is nothing. A store that cannot be read at all answers so
/// everywhere; so an object counts as never written only where others of the execution could be read.
public enum NeverWritten {
    /// Whether nothing is missing, although the server found nothing there.
    public static func covers(_ gap: Withheld, in tree: ExecutionTree) -> Bool {
        guard saysNotFound(gap) else { return false }
        if gap.field == "task", gap.place == .execution {
            return tasks(in: tree).contains { names($0, gap.detail) && covers(task: $0, in: tree) }
        }
        guard let id = gap.place.nodeID, let index = tree.node(id), isNeverFilled(gap, index, tree) else {
            return false
        }
        return hasReadableObject(tree, besides: gap.place)
    }

    /// Whether a task that the server does not know was never registered: the stand-in of a map's element, or a task
    /// that only the closure of a dynamic node holds, where its definition is.
    public static func covers(task: DefinitionID, in tree: ExecutionTree) -> Bool {
        if tree.dynamicClosures.values.contains(where: { $0.tasks[task] != nil }) { return true }
        let users = tree.nodes.filter { node in node.attempts.contains { $0.task == task } }
        return !users.isEmpty && users.allSatisfy(\.isPhantom)
    }

    private static func isNeverFilled(_ gap: Withheld, _ index: Int, _ tree: ExecutionTree) -> Bool {
        let node = tree.nodes[index]
        if let attempt = gap.place.attempt {
            // Its inputs are the node's: of the two sides of an answer only its outputs can be missing.
            guard gap.field == "outputs" || gap.field == "data" else { return false }
            return isUnfinishedGenerator(index, attempt, gap.place.task, tree)
        }
        switch gap.field {
        case "outputs", "data":
            // A start node takes nothing: all that its data would be are its outputs.
            if node.specID == "start-node", let parent = node.parent, tree.nodes[parent].kind == .dynamic {
                return true
            }
            return gap.field == "data" && isSkippedEnd(node)
        case "inputs": return isSkippedEnd(node)
        default: return false
        }
    }

    private static func isSkippedEnd(_ node: ExecutionTree.Node) -> Bool {
        node.specID == "end-node" && node.isSkipped
    }

    /// Whether an attempt of a dynamic node did its part, while what it generated did not come to an end, or was
    /// nothing. The outputs that it names are those of the node.
    private static func isUnfinishedGenerator(
        _ index: Int, _ number: UInt32, _ task: DefinitionID?, _ tree: ExecutionTree
    ) -> Bool {
        let node = tree.nodes[index]
        let isDynamic =
            node.kind == .dynamic || node.execution.error?.code == "DynamicWorkflowBuildFailed"
        guard isDynamic,
            let attempt = node.attempts.first(where: {
                $0.retryAttempt == number && (task == nil || $0.task == task)
            }), attempt.execution.phase == .succeeded
        else { return false }
        let isOvercome = node.attempts.contains { $0.retryAttempt > number }
        return isOvercome || node.lifetime.isTerminal && !node.hasSucceeded
    }

    // MARK: The answer

    /// flyteadmin says 404 of rows, and 500 with the store's words of objects.
    private static func saysNotFound(_ gap: Withheld) -> Bool {
        switch gap.state {
        case .missing: true
        case .unreadable:
            ["NotFound", "Not Found", "not found", "no such file", "NoSuchKey"].contains {
                gap.detail.contains($0)
            }
        default: false
        }
    }

    /// Whether a task's id stands in the address that was asked.
    private static func names(_ task: DefinitionID, _ detail: String) -> Bool {
        detail.contains("/\(task.project)/\(task.domain)/\(task.name)/\(task.version)")
    }

    private static func tasks(in tree: ExecutionTree) -> Set<DefinitionID> {
        var tasks = Set(tree.dynamicClosures.values.flatMap(\.tasks.keys))
        for node in tree.nodes where node.isPhantom { tasks.formUnion(node.attempts.map(\.task)) }
        return tasks
    }

    /// Whether the store gave something that another place of the execution names.
    private static func hasReadableObject(_ tree: ExecutionTree, besides place: CapturePlace) -> Bool {
        if tree.inputs.map({ !$0.range.isEmpty }) == true || tree.outputs != nil { return true }
        return tree.nodes.contains { node in
            guard node.inputs != nil || node.outputs != nil, CapturePlace.node(node.id) != place else {
                return false
            }
            let row = node.execution
            return node.inputs != nil && !row.inputURI.isEmpty
                || node.outputs != nil && row.outputURI?.isEmpty == false
        }
    }
}

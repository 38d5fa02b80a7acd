import FlyteModel

/// What is still to be asked about a node once its row, what its row led to, and its definition are known.
///
/// What its row let be is left out for good only where the definition, another row of the same server, says that there is
/// nothing; where there is no definition, nothing says so.
struct LaterQuestions: Hashable {
    var nodeID: KeyBytes
    var attempts: Bool
    var children: Bool
    var dynamicWorkflow: Bool

    /// nil where there is nothing to be asked.
    ///
    /// - Parameter tree: Tied to its definitions.
    init?(_ index: Int, in tree: ExecutionTree) {
        let node = tree.nodes[index]
        // Most nodes have attempts, and no place for more.
        if !node.attempts.isEmpty, node.asksForAttempts, node.levels.isEmpty, tree.dynamicClosures.isEmpty {
            switch node.spec?.target {
            case .task: return nil
            default: break
            }
        }
        nodeID = KeyBytes(node.id)
        attempts = !node.asksForAttempts && node.attempts.isEmpty && Self.mayRunTask(node)
        children = !node.asksForChildren && node.levels.isEmpty && Self.mayHoldNodes(node, tree)
        // Engines before event version 1 flag nothing: that nodes lie in a task tells.
        dynamicWorkflow =
            node.kind == .dynamic && !node.isDynamic && tree.dynamicClosures[node.id] == nil
            && node.execution.dynamicJobSpecURI.isEmpty
        if !attempts && !children && !dynamicWorkflow { return nil }
    }

    private static func mayRunTask(_ node: ExecutionTree.Node) -> Bool {
        switch node.spec?.target {
        case .task, .array: true
        case .workflow, .branch, .gate, .launchPlan, .some(.none): false
        // Only a parent's children are known without it.
        case nil: node.isParent && !node.isMarkerOnly && !node.hasChild
        }
    }

    private static func mayHoldNodes(_ node: ExecutionTree.Node, _ tree: ExecutionTree) -> Bool {
        if tree.dynamicClosures[node.id] != nil { return true }
        return switch node.spec?.target {
        case .workflow, .branch: true
        case .array: node.attempts.isEmpty && !node.hasChild
        case .task, .gate, .launchPlan, .some(.none): false
        case nil: node.attempts.isEmpty && !node.isMarkerOnly && !node.hasChild
        }
    }
}

extension ExecutionTree {
    /// Whether it may have signals: a workflow of it has a gate, or a node of it that runs nothing and holds nothing is in no
    /// definition that is known.
    ///
    /// - Parameter closure: Of the execution's workflow; nil when it is unknown.
    func mayHaveSignals(_ closure: WorkflowClosure?) -> Bool {
        if closure?.hasGates == true || dynamicClosures.values.contains(where: \.hasGates) { return true }
        if nodes.isEmpty { return closure == nil }
        return nodes.contains { node in
            node.spec == nil && !node.isMarkerOnly && !node.isParent && !node.isDynamic && !node.isArray
                && !node.hasChild && node.attempts.isEmpty
        }
    }
}

public import FlyteModel

/// Tells places that the engine names and never fills from places whose content was lost.
///
/// The server answers the same for both: that there is nothing. A store that cannot be read at all answers so
/// everywhere; so an object counts as never written only where others of the execution could be read.
public struct NeverWritten {
    private let tree: ExecutionTree
    /// Tasks that were never registered, as the addresses under which they are asked for end.
    private lazy var unregistered = Set(Self.tasks(in: tree).map(Self.path))
    /// Two at most of the places that name an object which the store gave; nil stands for the execution's own.
    private lazy var readable = Self.readable(in: tree)

    private init(_ tree: ExecutionTree) { self.tree = tree }

    /// Which of the gaps of a tree are none: indices into `capture.withheld`.
    public static func gaps(in tree: ExecutionTree) -> [Int] {
        guard !tree.capture.withheld.isEmpty else { return [] }
        var never = NeverWritten(tree)
        return tree.capture.withheld.indices.filter { never.covers(tree.capture.withheld[$0]) }
    }

    /// Whether nothing is missing, although the server found nothing there.
    public static func covers(_ gap: Withheld, in tree: ExecutionTree) -> Bool {
        var never = NeverWritten(tree)
        return never.covers(gap)
    }

    private mutating func covers(_ gap: Withheld) -> Bool {
        guard Self.saysNotFound(gap) else { return false }
        if gap.field == "task", gap.place == .execution {
            return Self.path(askedFor: gap.detail).map { unregistered.contains($0) } ?? false
        }
        guard let id = gap.place.nodeID, let index = tree.node(id) else { return false }
        // The server's own words of a node that names no workflow: nothing was generated, or by an engine that kept none.
        if gap.field == "dynamic_workflow" { return gap.detail.contains("does not contain dynamic workflow") }
        guard Self.isNeverFilled(gap, index, tree) else { return false }
        return readable.contains { $0 == nil || $0 != id }
    }

    /// Whether a task that the server does not know was never registered: the stand-in of a map's element, or a task
    /// that only the closure of a dynamic node holds, where its definition is.
    public static func covers(task: DefinitionID, in tree: ExecutionTree) -> Bool {
        tasks(in: tree).contains(task)
    }

    private static func tasks(in tree: ExecutionTree) -> Set<DefinitionID> {
        var (phantoms, others): (Set<DefinitionID>, Set<DefinitionID>) = ([], [])
        for node in tree.nodes {
            for attempt in node.attempts {
                if node.isPhantom { phantoms.insert(attempt.task) } else { others.insert(attempt.task) }
            }
        }
        return phantoms.subtracting(others).union(tree.dynamicClosures.values.flatMap(\.tasks.keys))
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

    private static func path(_ task: DefinitionID) -> String {
        "\(task.project)/\(task.domain)/\(task.name)/\(task.version)"
    }

    /// What follows `/tasks/` in the address that was asked.
    private static func path(askedFor detail: String) -> String? {
        guard let start = detail.firstRange(of: "/tasks/")?.upperBound else { return nil }
        let rest = detail[start...]
        return String(rest[..<(rest.firstRange(of: ": ")?.lowerBound ?? rest.endIndex)])
    }

    private static func readable(in tree: ExecutionTree) -> [String?] {
        if tree.inputs.map({ !$0.range.isEmpty }) == true || tree.outputs != nil { return [nil] }
        let nodes = tree.nodes.lazy.filter { node in
            guard node.inputs != nil || node.outputs != nil else { return false }
            let row = node.execution
            return node.inputs != nil && !row.inputURI.isEmpty
                || node.outputs != nil && row.outputURI?.isEmpty == false
        }
        return nodes.prefix(2).map(\.id)
    }
}

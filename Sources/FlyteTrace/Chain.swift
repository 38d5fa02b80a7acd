import FlyteModel

/// The nodes of one level that its critical path goes through.
struct Chain {
    struct Link {
        /// An index into the tree's nodes.
        var node: Int
        /// Whether all are known that this node waited for.
        var isReleaseKnown: Bool
    }

    /// In the order of the path, without the start node and the end node.
    private(set) var links: [Link] = []
    /// Whether all are known that the level's end waited for.
    private(set) var isEndKnown = true

    private let level: ExecutionTree.Level
    private let workflow: CompiledWorkflow
    private let tree: ExecutionTree

    /// - Parameter causes: The node where a failure began, and those it lies in.
    init(
        _ level: ExecutionTree.Level, _ workflow: CompiledWorkflow, of tree: ExecutionTree,
        hasSucceeded: Bool, causes: Set<Int>
    ) {
        self.level = level
        self.workflow = workflow
        self.tree = tree
        var next: Int?
        if hasSucceeded {
            let before = upstream(of: "end-node")
            (next, isEndKnown) = (latest(before.rows), before.isWhole)
        } else {
            next = lastOfFailed(causes)
            isEndKnown = next != nil
        }
        var visited: Set<Int> = []
        while let index = next, visited.insert(index).inserted, tree.nodes[index].kind != .start {
            let node = tree.nodes[index]
            if node.kind == .failure {
                next = failed(causes) ?? latest(sinks)
                links.append(Link(node: index, isReleaseKnown: next != nil))
            } else {
                let before = upstream(of: node.specID)
                next = latest(before.rows)
                links.append(Link(node: index, isReleaseKnown: before.isWhole))
            }
        }
        links.reverse()
    }

    /// The rows of those that a node waits for. In the place of one without a row stand those that it
    /// would wait for itself, and the answer is not whole.
    private func upstream(of specID: String) -> (rows: [Int], isWhole: Bool) {
        var rows: [Int] = []
        var isWhole = workflow.hasNode(specID)
        var open = workflow.upstream[specID] ?? []
        var seen = Set(open.map { KeyBytes($0) })
        var number = 0
        while number < open.count {
            let id = open[number]
            number += 1
            if let row = tree.node(id, in: level) {
                rows.append(row)
            } else if id != "start-node" {
                isWhole = false
                open += (workflow.upstream[id] ?? []).filter { seen.insert($0) }
            }
        }
        return (rows, isWhole)
    }

    /// The node whose end ended a level that did not succeed.
    private func lastOfFailed(_ causes: Set<Int>) -> Int? {
        if let failure = level.nodes.first(where: { tree.nodes[$0].kind == .failure }) { return failure }
        // A skipped end node means that all that could run ran on after the failure.
        let ranOn = level.nodes.contains {
            tree.nodes[$0].kind == .end && tree.nodes[$0].isSkipped
        }
        if !ranOn, let failed = failed(causes) { return failed }
        return latest(sinks)
    }

    /// The node of this level in which the failure began, else the one that failed first.
    private func failed(_ causes: Set<Int>) -> Int? {
        let failed = level.nodes.filter {
            tree.nodes[$0].hasFailed && tree.nodes[$0].kind != .failure
        }
        return failed.first { causes.contains($0) }
            ?? failed.min { FailureCause.hasEndedBefore(tree.nodes[$0], tree.nodes[$1]) }
    }

    /// The nodes that no other node of this level waited for, in the order of their ids.
    private var sinks: [Int] {
        let rows = level.nodes.filter { tree.nodes[$0].kind != .end && tree.nodes[$0].kind != .failure }
        let before = Set(
            rows.flatMap { workflow.upstream[tree.nodes[$0].specID] ?? [] }.map { KeyBytes($0) })
        // Rows that the definition does not have, such as those beside the elements of an array, are none.
        return rows.filter {
            workflow.hasNode(tree.nodes[$0].specID) && !before.contains(tree.nodes[$0].specID)
        }.sorted { tree.nodes[$0].specID < tree.nodes[$1].specID }
    }

    /// The one that ended last, the first of them at a tie. What has not ended, inside of what has, was
    /// running to the end.
    private func latest(_ rows: [Int]) -> Int? {
        var best: (index: Int, end: Timestamp)?
        for index in rows where tree.nodes[index].kind != .end && !tree.nodes[index].isPhantom {
            let end = Self.end(of: tree.nodes[index]) ?? Timestamp(nanoseconds: .max)
            if best.map({ end > $0.end }) ?? true { best = (index, end) }
        }
        return best?.index
    }

    /// When the engine knew that a node had ended, which is what releases the next; nil before.
    static func end(of node: ExecutionTree.Node) -> Timestamp? {
        node.lifetime.isTerminal ? node.lifetime.updatedAt : nil
    }
}

import FlyteModel

/// Whom the nodes of one level, and its end, waited for: over the edges of the workflow's definition.
struct Releases {
    let level: ExecutionTree.Level
    let workflow: CompiledWorkflow
    let tree: ExecutionTree
    let hasSucceeded: Bool
    /// The node where a failure began, and those it lies in.
    let causes: Set<Int>

    struct Before {
        /// Indices into the tree's nodes.
        var rows: [Int]
        /// Whether all have a row that it waited for.
        var isWhole: Bool
    }

    var beforeEnd: Before {
        if hasSucceeded { return upstream(of: "end-node") }
        let rows = beforeFailedEnd
        return Before(rows: rows, isWhole: !rows.isEmpty)
    }

    func before(_ index: Int) -> Before {
        guard tree.nodes[index].kind == .failure else { return upstream(of: tree.nodes[index].specID) }
        let rows = failed.map { [$0] } ?? sinks
        return Before(rows: rows, isWhole: !rows.isEmpty)
    }

    /// The rows of those that a node waits for. In the place of one without a row stand those that it
    /// would wait for itself, and the answer is not whole.
    private func upstream(of specID: String) -> Before {
        var rows: [Int] = []
        var isWhole = workflow.hasNode(specID)
        var open = workflow.upstream[specID] ?? []
        // Nearly always all have a row, and nobody asks what was seen.
        var seen: Set<KeyBytes>?
        var number = 0
        while number < open.count {
            let id = open[number]
            number += 1
            if let row = tree.node(id, in: level) {
                rows.append(row)
            } else if id != "start-node" {
                isWhole = false
                if seen == nil { seen = Set(open.map { KeyBytes($0) }) }
                open += (workflow.upstream[id] ?? []).filter { seen?.insert($0) == true }
            }
        }
        return Before(rows: rows, isWhole: isWhole)
    }

    /// The nodes whose end ended a level that did not succeed.
    private var beforeFailedEnd: [Int] {
        if let failure = level.nodes.first(where: { tree.nodes[$0].kind == .failure }) { return [failure] }
        // A skipped end node means that all that could run ran on after the failure.
        let ranOn = level.nodes.contains {
            tree.nodes[$0].kind == .end && tree.nodes[$0].isSkipped
        }
        if !ranOn, let failed { return [failed] }
        return sinks
    }

    /// The node of this level in which the failure began, else the one that failed first.
    private var failed: Int? {
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
}

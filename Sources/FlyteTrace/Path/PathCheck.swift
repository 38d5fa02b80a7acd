public import FlyteModel

/// Proves a stored critical path against the execution it belongs to.
public enum PathCheck {
    /// What is wrong with a path, a sentence each; nothing for a sound one.
    ///
    /// A sound path begins with the execution's creation and ends with its end, its steps follow each other
    /// without gap or overlap, and between two nodes lies an edge of the workflow's definition, or the way
    /// into or out of a node. At each step the node before is the one that released the node behind it.
    public static func findings(_ steps: [PathStep], of tree: ExecutionTree) -> [String] {
        var findings: [String] = []
        let times = tree.execution.lifetime
        guard let start = times.createdAt, let end = times.endedAt, end > start,
            !Timestamp.isTooFar(from: start, to: end)
        else {
            return steps.isEmpty ? [] : ["there are steps, but no time for them"]
        }
        if steps.first?.start != start { findings.append("the path does not begin with the execution") }
        if steps.last?.end != end { findings.append("the path does not end with the execution") }
        for (number, step) in steps.enumerated() {
            if step.end <= step.start { findings.append("step \(number + 1) has no duration") }
            if number > 0, steps[number - 1].end != step.start {
                findings.append("step \(number + 1) does not begin where the one before it ends")
            }
            if let id = step.nodeID, tree.node(id) == nil {
                findings.append("step \(number + 1): no node \(id)")
            }
        }
        let nodes = steps.compactMap { $0.nodeID.flatMap { tree.node($0) } }
        for (before, after) in zip(nodes, nodes.dropFirst()) where before != after {
            if !isHop(from: before, to: after, in: tree) {
                findings.append("no edge leads from \(tree.nodes[before].id) to \(tree.nodes[after].id)")
            }
        }
        return findings.isEmpty ? RecomputedRelease.findings(steps, of: tree) : findings
    }

    private static func isHop(from before: Int, to after: Int, in tree: ExecutionTree) -> Bool {
        let (left, right) = (ancestry(before, tree), ancestry(after, tree))
        if left.contains(after) || right.contains(before) { return true }
        guard let parting = zip(left, right).first(where: { $0 != $1 }) else { return false }
        let (a, b) = parting
        let level = tree.levels[tree.nodes[a].level]
        if tree.nodes[b].kind == .failure { return true }
        guard let workflow = level.workflow else { return false }
        return reaches(tree.nodes[a].specID, tree.nodes[b].specID, workflow)
    }

    /// Whether an edge leads there, if need be through nodes that took no time and so have no step.
    private static func reaches(_ from: String, _ to: String, _ workflow: CompiledWorkflow) -> Bool {
        var open = [to]
        var seen: Set<KeyBytes> = []
        while let node = open.popLast() {
            for upstream in workflow.upstream[node] ?? [] where seen.insert(upstream) {
                if KeyBytes(upstream) == KeyBytes(from) { return true }
                open.append(upstream)
            }
        }
        return false
    }

    /// From the top down to the node itself.
    private static func ancestry(_ index: Int, _ tree: ExecutionTree) -> [Int] {
        var chain = [index]
        while let parent = tree.nodes[chain[chain.count - 1]].parent { chain.append(parent) }
        return chain.reversed()
    }
}

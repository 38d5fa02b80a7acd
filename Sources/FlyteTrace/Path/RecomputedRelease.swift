import FlyteModel

/// Proves that a path goes, on each level that it touches, through the nodes that released each other.
///
/// It shares nothing with `Chain`: for each node of a level it first notes who released it, from the definition and the ends
/// of all, and only then follows these notes from the level's end.
struct RecomputedRelease {
    private let tree: ExecutionTree
    /// Until when the steps lie that are at a node, or inside of it.
    private var touched: [Int: Timestamp] = [:]
    /// From when the path is on each level.
    private var entered: [Int: Timestamp] = [:]

    /// A sentence for each level on which the path goes otherwise.
    ///
    /// - Parameter steps: In order; each at a node that the tree has, or at none.
    static func findings(_ steps: [PathStep], of tree: ExecutionTree) -> [String] {
        var check = RecomputedRelease(tree: tree)
        // The nodes of each level in the order in which the path comes to them.
        var taken: [Int: [Int]] = [:]
        for step in steps {
            var next = step.nodeID.flatMap { tree.node($0) }
            while let index = next {
                check.touched[index] = step.end
                let level = tree.nodes[index].level
                if check.entered[level] == nil { check.entered[level] = step.start }
                if taken[level]?.last != index { taken[level, default: []].append(index) }
                next = tree.nodes[index].parent
            }
        }
        return taken.sorted { $0.key < $1.key }.compactMap { level, path in
            guard let expected = check.released(on: level), expected != path else { return nil }
            func names(_ nodes: [Int]) -> String { nodes.map { tree.nodes[$0].id }.joined(separator: ", ") }
            return "the path goes through \(names(path)), and \(names(expected)) released each other"
        }
    }

    private init(tree: ExecutionTree) { self.tree = tree }

    /// The nodes that released each other up to the end of a level, without those that took no time on the path: they had
    /// ended when the one before them had; nil where the level has no definition that would tell.
    private func released(on number: Int) -> [Int]? {
        let level = tree.levels[number]
        guard let workflow = level.workflow else { return nil }
        // The first row stands for a node of the definition.
        var rows: [KeyBytes: Int] = [:]
        for index in level.nodes.reversed() { rows[KeyBytes(tree.nodes[index].specID)] = index }
        var path: [Int] = []
        var seen: Set<Int> = []
        var next = ending(level, workflow, rows)
        while let index = next, seen.insert(index).inserted {
            path.append(index)
            next =
                tree.nodes[index].kind == .failure
                ? firstFailed(level) ?? lastOfAll(level, workflow)
                : lastEnded(waitedFor(by: tree.nodes[index].specID, workflow, rows))
        }
        var reached = entered[number] ?? Timestamp(nanoseconds: .min)
        let limit = limit(of: level)
        return path.reversed().filter { index in
            if let end = touched[index] {
                reached = max(reached, end)
                return true
            }
            let times = tree.nodes[index].lifetime
            let end = times.isTerminal ? times.updatedAt ?? limit : limit
            return min(end, limit) > reached
        }
    }

    /// When a level was over: with the node that it lies in, all those around that, and the execution.
    private func limit(of level: ExecutionTree.Level) -> Timestamp {
        var limit = tree.execution.lifetime.endedAt ?? Timestamp(nanoseconds: .max)
        var next = level.parent
        while let index = next {
            let times = tree.nodes[index].lifetime
            if times.isTerminal, let end = times.updatedAt { limit = min(limit, end) }
            next = tree.nodes[index].parent
        }
        return limit
    }

    /// The node whose end let the level end.
    private func ending(
        _ level: ExecutionTree.Level, _ workflow: CompiledWorkflow, _ rows: [KeyBytes: Int]
    ) -> Int? {
        let isSuccess =
            level.parent.map { tree.nodes[$0].hasSucceeded } ?? (tree.execution.phase == .succeeded)
        if isSuccess { return lastEnded(waitedFor(by: "end-node", workflow, rows)) }
        for index in level.nodes where tree.nodes[index].kind == .failure { return index }
        let ranOn = level.nodes.contains { tree.nodes[$0].kind == .end && tree.nodes[$0].isSkipped }
        if !ranOn, let failed = firstFailed(level) { return failed }
        return lastOfAll(level, workflow)
    }

    /// The rows of what a node waited for, in the definition's order: layer by layer where a row is missing.
    private func waitedFor(
        by spec: String, _ workflow: CompiledWorkflow, _ rows: [KeyBytes: Int]
    ) -> [Int] {
        var found: [Int] = []
        var layer = (workflow.upstream[spec] ?? []).map { KeyBytes($0) }
        var known = Set(layer)
        while !layer.isEmpty {
            var behind: [KeyBytes] = []
            for id in layer {
                if let row = rows[id] {
                    found.append(row)
                } else {
                    for outer in workflow.upstream[id] ?? [] {
                        let key = KeyBytes(outer)
                        if known.insert(key).inserted { behind.append(key) }
                    }
                }
            }
            layer = behind
        }
        return found.filter { tree.nodes[$0].kind != .start && tree.nodes[$0].kind != .end }
    }

    /// What has not ended counts as the last; at a tie the first in the given order.
    private func lastEnded(_ nodes: [Int]) -> Int? {
        func end(_ index: Int) -> Int64 {
            let times = tree.nodes[index].lifetime
            return times.isTerminal ? times.updatedAt?.nanoseconds ?? .max : .max
        }
        let real = nodes.filter { !tree.nodes[$0].isPhantom }
        guard let latest = real.map(end).max() else { return nil }
        return real.first { end($0) == latest }
    }

    private func lastOfAll(_ level: ExecutionTree.Level, _ workflow: CompiledWorkflow) -> Int? {
        var waited: Set<KeyBytes> = []
        let own = level.nodes.filter { tree.nodes[$0].kind != .end && tree.nodes[$0].kind != .failure }
        for index in own {
            for id in workflow.upstream[tree.nodes[index].specID] ?? [] { waited.insert(id) }
        }
        let free = own.filter {
            let spec = tree.nodes[$0].specID
            return workflow.hasNode(spec) && !waited.contains(spec)
        }
        let last = lastEnded(free.sorted { tree.nodes[$0].specID < tree.nodes[$1].specID })
        return last.flatMap { tree.nodes[$0].kind == .start ? nil : $0 }
    }

    /// The node in which a failure of this level began: inside of which is the node that failed first of all that no
    /// retry made good, going down from the top.
    private func firstFailed(_ level: ExecutionTree.Level) -> Int? {
        func first(_ nodes: [Int], _ isCause: Bool) -> Int? {
            let failed = nodes.filter { tree.nodes[$0].hasFailed && !(isCause && tree.nodes[$0].isPhantom) }
            let others = failed.filter { tree.nodes[$0].kind != .failure }
            let candidates = isCause && others.isEmpty ? failed : others
            return candidates.min { a, b in
                let ends = [a, b].map { tree.nodes[$0].lifetime.endedAt?.nanoseconds ?? .max }
                return ends[0] != ends[1] ? ends[0] < ends[1] : tree.nodes[a].id < tree.nodes[b].id
            }
        }
        var next = first(tree.topLevel?.nodes ?? [], true)
        while let index = next {
            if tree.nodes[index].kind != .failure,
                level.nodes.contains(index)
            {
                return index
            }
            next = first(tree.lastChildren(of: index), true)
        }
        return first(level.nodes, false)
    }
}

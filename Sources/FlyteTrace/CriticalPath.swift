public import FlyteModel

/// The chain of nodes that decided how long an execution took, as steps that partition its wall time.
///
/// From the end, or from the failure, it walks back over the edges of the workflow's definition: at each
/// node to the upstream node whose end released it, and down into what ran inside. Time only chooses
/// among real predecessors; ties go to the order of the definition, then of the ids. The steps follow each
/// other without gap or overlap from the execution's creation to its end: where clocks disagree, a time
/// is moved into the stretch that is left.
public struct CriticalPath {
    private let tree: ExecutionTree
    private let child: (ExecutionID) -> [PathStep]?
    private var steps: [PathStep] = []
    private var cursor: Timestamp

    /// The path of an execution that has ended; nil while it has not, and when it has no times.
    ///
    /// - Parameter child: The path of a child execution; nil when it is not known. Its steps then become
    ///   steps of the launch-plan node.
    public static func steps(
        of tree: ExecutionTree, child: (ExecutionID) -> [PathStep]?
    ) -> [PathStep]? {
        let times = tree.execution.lifetime
        guard times.isTerminal, let start = times.createdAt, let end = times.endedAt else { return nil }
        return withoutActuallyEscaping(child) { child in
            var path = CriticalPath(tree: tree, child: child, cursor: start)
            path.walkTop(until: end)
            return path.steps
        }
    }

    private init(tree: ExecutionTree, child: @escaping (ExecutionID) -> [PathStep]?, cursor: Timestamp) {
        self.tree = tree
        self.child = child
        self.cursor = cursor
    }

    // MARK: Steps

    /// Goes on to a time; what lies behind the cursor already has its step.
    private mutating func advance(
        to time: Timestamp?, _ kind: PathClass, _ node: Int? = nil, _ attempt: UInt32? = nil,
        within limit: Timestamp
    ) {
        guard let time else { return }
        let end = min(time, limit)
        guard end > cursor else { return }
        let id = node.map { tree.nodes[$0].id }
        if let last = steps.last, last.kind == kind, last.nodeID == id, last.attempt == attempt {
            steps[steps.count - 1].end = end
        } else {
            steps.append(PathStep(nodeID: id, attempt: attempt, kind: kind, start: cursor, end: end))
        }
        cursor = end
    }

    // MARK: Levels

    private mutating func walkTop(until end: Timestamp) {
        let phase = tree.execution.phase
        if let top = tree.levels.first(where: { $0.parent == nil }) {
            walk(top, hasSucceeded: phase == .succeeded, until: end)
        }
        advance(to: end, .flyteOverhead, within: end)
    }

    private mutating func walk(_ level: ExecutionTree.Level, hasSucceeded: Bool, until end: Timestamp) {
        guard let workflow = level.workflow else {
            return advance(to: end, .unexplained, level.parent, within: end)
        }
        for index in chain(level, workflow, hasSucceeded: hasSucceeded) {
            advance(to: tree.nodes[index].execution.lifetime.createdAt, .flyteOverhead, index, within: end)
            descend(into: index, until: min(Self.end(of: tree.nodes[index]) ?? end, end))
        }
    }

    /// The nodes of a level that the path goes through, in their order.
    private func chain(
        _ level: ExecutionTree.Level, _ workflow: CompiledWorkflow, hasSucceeded: Bool
    ) -> [Int] {
        var bySpec: [String: Int] = [:]
        for index in level.nodes where tree.nodes[index].kind != .end {
            bySpec[tree.nodes[index].specID] = index
        }
        var chain: [Int] = []
        var visited: Set<Int> = []
        var next = last(level, workflow, bySpec, hasSucceeded: hasSucceeded)
        while let index = next, visited.insert(index).inserted {
            if tree.nodes[index].kind != .start { chain.append(index) }
            if tree.nodes[index].kind == .failure {
                next = failed(level)
            } else {
                next = latest(of: workflow.upstream[tree.nodes[index].specID] ?? [], bySpec)
            }
        }
        return chain.reversed()
    }

    /// The node whose end ended the level.
    private func last(
        _ level: ExecutionTree.Level, _ workflow: CompiledWorkflow, _ bySpec: [String: Int],
        hasSucceeded: Bool
    ) -> Int? {
        if hasSucceeded { return latest(of: workflow.upstream["end-node"] ?? [], bySpec) }
        if let failure = level.nodes.first(where: { tree.nodes[$0].kind == .failure }) { return failure }
        // A skipped end node means that all that could run ran on after the failure.
        let ranOn = level.nodes.contains {
            tree.nodes[$0].kind == .end && tree.nodes[$0].execution.phase == .skipped
        }
        if !ranOn, let failed = failed(level) { return failed }
        let before = Set(bySpec.keys.flatMap { workflow.upstream[$0] ?? [] })
        let sinks = bySpec.keys.filter { !before.contains($0) }.sorted()
        return latest(of: sinks, bySpec)
    }

    /// The node of this level that failed first.
    private func failed(_ level: ExecutionTree.Level) -> Int? {
        level.nodes.filter { FailureCause.hasFailed(tree.nodes[$0]) && tree.nodes[$0].kind != .failure }
            .min { a, b in
                let ends = (Self.end(of: tree.nodes[a]), Self.end(of: tree.nodes[b]))
                if let first = ends.0, let second = ends.1, first != second { return first < second }
                return tree.nodes[a].id < tree.nodes[b].id
            }
    }

    private func latest(of specIDs: [String], _ bySpec: [String: Int]) -> Int? {
        var best: (index: Int, end: Timestamp)?
        for index in specIDs.compactMap({ bySpec[$0] }) {
            let end = Self.end(of: tree.nodes[index]) ?? Timestamp(nanoseconds: .min)
            if best.map({ end > $0.end }) ?? true { best = (index, end) }
        }
        return best?.index
    }

    /// When the engine knew that a node had ended, which is what releases the next.
    private static func end(of node: ExecutionTree.Node) -> Timestamp? {
        node.execution.lifetime.isTerminal ? node.execution.lifetime.updatedAt : nil
    }

    // MARK: Nodes

    private mutating func descend(into index: Int, until end: Timestamp) {
        let node = tree.nodes[index]
        let times = node.execution.lifetime
        switch node.kind {
        case .gate:
            if times.startedAt != nil {
                advance(to: times.startedAt, .flyteOverhead, index, within: end)
                advance(to: times.endedAt ?? end, .humanWait, index, within: end)
            }
        case .launchPlan: descendIntoChild(index, until: end)
        case .branch:
            for child in node.children { descendInto(only: child, until: end) }
        case .workflow:
            if let level = lastLevel(of: index) {
                walk(level, hasSucceeded: node.execution.phase == .succeeded, until: end)
            } else if node.execution.phase == .succeeded {
                advance(to: end, .unexplained, index, within: end)
            }
        case .dynamic:
            walkAttempts(of: index, until: end)
            if let level = lastLevel(of: index) {
                walk(level, hasSucceeded: node.execution.phase == .succeeded, until: end)
            }
        case .array where node.attempts.isEmpty && !node.children.isEmpty:
            // It waits for all its elements: the one that ended last released it.
            var last: (index: Int, end: Timestamp)?
            for child in node.children {
                guard let end = Self.end(of: tree.nodes[child]) else { continue }
                if last.map({ end > $0.end }) ?? true { last = (child, end) }
            }
            if let last { descendInto(only: last.index, until: end) }
        case .task, .failure, .array, .start, .end, .unknown:
            if node.execution.cacheStatus == .hit, node.attempts.isEmpty {
                advance(to: end, .cache, index, within: end)
            } else if node.kind == .unknown, node.attempts.isEmpty {
                advance(to: end, .unexplained, index, within: end)
            } else {
                walkAttempts(of: index, until: end)
            }
        }
        advance(to: end, .flyteOverhead, index, within: end)
    }

    private mutating func descendInto(only child: Int, until end: Timestamp) {
        advance(to: tree.nodes[child].execution.lifetime.createdAt, .flyteOverhead, child, within: end)
        descend(into: child, until: min(Self.end(of: tree.nodes[child]) ?? end, end))
    }

    private func lastLevel(of index: Int) -> ExecutionTree.Level? {
        tree.levels.filter { $0.parent == index }.max {
            (Int($0.retryGroup) ?? 0) < (Int($1.retryGroup) ?? 0)
        }
    }

    private mutating func descendIntoChild(_ index: Int, until end: Timestamp) {
        guard let id = tree.nodes[index].execution.child else { return }
        guard let inner = child(id) else { return advance(to: end, .child, index, within: end) }
        advance(to: inner.first?.start, .flyteOverhead, index, within: end)
        for step in inner { advance(to: step.end, step.kind, index, within: end) }
    }

    private mutating func walkAttempts(of index: Int, until end: Timestamp) {
        let attempts = tree.nodes[index].attempts.map(\.execution)
        for (number, attempt) in attempts.enumerated() {
            let times = attempt.lifetime
            let name = attempt.retryAttempt
            advance(to: times.createdAt, .flyteOverhead, index, within: end)
            let isLast = number == attempts.count - 1
            let isTerminal = times.isTerminal
            if !isLast {
                // Up to the next attempt: what failed, and the wait after it.
                let next = attempts[number + 1].lifetime.createdAt ?? times.updatedAt
                advance(to: next, .retry, index, name, within: end)
            } else if let started = times.startedAt {
                advance(to: started, .queue, index, name, within: end)
                advance(to: isTerminal ? times.endedAt : end, .userCode, index, name, within: end)
            } else {
                advance(to: isTerminal ? times.updatedAt : end, .userCode, index, name, within: end)
            }
        }
    }
}

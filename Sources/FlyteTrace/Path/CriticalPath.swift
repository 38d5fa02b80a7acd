public import FlyteModel

/// The chain of nodes that decided how long an execution took, as steps that partition its wall time.
///
/// From the end, or from the failure, it walks back over the edges of the workflow's definition: at each
/// node to the upstream node whose end released it, and down into what ran inside. Time only chooses
/// among real predecessors; ties go to the order of the definition, then of the ids. Where a definition or
/// rows are missing the time is unexplained, never guessed.
///
/// The steps follow each other without gap or overlap from the execution's creation to its end. Where
/// clocks disagree, or the kubelet cut a time to whole seconds, the earlier step keeps its time: a step
/// begins where the one before it ends, and ends within its node, its level and the execution.
public struct CriticalPath {
    private let tree: ExecutionTree
    private let child: (ExecutionID) -> [PathStep]?
    /// The node where the failure began, and those it lies in.
    private let causes: Set<Int>
    private let withheld: Set<Gap>
    private var steps: [PathStep] = []
    private var cursor: Timestamp

    private struct Gap: Hashable {
        var node: KeyBytes?
        var field: String
    }

    /// The path of an execution that has ended; nil while it has not, and when it has no times.
    ///
    /// - Parameter child: The path of a child execution; nil when it is not known. Its steps then become
    ///   steps of the launch-plan node, as far as they lie within it.
    public static func steps(
        of tree: ExecutionTree, child: (ExecutionID) -> [PathStep]?
    ) -> [PathStep]? {
        let times = tree.execution.lifetime
        guard times.isTerminal, let start = times.createdAt, let end = times.endedAt,
            !Timestamp.isTooFar(from: start, to: end)
        else { return nil }
        return withoutActuallyEscaping(child) { child in
            var path = CriticalPath(tree: tree, child: child, cursor: start)
            path.walkTop(until: end)
            return path.steps
        }
    }

    /// - Parameter cursor: What lies before it is no step.
    init(tree: ExecutionTree, child: @escaping (ExecutionID) -> [PathStep]?, cursor: Timestamp) {
        self.tree = tree
        self.child = child
        self.cursor = cursor
        causes = Set(FailureCause.failedPath(in: tree))
        withheld = Set(
            tree.capture.withheld.lazy
                .filter { ["nodes", "attempts"].contains($0.field) && $0.place.attempt == nil }
                .map { Gap(node: $0.place.nodeID.map { KeyBytes($0) }, field: $0.field) })
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
        if let last = steps.last, last.kind == kind,
            last.nodeID.map({ KeyBytes($0) }) == id.map({ KeyBytes($0) }), last.attempt == attempt
        {
            steps[steps.count - 1].end = end
        } else {
            steps.append(PathStep(nodeID: id, attempt: attempt, kind: kind, start: cursor, end: end))
        }
        cursor = end
    }

    /// Whether the server did not hand over the rows below a node, or the top when it is nil.
    private func lacks(_ field: String, _ node: Int?) -> Bool {
        withheld.contains(Gap(node: node.map { KeyBytes(tree.nodes[$0].id) }, field: field))
    }

    /// What went into a node by itself, be it on the path or not, as steps within these times: of a node that others ran
    /// in, only what came before its last run.
    mutating func ownSteps(of index: Int, from start: Timestamp, to end: Timestamp) -> [PathStep] {
        (steps, cursor) = ([], start)
        switch tree.nodes[index].kind {
        case .dynamic where !tree.lastChildren(of: index).isEmpty: walkAttempts(of: index, until: end)
        case .workflow, .branch: skipEarlierRuns(inside: index, until: end)
        case .array where !tree.lastChildren(of: index).isEmpty: break
        default:
            descend(into: index, until: end)
            advance(to: end, .flyteOverhead, index, within: end)
        }
        return steps
    }

    // MARK: Levels

    private mutating func walkTop(until end: Timestamp) {
        let hasSucceeded = tree.execution.phase == .succeeded
        if let top = tree.topLevel {
            let start = tree.node("start-node", in: top).flatMap { tree.nodes[$0].lifetime.updatedAt }
            advance(to: start, .flyteOverhead, within: end)
            walk(top, hasSucceeded: hasSucceeded, until: end)
        } else if hasSucceeded || lacks("nodes", nil) || LostRows.lacksTop(tree) {
            // It had nodes; they are not known.
            advance(to: end, .unexplained, within: end)
        }
        advance(to: end, .flyteOverhead, within: end)
    }

    private mutating func walk(_ level: ExecutionTree.Level, hasSucceeded: Bool, until end: Timestamp) {
        guard let workflow = level.workflow, !lacks("nodes", level.parent) else {
            return advance(to: end, .unexplained, level.parent, within: end)
        }
        let chain = Chain(
            Releases(
                level: level, workflow: workflow, tree: tree, hasSucceeded: hasSucceeded, causes: causes))
        // Each level begins with its start node. Where that is not known, nobody knows what went before.
        let hasStart = !workflow.hasNode("start-node") || tree.node("start-node", in: level) != nil
        for (number, link) in chain.links.enumerated() {
            if !link.isReleaseKnown || number == 0 && !hasStart {
                let created = tree.nodes[link.node].lifetime.createdAt
                advance(to: created, .unexplained, level.parent, within: end)
            }
            enter(link.node, until: end)
        }
        if !chain.isEndKnown { advance(to: end, .unexplained, level.parent, within: end) }
    }

    private mutating func enter(_ index: Int, until end: Timestamp) {
        let node = tree.nodes[index]
        advance(to: node.lifetime.createdAt, .flyteOverhead, index, within: end)
        let ended = Chain.end(of: node).map { min($0, end) } ?? end
        descend(into: index, until: ended)
        advance(to: ended, .flyteOverhead, index, within: end)
    }

    // MARK: Nodes

    private mutating func descend(into index: Int, until end: Timestamp) {
        let node = tree.nodes[index]
        if node.isCacheHit, node.levels.isEmpty, !node.attempts.contains(where: { $0.execution.hadContainer })
        {
            // Engines before 2024 wrote an attempt for a hit, too.
            return advance(to: end, .cache, index, within: end)
        }
        switch node.kind {
        case .start, .end: break
        case .gate:
            let times = node.lifetime
            if times.startedAt != nil {
                advance(to: times.startedAt, .flyteOverhead, index, within: end)
                advance(to: times.endedAt ?? end, .humanWait, index, within: end)
            }
        case .launchPlan: descendIntoChild(index, until: end)
        case .workflow, .branch: walkLastRun(inside: index, until: end)
        case .dynamic:
            walkAttempts(of: index, until: end)
            if let level = tree.lastLevel(of: index) {
                walk(tree.levels[level], hasSucceeded: node.hasSucceeded, until: end)
            } else if node.hasSucceeded || lacks("nodes", index) {
                advance(to: end, .unexplained, index, within: end)
            }
        case .array where !tree.lastChildren(of: index).isEmpty:
            // It waits for all its elements: the one that ended last released it.
            if let last = latest(of: tree.lastChildren(of: index)) { enter(last, until: end) }
        case .task, .failure, .array: walkAttempts(of: index, until: end)
        case .unknown: advance(to: end, .unexplained, index, within: end)
        }
    }

    /// The last generation of a sub-workflow or of a branch's arm; earlier ones are its retries.
    private mutating func walkLastRun(inside index: Int, until end: Timestamp) {
        let node = tree.nodes[index]
        guard let last = tree.lastLevel(of: index).map({ tree.levels[$0] }) else {
            if lacks("nodes", index) || node.hasSucceeded {
                advance(to: end, .unexplained, index, within: end)
            }
            return
        }
        skipEarlierRuns(inside: index, until: end)
        if node.kind == .workflow {
            walk(last, hasSucceeded: node.hasSucceeded, until: end)
        } else if let arm = latest(of: last.nodes) {
            enter(arm, until: end)
        }
    }

    private mutating func skipEarlierRuns(inside index: Int, until end: Timestamp) {
        let node = tree.nodes[index]
        guard node.levels.count > 1, let last = tree.lastLevel(of: index) else { return }
        let begin = tree.levels[last].nodes.compactMap { tree.nodes[$0].lifetime.createdAt }.min()
        advance(to: begin, .retry, index, within: end)
    }

    /// The one that ended last, or has not ended at all; ties by id.
    private func latest(of nodes: [Int]) -> Int? {
        nodes.min { a, b in
            let ends = (Chain.end(of: tree.nodes[a]), Chain.end(of: tree.nodes[b]))
            switch ends {
            case (let first?, let second?) where first != second: return first > second
            case (nil, _?): return true
            case (_?, nil): return false
            default: return tree.nodes[a].id < tree.nodes[b].id
            }
        }
    }

    private mutating func descendIntoChild(_ index: Int, until end: Timestamp) {
        let node = tree.nodes[index]
        guard let id = node.child else {
            // It ended well, but what it ran is not named.
            if node.hasSucceeded { advance(to: end, .unexplained, index, within: end) }
            return
        }
        guard let inner = child(id) else { return advance(to: end, .child, index, within: end) }
        advance(to: inner.first?.start, .flyteOverhead, index, within: end)
        for step in inner { advance(to: step.end, step.kind, index, within: end) }
    }

    private mutating func walkAttempts(of index: Int, until end: Timestamp) {
        let attempts = tree.nodes[index].attempts
        if attempts.isEmpty,
            lacks("attempts", index) || LostRows.lacksAttempts(index, in: tree)
                || LostRows.lacksEnd(index, in: tree)
        {
            return advance(to: end, .unexplained, index, within: end)
        }
        var expected: UInt32 = 0
        for (number, attempt) in attempts.enumerated() {
            let times = attempt.lifetime
            let name = attempt.retryAttempt
            // Attempts count from 0: where one is not known, nobody knows what went before the next.
            let isExpected = name <= expected
            expected = name == .max ? name : name + 1
            advance(to: times.createdAt, isExpected ? .flyteOverhead : .unexplained, index, within: end)
            guard number < attempts.count - 1 else { return walkLast(attempt, of: index, until: end) }
            let next = attempts[number + 1]
            let isFollowed = next.retryAttempt <= expected
            // Up to the next attempt: what failed, and the wait after it.
            let border = isFollowed ? next.lifetime.createdAt ?? times.updatedAt : times.endedAt
            advance(to: border, .retry, index, name, within: end)
        }
    }

    /// The attempt that decided what became of its node.
    private mutating func walkLast(_ attempt: ExecutionTree.Attempt, of index: Int, until end: Timestamp) {
        let times = attempt.lifetime
        let name = attempt.retryAttempt
        let ended = times.isTerminal ? times.endedAt : end
        if let started = times.startedAt {
            advance(to: started, .queue, index, name, within: end)
        } else {
            let row = attempt.execution
            // One that never had a container ran nothing: its reasons tell what it waited for.
            let isAllWait = !row.hadContainer && !(row.reasons.isEmpty && row.reason.isEmpty)
            let waited = isAllWait ? ended : row.lastObstacle.map { min($0, ended ?? end) }
            advance(to: waited, .queue, index, name, within: end)
        }
        advance(to: ended, .userCode, index, name, within: end)
    }
}

public import FlyteModel

/// Recomputes an execution's metric spans from its rows, by the rules of Flyte's own metrics.
///
/// The rules are flyteadmin's (`metrics_manager.go`, 1.16); times are shown as they are, so that a span may
/// end before it starts. Where the server picks a row by chance, the first in time is taken: the first
/// attempt for `NODE_SETUP`, the last generation of a retried parent's children. Unlike the server, which
/// then answers nothing at all, a node that the workflow's definition does not have still gets its span.
public struct SpanBuilder {
    private let tree: ExecutionTree
    private let child: (ExecutionID) -> Lifetime?

    /// - Parameter child: The times of a child execution; nil when it is not known.
    public static func span(of tree: ExecutionTree, child: @escaping (ExecutionID) -> Lifetime?) -> Span {
        var open: [Span] = []
        func close(to depth: Int) {
            while open.count > depth {
                let inner = open.removeLast()
                open[open.count - 1].spans.append(inner)
            }
        }
        walk(tree, child: child) { span, depth in
            close(to: depth)
            open.append(span)
        }
        close(to: 1)
        return open[0]
    }

    /// Hands the spans over one by one, each with its depth and before those that lie inside it: of a large tree
    /// they are more than memory should hold.
    public static func walk(
        _ tree: ExecutionTree, child: @escaping (ExecutionID) -> Lifetime?,
        _ take: (Span, _ depth: Int) throws -> Void
    ) rethrows {
        try SpanBuilder(tree: tree, child: child).root(take)
    }

    private typealias Take = (Span, Int) throws -> Void

    private func root(_ take: Take) rethrows {
        let times = tree.execution.lifetime
        try take(
            Span(entity: .execution(tree.execution.id), start: times.createdAt, end: times.updatedAt), 0)
        guard let top = tree.topLevel, let start = tree.node("start-node", in: top),
            let started = updated(start)
        else {
            return try take(operation("WORKFLOW_SETUP", times.createdAt, times.updatedAt), 1)
        }
        try take(operation("WORKFLOW_SETUP", times.createdAt, started), 1)
        try nodes(of: top, 1, take)
        if let last = latestUpstream(of: "end-node", in: top) {
            try tell("WORKFLOW_TEARDOWN", last, times.updatedAt, 1, take)
        }
    }

    // MARK: Levels

    private func nodes(
        of level: ExecutionTree.Level, _ depth: Int, _ take: Take
    ) rethrows {
        let indices = level.nodes.filter {
            tree.nodes[$0].specID != "start-node" && tree.nodes[$0].specID != "end-node"
        }.sorted {
            (created($0)?.nanoseconds ?? .min, tree.nodes[$0].id)
                < (created($1)?.nanoseconds ?? .min, tree.nodes[$1].id)
        }
        for index in indices {
            try node(index, after: latestUpstream(of: tree.nodes[index].specID, in: level), depth, take)
        }
    }

    /// When the last of those that a node waits for was updated.
    private func latestUpstream(of specID: String, in level: ExecutionTree.Level) -> Timestamp? {
        (level.workflow?.upstream[specID] ?? []).compactMap { tree.node($0, in: level).flatMap(updated) }
            .max()
    }

    /// The last generation of a node's children.
    private func children(of index: Int) -> ExecutionTree.Level? {
        tree.nodes[index].levels.last.map { tree.levels[$0] }
    }

    // MARK: Nodes

    /// - Parameter before: When the last of those was updated that it waited for.
    private func node(
        _ index: Int, after before: Timestamp?, _ depth: Int, _ take: Take
    ) rethrows {
        let node = tree.nodes[index]
        let times = node.lifetime
        try take(
            Span(entity: .node(reference(node)), start: times.createdAt, end: times.updatedAt), depth)
        let depth = depth + 1
        if let before { try take(operation("NODE_TRANSITION", before, times.createdAt), depth) }
        let whole = operation("NODE_SETUP", times.createdAt, times.updatedAt)
        switch node.kind {
        // Of children that an engine before event version 1 did not announce the server's metrics know nothing.
        case .dynamic where node.isParent: try dynamic(index, depth, take)
        case .task, .dynamic, .failure, .unknown, .start, .end:
            guard !node.attempts.isEmpty else { return try take(whole, depth) }
            try attempts(of: node, depth, take)
            try tell("NODE_TEARDOWN", lastUpdate(of: node), times.updatedAt, depth, take)
        case .array: break
        case .gate:
            guard let started = times.startedAt else { return try take(whole, depth) }
            try take(operation("NODE_SETUP", times.createdAt, started), depth)
            if let duration = known(times.duration) {
                try take(operation("NODE_IDLE", started, started + duration), depth)
                try tell("NODE_TEARDOWN", started + duration, times.updatedAt, depth, take)
            } else {
                try take(operation("NODE_IDLE", started, times.updatedAt), depth)
            }
        case .branch:
            guard let taken = children(of: index)?.nodes.first else { return try take(whole, depth) }
            try take(operation("NODE_SETUP", times.createdAt, created(taken)), depth)
            try self.node(taken, after: nil, depth, take)
            try tell("NODE_TEARDOWN", updated(taken), times.updatedAt, depth, take)
        case .workflow:
            guard let level = children(of: index), let start = tree.node("start-node", in: level) else {
                return try take(whole, depth)
            }
            try take(operation("NODE_SETUP", times.createdAt, updated(start)), depth)
            try nodes(of: level, depth, take)
            try tell(
                "NODE_TEARDOWN", latestUpstream(of: "end-node", in: level), times.updatedAt, depth, take)
        case .launchPlan:
            guard let id = node.child, let inner = child(id) else { return try take(whole, depth) }
            try take(operation("NODE_SETUP", times.createdAt, inner.createdAt), depth)
            try take(Span(entity: .execution(id), start: inner.createdAt, end: inner.updatedAt), depth)
            try tell("NODE_TEARDOWN", inner.updatedAt, times.updatedAt, depth, take)
        }
    }

    // Rows of nodes and attempts are decoded no more for this: their messages may lie in a file.
    private func reference(_ node: ExecutionTree.Node) -> NodeReference {
        NodeReference(execution: tree.execution.id, nodeID: node.id)
    }

    private func dynamic(
        _ index: Int, _ depth: Int, _ take: Take
    ) rethrows {
        let node = tree.nodes[index]
        let times = node.lifetime
        guard !node.attempts.isEmpty else {
            return try take(operation("NODE_SETUP", times.createdAt, times.updatedAt), depth)
        }
        try attempts(of: node, depth, take)
        guard let level = children(of: index) else {
            return try tell("NODE_RESET", lastUpdate(of: node), times.updatedAt, depth, take)
        }
        let start = tree.node("start-node", in: level).flatMap(updated)
        try take(operation("NODE_RESET", lastUpdate(of: node), start), depth)
        try nodes(of: level, depth, take)
        try tell("NODE_TEARDOWN", latestUpstream(of: "end-node", in: level), times.updatedAt, depth, take)
    }

    // MARK: Attempts

    private func attempts(
        of node: ExecutionTree.Node, _ depth: Int, _ take: Take
    ) rethrows {
        let sorted = byCreation(node)
        try take(operation("NODE_SETUP", node.lifetime.createdAt, sorted.first?.lifetime.createdAt), depth)
        for (number, attempt) in sorted.enumerated() {
            if number > 0 {
                let before = sorted[number - 1].lifetime.updatedAt
                try take(operation("NODE_RESET", before, attempt.lifetime.createdAt), depth)
            }
            try self.attempt(attempt, of: node, depth, take)
        }
    }

    private func byCreation(_ node: ExecutionTree.Node) -> [ExecutionTree.Attempt] {
        node.attempts.sorted {
            ($0.lifetime.createdAt?.nanoseconds ?? .min, $0.retryAttempt)
                < ($1.lifetime.createdAt?.nanoseconds ?? .min, $1.retryAttempt)
        }
    }

    private func lastUpdate(of node: ExecutionTree.Node) -> Timestamp? {
        byCreation(node).last?.lifetime.updatedAt
    }

    private func attempt(
        _ attempt: ExecutionTree.Attempt, of node: ExecutionTree.Node, _ depth: Int, _ take: Take
    ) rethrows {
        let times = attempt.lifetime
        let entity = Span.Entity.attempt(
            reference(node), task: attempt.task, retryAttempt: attempt.retryAttempt)
        try take(Span(entity: entity, start: times.createdAt, end: times.updatedAt), depth)
        let depth = depth + 1
        guard let started = times.startedAt else {
            return try take(operation("TASK_SETUP", times.createdAt, times.updatedAt), depth)
        }
        try take(operation("TASK_SETUP", times.createdAt, started), depth)
        if let duration = known(times.duration) {
            try take(operation("TASK_RUNTIME", started, started + duration), depth)
            try tell("TASK_TEARDOWN", started + duration, times.updatedAt, depth, take)
        } else {
            try take(operation("TASK_RUNTIME", started, times.updatedAt), depth)
        }
    }

    // MARK: Spans

    private func operation(_ name: String, _ start: Timestamp?, _ end: Timestamp?) -> Span {
        Span(entity: .operation(name), start: start, end: end)
    }

    /// What the server leaves out where it would be negative.
    private func tell(
        _ name: String, _ start: Timestamp?, _ end: Timestamp?, _ depth: Int, _ take: Take
    ) rethrows {
        guard let start, let end, end >= start else { return }
        try take(operation(name, start, end), depth)
    }

    /// To the server a duration of zero is none.
    private func known(_ duration: Int64?) -> Int64? { duration == 0 ? nil : duration }

    private func created(_ index: Int) -> Timestamp? { tree.nodes[index].lifetime.createdAt }
    private func updated(_ index: Int) -> Timestamp? { tree.nodes[index].lifetime.updatedAt }
}

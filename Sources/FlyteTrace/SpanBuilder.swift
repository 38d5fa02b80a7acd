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
    public static func span(of tree: ExecutionTree, child: (ExecutionID) -> Lifetime?) -> Span {
        withoutActuallyEscaping(child) { SpanBuilder(tree: tree, child: $0).root() }
    }

    private func root() -> Span {
        let times = tree.execution.lifetime
        var span = Span(entity: .execution(tree.execution.id), start: times.createdAt, end: times.updatedAt)
        guard let top = tree.topLevel, let start = node("start-node", in: top), let started = updated(start)
        else {
            span.spans = [operation("WORKFLOW_SETUP", times.createdAt, times.updatedAt)]
            return span
        }
        span.spans = [operation("WORKFLOW_SETUP", times.createdAt, started)]
        span.spans += nodes(of: top)
        if let last = latestUpstream(of: "end-node", in: top) {
            append(&span.spans, "WORKFLOW_TEARDOWN", last, times.updatedAt)
        }
        return span
    }

    // MARK: Levels

    private func nodes(of level: ExecutionTree.Level) -> [Span] {
        level.nodes.filter { tree.nodes[$0].specID != "start-node" && tree.nodes[$0].specID != "end-node" }
            .sorted {
                (created($0)?.nanoseconds ?? .min, tree.nodes[$0].id)
                    < (created($1)?.nanoseconds ?? .min, tree.nodes[$1].id)
            }
            .map { index in
                var span = self.span(of: index)
                if let before = latestUpstream(of: tree.nodes[index].specID, in: level) {
                    span.spans.insert(operation("NODE_TRANSITION", before, created(index)), at: 0)
                }
                return span
            }
    }

    /// When the last of those that a node waits for was updated.
    private func latestUpstream(of specID: String, in level: ExecutionTree.Level) -> Timestamp? {
        (level.workflow?.upstream[specID] ?? []).compactMap { node($0, in: level).flatMap(updated) }.max()
    }

    private func node(_ specID: String, in level: ExecutionTree.Level) -> Int? {
        level.bySpecID[specID]
    }

    /// The last generation of a node's children.
    private func children(of index: Int) -> ExecutionTree.Level? {
        tree.nodes[index].levels.last.map { tree.levels[$0] }
    }

    // MARK: Nodes

    private func span(of index: Int) -> Span {
        let node = tree.nodes[index]
        let times = node.execution.lifetime
        var spans: [Span] = []
        switch node.kind {
        case .dynamic where node.execution.isParent || !node.children.isEmpty: spans = dynamic(index)
        case .task, .dynamic, .failure, .unknown, .start, .end:
            if node.attempts.isEmpty {
                spans = [operation("NODE_SETUP", times.createdAt, times.updatedAt)]
            } else {
                spans = attempts(of: node)
                append(&spans, "NODE_TEARDOWN", lastUpdate(of: node), times.updatedAt)
            }
        case .array: break
        case .gate:
            if let started = times.startedAt {
                spans = [operation("NODE_SETUP", times.createdAt, started)]
                if let duration = known(times.duration) {
                    spans.append(operation("NODE_IDLE", started, started + duration))
                    append(&spans, "NODE_TEARDOWN", started + duration, times.updatedAt)
                } else {
                    spans.append(operation("NODE_IDLE", started, times.updatedAt))
                }
            } else {
                spans = [operation("NODE_SETUP", times.createdAt, times.updatedAt)]
            }
        case .branch:
            if let taken = children(of: index)?.nodes.first {
                spans = [operation("NODE_SETUP", times.createdAt, created(taken)), span(of: taken)]
                append(&spans, "NODE_TEARDOWN", updated(taken), times.updatedAt)
            } else {
                spans = [operation("NODE_SETUP", times.createdAt, times.updatedAt)]
            }
        case .workflow:
            if let level = children(of: index), let start = self.node("start-node", in: level) {
                spans = [operation("NODE_SETUP", times.createdAt, updated(start))] + nodes(of: level)
                append(&spans, "NODE_TEARDOWN", latestUpstream(of: "end-node", in: level), times.updatedAt)
            } else {
                spans = [operation("NODE_SETUP", times.createdAt, times.updatedAt)]
            }
        case .launchPlan:
            if let id = node.execution.child, let inner = child(id) {
                spans = [
                    operation("NODE_SETUP", times.createdAt, inner.createdAt),
                    Span(entity: .execution(id), start: inner.createdAt, end: inner.updatedAt),
                ]
                append(&spans, "NODE_TEARDOWN", inner.updatedAt, times.updatedAt)
            } else {
                spans = [operation("NODE_SETUP", times.createdAt, times.updatedAt)]
            }
        }
        return Span(
            entity: .node(node.execution.id), start: times.createdAt, end: times.updatedAt, spans: spans)
    }

    private func dynamic(_ index: Int) -> [Span] {
        let node = tree.nodes[index]
        let times = node.execution.lifetime
        guard !node.attempts.isEmpty else {
            return [operation("NODE_SETUP", times.createdAt, times.updatedAt)]
        }
        var spans = attempts(of: node)
        if let level = children(of: index) {
            let start = self.node("start-node", in: level).flatMap(updated)
            spans.append(operation("NODE_RESET", lastUpdate(of: node), start))
            spans += nodes(of: level)
            append(&spans, "NODE_TEARDOWN", latestUpstream(of: "end-node", in: level), times.updatedAt)
        } else {
            append(&spans, "NODE_RESET", lastUpdate(of: node), times.updatedAt)
        }
        return spans
    }

    // MARK: Attempts

    private func attempts(of node: ExecutionTree.Node) -> [Span] {
        let sorted = byCreation(node)
        var spans = [
            operation("NODE_SETUP", node.execution.lifetime.createdAt, sorted.first?.lifetime.createdAt)
        ]
        for (number, attempt) in sorted.enumerated() {
            if number > 0 {
                spans.append(
                    operation("NODE_RESET", sorted[number - 1].lifetime.updatedAt, attempt.lifetime.createdAt)
                )
            }
            spans.append(span(of: attempt))
        }
        return spans
    }

    private func byCreation(_ node: ExecutionTree.Node) -> [TaskExecution] {
        node.attempts.map(\.execution).sorted {
            ($0.lifetime.createdAt?.nanoseconds ?? .min, $0.retryAttempt)
                < ($1.lifetime.createdAt?.nanoseconds ?? .min, $1.retryAttempt)
        }
    }

    private func lastUpdate(of node: ExecutionTree.Node) -> Timestamp? {
        byCreation(node).last?.lifetime.updatedAt
    }

    private func span(of attempt: TaskExecution) -> Span {
        let times = attempt.lifetime
        var spans: [Span]
        if let started = times.startedAt {
            spans = [operation("TASK_SETUP", times.createdAt, started)]
            if let duration = known(times.duration) {
                spans.append(operation("TASK_RUNTIME", started, started + duration))
                append(&spans, "TASK_TEARDOWN", started + duration, times.updatedAt)
            } else {
                spans.append(operation("TASK_RUNTIME", started, times.updatedAt))
            }
        } else {
            spans = [operation("TASK_SETUP", times.createdAt, times.updatedAt)]
        }
        return Span(
            entity: .attempt(attempt.node, task: attempt.task, retryAttempt: attempt.retryAttempt),
            start: times.createdAt, end: times.updatedAt, spans: spans)
    }

    // MARK: Spans

    private func operation(_ name: String, _ start: Timestamp?, _ end: Timestamp?) -> Span {
        Span(entity: .operation(name), start: start, end: end)
    }

    /// What the server leaves out where it would be negative.
    private func append(_ spans: inout [Span], _ name: String, _ start: Timestamp?, _ end: Timestamp?) {
        guard let start, let end, end >= start else { return }
        spans.append(operation(name, start, end))
    }

    /// To the server a duration of zero is none.
    private func known(_ duration: Int64?) -> Int64? { duration == 0 ? nil : duration }

    private func created(_ index: Int) -> Timestamp? { tree.nodes[index].execution.lifetime.createdAt }
    private func updated(_ index: Int) -> Timestamp? { tree.nodes[index].execution.lifetime.updatedAt }
}

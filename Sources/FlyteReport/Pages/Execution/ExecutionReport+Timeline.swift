import FlyteAnalysis
import FlyteModel
import Tables

/// When what ran, and what waits for what.
extension ExecutionReport {
    var timeline: [Block] {
        guard !outline.items.isEmpty, let (start, end) = extent else { return [] }
        let rows = outline.items.map(row)
        let grouped = outline.items.contains { $0.nodes.count > 1 }
        let explanation =
            grouped
            ? "Each bar is a stretch of a node; of nodes that are alike, when any of them ran. Underlined is the critical path: what the execution waited for."
            : account.path.isEmpty
                ? "Each row is a node, with its attempts one after the other."
                : "Each row is a node, with its attempts one after the other. Underlined is the critical path: what the execution waited for."
        return [
            .heading(HeadingBlock("What ran when", id: "timeline", explanation: explanation)),
            .timeline(
                TimelineBlock(
                    "From \(said(start)), \(HumanText.duration(Double(end - start) / 1e9))\(details.isOpen ? " so far" : "")",
                    from: start, to: end, rows, in: scope.zone, palette: Self.palette)),
            .receipts(
                ReceiptsBlock([
                    receipt(
                        "node_id, parent_node_id, kind, phase, created_at, started_at, ended_at",
                        of: "v_node_execution", by: "created_at, node_id"),
                    receipt(
                        "node_id, attempt, phase, created_at, started_at, ended_at, had_container",
                        of: "v_task_execution", by: "node_id, attempt"),
                    receipt("step, node_id, start_at, end_at", of: "v_critical_path", by: "step"),
                ])),
        ]
    }

    /// What spans are called, in the order of their colours.
    private static let palette = [
        "running", "queued", "launched execution", "failed attempt", "waiting for people", "from the cache",
        "run not seen", "nodes inside",
    ]

    /// What is drawn: the execution from its creation to its end, or to when it was read.
    private var extent: (Timestamp, Timestamp)? {
        func isPlausible(_ time: Timestamp) -> Bool { !time.isSaturated && time.nanoseconds > 0 }
        let times = details.nodes.lazy.flatMap { [$0.times.createdAt, $0.times.startedAt].compactMap { $0 } }
        guard
            let start = details.times.createdAt.flatMap({ isPlausible($0) ? $0 : nil })
                ?? times.filter(isPlausible).min()
        else { return nil }
        let ends = details.nodes.lazy.compactMap(\.times.endedAt).filter(isPlausible)
        let end =
            details.isOpen
            ? details.observedAt : details.times.endedAt.flatMap { isPlausible($0) ? $0 : nil } ?? ends.max()
        guard let end, end >= start else { return nil }
        return (start, end)
    }

    private func row(_ item: NodeOutline.Item) -> TimelineBlock.Row {
        guard let execution = details[item.execution] else { return TimelineBlock.Row("", []) }
        let isOwn = item.execution == details.id
        guard let place = item.single else {
            let nodes = item.nodes.map { execution.nodes[$0] }
            return TimelineBlock.Row(
                label(of: item, in: execution), depth: item.depth, together(nodes, in: execution),
                marked: isOwn ? marked(nodes) : [])
        }
        let node = execution.nodes[place]
        return TimelineBlock.Row(
            label(of: item, in: execution), depth: item.depth, spans(of: node, in: execution),
            marked: isOwn ? marked([node]) : [])
    }

    /// `500 × etl.part`.
    func label(of item: NodeOutline.Item, in execution: ExecutionDetails) -> String {
        let inside = item.hidden > 0 ? " (+ \(HumanText.grouped(Int64(item.hidden))) inside)" : ""
        if let place = item.single {
            let node = execution.nodes[place]
            return Self.tone(node) == .bad ? "✘ \(node.label)\(inside)" : node.label + inside
        }
        let first = execution.nodes[item.nodes[0]]
        let count = HumanText.grouped(Int64(item.nodes.count))
        if item.isRest { return "\(count) others\(inside)" }
        let what = first.task?.name ?? Self.kind(first.kind)
        return "\(Self.tone(first) == .bad ? "✘ " : "")\(count) × \(what)\(inside)"
    }

    static func kind(_ kind: NodeKind) -> String {
        switch kind {
        case .workflow: "sub-workflow"
        case .launchPlan: "launched execution"
        case .array: "map"
        case .failure: "failure node"
        case .task, .start, .end, .branch, .dynamic, .gate, .unknown: kind.rawValue
        }
    }

    private func spans(of node: NodeDetails, in execution: ExecutionDetails) -> [TimelineBlock.Span] {
        let isCached = node.cacheStatus == CacheStatus.hit.rawValue
        guard !node.attempts.isEmpty, !isCached else {
            guard let start = node.times.createdAt ?? node.times.startedAt else { return [] }
            let end = node.times.endedAt.map { max($0, start) }
            let (name, isQuiet): (String, Bool) =
                switch node.kind {
                case _ where isCached: ("from the cache", false)
                case .gate: ("waiting for people", true)
                case .launchPlan:
                    ("launched execution", details[node.child ?? details.id]?.nodes.isEmpty == false)
                case .workflow, .dynamic, .branch, .array: ("nodes inside", !node.children.isEmpty)
                case .task, .start, .end, .failure, .unknown: ("engine", false)
                }
            return [
                TimelineBlock.Span(
                    name, from: start, to: end, node.hasFailed ? .bad : .plain, isQuiet: isQuiet)
            ]
        }
        // What a dynamic node made comes behind its own attempt, within the node's time.
        var spans: [TimelineBlock.Span] = []
        let last = node.attempts.compactMap(\.times.endedAt).max()
        if !node.children.isEmpty, let start = last ?? node.times.createdAt,
            node.times.endedAt.map({ $0 > start }) ?? true
        {
            spans.append(
                TimelineBlock.Span("nodes inside", from: start, to: node.times.endedAt, isQuiet: true))
        }
        let isOwn = execution.id == details.id
        return node.attempts.flatMap { attempt in
            let place = ExecutionAccount.AttemptPlace(nodeID: KeyBytes(node.id), attempt: attempt.number)
            return self.spans(of: attempt, hadContainer: !(isOwn && account.withoutContainer.contains(place)))
        } + spans
    }

    /// Queue and run apart.
    private func spans(of attempt: AttemptDetails, hadContainer: Bool) -> [TimelineBlock.Span] {
        let times = attempt.times
        guard let created = times.createdAt ?? times.startedAt else { return [] }
        let tone: Tone = attempt.hasFailed ? .bad : .plain
        let end = times.endedAt
        guard let started = times.startedAt else {
            // Nobody saw it run: it may have waited all the time, and is known to have where it never had a container.
            let hasWaited = end == nil || !hadContainer
            return [
                TimelineBlock.Span(
                    hasWaited ? "queued" : "run not seen", from: created, to: end.map { max($0, created) },
                    tone,
                    isQuiet: hasWaited)
            ]
        }
        var spans: [TimelineBlock.Span] = []
        if started > created {
            spans.append(TimelineBlock.Span("queued", from: created, to: started, isQuiet: true))
        }
        spans.append(
            TimelineBlock.Span(
                attempt.hasFailed ? "failed attempt" : "running", from: started,
                to: end.map { max($0, started) }, tone))
        return spans
    }

    /// When any of several nodes ran: no more stretches than can be told apart.
    private func together(_ nodes: [NodeDetails], in execution: ExecutionDetails) -> [TimelineBlock.Span] {
        let all = nodes.flatMap { spans(of: $0, in: execution) }
        let isBad = nodes.first?.hasFailed ?? false
        let busy = all.filter { $0.name != "queued" }
        return Self.merged(busy.isEmpty ? all : busy, atMost: 40).map {
            TimelineBlock.Span(
                isBad ? "failed attempt" : busy.isEmpty ? "queued" : busy[0].name, from: $0.start, to: $0.end,
                isBad ? .bad : .plain, isQuiet: all.allSatisfy(\.isQuiet))
        }
    }

    private static func merged(
        _ spans: [TimelineBlock.Span], atMost most: Int
    ) -> [(start: Timestamp, end: Timestamp?)] {
        var parts: [(start: Timestamp, end: Timestamp?)] = []
        for span in spans.sorted(by: { $0.start < $1.start }) {
            guard let last = parts.last else {
                parts.append((span.start, span.end))
                continue
            }
            if let end = last.end, span.start > end {
                parts.append((span.start, span.end))
            } else {
                parts[parts.count - 1].end = last.end.flatMap { a in span.end.map { max(a, $0) } }
            }
        }
        guard parts.count > most else { return parts }
        // The longest pauses stay.
        let pauses = zip(parts, parts.dropFirst()).map { $1.start - ($0.end ?? $1.start) }
        let least = pauses.sorted(by: >)[most - 2]
        var few: [(start: Timestamp, end: Timestamp?)] = []
        for (number, part) in parts.enumerated() {
            if number > 0, few.count == most || pauses[number - 1] < least {
                few[few.count - 1].end = part.end
            } else {
                few.append(part)
            }
        }
        return few
    }

    /// Their steps of the critical path.
    private func marked(_ nodes: [NodeDetails]) -> [TimelineBlock.Span] {
        let spans = nodes.flatMap { node in
            (steps[KeyBytes(node.id)] ?? []).compactMap { step -> TimelineBlock.Span? in
                guard let start = step.start, let end = step.end else { return nil }
                return TimelineBlock.Span("critical path", from: start, to: end)
            }
        }
        return Self.merged(spans, atMost: 40).map {
            TimelineBlock.Span("critical path", from: $0.start, to: $0.end)
        }
    }

    // MARK: The graph

    var structure: [Block] {
        let drawn = graphs.prefix(Self.mostGraphs)
        guard !drawn.isEmpty else { return [] }
        var blocks: [Block] = [
            .heading(
                HeadingBlock(
                    "What waits for what", id: "graph",
                    explanation:
                        "The graph of the workflow from left to right; nodes with a broken frame never ran. The nodes of sub-workflows stand in the list of nodes."
                ))
        ]
        for graph in drawn { blocks.append(.graph(block(graph))) }
        if graphs.count > drawn.count {
            blocks.append(
                .prose(
                    ProseBlock([
                        .init(
                            "\(HumanText.count(graphs.count - drawn.count, "more graph")) of dynamic nodes: v_edge has them."
                        )
                    ])))
        }
        var receipts: [Receipt] = []
        for graph in drawn where !receipts.contains(graph.receipt) { receipts.append(graph.receipt) }
        return blocks + [.receipts(ReceiptsBlock(receipts))]
    }

    private static let mostGraphs = 4

    private func block(_ graph: ExecutionGraph) -> GraphBlock {
        func isMarked(_ place: Int?) -> Bool {
            guard let place else { return false }
            return account.slack[KeyBytes(details.nodes[place].id)]?.isOnPath
                ?? (pathSeconds[KeyBytes(details.nodes[place].id)] != nil)
        }
        let nodes = graph.nodes.map { node -> GraphBlock.Node in
            guard let place = node.place else {
                return GraphBlock.Node(
                    node.specID, node.specID, status: details.isOpen ? "not yet" : "never ran", .plain,
                    isAbsent: true)
            }
            let details = details.nodes[place]
            let took = details.times.seconds.map { " \(HumanText.shortDuration($0))" } ?? ""
            return GraphBlock.Node(
                node.specID, details.label, status: details.phase.rawValue + took, Self.tone(details),
                isMarked: isMarked(place))
        }
        let hops = hops(in: graph)
        let maker = graph.dynamicNodeID.flatMap { id in places[KeyBytes(id)].map { details.nodes[$0] } }
        return GraphBlock(
            maker.map { "Made by \($0.fullName)" } ?? graph.dynamicNodeID.map { "Made by \($0)" }
                ?? details.workflow.map { "\($0.name)" } ?? "The workflow",
            nodes: nodes,
            edges: graph.edges.map {
                GraphBlock.Edge(
                    from: $0.from, to: $0.to, isMarked: hops.contains(Hop(from: $0.from, to: $0.to)))
            })
    }

    private struct Hop: Hashable {
        var from: Int
        var to: Int
    }

    /// From which of a graph's nodes the critical path goes to which, by their places in the graph.
    private func hops(in graph: ExecutionGraph) -> Set<Hop> {
        let numbers = Dictionary(
            graph.nodes.enumerated().compactMap { number, node in node.place.map { ($0, number) } },
            uniquingKeysWith: { first, _ in first })
        var hops: Set<Hop> = []
        var last: Int?
        for step in account.path {
            // What is inside of a node is the node's.
            var place = step.nodeID.flatMap { places[KeyBytes($0)] }
            while let inside = place, numbers[inside] == nil { place = details.nodes[inside].parent }
            guard let number = place.flatMap({ numbers[$0] }) else { continue }
            if let last, last != number { hops.insert(Hop(from: last, to: number)) }
            last = number
        }
        return hops
    }
}

import FlyteAnalysis
import FlyteModel
import Tables

/// Its nodes and attempts, as a list.
extension ExecutionReport {
    var nodes: [Block] {
        let heading = HeadingBlock(
            "Nodes", id: "nodes",
            explanation: outline.items.contains { $0.nodes.count > 1 }
                ? "In the order of time. Nodes that are alike are one row, with the shortest and the longest of them; CSV and JSON have each."
                : "In the order of time, those inside of others behind them.")
        let machines = forMachines(every) + forMachines(everyAttempt) + forMachines(everyElement)
        return [.heading(heading), .table(listed)] + machines + [
            .receipts(
                ReceiptsBlock([
                    receipt(
                        "node_id, node_name, kind, phase, task, cache_status, attempt_count, created_at, started_at, ended_at, queue_s, duration_s, child_execution",
                        of: "v_node_execution", and: " AND kind NOT IN ('start', 'end')",
                        by: "created_at, node_id"),
                    receipt(
                        "node_id, attempt, phase, created_at, started_at, ended_at, queue_s, duration_s, cpu_request, memory_request_bytes, gpu_request, pod, error_code, error_message",
                        of: "v_task_execution", by: "node_id, attempt"),
                ]))
        ]
    }

    private var listed: TableBlock {
        let rows = outline.items.map(row)
        func hasAny(_ column: Int) -> FigureColumn.Readers {
            rows.contains { $0[column] != .blank } ? .people : .machines
        }
        return TableBlock(
            key: "outline",
            columns: [
                FigureColumn("Node", "node", for: .people), FigureColumn("Status", "phase", for: .people),
                FigureColumn("Task", "task", for: .people),
                FigureColumn("Attempts", "attempts", isNumber: true, for: .people),
                FigureColumn("Queue", "queue_s", isNumber: true, for: .people),
                FigureColumn("Took", "took_s", isNumber: true, for: .people),
                FigureColumn("On the path", "path_s", isNumber: true, for: hasAny(6)),
                FigureColumn("Drag", "drag_s", isNumber: true, for: hasAny(7)),
                FigureColumn("Slack", "slack_s", isNumber: true, for: hasAny(8)),
                FigureColumn("", "notes", for: hasAny(9)),
            ],
            rows: rows, shown: 60,
            whenEmpty: details.parent == nil
                ? "The archive has no nodes of it."
                : "The archive has no nodes of it: of what another execution launched the server may tell no more than how it ended.",
            for: .people)
    }

    private func row(_ item: NodeOutline.Item) -> [Figure] {
        guard let execution = details[item.execution] else { return [] }
        let nodes = item.nodes.map { execution.nodes[$0] }
        let isOwn = item.execution == details.id
        let indent = String(repeating: "· ", count: min(item.depth, 8))
        let name = item.single.map { execution.nodes[$0].fullName } ?? label(of: item, in: execution)
        let tasks = Set(nodes.map { KeyBytes($0.task?.name ?? "") })
        let attempts = nodes.reduce(0) { $0 + $1.attempts.count }
        let took = nodes.compactMap(\.times.seconds)
        let queues = nodes.compactMap { Self.queue($0) }
        let onPath = isOwn ? nodes.reduce(0) { $0 + (pathSeconds[KeyBytes($1.id)] ?? 0) } : 0
        let slack = isOwn ? nodes.compactMap { account.slack[KeyBytes($0.id)] } : []
        return [
            .text(
                indent + name + (item.single != nil && item.hidden > 0 ? " (+ \(item.hidden) inside)" : "")),
            status(nodes),
            tasks.count == 1
                ? Figure.text(ifAny: nodes[0].task?.name) == .none ? .blank : .text(nodes[0].task?.name ?? "")
                : .text("several"),
            attempts == 0 ? .blank : .count(attempts), Self.range(queues), Self.range(took),
            onPath > 0 ? .duration(onPath) : .blank,
            nodes.count == 1
                ? slack.first.flatMap(\.drag).map { $0 > 0 ? .duration($0) : .blank } ?? .blank : .blank,
            nodes.count == 1
                ? slack.first.flatMap { $0.isOnPath ? nil : $0.slack }.map { .duration($0) } ?? .blank
                : .blank,
            .text(note(nodes)) == .text("") ? .blank : .text(note(nodes)),
        ]
    }

    private func status(_ nodes: [NodeDetails]) -> Figure {
        var counts: [(phase: String, count: Int)] = []
        for node in nodes {
            if let place = counts.firstIndex(where: { $0.phase == node.phase.rawValue }) {
                counts[place].count += 1
            } else {
                counts.append((node.phase.rawValue, 1))
            }
        }
        let text =
            counts.count == 1
            ? counts[0].phase
            : counts.map { "\(HumanText.grouped(Int64($0.count))) \($0.phase)" }.joined(separator: ", ")
        return .verdict(
            text,
            nodes.contains(where: \.hasFailed) ? .bad : nodes.allSatisfy(\.hasSucceeded) ? .good : .plain)
    }

    private static func queue(_ node: NodeDetails) -> Double? {
        let queues = node.attempts.compactMap(\.times.queueSeconds)
        return queues.isEmpty ? nil : queues.reduce(0, +)
    }

    /// `0.90 s`, or `0.90 s – 1 min 02 s`.
    private static func range(_ values: [Double]) -> Figure {
        guard let least = values.min(), let most = values.max() else { return .none }
        let (low, high) = (HumanText.duration(least), HumanText.duration(most))
        return low == high ? .duration(most) : .text("\(low) – \(high)")
    }

    private func note(_ nodes: [NodeDetails]) -> String {
        var notes: [String] = []
        if nodes[0].kind != .task, nodes.count == 1 { notes.append(Self.kind(nodes[0].kind)) }
        let cached = nodes.count { $0.cacheStatus == CacheStatus.hit.rawValue }
        if cached > 0 { notes.append(cached == nodes.count ? "from the cache" : "\(cached) from the cache") }
        if nodes.count == 1, let child = nodes[0].child {
            let phase = details[child]?.phase.rawValue
            notes.append(
                "\(details.name(child))\(phase.map { $0 == nodes[0].phase.rawValue ? "" : " (\($0))" } ?? " (not in the archive)")"
            )
        }
        let elements = nodes.compactMap(\.attempts.last).flatMap(\.elements)
        if !elements.isEmpty {
            let failed = elements.count(where: \.hasFailed)
            notes.append(
                "\(HumanText.grouped(Int64(elements.count))) elements\(failed > 0 ? ", \(HumanText.grouped(Int64(failed))) failed" : "")"
            )
        }
        if nodes.count > 1 {
            let retried = nodes.count { $0.attempts.count > 1 }
            if retried > 0 { notes.append("\(HumanText.grouped(Int64(retried))) after a retry") }
        }
        return notes.joined(separator: ", ")
    }

    // MARK: Every one, for machines

    private var every: TableBlock {
        let all =
            [details]
            + details.children.values.sorted { KeyBytes($0.id.description) < KeyBytes($1.id.description) }
        return TableBlock(
            columns: [
                FigureColumn("", "execution"), FigureColumn("", "node_id"), FigureColumn("", "node_name"),
                FigureColumn("", "parent_node_id"), FigureColumn("", "kind"), FigureColumn("", "phase"),
                FigureColumn("", "task"), FigureColumn("", "task_version"), FigureColumn("", "cache_status"),
                FigureColumn("", "attempts", isNumber: true), FigureColumn("", "created_at"),
                FigureColumn("", "started_at"), FigureColumn("", "ended_at"),
                FigureColumn("", "duration_s", isNumber: true), FigureColumn("", "path_s", isNumber: true),
                FigureColumn("", "drag_s", isNumber: true), FigureColumn("", "slack_s", isNumber: true),
                FigureColumn("", "error_code"), FigureColumn("", "error_message"),
                FigureColumn("", "child_execution"), FigureColumn("", "deck_uri"),
            ],
            rows: all.flatMap { execution in
                let isOwn = execution.id == details.id
                return execution.nodes.filter { $0.kind != .start && $0.kind != .end }.map {
                    node -> [Figure] in
                    let slack = isOwn ? account.slack[KeyBytes(node.id)] : nil
                    return [
                        .text(execution.id.description), .text(node.id), Figure.text(ifAny: node.name),
                        Figure.text(ifAny: node.parent.map { execution.nodes[$0].id }),
                        .text(node.kind.rawValue),
                        .text(node.phase.rawValue), Figure.text(ifAny: node.task?.name),
                        Figure.text(ifAny: node.task?.version),
                        Figure.text(ifAny: node.cacheStatus), .count(node.attempts.count),
                        time(node.times.createdAt),
                        time(node.times.startedAt), time(node.times.endedAt),
                        Figure.duration(ifKnown: node.times.duration.map { Double($0) / 1e9 }),
                        isOwn ? Figure.duration(ifKnown: pathSeconds[KeyBytes(node.id)]) : .none,
                        Figure.duration(ifKnown: slack?.drag),
                        Figure.duration(ifKnown: slack?.slack), Figure.text(ifAny: node.error?.code),
                        Figure.text(ifAny: node.error?.message),
                        Figure.text(ifAny: node.child?.description), Figure.text(ifAny: node.deckURI),
                    ]
                }
            }, for: .machines)
    }

    /// Attempts of all that was read, in the order of the tree.
    var attempts: [(execution: ExecutionDetails, node: NodeDetails, attempt: AttemptDetails)] {
        ([details]
            + details.children.values.sorted { KeyBytes($0.id.description) < KeyBytes($1.id.description) })
            .flatMap { one in one.nodes.flatMap { node in node.attempts.map { (one, node, $0) } } }
    }

    private var everyAttempt: TableBlock {
        TableBlock(
            key: "attempts",
            columns: [
                FigureColumn("", "execution"), FigureColumn("", "node_id"),
                FigureColumn("", "attempt", isNumber: true), FigureColumn("", "phase"),
                FigureColumn("", "created_at"), FigureColumn("", "started_at"), FigureColumn("", "ended_at"),
                FigureColumn("", "queue_s", isNumber: true), FigureColumn("", "duration_s", isNumber: true),
                FigureColumn("", "cpu_request", isNumber: true),
                FigureColumn("", "memory_request_bytes", isNumber: true),
                FigureColumn("", "gpu_request", isNumber: true), FigureColumn("", "pod"),
                FigureColumn("", "error_kind"), FigureColumn("", "error_code"),
                FigureColumn("", "error_message"),
                FigureColumn("", "reason"), FigureColumn("", "logs"),
            ],
            rows: attempts.map { one, node, attempt in
                [
                    .text(one.id.description), .text(node.id), .count(attempt.number),
                    .text(attempt.phase.rawValue),
                    time(attempt.times.createdAt), time(attempt.times.startedAt), time(attempt.times.endedAt),
                    Figure.duration(ifKnown: attempt.times.queueSeconds),
                    Figure.duration(ifKnown: attempt.times.duration.map { Double($0) / 1e9 }),
                    attempt.request.cpu.map { .number($0, digits: 3) } ?? .none,
                    attempt.request.memoryBytes.map { .count(Int($0)) } ?? .none,
                    attempt.request.gpu.map { .number($0, digits: 3) } ?? .none,
                    Figure.text(ifAny: attempt.pod),
                    Figure.text(ifAny: attempt.error?.kind.rawValue), Figure.text(ifAny: attempt.error?.code),
                    Figure.text(ifAny: attempt.error?.message),
                    Figure.text(ifAny: attempt.reasons.last?.text),
                    // As JSON: links have names.
                    attempt.logs.isEmpty
                        ? .none
                        : .text(
                            "["
                                + attempt.logs.map {
                                    "{\"name\":\(JSONFormat.quoted($0.name)),\"uri\":\(JSONFormat.quoted($0.uri))}"
                                }.joined(separator: ",") + "]"),
                ]
            }, for: .machines)
    }

    private var everyElement: TableBlock {
        TableBlock(
            key: "elements",
            columns: [
                FigureColumn("", "execution"), FigureColumn("", "node_id"),
                FigureColumn("", "attempt", isNumber: true), FigureColumn("", "element", isNumber: true),
                FigureColumn("", "phase"), FigureColumn("", "tries", isNumber: true),
                FigureColumn("", "cache_status"), FigureColumn("", "external_id"),
                FigureColumn("", "error_message"),
            ],
            rows: attempts.flatMap { one, node, attempt in
                attempt.elements.map { element -> [Figure] in
                    [
                        .text(one.id.description), .text(node.id), .count(attempt.number),
                        .count(element.index),
                        .text(element.phase), .count(element.tries.count),
                        Figure.text(ifAny: element.tries.last?.cacheStatus),
                        Figure.text(ifAny: element.tries.last?.externalID), Figure.text(ifAny: element.error),
                    ]
                }
            }, for: .machines)
    }
}

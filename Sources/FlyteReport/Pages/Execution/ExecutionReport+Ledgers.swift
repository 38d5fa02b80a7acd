import FlyteAnalysis
import FlyteModel
import Tables

/// Where its time and the work that it asked for went.
extension ExecutionReport {
    /// The steps at one node, one after the other.
    private struct Visit {
        var nodeID: String?
        var steps: [ExecutionAccount.PathStep]

        var seconds: Double { steps.reduce(0) { $0 + $1.seconds } }
    }

    /// The wall time's classes, and the critical path.
    var waiting: [Block] {
        let heading = HeadingBlock(
            "What it waited for", id: "path",
            explanation:
                "The wall time along the critical path, without gap or overlap: only what stands here made the execution longer."
        )
        guard !account.path.isEmpty else {
            return [
                .heading(heading),
                .prose(
                    ProseBlock([
                        .init(
                            details.isOpen
                                ? "It had not ended when it was read: there is no path to its end yet."
                                : wallSeconds.map { $0 > 0 } ?? true
                                    ? "The archive has no critical path of it: 'flightlog status ARCHIVE' says whether its rows are to be made again, which 'flightlog rebuild ARCHIVE' does."
                                    : "There is no critical path: no time passed between its creation and its end."
                        )
                    ])),
                .receipts(ReceiptsBlock(account.pathReceipts)),
            ]
        }
        var blocks: [Block] = [
            .heading(heading),
            .table(
                TableBlock(
                    key: "classes",
                    columns: [
                        FigureColumn("Went to", "", for: .people), FigureColumn("", "class", for: .machines),
                        FigureColumn("Share", "share", isNumber: true),
                        FigureColumn("Time", "duration_s", isNumber: true),
                    ],
                    rows: account.wallTime.map {
                        [
                            .text(Self.timeClass($0.kind)), .text($0.kind), .share($0.share),
                            .duration($0.seconds),
                        ]
                    }, picture: .stack(name: "", share: "share", palette: Self.classPalette))),
        ]
        blocks.append(.table(visits))
        blocks += forMachines(machineSteps)
        if !account.whatIf.isEmpty { blocks.append(.table(whatIf)) }
        blocks.append(.receipts(ReceiptsBlock(account.pathReceipts)))
        return blocks
    }

    /// With the colours of the timeline.
    private static let classPalette = [
        "run", "queue", "a child that is not here", "retries", "people", "cache", "", "engine",
    ]

    private var visits: TableBlock {
        var visits: [Visit] = []
        for step in account.path {
            if let last = visits.last, last.nodeID == step.nodeID {
                visits[visits.count - 1].steps.append(step)
            } else {
                visits.append(Visit(nodeID: step.nodeID, steps: [step]))
            }
        }
        let start = account.path.first?.start
        func part(_ visit: Visit, _ kinds: Set<String>, but: Bool = false) -> Figure {
            let seconds = visit.steps.reduce(0) { $0 + (kinds.contains($1.kind) != but ? $1.seconds : 0) }
            return seconds > 0 ? .duration(seconds) : .blank
        }
        return TableBlock(
            key: "visits", "Step by step",
            columns: [
                FigureColumn("After", "offset_s", isNumber: true), FigureColumn("Node", "node"),
                FigureColumn("Task", "task"), FigureColumn("Took", "duration_s", isNumber: true),
                FigureColumn("Run", "run_s", isNumber: true),
                FigureColumn("Queue", "queue_s", isNumber: true),
                FigureColumn("Retries", "retry_s", isNumber: true),
                FigureColumn("Else", "else_s", isNumber: true),
                FigureColumn("Drag of the node", "drag_s", isNumber: true),
            ],
            rows: visits.map { visit in
                let node = visit.nodeID.flatMap { places[KeyBytes($0)] }.map { details.nodes[$0] }
                let after = visit.steps.first?.start.flatMap { a in start.map { Double(a - $0) / 1e9 } }
                return [
                    Figure.duration(ifKnown: after),
                    .text(node.map(\.fullName) ?? visit.nodeID ?? "the engine"),
                    node?.task.map { .text($0.name) } ?? .blank, .duration(visit.seconds),
                    part(visit, ["user_code"]), part(visit, ["queue"]), part(visit, ["retry"]),
                    part(visit, ["user_code", "queue", "retry"], but: true),
                    visit.nodeID.map { Figure.duration(ifKnown: account.slack[KeyBytes($0)]?.drag) }
                        ?? .blank,
                ]
            }, shown: 40, for: .people)
    }

    private var machineSteps: TableBlock {
        TableBlock(
            key: "steps",
            columns: [
                FigureColumn("", "step", isNumber: true), FigureColumn("", "node_id"),
                FigureColumn("", "attempt", isNumber: true), FigureColumn("", "class"),
                FigureColumn("", "start_at"),
                FigureColumn("", "end_at"), FigureColumn("", "duration_s", isNumber: true),
            ],
            rows: account.path.map { step in
                [
                    .count(step.number), step.nodeID.map { .text($0) } ?? .none,
                    step.attempt.map { .count($0) } ?? .none, .text(step.kind), time(step.start),
                    time(step.end),
                    .duration(step.seconds),
                ]
            }, for: .machines)
    }

    private var whatIf: TableBlock {
        let names = [
            "no_retries": "without retries", "warm_cache": "with a warm cache", "no_queue": "without queues",
        ]
        return TableBlock(
            key: "what_if", "How long it would have taken",
            columns: [
                FigureColumn("", "", for: .people), FigureColumn("", "scenario", for: .machines),
                FigureColumn("At least", "wall_low_s", isNumber: true),
                FigureColumn("At most", "wall_high_s", isNumber: true),
            ],
            rows: account.whatIf.map {
                [
                    .text(names[$0.scenario] ?? $0.scenario), .text($0.scenario), .duration($0.low),
                    .duration($0.high),
                ]
            })
    }

    // MARK: Work

    /// Container time that was asked for, and what became of it.
    var work: [Block] {
        guard !account.work.isEmpty else { return [] }
        let total = account.work.reduce(0) { $0 + $1.seconds }
        let rows = account.work
        func bounds(
            _ low: KeyPath<ExecutionAccount.Work, Double?>, _ high: KeyPath<ExecutionAccount.Work, Double?>
        ) -> (ExecutionAccount.Work) -> Figure {
            // Of small executions two digits would all be zeros.
            let digits = rows.allSatisfy { ($0[keyPath: high] ?? 0) < 0.1 } ? 4 : 2
            return { row in
                row[keyPath: high].map { .bounds(low: row[keyPath: low] ?? 0, high: $0, digits: digits) }
                    ?? .none
            }
        }
        func readers(_ high: KeyPath<ExecutionAccount.Work, Double?>) -> FigureColumn.Readers {
            rows.contains { ($0[keyPath: high] ?? 0) > 0 } ? .all : .machines
        }
        // Parts of a picture are told apart by their outcome alone.
        var outcomes: [(name: String, seconds: Double)] = []
        for row in rows {
            if let place = outcomes.firstIndex(where: { $0.name == row.outcome }) {
                outcomes[place].seconds += row.seconds
            } else {
                outcomes.append((row.outcome, row.seconds))
            }
        }
        var blocks: [Block] = [
            .heading(
                HeadingBlock(
                    "The work it asked for", id: "work",
                    explanation:
                        "Container time of its own attempts times what they requested; executions that it launched have theirs. Useful is what an attempt did that succeeded; the rest was failed, retried or aborted."
                ))
        ]
        if outcomes.count(where: { $0.seconds > 0 }) > 1 {
            blocks.append(
                .table(
                    TableBlock(
                        key: "outcomes",
                        columns: [
                            FigureColumn("Outcome", "outcome"),
                            FigureColumn("Share", "share", isNumber: true),
                            FigureColumn("Container time, at most", "seconds", isNumber: true),
                        ],
                        rows: outcomes.map {
                            [.text($0.name), .share($0.seconds / total), .duration($0.seconds)]
                        },
                        picture: .stack(
                            name: "outcome", share: "share",
                            palette: ["useful", "retried", "", "failed", "aborted", "cached"]))))
        }
        blocks.append(
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Task", "task"), FigureColumn("Outcome", "outcome"),
                        FigureColumn("Attempts", "attempts", isNumber: true),
                        FigureColumn("", "seconds_low", isNumber: true, for: .machines),
                        FigureColumn("Container time, at most", "seconds", isNumber: true),
                        FigureColumn(
                            "Core-hours", "core_hours", isNumber: true, .bounds, for: readers(\.coreHours)),
                        FigureColumn(
                            "GiB-hours", "gib_hours", isNumber: true, .bounds, for: readers(\.gibHours)),
                        FigureColumn(
                            "GPU-hours", "gpu_hours", isNumber: true, .bounds, for: readers(\.gpuHours)),
                        FigureColumn("Unseen", "unseen", isNumber: true),
                    ],
                    rows: rows.map { row in
                        [
                            row.task.map { .text($0) } ?? .none, .text(row.outcome), .count(row.attempts),
                            .duration(row.secondsLow), .duration(row.seconds),
                            bounds(\.coreHoursLow, \.coreHours)(row), bounds(\.gibHoursLow, \.gibHours)(row),
                            bounds(\.gpuHoursLow, \.gpuHours)(row), .count(row.unseen),
                        ]
                    }, shown: 20)))
        return blocks + [.receipts(ReceiptsBlock([account.workReceipt]))]
    }
}

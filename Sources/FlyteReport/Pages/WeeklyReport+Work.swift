import FlyteAnalysis
import Tables

/// Where the time went, what was requested, and what the archive has of it.
extension WeeklyReport {
    static func slowestNodes(_ summary: WeeklySummary) -> [Block] {
        let columns =
            [
                FigureColumn("Node", "node"), FigureColumn("Path", "node_path"),
                FigureColumn("Workflow", "workflow"),
            ] + placeColumns(summary) + [
                FigureColumn("Task", "task"), FigureColumn("Runs", "runs", isNumber: true),
                FigureColumn("Failed", "failed", isNumber: true),
                FigureColumn("p50", "p50_s", isNumber: true), FigureColumn("p90", "p90_s", isNumber: true),
                FigureColumn("Longest", "max_s", isNumber: true),
                FigureColumn("", "total_s", isNumber: true, for: .machines),
                FigureColumn("Unknown", "unknown_durations", isNumber: true),
                FigureColumn("Slowest execution", "slowest_execution"),
            ]
        return [
            .heading(
                HeadingBlock(
                    "Slowest nodes", id: "slowest-nodes",
                    explanation:
                        "Run time from start to end of nodes that succeeded, slowest 90th percentile first. A node is known by its path in the templates; its name is shown."
                )),
            .table(
                TableBlock(
                    columns: columns,
                    rows: summary.slowestNodes.rows.map { row in
                        [.text(row.node), Figure.code(ifAny: row.path), .text(row.workflow.name)]
                            + place(row.workflow) + [
                                row.task.map { .text($0) } ?? .none, .count(row.runs), .count(row.failed),
                                Figure.duration(ifKnown: row.p50), Figure.duration(ifKnown: row.p90),
                                Figure.duration(ifKnown: row.max),
                                .duration(row.totalSeconds), .count(row.unknownDurations),
                                Figure.code(ifAny: row.slowestExecution),
                            ]
                    }, shown: shownRows,
                    whenEmpty: "No node with a known run time ended in this window.")),
            .receipts(ReceiptsBlock(summary.slowestNodes.receipts)),
        ]
    }

    static func criticalNodes(_ summary: WeeklySummary) -> [Block] {
        let columns =
            [
                FigureColumn("Node", "node"), FigureColumn("Path", "node_path"),
                FigureColumn("Workflow", "workflow"),
            ] + placeColumns(summary) + [
                FigureColumn("On the path", "criticality", isNumber: true),
                FigureColumn("Mean on the path", "mean_s", isNumber: true),
                FigureColumn("In all", "total_s", isNumber: true),
                FigureColumn("", "on_path", isNumber: true, for: .machines),
                FigureColumn("Executions", "executions", isNumber: true),
            ]
        return [
            .heading(
                HeadingBlock(
                    "Nodes that decide how long it takes", id: "critical-nodes",
                    explanation:
                        "How often a node lies on the critical path of its workflow, and how long it holds it: speeding up anything else changes nothing."
                )),
            .table(
                TableBlock(
                    columns: columns,
                    rows: summary.criticalNodes.rows.map { row in
                        [.text(row.node), Figure.code(ifAny: row.path), .text(row.workflow.name)]
                            + place(row.workflow) + [
                                .share(row.criticality), .duration(row.meanSeconds),
                                .duration(row.totalSeconds),
                                .count(row.onPath), .count(row.executions),
                            ]
                    }, shown: shownRows,
                    whenEmpty: "No execution with a critical path ended in this window.")),
            .receipts(ReceiptsBlock(summary.criticalNodes.receipts)),
        ]
    }

    static func timeByClass(_ summary: WeeklySummary) -> [Block] {
        [
            .heading(
                HeadingBlock(
                    "Where the wall time went", id: "time",
                    explanation:
                        "Along the critical paths of all executions that ended, without gap or overlap. Of user code the share that nobody saw running is told: such attempts count from their creation to their end, and may have waited for a part of it."
                )),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Source", "source", for: summary.sources.count < 2 ? .machines : .all),
                        FigureColumn("Class", "class"), FigureColumn("Share", "share", isNumber: true),
                        FigureColumn("Time", "time_s", isNumber: true),
                        FigureColumn("Never seen running", "unseen_share", isNumber: true),
                        FigureColumn("Executions", "executions", isNumber: true),
                    ],
                    rows: summary.timeByClass.rows.map { row in
                        [
                            .text(row.source), .text(row.name), .share(row.share), .duration(row.seconds),
                            row.unseenShare.map { .share($0) } ?? .blank, .count(row.executions),
                        ]
                    }, whenEmpty: "No execution with a critical path ended in this window.",
                    picture: .stack(name: "class", share: "share", group: "source"))),
            .receipts(ReceiptsBlock(summary.timeByClass.receipts)),
        ]
    }

    // MARK: What was requested

    static func requested(_ summary: WeeklySummary) -> [Block] {
        let all = summary.requested.rows
        // Columns without a figure in any row only take room.
        func isEmpty(_ value: KeyPath<WeeklySummary.Requested, Double>) -> Bool {
            all.allSatisfy { $0[keyPath: value] == 0 }
        }
        let columns =
            [FigureColumn("Workflow", "workflow")] + placeColumns(summary) + [
                FigureColumn("", "attempts", isNumber: true, for: .machines),
                FigureColumn("Core-hours", "core_hours", isNumber: true, .bounds),
                FigureColumn("GiB-hours", "gib_hours", isNumber: true, .bounds),
                FigureColumn(
                    "GPU-hours", "gpu_hours", isNumber: true, .bounds,
                    for: isEmpty(\.gpuHours) ? .machines : .all),
                FigureColumn("Wasted", "wasted_share", isNumber: true),
                FigureColumn("", "useful_core_hours", isNumber: true, for: .machines),
                FigureColumn("failed", "failed_core_hours", isNumber: true),
                FigureColumn("retried", "retried_core_hours", isNumber: true),
                FigureColumn("aborted", "aborted_core_hours", isNumber: true),
                FigureColumn("", "wasted_gib_hours", isNumber: true, for: .machines),
                FigureColumn("Unseen", "unseen_share", isNumber: true),
                FigureColumn(
                    "In children", "child_core_hours", isNumber: true,
                    for: isEmpty(\.childCoreHours) ? .machines : .all),
                FigureColumn("Without request", "attempts_without_request", isNumber: true),
                FigureColumn("Without container", "attempts_without_container", isNumber: true),
            ]
        return [
            .heading(
                HeadingBlock(
                    "What was requested", id: "requested",
                    explanation:
                        "Requested CPU, memory and GPUs times the run time of attempts, elements and replicas: what was used lies below. Two numbers are a lower and an upper bound. Failed, retried and aborted are parts of the upper bound in core-hours; unseen are attempts that nobody saw running."
                )),
            .table(
                TableBlock(
                    columns: columns,
                    rows: all.isEmpty ? [] : [row(summary.requestedTotal)] + all.map(row), shown: shownRows,
                    whenEmpty: "No attempt ended in this window.")),
            .receipts(ReceiptsBlock(summary.requested.receipts)),
        ]
    }

    private static func row(_ hours: WeeklySummary.Requested) -> [Figure] {
        let subject = hours.workflow.map { [.text($0.name)] + place($0) }
        return (subject ?? [.text("All workflows"), .blank, .blank]) + [
            .count(hours.attempts), .bounds(low: hours.coreHoursLow, high: hours.coreHours, digits: 2),
            .bounds(low: hours.gibHoursLow, high: hours.gibHours, digits: 2),
            .bounds(low: hours.gpuHoursLow, high: hours.gpuHours, digits: 2),
            hours.wastedShare.map { .share($0) } ?? .none, .number(hours.usefulCoreHours, digits: 2),
            .number(hours.failedCoreHours, digits: 2), .number(hours.retriedCoreHours, digits: 2),
            .number(hours.abortedCoreHours, digits: 2), .number(hours.wastedGibHours, digits: 2),
            hours.unseenShare.map { .share($0) } ?? .none, .number(hours.childCoreHours, digits: 2),
            .count(hours.attemptsWithoutRequest), .count(hours.attemptsWithoutContainer),
        ]
    }

    // MARK: The archive

    static func coverage(_ summary: WeeklySummary) -> [Block] {
        [
            .heading(
                HeadingBlock(
                    "What the archive covers", id: "coverage",
                    explanation:
                        "Executions created in the window. Incomplete ones have values that the server withheld; 'v_capture' names each."
                )),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Source", "source"), FigureColumn("Project", "project"),
                        FigureColumn("Domain", "domain"),
                        FigureColumn("Executions", "executions", isNumber: true),
                        FigureColumn("Still open", "open", isNumber: true),
                        FigureColumn("Incomplete", "incomplete", isNumber: true),
                        FigureColumn("Values withheld", "withheld", isNumber: true),
                        FigureColumn("Problems", "problems", isNumber: true),
                    ],
                    rows: summary.coverage.rows.map { row in
                        [
                            .text(row.source), .text(row.project), .text(row.domain), .count(row.executions),
                            .count(row.open), .count(row.incomplete), .count(row.withheld),
                            .count(row.problems),
                        ]
                    }, shown: shownRows, whenEmpty: "The archive has no execution created in this window.")),
            .receipts(ReceiptsBlock(summary.coverage.receipts)),
        ]
    }
}

public import FlyteAnalysis
import FlyteModel
import Tables

/// `flightlog report weekly`: a week's summary as a report.
public enum WeeklyReport {
    public static func report(on summary: WeeklySummary) -> Report {
        let first = CivilDate(day: day(summary.window.start))
        let last = CivilDate(
            day: day(summary.window.end) - (summary.window.end > summary.window.start ? 1 : 0))
        var scope = summary.sources.isEmpty ? "an empty archive" : summary.sources.joined(separator: ", ")
        if let project = summary.project { scope += ", project \(project)" }
        if let domain = summary.domain { scope += ", domain \(domain)" }
        return Report(
            title: "Flyte, \(text(first)) to \(text(last))",
            subtitle:
                "\(scope). Executions, nodes and attempts that ended from \(summary.window.start.microsecondText) up to \(summary.window.end.microsecondText), beside the \(HumanText.count(max(1, day(summary.window.end) - day(summary.window.start)), "day")) before.",
            lead: lead(summary),
            blocks: [
                headline(summary), workflows(summary), failures(summary), slowestNodes(summary),
                criticalNodes(summary), timeByClass(summary), requested(summary), coverage(summary),
            ].flatMap { $0 },
            notes: [
                "Failure rate: FAILED and TIMED_OUT executions over those that succeeded, failed or timed out; aborted ones stand apart and running ones never count. In parentheses the 95 % Wilson interval.",
                "Blame: user and system failures are told apart where the failure began, at the last attempt of the node that failed first; the execution's own error says USER for nearly everything.",
                "Changes are against the window before: rates by Fisher's exact test with Newcombe's interval, durations by Mann-Whitney with the Hodges-Lehmann shift, or, where some failed, timed out or were aborted and so count as cut off, by the log-rank test with the difference of the medians, over all workflows at a false discovery rate of 5 % (Benjamini-Hochberg). Too few runs give no verdict.",
                "Hours are requested, not used: an upper bound. Wasted are those of attempts that failed, were retried or aborted.",
                "Unknown is shown as –, never as zero: attempts that nobody saw running have no duration.",
            ],
            principalSection: "workflows")
    }

    private static func day(_ time: Timestamp) -> Int {
        let seconds = time.nanoseconds / 1_000_000_000
        return Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
    }

    /// What the window is called: a week, or just a window.
    private static func period(_ summary: WeeklySummary) -> String {
        day(summary.window.end) - day(summary.window.start) == 7 ? "week" : "window"
    }

    private static func text(_ date: CivilDate) -> String {
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        return "\(date.day) \(months[date.month - 1]) \(date.year)"
    }

    // MARK: Sentences

    private static func lead(_ summary: WeeklySummary) -> [ProseBlock.Sentence] {
        let now = summary.headline.outcomes
        let before = summary.headline.previousOutcomes
        guard now.ended > 0 else {
            return [
                ProseBlock.Sentence(
                    "Nothing ended in this window. 'flightlog status ARCHIVE' says what the archive covers.")
            ]
        }
        var lines: [ProseBlock.Sentence] = []
        var sentence = "\(HumanText.count(now.ended, "execution")) ended"
        let earlier = "the \(period(summary)) before"
        if before.ended > 0 { sentence += " (\(before.ended) \(earlier))" }
        let failed = now.failed + now.timedOut
        sentence +=
            failed == 0
            ? ", and none failed."
            : "; \(failed) failed: \(now.failureRate.map { HumanText.percent($0.estimate) } ?? "–")"
        if failed > 0 {
            if let rate = before.failureRate {
                sentence += ", after \(HumanText.percent(rate.estimate)) \(earlier)"
            }
            sentence += "."
        }
        var tone = Tone.plain
        if case .measured(let change) = summary.headline.rateChange {
            switch change.verdict {
            case .worse: (sentence, tone) = (sentence + " That is more than chance.", .bad)
            case .better: (sentence, tone) = (sentence + " That is better than chance.", .good)
            case .unchanged: sentence += " The difference may be chance."
            }
        }
        lines.append(ProseBlock.Sentence(sentence, tone))
        for workflow in summary.workflows.rows {
            if case .measured(let change) = workflow.durationChange, change.verdict != .unchanged {
                let word = change.verdict == .worse ? "slower" : "faster"
                let relative =
                    change.relativeShift.map { " (\($0 > 0 ? "+" : "−")\(HumanText.percent(abs($0))))" } ?? ""
                let shift =
                    change.shift.map {
                        let of =
                            change.method == .mannWhitney
                            ? "in the median of all differences" : "in the median"
                        return "\(HumanText.duration(abs($0)))\(relative) \(of)"
                    } ?? "so many were cut off that nobody can say by how much"
                lines.append(
                    ProseBlock.Sentence(
                        "\(workflow.subject.name) got \(word): \(shift).",
                        change.verdict == .worse ? .bad : .good))
            }
            if case .measured(let change) = workflow.rateChange, change.verdict != .unchanged {
                lines.append(
                    ProseBlock.Sentence(
                        "\(workflow.subject.name) fails \(change.verdict == .worse ? "more" : "less") often: \(change.difference > 0 ? "+" : "−")\(NumberText.fixed(abs(change.difference) * 100, 0)) points.",
                        change.verdict == .worse ? .bad : .good))
            }
        }
        for failure in summary.failures.rows where failure.novelty == .new {
            lines.append(
                ProseBlock.Sentence(
                    "New failure in \(failure.task.isEmpty ? failure.project : failure.task): \(firstLine(failure.message)) – \(HumanText.count(failure.executions, "execution")).",
                    .bad))
        }
        if let flaky = summary.headline.flakiest, flaky.flaky >= Statistics.minimumRuns {
            lines.append(
                ProseBlock.Sentence(
                    "\(flaky.task.name) is flaky: it succeeded only after a retry in \(flaky.flaky) of \(HumanText.count(flaky.nodes, "run"))."
                ))
        }
        if let share = summary.requestedTotal.wastedShare {
            lines.append(
                ProseBlock.Sentence(
                    "\(NumberText.fixed(summary.requestedTotal.coreHours, 1)) core-hours were requested, \(HumanText.percent(share)) of them for attempts that failed, were retried or aborted."
                ))
        }
        return Array(lines.prefix(12))
    }

    /// The last line of a traceback says what happened; of anything else the first does.
    static func firstLine(_ message: String) -> String {
        let lines = message.split { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
            .map { $0.drop { $0 == " " || $0 == "\t" } }.filter { !$0.isEmpty }
        let isTraceback = message.contains("Traceback")
        let candidates = isTraceback ? Array(lines.reversed()) : lines
        let line =
            candidates.first { !$0.hasPrefix("Message:") && !$0.hasPrefix("User error") } ?? lines.first ?? ""
        return line.count > 160 ? String(line.prefix(159)) + "…" : String(line)
    }

    // MARK: Sections

    private static func headline(_ summary: WeeklySummary) -> [Block] {
        let head = summary.headline
        func row(_ name: String, _ now: Figure, _ before: Figure) -> [Figure] {
            [.text(name), now, before]
        }
        func rate(_ outcomes: WeeklySummary.Outcomes) -> Figure { cell(outcomes.failureRate) }
        let (now, before) = (head.outcomes, head.previousOutcomes)
        let period = period(summary)
        return [
            .heading(
                HeadingBlock(
                    "The \(period) in figures", id: "headline")),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("", "figure"),
                        FigureColumn("This \(period)", "this_week", isNumber: true),
                        FigureColumn("The \(period) before", "week_before", isNumber: true),
                    ],
                    rows: [
                        row("Executions ended", .count(now.ended), .count(before.ended)),
                        row("Succeeded", .count(now.succeeded), .count(before.succeeded)),
                        row("Failed", .count(now.failed), .count(before.failed)),
                        row(
                            "of them by the user's code", .count(now.userFailures),
                            .count(before.userFailures)),
                        row(
                            "of them by the system", .count(now.systemFailures), .count(before.systemFailures)
                        ),
                        row(
                            "of them by nobody known", .count(now.otherFailures), .count(before.otherFailures)
                        ),
                        row("Timed out", .count(now.timedOut), .count(before.timedOut)),
                        row("Aborted", .count(now.aborted), .count(before.aborted)),
                        row("Failure rate", rate(now), rate(before)),
                        row("Retried attempts", .count(head.retries), .count(head.previousRetries)),
                        row("Cache hits", .count(head.cacheHits), .none),
                        row("New failures", .count(head.newFailures), .none),
                        row("Time in executions", .duration(head.totalDuration), .none),
                    ])),
            .receipts(ReceiptsBlock(head.receipts)),
        ]
    }

    private static func cell(_ proportion: Proportion?) -> Figure {
        guard let proportion else { return .none }
        let interval = proportion.wilsonInterval()
        return .rate(proportion.estimate, low: interval.low, high: interval.high)
    }

    private static func name(_ subject: WeeklySummary.Subject) -> [Figure] {
        [.text(subject.name), .text("\(subject.project)/\(subject.domain)")]
    }

    private static func optional(_ seconds: Double?) -> Figure { seconds.map { .duration($0) } ?? .none }

    private static func verdict(_ change: RateChange) -> Figure {
        guard case .measured(let measured) = change else { return .verdict("not enough data", .plain) }
        let points =
            "\(measured.difference >= 0 ? "+" : "−")\(NumberText.fixed(abs(measured.difference) * 100, 0)) points"
        return .verdict(measured.verdict == .unchanged ? "as before" : points, tone(measured.verdict))
    }

    private static func verdict(_ change: DurationChange) -> Figure {
        guard case .measured(let measured) = change else { return .verdict("not enough data", .plain) }
        let shift =
            measured.shift.map { "\($0 >= 0 ? "+" : "−")\(HumanText.duration(abs($0)))" }
            ?? (measured.verdict == .worse ? "slower" : "faster")
        return .verdict(measured.verdict == .unchanged ? "as before" : shift, tone(measured.verdict))
    }

    private static func tone(_ verdict: Verdict) -> Tone {
        switch verdict {
        case .worse: .bad
        case .better: .good
        case .unchanged: .plain
        }
    }

    private static func workflows(_ summary: WeeklySummary) -> [Block] {
        [
            .heading(
                HeadingBlock(
                    "Workflows", id: "workflows",
                    explanation:
                        "Each workflow with executions that ended, busiest first.")),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Workflow", "workflow"), FigureColumn("Where", "place"),
                        FigureColumn("Ended", "ended", isNumber: true),
                        FigureColumn("Aborted", "aborted", isNumber: true),
                        FigureColumn("Failure rate", "failure_rate", isNumber: true),
                        FigureColumn("Against before", "failure_rate_change"),
                        FigureColumn("p50", "p50_s", isNumber: true),
                        FigureColumn("p95", "p95_s", isNumber: true),
                        FigureColumn("Against before", "duration_change"),
                        FigureColumn("Unknown durations", "unknown_durations", isNumber: true),
                        FigureColumn("Longest", "longest_execution"),
                    ],
                    rows: summary.workflows.rows.map { row in
                        name(row.subject) + [
                            .count(row.outcomes.ended), .count(row.outcomes.aborted),
                            cell(row.outcomes.failureRate),
                            verdict(row.rateChange), optional(row.p50), optional(row.p95),
                            verdict(row.durationChange),
                            .count(row.unknownDurations), row.longestExecution.map { .code($0) } ?? .none,
                        ]
                    },
                    total: summary.workflows.total,
                    whenEmpty: "No execution ended in this window.")),
            .receipts(ReceiptsBlock(summary.workflows.receipts)),
        ]
    }

    private static func failures(_ summary: WeeklySummary) -> [Block] {
        [
            .heading(
                HeadingBlock(
                    "What failed", id: "failures",
                    explanation:
                        "Executions that failed or timed out, grouped by what their causes have in common: exception and innermost frames, without pods, paths and numbers."
                )),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("", "novelty"), FigureColumn("Executions", "executions", isNumber: true),
                        FigureColumn("Workflows", "workflows", isNumber: true), FigureColumn("Task", "task"),
                        FigureColumn("Blame", "kind"), FigureColumn("Code", "code"),
                        FigureColumn("Message", "message"), FigureColumn("First seen", "first_seen_at"),
                        FigureColumn("Example", "execution"),
                        FigureColumn("Fingerprint", "fingerprint"),
                    ],
                    rows: summary.failures.rows.map { row in
                        [
                            .verdict(row.novelty.rawValue, row.novelty == .known ? .plain : .bad),
                            .count(row.executions),
                            .count(row.workflows), .text(row.task), .text(row.kind), .code(row.code),
                            .code(firstLine(row.message)),
                            .text(String(row.firstSeenAt.prefix(10))),
                            .code("\(row.project)/\(row.domain)/\(row.execution)"),
                            .code(row.fingerprint),
                        ]
                    },
                    total: summary.failures.total,
                    whenEmpty: "No execution failed in this window.")),
            .receipts(ReceiptsBlock(summary.failures.receipts)),
        ]
    }

    private static func slowestNodes(_ summary: WeeklySummary) -> [Block] {
        [
            .heading(
                HeadingBlock(
                    "Slowest nodes", id: "slowest-nodes",
                    explanation:
                        "Run time from start to end, slowest 90th percentile first.")),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Node", "node"), FigureColumn("Workflow", "workflow"),
                        FigureColumn("Where", "place"),
                        FigureColumn("Task", "task"),
                        FigureColumn("Runs", "runs", isNumber: true),
                        FigureColumn("p50", "p50_s", isNumber: true),
                        FigureColumn("p90", "p90_s", isNumber: true),
                        FigureColumn("Longest", "max_s", isNumber: true),
                        FigureColumn("Unknown", "unknown_durations", isNumber: true),
                        FigureColumn("Slowest execution", "slowest_execution"),
                    ],
                    rows: summary.slowestNodes.rows.map { row in
                        [.text(row.node)] + name(row.workflow) + [
                            row.task.map { .text($0) } ?? .none, .count(row.runs), optional(row.p50),
                            optional(row.p90),
                            optional(row.max), .count(row.unknownDurations),
                            row.slowestExecution.map { .code($0) } ?? .none,
                        ]
                    },
                    total: summary.slowestNodes.total,
                    whenEmpty: "No node with a known run time ended in this window.")),
            .receipts(ReceiptsBlock(summary.slowestNodes.receipts)),
        ]
    }

    private static func criticalNodes(_ summary: WeeklySummary) -> [Block] {
        [
            .heading(
                HeadingBlock(
                    "Nodes that decide how long it takes", id: "critical-nodes",
                    explanation:
                        "How often a node lies on the critical path of its workflow, and how long it holds it: speeding up anything else changes nothing."
                )),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Node", "node"), FigureColumn("Workflow", "workflow"),
                        FigureColumn("Where", "place"),
                        FigureColumn("On the path", "criticality", isNumber: true),
                        FigureColumn("Mean on the path", "mean_s", isNumber: true),
                        FigureColumn("In all", "total_s", isNumber: true),
                        FigureColumn("Executions", "executions", isNumber: true),
                    ],
                    rows: summary.criticalNodes.rows.map { row in
                        [.text(row.node)] + name(row.workflow) + [
                            .share(row.criticality), .duration(row.meanSeconds), .duration(row.totalSeconds),
                            .count(row.executions),
                        ]
                    },
                    total: summary.criticalNodes.total,
                    whenEmpty: "No execution with a critical path ended in this window.")),
            .receipts(ReceiptsBlock(summary.criticalNodes.receipts)),
        ]
    }

    private static func timeByClass(_ summary: WeeklySummary) -> [Block] {
        [
            .heading(
                HeadingBlock(
                    "Where the wall time went", id: "time",
                    explanation:
                        "Along the critical paths of all executions that ended, without gap or overlap.")),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Class", "class"), FigureColumn("Share", "share", isNumber: true),
                        FigureColumn("Time", "time_s", isNumber: true),
                        FigureColumn("Executions", "executions", isNumber: true),
                    ],
                    rows: summary.timeByClass.rows.map { row in
                        [.text(row.name), .share(row.share), .duration(row.seconds), .count(row.executions)]
                    },
                    total: summary.timeByClass.total,
                    whenEmpty: "No execution with a critical path ended in this window.",
                    picture: .stack(name: "class", share: "share"))),
            .receipts(ReceiptsBlock(summary.timeByClass.receipts)),
        ]
    }

    private static func requested(_ summary: WeeklySummary) -> [Block] {
        func row(_ hours: WeeklySummary.Requested) -> [Figure] {
            (hours.workflow.map(name) ?? [.text("All workflows"), .none]) + [
                .number(hours.coreHours, digits: 2), .number(hours.gibHours, digits: 2),
                .number(hours.gpuHours, digits: 2),
                hours.wastedShare.map { .share($0) } ?? .none, .number(hours.failedCoreHours, digits: 2),
                .number(hours.retriedCoreHours, digits: 2), .number(hours.abortedCoreHours, digits: 2),
                hours.unseenShare.map { .share($0) } ?? .none, .count(hours.attemptsWithoutRequest),
            ]
        }
        let rows = summary.requested.rows
        return [
            .heading(
                HeadingBlock(
                    "What was requested", id: "requested",
                    explanation:
                        "Requested CPU, memory and GPUs times the run time of attempts. Unseen are attempts whose run time the server never saw: they count from creation to end."
                )),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Workflow", "workflow"), FigureColumn("Where", "place"),
                        FigureColumn("Core-hours", "core_hours", isNumber: true),
                        FigureColumn("GiB-hours", "gib_hours", isNumber: true),
                        FigureColumn("GPU-hours", "gpu_hours", isNumber: true),
                        FigureColumn("Wasted", "wasted_share", isNumber: true),
                        FigureColumn("failed", "failed_core_hours", isNumber: true),
                        FigureColumn("retried", "retried_core_hours", isNumber: true),
                        FigureColumn("aborted", "aborted_core_hours", isNumber: true),
                        FigureColumn("Unseen", "unseen_share", isNumber: true),
                        FigureColumn("Without request", "attempts_without_request", isNumber: true),
                    ],
                    rows: rows.isEmpty ? [] : [row(summary.requestedTotal)] + rows.map(row),
                    total: summary.requested.total + (rows.isEmpty ? 0 : 1),
                    whenEmpty: "No attempt ended in this window.")),
            .receipts(ReceiptsBlock(summary.requested.receipts)),
        ]
    }

    private static func coverage(_ summary: WeeklySummary) -> [Block] {
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
                            .count(row.open),
                            .count(row.incomplete), .count(row.withheld), .count(row.problems),
                        ]
                    },
                    total: summary.coverage.total,
                    whenEmpty: "The archive has no execution created in this window.")),
            .receipts(ReceiptsBlock(summary.coverage.receipts)),
        ]
    }
}

extension ReportPage {
    /// What happened in a week.
    public static let weekly = ReportPage(
        "weekly", "How a week went: failures, what got slower, what is new, where the time went.",
        details: """
            One self-contained page: no network, no JavaScript. Executions count in the week in which they ended. The same \
            archive and window give the same bytes.
            """,
        csvContent: "the table of workflows"
    ) { archive, scope in
        WeeklyReport.report(
            on: try WeeklySummary(
                of: archive, window: scope.window, project: scope.project, domain: scope.domain,
                limit: scope.rowLimit))
    }
}

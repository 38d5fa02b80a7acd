import FlyteAnalysis
import FlyteModel
import Tables

/// How executions ended: the figures of the window, and of each workflow.
extension WeeklyReport {
    static func headline(_ summary: WeeklySummary) -> [Block] {
        let head = summary.headline
        let (now, before) = (head.outcomes, head.previousOutcomes)
        // Of a time that the archive knows nothing of, it does not know that nothing happened.
        let knowsBefore = head.sources.contains { $0.reach.extent != .none }
        func row(
            _ name: String, _ key: String, _ now: Figure, _ before: Figure, _ change: Figure = .blank
        ) -> [Figure] {
            [.text(name), .text(key), now, knowsBefore || before == .blank ? before : .none, change]
        }
        func count(_ name: String, _ key: String, _ value: KeyPath<WeeklySummary.Outcomes, Int>) -> [Figure] {
            row(name, key, .count(now[keyPath: value]), .count(before[keyPath: value]))
        }
        let period = period(summary)
        return [
            .heading(HeadingBlock("The \(period) in figures", id: "headline")),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("", "figure"), FigureColumn("", "key", for: .machines),
                        FigureColumn("This \(period)", "this_week", isNumber: true, .rate),
                        FigureColumn("The \(period) before", "week_before", isNumber: true, .rate),
                        FigureColumn("Against before", "change", .change),
                    ],
                    rows: [
                        count("Executions ended", "ended", \.ended),
                        count("Succeeded", "succeeded", \.succeeded), count("Failed", "failed", \.failed),
                        count("of them by the user's code", "user_failures", \.userFailures),
                        count("of them by the system", "system_failures", \.systemFailures),
                        count("of them refused by the cluster", "rejected_failures", \.rejectedFailures),
                        count("of them by nobody known", "other_failures", \.otherFailures),
                        count("Timed out", "timed_out", \.timedOut), count("Aborted", "aborted", \.aborted),
                        row(
                            "Failure rate", "failure_rate", rate(now.failureRate), rate(before.failureRate),
                            change(head.rateChange)),
                        row(
                            "Rate of aborted ones", "aborted_rate", rate(now.abortedRate),
                            rate(before.abortedRate), change(head.abortedChange)),
                        row(
                            "Retried attempts", "retries", .count(head.retries), .count(head.previousRetries)),
                        row("Cache hits", "cache_hits", .count(head.cacheHits), .blank),
                        row(
                            summary.reachesBack ? "New failures" : "Failures new to the archive",
                            "new_failures", .count(head.newFailures), .blank),
                        row(
                            "Time in executions", "duration_s", .duration(head.totalDuration),
                            .duration(head.previousTotalDuration)),
                    ])),
            .table(sources(summary)), .table(findings(summary)), .receipts(ReceiptsBlock(head.receipts)),
        ]
    }

    /// Each installation by itself: people need it where there are several.
    private static func sources(_ summary: WeeklySummary) -> TableBlock {
        let period = period(summary)
        return TableBlock(
            key: "sources", "Each installation by itself",
            columns: [
                FigureColumn("Source", "source"), FigureColumn("Known since", "first_ended_at"),
                FigureColumn("", "reach", for: .machines),
                FigureColumn("Ended", "ended", isNumber: true),
                FigureColumn("The \(period) before", "ended_before", isNumber: true),
                FigureColumn("Failure rate", "failure_rate", isNumber: true, .rate),
                FigureColumn("Before", "failure_rate_before", isNumber: true, .rate),
                FigureColumn("Against before", "failure_rate_change", .change),
                FigureColumn("Aborted", "aborted", isNumber: true),
                FigureColumn("", "aborted_rate", isNumber: true, .rate, for: .machines),
                FigureColumn("", "aborted_rate_before", isNumber: true, .rate, for: .machines),
                FigureColumn("", "aborted_rate_change", .change, for: .machines),
            ],
            rows: summary.headline.sources.map { source in
                let (now, before) = (source.outcomes, source.previousOutcomes)
                return [
                    .text(source.name),
                    source.reach.firstEndedAt.map { .text($0.microsecondText) } ?? .none,
                    .text(source.reach.extent.rawValue), .count(now.ended),
                    source.reach.extent == .none ? .none : .count(before.ended), rate(now.failureRate),
                    rate(before.failureRate), change(source.rateChange), .count(now.aborted),
                    rate(now.abortedRate), rate(before.abortedRate), change(source.abortedChange),
                ]
            },
            whenEmpty: "The archive has no source.", for: summary.sources.count < 2 ? .machines : .all)
    }

    /// What the lead says in words.
    private static func findings(_ summary: WeeklySummary) -> TableBlock {
        func change(_ finding: WeeklyFinding) -> Figure {
            if let rate = finding.rateChange { return self.change(.measured(rate)) }
            if let duration = finding.durationChange { return self.change(.measured(duration)) }
            return .none
        }
        func count(_ value: Int?) -> Figure { value.map { .count($0) } ?? .none }
        return TableBlock(
            key: "findings",
            columns: [
                FigureColumn("", "kind"), FigureColumn("", "source"), FigureColumn("", "place"),
                FigureColumn("", "subject"), FigureColumn("", "runs", isNumber: true),
                FigureColumn("", "count", isNumber: true), FigureColumn("", "runs_before", isNumber: true),
                FigureColumn("", "count_before", isNumber: true), FigureColumn("", "change", .change),
                FigureColumn("", "method"), FigureColumn("", "fingerprint"), FigureColumn("", "label"),
                FigureColumn("", "tasks"),
            ],
            rows: summary.findings.map { finding in
                [.text(finding.kind.rawValue)] + place(finding.subject) + [
                    .text(finding.subject.name), .count(finding.runs), count(finding.count),
                    count(finding.previousRuns), count(finding.previousCount), change(finding),
                    finding.durationChange.map { .text($0.method.rawValue) } ?? .none,
                    Figure.code(ifAny: finding.failure?.fingerprint),
                    Figure.code(ifAny: finding.failure?.label),
                    Figure.code(ifAny: finding.failure?.tasks),
                ]
            }, for: .machines)
    }

    // MARK: Workflows

    static func workflows(_ summary: WeeklySummary) -> [Block] {
        let rows = byWeight(summary)
        let hasAborted = rows.contains { $0.outcomes.aborted + $0.previousOutcomes.aborted > 0 }
        let period = period(summary)
        let columns =
            [FigureColumn("Workflow", "workflow")] + placeColumns(summary) + [
                FigureColumn("Ended", "ended", isNumber: true),
                FigureColumn("The \(period) before", "ended_before", isNumber: true),
            ]
            + [
                "succeeded", "failed", "timed_out", "aborted", "user_failures", "system_failures",
                "rejected_failures", "other_failures",
            ].map { FigureColumn("", $0, isNumber: true, for: .machines) } + [
                FigureColumn("Failure rate", "failure_rate", isNumber: true, .rate),
                FigureColumn("", "failure_rate_before", isNumber: true, .rate, for: .machines),
                FigureColumn("Against before", "failure_rate_change", .change),
                FigureColumn(
                    "Aborted", "aborted_rate", isNumber: true, .rate, for: hasAborted ? .all : .machines),
                FigureColumn("", "aborted_rate_before", isNumber: true, .rate, for: .machines),
                FigureColumn(
                    "Against before", "aborted_rate_change", .change, for: hasAborted ? .all : .machines),
                FigureColumn("", "p50_s", isNumber: true, for: .machines),
                FigureColumn("", "p95_s", isNumber: true, for: .machines),
                FigureColumn("", "p50_before_s", isNumber: true, for: .machines),
                FigureColumn("", "p95_before_s", isNumber: true, for: .machines),
                FigureColumn("", "duration_change_s", .change, for: .machines),
                FigureColumn("", "duration_change_relative", isNumber: true, for: .machines),
                FigureColumn("", "duration_change_method", for: .machines),
                FigureColumn("", "censored", isNumber: true, for: .machines),
                FigureColumn("", "censored_before", isNumber: true, for: .machines),
                FigureColumn("", "unknown_durations", isNumber: true, for: .machines),
                FigureColumn("", "longest_execution", for: .machines),
                FigureColumn("", "open", isNumber: true, for: .machines),
            ]
        return [
            .heading(
                HeadingBlock(
                    "Workflows", id: "workflows",
                    explanation:
                        "Each workflow of which executions ended: first those that changed or stopped, then the busiest. Percentiles are of successes; what failed, timed out or was aborted counts as cut off, and recovered ones are left out."
                )),
            .table(
                TableBlock(
                    columns: columns, rows: rows.map { row($0, summary) }, shown: shownRows,
                    whenEmpty: "Nothing ended in this window.")),
            .table(durations(rows, summary)), .receipts(ReceiptsBlock(receipts(summary))),
        ]
    }

    /// How long they took, which machines have from the table before: side by side both are wider than a page.
    private static func durations(
        _ rows: [WeeklySummary.Workflow], _ summary: WeeklySummary
    ) -> TableBlock {
        let columns =
            [FigureColumn("Workflow", "workflow")] + placeColumns(summary) + [
                FigureColumn("p50", "p50_s", isNumber: true),
                FigureColumn("before", "p50_before_s", isNumber: true),
                FigureColumn("p95", "p95_s", isNumber: true),
                FigureColumn("before", "p95_before_s", isNumber: true),
                FigureColumn("Against before", "duration_change_s", .change),
                FigureColumn("Cut off", "censored", isNumber: true),
                FigureColumn("Unknown durations", "unknown_durations", isNumber: true),
                FigureColumn("Longest", "longest_execution"),
            ]
        return TableBlock(
            key: "durations", "How long they took", columns: columns,
            rows: rows.filter { $0.outcomes.ended > 0 }.map { row in
                [.text(row.subject.name)] + place(row.subject) + [
                    Figure.duration(ifKnown: row.p50), Figure.duration(ifKnown: row.previousP50),
                    Figure.duration(ifKnown: row.p95), Figure.duration(ifKnown: row.previousP95),
                    change(row.durationChange),
                    .count(row.censored), .count(row.unknownDurations),
                    Figure.code(ifAny: row.longestExecution),
                ]
            }, shown: shownRows, whenEmpty: "", for: .people)
    }

    /// Those of which something is found come first, in the order of the findings; then the busiest.
    private static func byWeight(_ summary: WeeklySummary) -> [WeeklySummary.Workflow] {
        var places: [WeeklySummary.Subject: Int] = [:]
        for (place, finding) in summary.findings.enumerated() {
            switch finding.kind {
            case .newFailure, .returnedFailure, .flaky: break
            default: places[finding.subject] = places[finding.subject] ?? place
            }
        }
        return (summary.workflows.rows + summary.stopped.rows.map(\.workflow)).enumerated().sorted {
            (places[$0.element.subject] ?? .max, $0.offset) < (places[$1.element.subject] ?? .max, $1.offset)
        }.map(\.element)
    }

    private static func row(_ row: WeeklySummary.Workflow, _ summary: WeeklySummary) -> [Figure] {
        let (now, before) = (row.outcomes, row.previousOutcomes)
        let duration = row.durationChange.measured
        let open = summary.stopped.rows.first { $0.subject == row.subject }?.open
        let knowsBefore = summary.extent(of: row.subject.source) != .none
        let counts = [
            now.succeeded, now.failed, now.timedOut, now.aborted, now.userFailures, now.systemFailures,
            now.rejectedFailures, now.otherFailures,
        ]
        return [.text(row.subject.name)] + place(row.subject) + [
            .count(now.ended), knowsBefore ? .count(before.ended) : .none,
        ] + counts.map { .count($0) } + [
            rate(now.failureRate), rate(before.failureRate), change(row.rateChange), rate(now.abortedRate),
            rate(before.abortedRate), change(row.abortedChange), Figure.duration(ifKnown: row.p50),
            Figure.duration(ifKnown: row.p95),
            Figure.duration(ifKnown: row.previousP50), Figure.duration(ifKnown: row.previousP95),
            change(row.durationChange),
            duration?.relativeShift.map { .number($0, digits: 3) } ?? .none,
            duration.map { .text($0.method.rawValue) } ?? .none,
            .count(row.censored), .count(row.previousCensored), .count(row.unknownDurations),
            Figure.code(ifAny: row.longestExecution), open.map { .count($0) } ?? .none,
        ]
    }

    /// Those of both lists, each once.
    private static func receipts(_ summary: WeeklySummary) -> [Receipt] {
        summary.workflows.receipts
            + summary.stopped.receipts.filter { !summary.workflows.receipts.contains($0) }
    }
}

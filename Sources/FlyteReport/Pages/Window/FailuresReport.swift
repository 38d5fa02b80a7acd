import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

/// What failed in a window, why, how often, and whether it works again.
struct FailuresReport {
    private let page: WindowReport
    private let summary: WeeklySummary

    static let maker = ReportMaker<ReportScope> { archive, scope in
        try FailuresReport(
            page: WindowReport(archive, scope),
            summary: WeeklySummary(of: archive, scope)
        ).report()
    }

    private func report() throws -> Report {
        let executions =
            summary.children
            ? "Executions, those that others launched as well, that ended" : "Top-level executions that ended"
        return Report(
            title: page.title("Failures"), subtitle: page.subtitle(executions), lead: try lead(),
            shownLead: 10,
            blocks: try workflows() + WeeklyReport.failures(summary) + gone() + tasks()
                + WeeklyReport.overcome(summary)
                + flaky() + recovery() + zombies(),
            notes: [
                "Failure rate: FAILED and TIMED_OUT executions over those that succeeded, failed or timed out; aborted ones stand apart, and running ones never count. In parentheses the 95 % Wilson interval. Rates of tasks are of attempts.",
                "Blame: told where the failure began, at the last attempt of the node that failed first. A time-out is a class of its own, whatever code it has.",
                "Changes are against the window before: Fisher's exact test with Newcombe's interval, over all workflows at a false discovery rate of 5 % (Benjamini-Hochberg). Too few runs give no verdict.",
                "Flaky: the next run with the same version and inputs succeeded; broken: it failed as well.",
                "An outage of a launch plan lasts from the end of a run that failed after one that succeeded to the end of the next that succeeds.",
            ])
    }

    // MARK: The verdict

    private func lead() throws -> [ProseBlock.Sentence] {
        let sentences = WeeklySentences(summary)
        guard summary.headline.outcomes.ended > 0 else { return sentences.lead + (try stuck()) }
        return [sentences.outcome] + concentration + (try down()) + sentences.caveats + (try luck())
            + (try stuck())
    }

    /// What most of it comes down to.
    private var concentration: [ProseBlock.Sentence] {
        let failed = summary.headline.outcomes.failed + summary.headline.outcomes.timedOut
        guard failed > 0 else { return [] }
        var sentences: [ProseBlock.Sentence] = []
        for group in summary.failures.rows.prefix(3) where group.executions * 5 >= failed {
            let isNew = group.novelty == .new && summary.extent(of: group.source) == .whole
            let kind =
                group.novelty == .returned ? "one error that is back" : isNew ? "one new error" : "one error"
            let what = group.label.isEmpty ? "the server told none" : group.label
            sentences.append(
                ProseBlock.Sentence(
                    "\(group.executions) of the \(HumanText.count(failed, "failure")) \(group.executions == 1 ? "is" : "are") \(kind)\(group.tasks.isEmpty ? "" : " in \(group.tasks)"): \(what)",
                    group.novelty == .known ? .plain : .bad))
        }
        let worst = summary.workflows.rows.filter {
            let count = $0.outcomes.failed + $0.outcomes.timedOut
            return count * 3 >= failed && count >= 3
        }
        for workflow in worst.prefix(2) {
            let count = workflow.outcomes.failed + workflow.outcomes.timedOut
            let rate = workflow.outcomes.failureRate.map { HumanText.percent($0.estimate) } ?? "–"
            sentences.append(
                ProseBlock.Sentence(
                    "\(count) of the \(HumanText.count(failed, "failure")) are of \(workflow.subject.name) (\(workflow.subject.project)/\(workflow.subject.domain)): \(rate) of its runs."
                ))
        }
        return sentences
    }

    private func down() throws -> [ProseBlock.Sentence] {
        let down = try page.now.rows("recovery-times").filter { $0.integer("is_down") == 1 }
        guard !down.isEmpty else { return [] }
        let names = down.prefix(3).map {
            "\(page.name($0, "launch_plan")) since \(page.said($0.text("last_outage_at")))"
        }
        let more = down.count > 3 ? " and \(down.count - 3) more" : ""
        return [
            ProseBlock.Sentence(
                "At the end of the \(page.period) \(HumanText.count(down.count, "launch plan had", "launch plans had")) not worked again: \(names.joined(separator: ", "))\(more).",
                .bad)
        ]
    }

    private func luck() throws -> [ProseBlock.Sentence] {
        let rows = try page.now.rows("flaky-executions")
        let (flaky, broken) = (
            rows.reduce(0) { $0 + $1.count("flaky") }, rows.reduce(0) { $0 + $1.count("broken") }
        )
        guard flaky + broken > 0 else { return [] }
        return [
            ProseBlock.Sentence(
                "Of \(HumanText.count(flaky + broken, "failure that was", "failures that were")) tried again with the same version and inputs, \(flaky) then succeeded."
            )
        ]
    }

    private func stuck() throws -> [ProseBlock.Sentence] {
        let count = try page.now.rows("zombies").count
        guard count > 0 else { return [] }
        return [
            ProseBlock.Sentence(
                "\(HumanText.count(count, "execution has", "executions have")) not ended, and nothing moved in \(count == 1 ? "it" : "them") for two weeks.",
                .bad)
        ]
    }

    // MARK: Sections

    private func section(
        _ title: String, _ id: String, _ explanation: String, _ blocks: [Block], _ receipts: [Receipt]
    )
        -> [Block]
    {
        [.heading(HeadingBlock(title, id: id, explanation: explanation))] + blocks + [
            .receipts(ReceiptsBlock(receipts))
        ]
    }

    private func workflows() -> [Block] {
        let rows = summary.workflows.rows.filter { $0.outcomes.failed + $0.outcomes.timedOut > 0 }.sorted {
            let (a, b) = ($0.outcomes, $1.outcomes)
            return (b.failed + b.timedOut, $0.subject.name, $0.subject.project, $0.subject.domain)
                < (a.failed + a.timedOut, $1.subject.name, $1.subject.project, $1.subject.domain)
        }
        let columns =
            [FigureColumn("Workflow", "workflow")] + WeeklyReport.placeColumns(summary) + [
                FigureColumn("Ended", "ended", isNumber: true),
                FigureColumn("Failed", "failed", isNumber: true),
                FigureColumn("Timed out", "timed_out", isNumber: true),
                FigureColumn("By the user's code", "user_failures", isNumber: true),
                FigureColumn("By the system", "system_failures", isNumber: true),
                FigureColumn("Refused", "rejected_failures", isNumber: true),
                FigureColumn("Failure rate", "failure_rate", isNumber: true, .rate),
                FigureColumn("The \(page.period) before", "failure_rate_before", isNumber: true, .rate),
                FigureColumn("Against before", "failure_rate_change", .change),
            ]
        return section(
            "Where it failed", "workflows", "Workflows that failed at all, most failures first.",
            [
                .table(
                    TableBlock(
                        columns: columns,
                        rows: rows.map { row in
                            let now = row.outcomes
                            return [.text(row.subject.name)] + WeeklyReport.place(row.subject) + [
                                .count(now.ended), .count(now.failed), .count(now.timedOut),
                                .count(now.userFailures),
                                .count(now.systemFailures), .count(now.rejectedFailures),
                                WeeklyReport.rate(now.failureRate),
                                WeeklyReport.rate(row.previousOutcomes.failureRate),
                                WeeklyReport.change(row.rateChange),
                            ]
                        }, shown: 20, whenEmpty: "No workflow failed in this window."))
            ], ["failure-rate-by-workflow"].flatMap { [page.now.receipt($0), page.before.receipt($0)] })
    }

    private func gone() throws -> [Block] {
        let rows = try page.now.rows("failure-groups").filter { $0.text("novelty") == "gone" }
        return section(
            "What no longer failed", "gone",
            "Failures of the four weeks before that did not come back. Where their workflows did not run, nothing shows that they are mended.",
            [
                QuestionTable(
                    columns: [.code("Failure", "label")] + QuestionTable.place(rows) + [
                        .text("Task", "task"), .text("Blame", "cause_class"),
                        .count("Executions ever", "executions_ever"),
                        .count("Runs since", "gone_runs"), page.time("Last seen", "last_seen_at"),
                        .code("Fingerprint", "fingerprint"),
                    ]
                ).block(rows, whenEmpty: "None: no failure of the four weeks before is gone.")
            ], [page.now.receipt("failure-groups")])
    }

    private func tasks() throws -> [Block] {
        let rows = try page.now.rows("failure-rate-by-task").filter { $0.count("failed") > 0 }
        return section(
            "Tasks whose attempts failed", "tasks",
            "Attempts, not executions: those that were tried again count as well. The surest first.",
            [
                QuestionTable(
                    columns: [.text("Task", "task")] + QuestionTable.place(rows) + [
                        .count("Attempts", "attempts"), .count("Failed", "failed"),
                        .count("Aborted", "aborted"),
                        .count("By the user's code", "user_failures"),
                        .count("By the system", "system_failures"),
                        .rate("Failure rate", "failure_rate", low: "rate_low", high: "rate_high"),
                    ]
                ).block(rows, whenEmpty: "No attempt failed in this window.")
            ], [page.now.receipt("failure-rate-by-task")])
    }

    private func flaky() throws -> [Block] {
        let rows = try page.now.rows("flaky-executions")
        return section(
            "Flaky or broken", "flaky",
            "What became of failures when the same version ran again with the same inputs.",
            [
                QuestionTable(
                    columns: [.text("Workflow", "workflow")] + QuestionTable.place(rows) + [
                        .count("Failures", "failures"), .count("Then succeeded", "flaky"),
                        .count("Failed again", "broken"),
                        .count("Not repeated", "not_repeated"), .count("Unknown", "unknown"),
                        .rate("Flaky", "flaky_share", low: "low", high: "high"),
                    ] + QuestionTable.Column.execution("Flaky, such as", "flaky_example")
                        + QuestionTable.Column.execution("Broken, such as", "broken_example")
                ).block(rows, whenEmpty: "No workflow failed in this window.")
            ], [page.now.receipt("flaky-executions")])
    }

    private func recovery() throws -> [Block] {
        let rows = try page.now.rows("recovery-times")
        return section(
            "How long until it worked again", "recovery",
            "By launch plan; what had not worked again at the end is down.",
            [
                QuestionTable(
                    columns: [.text("Launch plan", "launch_plan")] + QuestionTable.place(rows) + [
                        .count("Runs", "runs"), .count("Failures", "failures"), .count("Outages", "outages"),
                        .seconds("Until it worked, mean", "mean_time_to_recovery_s"),
                        .seconds("Longest", "longest_s"),
                        .seconds("Between outages, mean", "mean_time_between_failures_s"),
                        QuestionTable.Column(FigureColumn("At the end", "", for: .people)) {
                            $0.integer("is_down") == 1 ? .verdict("down", .bad) : .verdict("works", .good)
                        },
                        QuestionTable.Column(FigureColumn("", "is_down", isNumber: true, for: .machines)) {
                            .count($0.count("is_down"))
                        },
                        .seconds("Down for", "down_s"), page.time("Last outage", "last_outage_at"),
                    ]
                ).block(rows, whenEmpty: "No launch plan failed in this window.")
            ], [page.now.receipt("recovery-times")])
    }

    private func zombies() throws -> [Block] {
        let rows = try page.now.rows("zombies")
        return section(
            "What hangs", "zombies",
            "Executions that have not ended and in which nothing moved for two weeks before they were last looked for, whenever they began.",
            [
                QuestionTable(
                    columns: QuestionTable.Column.execution("Execution", "execution")
                        + QuestionTable.place(rows) + [
                            .text("Workflow", "workflow"), .text("Phase", "phase"),
                            page.time("Created", "created_at"),
                            page.time("Last moved", "last_moved_at"),
                            .number("Days still", "still_days", digits: 1),
                        ]
                ).block(rows, whenEmpty: "Nothing hangs.")
            ], [page.now.receipt("zombies")])
    }
}

extension ReportPage {
    /// What failed.
    public static let failures = ReportPage(
        "failures",
        "What failed in a window: why, how often, what is new or gone, and whether it works again.",
        details: """
            One self-contained page: no network, no JavaScript. Executions count in the window in which they ended, each failure by \
            where it began. The same archive and window give the same bytes.
            """,
        of: .window(FailuresReport.maker))
}

import FlyteAnalysis
import FlyteModel
import Tables

/// What went wrong: what made executions fail, and what was overcome.
extension WeeklyReport {
    static func failures(_ summary: WeeklySummary) -> [Block] {
        let columns =
            [
                FigureColumn("", "novelty", for: .machines), FigureColumn("", "", for: .people),
                FigureColumn("Executions", "executions", isNumber: true),
                FigureColumn("Workflows", "workflows", isNumber: true),
                FigureColumn("Began in", "", for: .people), FigureColumn("", "tasks", for: .machines),
                FigureColumn("Blame", "cause_class"), FigureColumn("", "kind", for: .machines),
                FigureColumn("Code", "code"), FigureColumn("Message", "message"),
                FigureColumn("", "label", for: .machines), FigureColumn("First seen", "first_seen_at"),
                FigureColumn("", "last_seen_at", for: .machines),
            ] + exampleColumns(summary)
        return [
            .heading(
                HeadingBlock(
                    "What failed", id: "failures",
                    explanation:
                        "Executions that failed or timed out, each once, grouped by what their causes have in common: exception and innermost frames, without pods, paths and numbers. A group names the tasks in which it began."
                )),
            .table(
                TableBlock(
                    columns: columns,
                    rows: summary.failures.rows.map { row in
                        [
                            .text(row.novelty.rawValue),
                            .verdict(novelty(row, summary), row.novelty == .known ? .plain : .bad),
                            .count(row.executions), .count(row.workflows),
                            .text(row.tasks.isEmpty ? "no task" : row.tasks),
                            row.tasks.isEmpty ? .none : .text(row.tasks), .text(row.causeClass),
                            .text(row.kind), Figure.code(ifAny: row.code),
                            Figure.code(ifAny: firstLine(row.message)),
                            Figure.code(ifAny: row.label), .text(String(row.firstSeenAt.prefix(10))),
                            .text(row.lastSeenAt),
                        ]
                            + example(
                                row.source, row.project, row.domain, row.execution, row.fingerprint)
                    }, shown: shownRows, whenEmpty: "No execution failed in this window.")),
            .receipts(ReceiptsBlock(summary.failures.receipts)),
        ]
    }

    /// Where the archive does not reach back, it cannot know what is new.
    private static func novelty(_ row: WeeklySummary.Failure, _ summary: WeeklySummary) -> String {
        row.novelty == .new && summary.extent(of: row.source) != .whole
            ? "new to the archive" : row.novelty.rawValue
    }

    static func overcome(_ summary: WeeklySummary) -> [Block] {
        let columns =
            [
                FigureColumn("Attempts", "attempts", isNumber: true),
                FigureColumn("Tried again", "retried", isNumber: true),
                FigureColumn("Executions", "executions", isNumber: true),
                FigureColumn("that succeeded", "succeeded", isNumber: true), FigureColumn("In", "tasks"),
                FigureColumn("Kind", "kind"), FigureColumn("Code", "code"),
                FigureColumn("Message", "message"),
                FigureColumn("", "last_seen_at", for: .machines),
            ] + exampleColumns(summary)
        return [
            .heading(
                HeadingBlock(
                    "Failures that were overcome", id: "overcome",
                    explanation:
                        "Attempts that failed without being what made an execution fail: they were tried again, or the execution went on without them. The last count is of executions that succeeded all the same."
                )),
            .table(
                TableBlock(
                    columns: columns,
                    rows: summary.overcome.rows.map { row in
                        [
                            .count(row.attempts), .count(row.retried), .count(row.executions),
                            .count(row.succeeded), row.tasks.isEmpty ? .none : .text(row.tasks),
                            .text(row.kind), Figure.code(ifAny: row.code),
                            Figure.code(ifAny: firstLine(row.message)), .text(row.lastSeenAt),
                        ]
                            + example(
                                row.source, row.project, row.domain, row.execution, row.fingerprint)
                    }, shown: shownRows, whenEmpty: "No other attempt failed in this window.")),
            .receipts(ReceiptsBlock(summary.overcome.receipts)),
        ]
    }

    private static func exampleColumns(_ summary: WeeklySummary) -> [FigureColumn] {
        [
            FigureColumn("Source", "source", for: summary.sources.count < 2 ? .machines : .all),
            FigureColumn("Example", "execution"), FigureColumn("Fingerprint", "fingerprint"),
        ]
    }

    private static func example(
        _ source: String, _ project: String, _ domain: String, _ execution: String, _ fingerprint: String
    ) -> [Figure] {
        [
            .text(source),
            .execution(
                ArchivedExecution(
                    source: source, id: ExecutionID(project: project, domain: domain, name: execution))),
            Figure.code(ifAny: fingerprint),
        ]
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
}

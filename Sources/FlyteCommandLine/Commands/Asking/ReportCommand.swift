import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import FlyteModel
import FlyteReport
import Tables

extension Command {
    /// Pages for people.
    static let report = Command(
        "report", "Writes a report: a page for people, or its data.", subcommands: [.weekly]
    ) {
        declare in
        declare.example("flightlog report weekly runs.db --out weekly.html")
    }

    /// What happened in a week.
    static let weekly = Command(
        "weekly", "How a week went: failures, what got slower, what is new, where the time went."
    ) {
        declare in
        declare.details(
            """
            One self-contained page: no network, no JavaScript. Executions count in the week in which they ended. The same \
            archive and window give the same bytes.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let from = declare.timeOption(
            "from", "Where the window begins. Default: the last week that is over, from Monday (UTC).")
        let to = declare.timeOption("to", "Where the window ends. Default: a week after --from.")
        let project = declare.option("project", "P", "Only this project.")
        let domain = declare.option("domain", "D", "Only this domain.")
        let format = declare.option(
            "format", "F",
            "html, md, csv (the table of workflows), or json (everything). Default: by the ending of --out, else md.",
            choices: ["html", "md", "csv", "json"])
        let file = declare.option("out", "FILE", "Where it is written. Default: standard output.")
        declare.example("flightlog report weekly runs.db --out weekly.html")
        declare.example("flightlog report weekly runs.db --from 2026-01-05 --project sales --format md")
        declare.example(
            "flightlog report weekly runs.db --from now-7d --to now",
            "The last seven days, up to this moment.")
        return { input in
            let archive = try Archive(path: input[path], mode: .readOnly)
            let chosen = input[format] ?? input[file].flatMap(ReportText.format(ofFile:)) ?? "md"
            let summary = try WeeklySummary(
                of: archive, window: try window(from: input[from], to: input[to]), project: input[project],
                domain: input[domain], limit: pageLimit(chosen))
            let text = ReportText.text(of: WeeklyReport.report(on: summary), as: chosen)
            if let name = input[file] {
                try OutputFile.write(text, to: name)
                Terminal.say("Wrote '\(name)'.")
            } else {
                try Terminal.print(text)
            }
            return ExitCode.done.rawValue
        }
    }

    /// The most rows of each list: a page says how many there are, data has all of them.
    static func pageLimit(_ format: String) -> Int? { ["html", "md"].contains(format) ? 20 : nil }

    private static func window(from: TimeExpression?, to: TimeExpression?) throws -> TimeWindow {
        let week: Int64 = 7 * 86_400_000_000_000
        let window: TimeWindow
        switch (try from?.resolved(), try to?.resolved()) {
        case (nil, nil): window = TimeWindow(lastWeekBefore: .now)
        case (let start?, nil): window = TimeWindow(start: start, end: start + week)
        case (nil, let end?): window = TimeWindow(start: end + -week, end: end)
        case (let start?, let end?):
            guard start < end else { throw Failure("--from is not before --to.", .usage) }
            window = TimeWindow(start: start, end: end)
        }
        return window
    }
}

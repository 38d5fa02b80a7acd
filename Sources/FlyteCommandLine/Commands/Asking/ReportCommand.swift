import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import FlyteModel
import FlyteReport
import Tables

extension Command {
    /// Pages for people.
    static let report = Command(
        "report", "Writes a report: a page for people, or its data.",
        subcommands: ReportPage.all.map(report)
    ) {
        declare in
        declare.example("flightlog report weekly runs.db --out weekly.html")
    }

    /// One of the pages.
    private static func report(_ page: ReportPage) -> Command {
        switch page.subject {
        case .window(let maker): windowReport(page, maker)
        case .executions(let most, let maker): executionReport(page, atMost: most, maker)
        }
    }

    private static func windowReport(_ page: ReportPage, _ maker: ReportMaker<ReportScope>) -> Command {
        Command(page.name, page.summary) { declare in
            declare.details(page.details)
            let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
            let from = declare.timeOption(
                "from", "Where the window begins. Default: the last week that is over, from Monday.")
            let to = declare.timeOption("to", "Where the window ends. Default: a week after --from.")
            let project = declare.option("project", "P", "Only this project.")
            let domain = declare.option("domain", "D", "Only this domain.")
            let children = declare.flag(
                "children",
                "Counts executions that others launched, too; by default they are their parents' part.")
            let output = ReportOutput(&declare, csvContent: page.csvContent)
            let zone = ZoneOption(
                &declare,
                "Days, weeks and times are those of this zone, such as Europe/Berlin, or local; json and csv stay in UTC"
            )
            declare.example("flightlog report \(page.name) runs.db --out \(page.name).html")
            declare.example(
                "flightlog report \(page.name) runs.db --from 2026-01-05 --project sales --format md")
            declare.example(
                "flightlog report \(page.name) runs.db --from now-7d --to now",
                "The last seven days, up to this moment.")
            return { input in
                let archive = try Archive(path: input[path], mode: .readOnly)
                let scope = ReportScope(
                    window: try window(from: input[from], to: input[to], in: zone.rules(input)),
                    in: zone.rules(input), project: input[project], domain: input[domain],
                    children: input[children])
                try output.write(input, archive: input[path]) { _ in
                    try tellEmpty(archive, scope)
                    return try maker.report(on: archive, scope)
                }
                return ExitCode.done.rawValue
            }
        }
    }

    private static func executionReport(
        _ page: ReportPage, atMost most: Int, _ maker: ReportMaker<ExecutionReportScope>
    ) -> Command {
        Command(page.name, page.summary) { declare in
            declare.details(page.details)
            let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
            let names = declare.repeatedArgument("EXECUTION", ArchivedExecution.help)
            let principals = declare.flag(
                "principals",
                "Names who started, aborted or answered something; by default they are told by their part in it."
            )
            let output = ReportOutput(&declare, csvContent: page.csvContent)
            let zone = ZoneOption(
                &declare,
                "Times are read in this zone, such as Europe/Berlin, or local; json and csv stay in UTC")
            declare.example(
                "flightlog report \(page.name) runs.db a8s7d6f5g4h3j2k1l0q9 --out \(page.name).html")
            declare.example(
                "flightlog report \(page.name) runs.db sales/production/a8s7d6f5g4h3 --format md",
                "To be pasted into a ticket.")
            return { input in
                guard input[names].count <= most else {
                    throw UsageError(
                        most == 1
                            ? "'\(page.name)' is about one EXECUTION."
                            : "'\(page.name)' is about at most \(most) executions.")
                }
                let archive = try Archive(path: input[path], mode: .readOnly)
                try archive.requireNewest()
                try output.write(input, archive: input[path]) { readers in
                    try archive.reading {
                        var found: [ArchivedExecution] = []
                        for name in input[names] {
                            let execution = try ArchivedExecution(name, in: archive, path: input[path])
                            if !found.contains(execution) { found.append(execution) }
                        }
                        return try maker.report(
                            on: archive,
                            ExecutionReportScope(
                                found, in: zone.rules(input), namesPrincipals: input[principals],
                                readers: readers))
                    }
                }
                return ExitCode.done.rawValue
            }
        }
    }

    /// Says so where nothing ended in the window, and when something did.
    private static func tellEmpty(_ archive: Archive, _ scope: ReportScope) throws {
        let filters = [("project", scope.project), ("domain", scope.domain)].compactMap { column, value in
            value.map { (column: column, value: $0) }
        }
        let why = EmptyAnswer(archive, nearest: { Suggestion.nearest(to: $0, among: $1) })
        guard try why.isEmpty(filters, scope.window),
            let sentence = try why.sentence(
                filters, since: scope.window.start, until: scope.window.end, in: scope.zone, option: "--from "
            )
        else { return }
        Terminal.say(sentence)
    }

    private static func window(
        from: TimeExpression?, to: TimeExpression?, in zone: TimeZoneRules
    ) throws -> TimeWindow {
        guard
            let window = try TimeWindow(
                from: from?.resolved(in: zone), to: to?.resolved(in: zone), now: .now, in: zone)
        else { throw Failure("--from is not before --to.", .usage) }
        return window
    }
}

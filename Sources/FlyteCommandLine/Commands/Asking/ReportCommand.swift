import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import FlyteModel
import FlyteReport
import Glibc
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
            let format = declare.option(
                "format", "F",
                "html, md, csv (\(page.csvContent)), or json (everything). Default: by the ending of --out, else md.",
                choices: ReportFormat.allCases.map(\.rawValue))
            let file = declare.option(
                "out", "FILE",
                "Where it is written. Default: standard output. Of CSV, a name with a slash at its end is a folder that gets a file for each table."
            )
            let csv = CSVOptions(&declare, formulas: .defuse)
            let fileMode = declare.fileModeOption(of: "what --out names")
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
                let chosen =
                    try input[format].flatMap(ReportFormat.init(rawValue:))
                    ?? input[file].flatMap { try FileEnding.format(of: $0) } ?? .md
                let archive = try Archive(path: input[path], mode: .readOnly)
                let scope = ReportScope(
                    window: try window(from: input[from], to: input[to], in: zone.rules(input)),
                    in: zone.rules(input), project: input[project], domain: input[domain],
                    children: input[children])
                let mode = input[fileMode]
                if let folder = input[file], chosen == .csv || input[format] == nil, folder.hasSuffix("/") {
                    let report = try page.report(on: archive, scope)
                    try write(
                        report.csvFiles(csv: csv.format(input, isFile: true)), into: folder, mode,
                        archive: input[path])
                    try tellEmpty(archive, scope)
                    return ExitCode.done.rawValue
                }
                let place: any ByteSink =
                    try input[file].map { try AtomicFile.beside(input[path], $0, mode) }
                    ?? StandardOutput()
                try tellEmpty(archive, scope)
                try page.report(on: archive, scope).write(
                    as: chosen, to: place, csv: csv.format(input, isFile: input[file] != nil))
                if let name = input[file] { Terminal.say("Wrote '\(name)'.") }
                return ExitCode.done.rawValue
            }
        }
    }

    private static func write(
        _ files: [(name: String, text: String)], into folder: String, _ mode: FileMode?, archive: String
    ) throws {
        guard mkdir(folder, (mode ?? .ofArchive(archive)).ofFolder) == 0 || errno == EEXIST else {
            throw Failure("The folder '\(folder)' cannot be made: \(String(cString: strerror(errno))).")
        }
        for file in files {
            try AtomicFile.beside(archive, folder + file.name, mode).finish(file.text)
        }
        Terminal.say("Wrote \(files.count) files into '\(folder)'.")
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
        let window: TimeWindow
        switch (try from?.resolved(in: zone), try to?.resolved(in: zone)) {
        case (nil, nil): window = TimeWindow(lastWeekBefore: .now, in: zone)
        case (let start?, nil): window = TimeWindow(weekFrom: start, in: zone)
        case (nil, let end?): window = TimeWindow(weekUntil: end, in: zone)
        case (let start?, let end?):
            guard start < end else { throw Failure("--from is not before --to.", .usage) }
            window = TimeWindow(start: start, end: end)
        }
        return window
    }
}

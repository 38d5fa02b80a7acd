import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

extension Command {
    /// Since when something is otherwise.
    static let changes = Command(
        "changes",
        "Shows since when workflows and nodes take longer or fail more often, or less, and what else changed there."
    ) { declare in
        declare.details(
            """
            Harvests look through the whole history of each workflow and node, of the last 1,000 runs. A change is told where the \
            history falls apart more than chance gives, with all histories of the archive taken together: were nothing to change at all, \
            one archive in twenty would tell one. What else changed there - versions, image, resources, cluster, principal, inputs - \
            stands beside it, and need not be the reason.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let since = declare.timeOption("since", "Only what changed at or after this time, such as now-30d.")
        let project = declare.option("project", "P", "Only this project.")
        let domain = declare.option("domain", "D", "Only this domain.")
        let workflow = declare.option("workflow", "W", "Only this workflow.")
        let output = OutputOptions(&declare, of: path, isForPeople: true)
        declare.example("flightlog changes runs.db --since now-30d")
        declare.example("flightlog changes runs.db --workflow etl.load --format json")
        return { input in
            guard let query = NamedQuery.named("changes") else {
                preconditionFailure("there is no query 'changes'")
            }
            var cells: [String: Cell] = ["limit": .integer(-1)]
            cells["since"] = try input[since].map {
                .text(try $0.resolved(in: output.page.zone.rules(input)).microsecondText)
            }
            cells["project"] = input[project].map { .text($0) }
            cells["domain"] = input[domain].map { .text($0) }
            cells["workflow"] = input[workflow].map { .text($0) }
            let archive = try Archive(path: input[path], mode: .readOnly)
            try archive.requireNewest()
            let (table, due) = try archive.reading {
                (try query.run(on: archive, cells), try archive.changesDue())
            }
            if try output.format(input) == .table {
                try output.print(
                    ChangesText(
                        table: table, width: output.width(input), clock: output.page.zone.rules(input).clock
                    ).text, input)
            } else {
                try output.print(table, input, title: query.title)
            }
            if table.rows.isEmpty { Terminal.say("No change is told.") }
            if !due.isEmpty {
                Terminal.say(
                    "Of \(due.count == 1 ? "1 workflow" : "\(due.count) workflows") executions were written since changes were last looked for; the next harvest, or 'flightlog rebuild \(input[path])', looks again."
                )
            }
            return ExitCode.done.rawValue
        }
    }
}

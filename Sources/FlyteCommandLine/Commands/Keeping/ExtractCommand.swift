import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Glibc

extension Command {
    /// A small archive for a ticket.
    static let extract = Command(
        "extract",
        "Makes a small archive of chosen executions, with all they need: for a ticket, or for sharing."
    ) { declare in
        declare.details(
            """
            Name executions, or choose them by time, project, domain or failure. The executions that they launched \
            come along, and the definitions of all of them. The archive is only read; the new file appears when it is whole.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let new = declare.argument("NEW", "The file to make.")
        let executions = declare.repeatedArgument(
            "EXECUTION", ArchivedExecution.help, isOptional: true)
        let from = declare.timeOption("from", "Created at this time or later, such as now-7d or 2026-01-31.")
        let to = declare.timeOption("to", "Created before this time.")
        let project = declare.option("project", "P", "Only of this project.")
        let domain = declare.option("domain", "D", "Only of this domain.")
        let isFailed = declare.flag("failed", "Only those that failed or timed out.")
        let isAlone = declare.flag("alone", "Without the executions that they launched.")
        declare.example("flightlog extract runs.db ticket.db sales/production/a8s7d6f5g4h3j2k1l0q9")
        declare.example("flightlog extract runs.db week.db --from now-7d --project sales --failed")
        return { input in
            var window = ExtractChoice.Window()
            window.from = try input[from]?.resolved()
            window.to = try input[to]?.resolved()
            window.project = input[project]
            window.domain = input[domain]
            window.isFailed = input[isFailed]
            let isNamed = !input[executions].isEmpty
            guard isNamed != (window != ExtractChoice.Window()) else {
                throw UsageError(
                    isNamed
                        ? "Executions are chosen by their names, or by --from, --to, --project, --domain and --failed; not by both."
                        : "Say which executions: name them, or use --from, --to, --project, --domain or --failed."
                )
            }
            let archive = try Archive(path: input[path], mode: .readOnly)
            let choice: ExtractChoice =
                isNamed
                ? .named(
                    try input[executions].map {
                        let found = try ArchivedExecution($0, in: archive, path: input[path])
                        return ExtractChoice.Named(source: found.source, id: found.id)
                    }) : .fitting(window)
            let summary = try archive.extract(
                choice, withChildren: !input[isAlone], to: input[new], at: .now)
            guard summary.new > 0 || !summary.damaged.isEmpty else {
                throw Failure("No execution of '\(input[path])' fits; no file was made.")
            }
            Terminal.say(
                "\(MergeText.count(summary.new, "execution")) and \(MergeText.count(summary.definitions, "definition")) in '\(input[new])'."
            )
            for error in summary.damaged { Terminal.say("flightlog: \(error)") }
            return (summary.damaged.isEmpty ? ExitCode.done : .problems).rawValue
        }
    }
}

import CommandLineParser
import EmbeddedFiles
import FlyteArchive
import FlyteModel
import Glibc
import Tables

/// The tool: its commands, and how they end.
public enum Flightlog {
    /// All commands, as the executable offers them.
    static let command = Command(
        "flightlog",
        "The flight recorder for Flyte: harvests executions into one SQLite file, and answers from it.",
        subcommands: [
            .demo, .harvest, .status, .list, .query, .sql, .show, .path, .diff, .changes, .lineage, .literals,
            .report, .browse, .serve, .doctor,
            .prices, .merge, .extract, .compact, .forget, .migrate, .verify, .rebuild, .prunePlan,
            .setup, .shellCompletions, .man, .version,
        ]
    ) { declare in
        declare.version("flightlog \(flightlogVersion)\n")
        declare.completesFiles(of: ["ARCHIVE", "FILE", "NEW", "OTHER"], folders: ["DIR"])
        for file in EmbeddedFile.topics { declare.topic(Topic(file.name, text: file.text)) }
        declare.section("Exit codes", ExitCode.allCases.map { ("\($0.rawValue)", $0.meaning) })
        declare.example(
            "flightlog demo", "Harvests a sample installation and reports on it: the quickest look around.")
        declare.example(
            "flightlog harvest runs.db --endpoint flyte.example.com",
            "Brings an archive up to date; for cron.")
        declare.example(
            "flightlog query runs.db failure-rate-by-workflow", "Asks one of the named questions.")
    }

    /// Runs a command line and gives the exit code. Answers go to standard output, talk to standard error.
    public static func run(_ words: [String]) async -> Int32 {
        // A closed pipe is an error of write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // And so is a limit on the size of files.
        signal(SIGXFSZ, SIG_IGN)
        do {
            switch try command.parse(words, width: Terminal.width ?? 80) {
            case .help(let text):
                try Terminal.print(text)
                return ExitCode.done.rawValue
            case .run(let action):
                try LibraryVersion.check()
                return try await action()
            }
        } catch let error as UsageError {
            Terminal.say(error.description)
            return ExitCode.usage.rawValue
        } catch is ClosedPipe {
            return ExitCode.done.rawValue
        } catch {
            Terminal.say("flightlog: \(error)")
            return ExitCode(of: error).rawValue
        }
    }
}

import CommandLineParser
import FlyteArchive
import FlyteModel
import Tables

extension Command {
    /// What is in an archive, and how fresh it is.
    static let status = Command(
        "status", "Says what is in an archive, how fresh it is, what is open and what failed."
    ) { declare in
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let output = OutputOptions(&declare, isForPeople: true)
        declare.example("flightlog status runs.db")
        declare.example(
            "flightlog status runs.db --format json",
            "One object, with an array of rows for each part; ndjson and csv name the part in each row.")
        return { input in
            let status = ArchiveStatus(archive: try Archive(path: input[path], mode: .readOnly), now: .now)
            let answer = try output.writer(input, title: "Status of \(input[path])", hasParts: true)
            // People look at the last weeks; 'flightlog query ARCHIVE coverage-by-week' has all.
            try status.write(weeks: try output.format(input) == .table ? 20 : nil, to: answer)
            try answer.end()
            return ExitCode.done.rawValue
        }
    }
}

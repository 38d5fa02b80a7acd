import CommandLineParser
import FlyteArchive
import FlyteModel

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
            let format = output.format(input)
            let status = ArchiveStatus(archive: try Archive(path: input[path], mode: .readOnly), now: .now)
            // People look at the last weeks; 'flightlog query ARCHIVE coverage-by-week' has all.
            let parts = try status.parts(weeks: format == "table" ? 20 : nil)
            try Terminal.print(
                TableText.text(
                    of: parts, as: format, width: Terminal.width, title: "Status of \(input[path])"))
            return ExitCode.done.rawValue
        }
    }
}

import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import Tables

extension Command {
    /// What is in an archive, and how fresh it is.
    static let status = Command(
        "status", "Says what is in an archive, how fresh it is, what is open and what failed."
    ) { declare in
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let output = OutputOptions(&declare)
        declare.example("flightlog status runs.db")
        declare.example("flightlog status runs.db --format json", "One object a line and part, for machines.")
        return { input in
            let archive = try Archive(path: input[path], mode: .readOnly)
            for name in ["coverage", "harvests", "open-executions", "problems"] {
                guard let query = NamedQuery.named(name) else { continue }
                let table = try query.run(on: archive)
                try Terminal.print("\(name == "coverage" ? "" : "\n")\(query.title)\n")
                if table.rows.isEmpty {
                    try Terminal.print("none\n")
                } else {
                    try output.print(table, input, title: query.title)
                }
            }
            return ExitCode.done.rawValue
        }
    }
}

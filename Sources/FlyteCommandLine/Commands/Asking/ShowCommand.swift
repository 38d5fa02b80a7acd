import CommandLineParser
import FlyteArchive

extension Command {
    /// An execution's tree.
    static let show = Command(
        "show", "Shows an execution: what became of it, why, and the tree of its nodes and attempts."
    ) {
        declare in
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let execution = declare.argument(
            "EXECUTION", "project/domain/name, a name that is unique, or a console URL.")
        declare.example("flightlog show runs.db sales/production/a8s7d6f5g4h3j2k1l0q9")
        declare.example(
            "flightlog show runs.db https://flyte.example.com/console/projects/sales/domains/production/executions/a8s7d6f5g4h3"
        )
        return { input in
            let archive = try Archive(path: input[path], mode: .readOnly)
            let text = try archive.reading {
                try ExecutionText(
                    archive, try FoundExecution(input[execution], in: archive, path: input[path]))
            }
            try Terminal.print(text.text)
            return ExitCode.done.rawValue
        }
    }
}

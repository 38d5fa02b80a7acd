import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

extension Command {
    /// What became of an execution, and why.
    static let show = Command(
        "show", "Shows an execution: what became of it, why, and the tree of its nodes and attempts."
    ) {
        declare in
        declare.details(
            """
            The verdict and the first cause stand on top, with the task, its image, what it asked for, what went in and its logs, \
            also where the failure began in an execution that was launched by this one. The nodes follow, those that failed \
            first, with each attempt, what it asked for and why it ended; launched executions are told in place. What \
            succeeded is counted. For machines each part is a table: execution, children, inputs, nodes, attempts, elements, \
            reasons, logs, gaps.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let execution = declare.argument(
            "EXECUTION", ArchivedExecution.help)
        let showsAll = declare.flag(
            "all", "Folds nothing and leaves nothing out; executions that succeeded are told in full, too.")
        let output = OutputOptions(&declare, of: path, isForPeople: true)
        declare.example("flightlog show runs.db sales/production/a8s7d6f5g4h3j2k1l0q9")
        declare.example(
            "flightlog show runs.db https://flyte.example.com/console/projects/sales/domains/production/executions/a8s7d6f5g4h3"
        )
        declare.example(
            "flightlog show runs.db a8s7d6f5g4h3j2k1l0q9 --format json",
            "One object, with an array of rows for each part.")
        return { input in
            let archive = try Archive(path: input[path], mode: .readOnly)
            let details = try archive.reading {
                let found = try ArchivedExecution(input[execution], in: archive, path: input[path])
                return try ExecutionDetails(
                    of: found.id, source: found.source, in: archive,
                    expanding: input[showsAll] ? .all : .unsuccessful)
            }
            guard let details else { preconditionFailure("it was found") }
            if try output.format(input) == .table {
                try output.print(
                    ExecutionText.text(
                        of: details, archive: input[path], tool: ExecutablePath.asCalled,
                        showsAll: input[showsAll], clock: output.page.zone.rules(input).clock,
                        width: output.width(input), colors: output.page.colors(input)), input)
            } else {
                let answer = try output.writer(input, title: "Execution \(details.id)", hasParts: true)
                for part in details.parts {
                    try answer.write(part.table, name: part.name, title: part.title)
                }
                try answer.end()
            }
            return ExitCode.done.rawValue
        }
    }
}

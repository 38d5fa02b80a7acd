import CommandLineParser
import FlyteArchive
import Tables

extension Command {
    /// An execution's critical path.
    static let path = Command(
        "path", "Shows an execution's critical path: which node it waited for, and when."
    ) { declare in
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let execution = declare.argument(
            "EXECUTION", "project/domain/name, a name that is unique, or a console URL.")
        let output = OutputOptions(&declare)
        declare.example("flightlog path runs.db a8s7d6f5g4h3j2k1l0q9")
        return { input in
            let archive = try Archive(path: input[path], mode: .readOnly)
            let (found, table) = try archive.reading {
                let found = try FoundExecution(input[execution], in: archive, path: input[path])
                let table = try archive.query(
                    """
                    SELECT step, node_id, spec_node_id, attempt, class, start_at, end_at, duration_s
                    FROM v_critical_path WHERE \(FoundExecution.condition) ORDER BY step
                    """, found.cells)
                return (found, table)
            }
            guard !table.rows.isEmpty else {
                throw Failure("\(found.id) has no critical path yet: it had not ended when it was last read.")
            }
            try output.print(table, input, title: "Critical path of \(found.id)")
            return ExitCode.done.rawValue
        }
    }
}

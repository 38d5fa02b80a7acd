import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import Tables

extension Command {
    /// An execution's critical path.
    static let path = Command(
        "path", "Shows an execution's critical path: which node it waited for, and when."
    ) { declare in
        declare.details(
            """
            As a table it is drawn: a line for each node that the execution waited for, with a bar to scale (█ run, ░ queue, ▓ \
            retries, ─ the engine, ~ people, = cache), how long it took and its drag: how much less the execution would have taken, \
            had the node taken no time. Below that, where all the time went, and how long it would have taken without retries, with a \
            warm cache and without queues. In the other formats it is one row a step, from v_critical_path.
            """)
        let path = declare.argument("ARCHIVE", "The SQLite file of a harvest.")
        let execution = declare.argument(
            "EXECUTION", ArchivedExecution.help)
        let output = OutputOptions(&declare, of: path)
        declare.example("flightlog path runs.db a8s7d6f5g4h3j2k1l0q9")
        declare.example(
            "flightlog path runs.db a8s7d6f5g4h3j2k1l0q9 --format csv", "The steps, one row each.")
        return { input in
            let archive = try Archive(path: input[path], mode: .readOnly)
            let isDrawn = try output.format(input) == .table
            let (found, table, drawing) = try archive.reading {
                let found = try ArchivedExecution(input[execution], in: archive, path: input[path])
                let table = try archive.query(
                    """
                    SELECT step, node_id, spec_node_id, attempt, class, start_at, end_at, duration_s
                    FROM v_critical_path WHERE \(ArchivedExecution.condition) ORDER BY step
                    """, found.cells)
                let drawing =
                    isDrawn
                    ? try PathText(
                        archive, found, width: output.width(input) ?? 100,
                        clock: output.page.zone.rules(input).clock
                    ).text : ""
                return (found, table, drawing)
            }
            guard !table.rows.isEmpty else {
                let run = try archive.query(
                    """
                    SELECT wall_s FROM v_execution
                    WHERE source = :source AND project = :project AND domain = :domain AND name = :execution
                    """, found.cells)
                throw Failure(
                    run.rows.first?[0].real == nil
                        ? "\(found.id) has no critical path yet: it had not ended when it was last read."
                        : "\(found.id) has no critical path: no time passed between its creation and its end."
                )
            }
            if isDrawn {
                try output.print(drawing, input)
                return ExitCode.done.rawValue
            }
            try output.print(table, input, title: "Critical path of \(found.id)")
            return ExitCode.done.rawValue
        }
    }
}

import FlyteArchive
import FlyteModel
import Tables

/// A plan as SQL for the PostgreSQL database of flyteadmin, which its owner reads, changes and runs.
enum PruneText {
    /// The tables that hold executions, in an order in which none refers to a row that is gone.
    private static let tables = [
        "signals", "execution_admin_tags", "task_executions", "node_execution_events", "node_executions",
        "execution_events", "executions",
    ]

    /// Writes it, and finishes what it is written to.
    static func write(_ plan: PrunePlan, source: String, to sink: any ByteSink) throws {
        var output: [UInt8] = []
        func write(_ text: String) throws {
            output += text.utf8
            guard output.count > 65_536 else { return }
            try sink.write(output)
            output.removeAll(keepingCapacity: true)
        }
        let proven = plan.items.filter { $0.isProven && $0.source == source }
        try write(
            """
            -- \(proven.count) executions that a Flightlog archive proves to hold whole, out of \(plan.items.count) looked at.
            -- For the PostgreSQL database of flyteadmin. Nothing was deleted, and as it stands this file deletes nothing: it
            -- ends with ROLLBACK. Before you write COMMIT there: keep two copies of the archive, run 'flightlog verify' on
            -- each, make a backup of the database, and compare the counts below with those that psql shows.
            -- flyteadmin's raw data in the object store is not touched.

            BEGIN;

            CREATE TEMPORARY TABLE proven (
                execution_project text, execution_domain text, execution_name text, node_executions bigint,
                task_executions bigint, sha256 text, execution_created_at timestamptz,
                PRIMARY KEY (execution_project, execution_domain, execution_name)
            ) ON COMMIT DROP;


            """)
        // PostgreSQL holds no text with a zero byte: nothing there is called so.
        for item in proven where !item.id.description.utf8.contains(0) {
            if !item.lost.isEmpty {
                try write(
                    "-- The database itself has no longer: \(comment(item.lost.joined(separator: "; ")))\n")
            }
            let names = [item.id.project, item.id.domain, item.id.name].map(value).joined(separator: ", ")
            let created = item.createdAt.map { "'\($0.microsecondText)'" } ?? "NULL"
            try write(
                "INSERT INTO proven VALUES (\(names), \(item.nodes), \(item.attempts), '\(item.digestText)', \(created));\n"
            )
        }
        try write(
            """

            -- Names that Flyte has given out again since: the archive proves nothing of these executions, and they are left out.
            DELETE FROM proven p USING executions e
            WHERE \(join("e")) AND (p.execution_created_at IS NULL OR abs(extract(epoch FROM
                (to_jsonb(e) ->> 'execution_created_at')::timestamptz - p.execution_created_at)) > 0.001)
            RETURNING p.*;

            -- Executions whose rows are not as many as the archive has: leave these.
            SELECT p.*, (SELECT count(*) FROM node_executions n WHERE \(join("n"))) AS nodes_there,
                (SELECT count(*) FROM task_executions t WHERE \(join("t"))) AS attempts_there
            FROM proven p
            WHERE p.node_executions <> (SELECT count(*) FROM node_executions n WHERE \(join("n")))
                OR p.task_executions <> (SELECT count(*) FROM task_executions t WHERE \(join("t")));


            """)
        for table in tables { try write("DELETE FROM \(table) d USING proven p WHERE \(join("d"));\n") }
        try write("\nROLLBACK; -- COMMIT; once you are sure\n")
        try sink.write(output)
        try sink.finish()
    }

    private static func join(_ name: String) -> String {
        ["project", "domain", "name"].map { "\(name).execution_\($0) = p.execution_\($0)" }
            .joined(separator: " AND ")
    }

    /// Nothing that would end the line.
    private static func comment(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.isWhitespace || $0.value < 32 ? " " : $0 }))
    }

    /// A text as a value, which is never code: names by Flyte's rules as they are, all others in hexadecimal.
    static func value(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || "-_.".utf8.contains($0)
        }
        if isPlain { return "'\(text)'" }
        let digits = Array("0123456789abcdef".utf8)
        let hex = text.utf8.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return "convert_from(decode('\(String(decoding: hex, as: UTF8.self))', 'hex'), 'UTF8')"
    }
}

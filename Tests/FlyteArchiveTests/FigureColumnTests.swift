import FlyteArchive
import Tables
import TestSupport
import Testing

/// What rows gain that an older version made: here those of version 3, which had none of it.
struct FigureColumnTests {
    private static func withRemade(_ body: (Archive) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            try Fixtures.unpackArchive(version: 3, to: folder + "/runs.db")
            let archive = try Archive(path: folder + "/runs.db", mode: .readWrite)
            #expect(try archive.makeOverdue(within: nil).damaged.isEmpty)
            try body(archive)
        }
    }

    /// SQLite walks the rows by itself.
    @Test func aNodesPathIsTheSpecIdsFromTheTop() throws {
        try Self.withRemade { archive in
            let rows = try archive.query(
                """
                WITH RECURSIVE walk (execution_id, number, next, path) AS (
                    SELECT n.execution_id, n.number, n.parent, s.value
                    FROM node n LEFT JOIN name s ON s.id = coalesce(n.spec_node_id, n.node_id)
                    UNION ALL
                    SELECT w.execution_id, w.number, p.parent, s.value || '/' || w.path
                    FROM walk w JOIN node p ON p.execution_id = w.execution_id AND p.number = w.next
                    LEFT JOIN name s ON s.id = coalesce(p.spec_node_id, p.node_id)
                )
                SELECT v.value, w.path, n.depth FROM node n
                JOIN walk w ON w.execution_id = n.execution_id AND w.number = n.number AND w.next IS NULL
                LEFT JOIN name v ON v.id = n.path_id
                """
            ).rows
            #expect(rows.count > 100 && rows.contains { $0[2] == .integer(2) })
            for row in rows { #expect(row[0] == row[1]) }
            #expect(
                try archive.query("SELECT count(*) - count(node_path) FROM v_node_execution").rows
                    == [[.integer(0)]])
            #expect(
                try archive.query(
                    "SELECT count(*) FROM v_critical_path WHERE node_id IS NOT NULL AND node_path IS NULL"
                ).rows == [[.integer(0)]])
        }
    }

    @Test func attemptsKnowWhatTheirRequestIsMultipliedBy() throws {
        try Self.withRemade { archive in
            let rows = try archive.query(
                """
                SELECT
                    a.task_type, a.elements, a.had_container, a.replicas,
                    (
                        SELECT count(DISTINCT s."index") FROM v_subtask s
                        WHERE s.execution = a.execution AND s.node_id = a.node_id AND s.attempt = a.attempt
                            AND s.phase IN ('SUCCEEDED', 'FAILED', 'RETRYABLE_FAILED')
                            AND s.cache_status IS NOT 'CACHE_HIT'
                    ),
                    a.started_at IS NOT NULL
                FROM v_task_execution a WHERE a.phase IN ('SUCCEEDED', 'FAILED')
                """
            ).rows
            #expect(rows.count > 50)
            var maps = 0
            for row in rows {
                if row[0] == .text("container_array") {
                    maps += 1
                    #expect(row[1] == row[4])
                } else {
                    #expect(row[1] == .integer(1) && (row[5] == .integer(0) || row[2] == .integer(1)))
                }
                #expect(row[3] == .integer(1) || row[3] == .null)
            }
            #expect(maps > 0)
        }
    }

    @Test func eachFailureHasItsClassAndNothingElseHas() throws {
        try Self.withRemade { archive in
            let rows = try archive.query(
                """
                SELECT phase IN ('FAILED', 'TIMED_OUT'), cause_class IS NOT NULL, count(*) FROM execution
                GROUP BY 1, 2 ORDER BY 1
                """
            ).rows
            #expect(rows.map { $0[0] == $0[1] } == [true, true])
            // A child's class is its parent's.
            let parents = try archive.query(
                """
                SELECT count(*), count(*) FILTER (WHERE p.cause_class = c.cause_class)
                FROM v_failure p JOIN v_failure c ON c.execution = p.cause_execution
                WHERE p.execution <> c.execution
                """
            ).rows
            #expect(parents[0][0] == parents[0][1])
        }
    }
}

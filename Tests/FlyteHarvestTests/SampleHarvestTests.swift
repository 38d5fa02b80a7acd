import FlyteArchive
import FlyteHarvest
import FlyteModel
import FlyteServer
import Tables
import TestSupport
import Testing

/// What the archive says of the sample installation, harvested over HTTP, against the generator's own account.
struct SampleHarvestTests {
    private func rows(_ archive: Archive, _ columns: String, _ view: String) throws -> [SampleTruth.Row] {
        try archive.query("SELECT \(columns) FROM \(view)").rows.map { row in
            SampleTruth.Row(
                values: row.map { cell in
                    switch cell {
                    case .null: nil
                    case .text(let text): text
                    case .integer(let value): String(value)
                    case .real(let value): String(value)
                    case .blob: "blob"
                    }
                })
        }.sorted()
    }

    private func expect(_ actual: [SampleTruth.Row], equal expected: [SampleTruth.Row], _ what: String) {
        #expect(!expected.isEmpty)
        let (have, want) = (Set(actual), Set(expected))
        #expect(have.count == actual.count && want.count == expected.count, "\(what): a row twice")
        let missing = want.subtracting(have).sorted().prefix(5).map(\.values)
        let extra = have.subtracting(want).sorted().prefix(5).map(\.values)
        #expect(missing.isEmpty, "\(what): missing")
        #expect(extra.isEmpty, "\(what): extra")
    }

    @Test(arguments: [(UInt64(1), 1), (7, 1), (3, 4)])
    func everyRowOfTheInstallationIsInTheArchive(seed: UInt64, treeScale: Int) async throws {
        var options = SampleInstallation.Options(end: SampleHarvest.end)
        (options.seed, options.treeScale) = (seed, treeScale)
        let sample = SampleInstallation(options)
        let server = try AdminServer(sample.installation)
        defer { server.stop() }
        try await TemporaryFolder.with { folder in
            let path = folder + "/sample.db"
            let summary = try await SampleHarvest.run(server, into: path)
            #expect(summary.problems == 0)
            #expect(summary.new == sample.truth.executions.count)
            #expect(summary.new >= 400)
            let archive = try Archive(path: path, mode: .readOnly)
            let truth = sample.truth
            expect(
                try rows(
                    archive,
                    """
                    project, domain, name, phase, mode, launch_plan, workflow, workflow_version, created_at, started_at, ended_at,
                    error_code, cause_kind, cause_code, cause_node_id, abort_cause, node_count, attempt_count
                    """, "v_execution"), equal: truth.executions.sorted(), "executions")
            expect(
                try rows(
                    archive,
                    "project, domain, execution, node_id, parent_node_id, kind, phase, created_at, started_at, ended_at, attempt_count",
                    "v_node_execution"), equal: truth.nodes.sorted(), "nodes")
            expect(
                try rows(
                    archive,
                    """
                    project, domain, execution, node_id, attempt, task, phase, created_at, started_at, ended_at, error_kind,
                    error_code, pod
                    """, "v_task_execution"), equal: truth.attempts.sorted(), "attempts")
            expect(
                try rows(
                    archive,
                    "project, domain, execution, node_id, attempt, \"index\", subtask_attempt, phase",
                    "v_subtask"),
                equal: truth.subtasks.sorted(), "subtasks")
            expect(
                try rows(
                    archive,
                    "project, domain, execution, node_id, attempt, direction, name, type, value_json",
                    "v_literal"),
                equal: truth.literals.sorted(), "literals")
            expect(
                try rows(archive, "project, domain, execution, kind, key, value", "v_execution_tag"),
                equal: truth.tags.sorted(), "tags")
            expect(
                try rows(archive, "project, domain, execution, node_id, attempt, name, uri", "v_log"),
                equal: truth.logs.sorted(), "logs")
            expect(
                try rows(archive, "project, domain, execution, node_id, attempt, at, reason", "v_reason"),
                equal: truth.reasons.sorted(), "reasons")
            expect(
                try rows(archive, "project, domain, execution, signal_id, type, value_json", "v_signal"),
                equal: truth.signals.sorted(), "signals")
            try expectSpans(archive)
            try expectPaths(archive)
        }
    }

    /// The server's spans and the recomputed ones are the same, for every execution that has ended.
    private func expectSpans(_ archive: Archive) throws {
        let columns =
            "project, domain, execution, depth, entity, node_id, attempt, operation, start_at, end_at"
        let difference = try archive.query(
            """
            WITH told AS (SELECT \(columns), count(*) AS n FROM v_span WHERE origin = 'server' GROUP BY \(columns)),
            computed AS (
                SELECT \(columns), count(*) AS n FROM v_span
                WHERE origin = 'archive' AND (project, domain, execution) IN (
                    SELECT project, domain, execution FROM v_span WHERE origin = 'server')
                GROUP BY \(columns))
            SELECT 'not computed', * FROM (SELECT * FROM told EXCEPT SELECT * FROM computed)
            UNION ALL
            SELECT 'not told', * FROM (SELECT * FROM computed EXCEPT SELECT * FROM told)
            """)
        #expect(
            difference.rows.isEmpty, "\(difference.rows.count) spans differ: \(difference.rows.prefix(4))")
        let without = try archive.query(
            """
            SELECT count(*) FROM v_execution e WHERE started_at IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM v_span s WHERE s.execution = e.name AND s.project = e.project AND s.domain = e.domain
                    AND s.origin = 'archive')
            """)
        #expect(without.rows == [[.integer(0)]])
        let told = try archive.query(
            "SELECT count(DISTINCT execution) > 300 FROM v_span WHERE origin = 'server'")
        #expect(told.rows == [[.integer(1)]])
    }

    /// Each execution that has ended has a path: ordered, without gap or overlap, as long as the execution.
    private func expectPaths(_ archive: Archive) throws {
        let wrong = try archive.query(
            """
            WITH step AS (
                SELECT *, lag(end_at) OVER (PARTITION BY project, domain, execution ORDER BY step) AS before
                FROM v_critical_path
            )
            SELECT e.name FROM v_execution e
            LEFT JOIN step s ON s.project = e.project AND s.domain = e.domain AND s.execution = e.name
            WHERE e.ended_at IS NOT NULL AND e.wall_s > 0
            GROUP BY e.project, e.domain, e.name
            HAVING count(s.step) = 0 OR min(s.start_at) <> e.created_at OR max(s.end_at) <> e.ended_at
                OR sum(s.before <> s.start_at) > 0 OR abs(sum(s.duration_s) - e.wall_s) > 1e-6
            """)
        #expect(wrong.rows.isEmpty, "\(wrong.rows.count) paths are wrong: \(wrong.rows.prefix(3))")
    }
}

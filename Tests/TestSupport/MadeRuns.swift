import FlyteArchive

/// So many executions of a workflow, a second apart: an archive of what a week may look like, without a harvest.
public struct MadeRuns: Sendable {
    public var workflow: String
    /// Such as `2026-01-13`.
    public var day: String
    public var phase: String
    public var count: Int
    /// nil where nobody knows.
    public var seconds: Double?
    /// 1 is the user's error in a task, 2 the system's outside of any.
    public var error: Int?
    /// The execution that launched them.
    public var parent: String?
    /// 1 is `east`, 2 is `west`.
    public var source: Int

    public init(
        _ workflow: String, _ day: String, _ count: Int, _ phase: String = "SUCCEEDED",
        seconds: Double? = 100, error: Int? = nil, parent: String? = nil, source: Int = 1
    ) {
        self.workflow = workflow
        self.day = day
        self.phase = phase
        self.count = count
        self.seconds = seconds
        self.error = error
        self.parent = parent
        self.source = source
    }

    /// An archive of them; of two installations where some are of the second.
    public static func archive(of runs: [MadeRuns], at path: String) throws {
        do { _ = try Archive(path: path, mode: .readWrite) }
        var sql = """
            INSERT INTO source VALUES (1, 'east', 'https://east', NULL);
            INSERT INTO scope VALUES (1, 1, 'p', 'd');
            INSERT INTO error VALUES (1, 1, 'USER', 'USER:A', 'A: one', '2:aa'), (2, 2, 'SYSTEM', 'B', 'two', '2:bb');
            INSERT INTO name VALUES (1, 'n0');

            """
        if runs.contains(where: { $0.source == 2 }) {
            sql += """
                INSERT INTO source VALUES (2, 'west', 'https://west', NULL);
                INSERT INTO scope VALUES (2, 2, 'p', 'd');

                """
        }
        for (index, run) in runs.enumerated() {
            let seconds = run.seconds.map { "\($0)" } ?? "NULL"
            let error = run.error.map { "\($0)" } ?? "NULL"
            // Durations differ by milliseconds, so that not all of them tie.
            sql += """
                INSERT OR IGNORE INTO definition (scope_id, kind, name, version) VALUES (\(run.source), 'workflow', '\(run.workflow)', '1');
                INSERT INTO execution (key, scope_id, name, workflow_id, phase, mode, nesting, created_at, started_at, duration_ns, ended_at, error_id,
                    cause_id, parent, is_archived, node_count, attempt_count, retry_count, is_complete, observed_at, digest)
                SELECT \(index) * 1000 + value, \(run.source), 'x\(index)-' || value,
                    (SELECT id FROM definition WHERE name = '\(run.workflow)' AND scope_id = \(run.source)), '\(run.phase)', 'MANUAL', 0, at, at,
                    CAST((\(seconds) + value * 7 % 10 * 0.001) * 1e9 AS INTEGER), \(run.phase == "RUNNING" ? "NULL" : "at + 1000000000"), NULL,
                    \(error), \(run.parent.map { "'\($0)'" } ?? "NULL"), 0, 1, 0, 0, 1, 1, x''
                FROM (SELECT value, (unixepoch('\(run.day)') + value) * 1000000000 AS at FROM generate_series(1, \(run.count)));

                """
        }
        try SQLiteFile.run(path, sql)
    }
}

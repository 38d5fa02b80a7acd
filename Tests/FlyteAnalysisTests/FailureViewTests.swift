import FlyteArchive
import Tables
import TestSupport
import Testing

/// What the views say of failures over the archive's own tables, before anything was derived and after.
@Suite struct FailureViewTests {
    /// Two projects, of which the second's child made the first's parent fail.
    private static let rows = """
        INSERT INTO source VALUES (1, 'lab', 'https://lab', NULL);
        INSERT INTO scope VALUES (1, 1, 'p', 'd'), (2, 1, 'q', 'd');
        INSERT INTO name VALUES (1, 'n0'), (2, 'n1'), (3, 'n0/n1');
        INSERT INTO definition (id, scope_id, kind, name, version) VALUES (1, 1, 'workflow', 'w', '1'), (2, 2, 'task', 't', '1'), (3, 1, 'task', 'u', '1');
        INSERT INTO error VALUES
            (1, 1, 'USER', 'RetriesExhausted|USER:ValueError', '[3/3] currentAttempt done. Last Error: USER::Trace:' || char(10, 10) || '    Traceback (most recent call last):' || char(10) || '      File "/root/x.py", line 3, in f' || char(10)
                || char(10) || 'Message:' || char(10, 10) || '    ValueError: 7 is too many' || char(10) || '  and more' || char(10) || 'User error.', '1:aa'),
            (2, 2, 'SYSTEM', 'RetriesExhausted|TimeoutExpired', 'task execution timeout [1m0s] expired', '2:bb'),
            (3, 3, 'USER', 'TimeoutExceeded', 'waited', '2:cc'), (4, 4, 'SYSTEM', 'Internal', 'failed to create workflow' || char(13, 10) || 'etcd', '2:dd'),
            (5, 5, 'SYSTEM', 'Interrupted', 'Pod failed.', '2:ee'), (6, 6, 'UNKNOWN', '', '[2]: element 2 is broken' || char(10), '2:ff'),
            (7, 7, 'USER', 'USER:KeyError', 'Traceback (most recent call last):' || char(10) || '  File "x.py", line 1, in g' || char(10) || 'KeyError: 9', '2:ab'),
            (8, 8, 'USER', 'USER:TimeoutError', 'TimeoutError: the user''s own', '2:ac'), (9, 9, 'USER', 'Timeout', 'Timeout in node', '2:ad');
        INSERT INTO execution (id, key, scope_id, name, workflow_id, phase, mode, nesting, started_at, ended_at, error_id, cause_id, cause_execution,
            cause_node_id, cause_attempt, parent, is_archived, node_count, attempt_count, retry_count, is_complete, observed_at, digest)
        SELECT column1, column1, column2, column3, 1, column4, column5, 0, column6, 1767571200000000000 + column1 * 1000, column7, column8, column9, column10, column11, column12,
            0, column13, 0, 0, 1, 1, x'' FROM (VALUES
            (1, 1, 'trace', 'FAILED', 'MANUAL', 1, 1, 1, 'trace', 1, 2, NULL, 1), (2, 1, 'expired', 'FAILED', 'MANUAL', 1, 2, 2, 'expired', 1, NULL, NULL, 1),
            (3, 1, 'exceeded', 'FAILED', 'MANUAL', 1, 3, 3, NULL, 1, NULL, NULL, 1), (4, 1, 'refused', 'FAILED', 'MANUAL', NULL, 4, 4, 'refused', NULL, NULL, NULL, 0),
            (5, 1, 'pod', 'FAILED', 'MANUAL', 1, 5, 5, NULL, 1, 0, NULL, 1), (6, 1, 'map', 'FAILED', 'MANUAL', 1, 6, 6, NULL, 1, 0, NULL, 1),
            (7, 1, 'parent', 'FAILED', 'MANUAL', 1, 7, 7, 'q/d/child', 2, 0, NULL, 1), (8, 2, 'child', 'FAILED', 'CHILD_WORKFLOW', 1, 7, 7, NULL, 2, 0, 'p/d/parent', 1),
            (9, 1, 'users', 'FAILED', 'MANUAL', 1, 8, 8, NULL, 1, 0, NULL, 1), (10, 1, 'late', 'TIMED_OUT', 'MANUAL', 1, 9, NULL, NULL, NULL, NULL, NULL, 1),
            (11, 1, 'silent', 'FAILED', 'MANUAL', 1, NULL, NULL, NULL, NULL, NULL, NULL, 1), (12, 1, 'well', 'SUCCEEDED', 'MANUAL', 1, NULL, NULL, NULL, NULL, NULL, NULL, 1),
            (13, 1, 'ended', 'ABORTED', 'MANUAL', 1, NULL, NULL, NULL, NULL, NULL, NULL, 1));
        INSERT INTO node (execution_id, number, node_id, depth, kind, phase, task_id, attempt_count) VALUES
            (1, 1, 1, 0, 'task', 'FAILED', 3, 3), (8, 1, 1, 0, 'task', 'SUCCEEDED', 3, 1), (8, 2, 2, 1, 'task', 'FAILED', NULL, 1), (5, 1, 1, 0, 'task', 'FAILED', 3, 1);
        INSERT INTO attempt (execution_id, number, node, attempt, task_id, phase) VALUES (1, 1, 1, 2, 3, 'FAILED'), (8, 1, 1, 0, 3, 'SUCCEEDED'), (8, 2, 2, 0, 2, 'FAILED');
        """

    private func answer(_ sql: String, after change: String = "") throws -> [[String]] {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do { _ = try Archive(path: path, mode: .readWrite) }
            try SQLiteFile.run(path, Self.rows + change)
            return try Archive(path: path, mode: .readOnly).query(sql).rows.map { row in
                row.map { $0.text ?? $0.integer.map(String.init) ?? "NULL" }
            }
        }
    }

    /// The rule of last resort, for an archive of an earlier version: in the columns of both views.
    @Test func withoutADerivedClassTheCodeTells() throws {
        let expected = [
            ["trace", "user"], ["expired", "timeout"], ["exceeded", "timeout"], ["refused", "rejected"],
            ["pod", "system"], ["map", "unknown"], ["parent", "user"], ["child", "user"], ["users", "user"],
            ["late", "timeout"], ["silent", "unknown"],
        ]
        #expect(try answer("SELECT execution, cause_class FROM v_failure ORDER BY ended_at") == expected)
        #expect(
            try answer("SELECT name, cause_class FROM v_execution ORDER BY ended_at")
                == expected + [["well", "NULL"], ["ended", "NULL"]])
    }

    @Test func aDerivedClassStands() throws {
        let change = "UPDATE execution SET cause_class = 'rejected' WHERE name = 'trace'"
        let rows = try answer(
            """
            SELECT f.cause_class, e.cause_class FROM v_failure f JOIN v_execution e ON e.name = f.execution
            WHERE f.execution = 'trace'
            """, after: change)
        #expect(rows == [["rejected", "rejected"]])
    }

    @Test func aLabelIsTheExceptionOrTheCodeWithTheFirstLine() throws {
        #expect(
            try answer("SELECT label, fingerprint, fingerprint_rule FROM v_failure ORDER BY ended_at") == [
                ["ValueError: 7 is too many", "1:aa", "1"],
                ["TimeoutExpired: task execution timeout [1m0s] expired", "2:bb", "2"],
                ["TimeoutExceeded: waited", "2:cc", "2"],
                ["Internal: failed to create workflow", "2:dd", "2"],
                ["Interrupted: Pod failed.", "2:ee", "2"], ["[2]: element 2 is broken", "2:ff", "2"],
                ["KeyError: 9", "2:ab", "2"], ["KeyError: 9", "2:ab", "2"],
                ["TimeoutError: the user's own", "2:ac", "2"], ["Timeout in node", "2:ad", "2"],
                ["NULL", "NULL", "NULL"],
            ])
    }

    /// Of the attempt where there is one, else of the node; in the execution where it began, wherever that is.
    @Test func theTaskIsThatOfTheCause() throws {
        #expect(
            try answer(
                "SELECT execution, task, cause_execution, is_child FROM v_failure WHERE task IS NOT NULL ORDER BY ended_at"
            ) == [
                ["trace", "u", "trace", "0"], ["pod", "u", "NULL", "0"], ["parent", "t", "q/d/child", "0"],
                ["child", "t", "NULL", "1"],
            ])
    }

    @Test func whatIsDerivedLaterIsNullUntilThen() throws {
        let sql =
            "SELECT node_path, elements FROM v_node_execution n JOIN v_task_execution t USING (execution, node_id) WHERE execution = 'trace'"
        #expect(try answer(sql) == [["NULL", "NULL"]])
        #expect(
            try answer(sql, after: "UPDATE node SET path_id = 3; UPDATE attempt SET elements = 20;")
                == [["n0/n1", "20"]])
    }

    /// Only what lies directly within an attempt: a node's own operations have none.
    @Test func operationsWithinAnAttemptCarryItsNumber() throws {
        let change = """
            INSERT INTO metric_span (execution_id, origin, number, parent, depth, node_id, attempt, operation_id, start_at, duration_ns) VALUES
                (1, 0, 1, NULL, 0, NULL, NULL, NULL, 0, 9), (1, 0, 2, 1, 1, 1, NULL, NULL, 0, 9), (1, 0, 3, 2, 2, 1, NULL, 1, 0, 1),
                (1, 0, 4, 2, 2, 1, 2, NULL, 1, 8), (1, 0, 5, 4, 3, 1, NULL, 2, 1, 4);
            """
        #expect(
            try answer(
                "SELECT entity, attempt, count(*) FROM v_span GROUP BY span_id ORDER BY span_id",
                after: change) == [
                    ["execution", "NULL", "2"], ["node", "NULL", "2"], ["operation", "NULL", "2"],
                    ["attempt", "2", "2"], ["operation", "2", "2"],
                ])
    }
}

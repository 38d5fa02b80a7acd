import Testing

/// What failed: `top-errors`, `retried-errors`.
@Suite struct ErrorQueryTests {
    // 'a' and 'b' failed in different tasks for one reason; 'c' in no attempt at all.
    private static let failures = #"""
        INSERT INTO v_failure (execution, workflow, fingerprint, cause_class, label, cause_node_id, cause_attempt, task, ended_at, is_child) VALUES
            ('a', 'w', '2:aa', 'user', 'ValueError: first', 'n0', 1, 't', '2026-01-05', 0), ('b', 'v', '2:aa', 'user', 'ValueError: third', 'n0', 0, 'u', '2026-01-07', 0),
            ('c', 'w', '2:bb', 'rejected', 'Internal: etcd', NULL, NULL, NULL, '2026-01-05', 0), ('e', 'w', '2:aa', 'user', 'ValueError: second', 'n0', 0, 't', '2026-01-06', 0),
            ('b-n1', 'w', '2:aa', 'user', 'ValueError: its child', 'n0', 0, 'u', '2026-01-07', 1), ('f', 'w', NULL, 'unknown', NULL, NULL, NULL, NULL, '2026-01-06', 0);
        INSERT INTO v_execution (name, workflow, phase, cause_kind, cause_code, cause_message, error_kind, error_code, error_message) VALUES
            ('b', 'v', 'FAILED', 'USER', 'ValueError', 'third', 'USER', 'RetriesExhausted|ValueError', 'wrapped'), ('c', 'w', 'TIMED_OUT', NULL, NULL, NULL, 'SYSTEM', 'Internal', 'etcd');
        """#

    @Test func aGroupNamesItsTasksWithTheirCounts() throws {
        #expect(
            try TestQuery.answer(
                "top-errors",
                over: Self.failures)
                    == #"""
                    source|fingerprint|novelty|executions|workflows|label|cause_class|kind|code|message|tasks|task|project|domain|execution|first_seen_at|last_seen_at
                    lab|2:aa|new|3|2|ValueError: third|user|USER|ValueError|third|t (2), u (1)|u|p|d|b|2026-01-05|2026-01-07
                    lab|2:bb|new|1|1|Internal: etcd|rejected|SYSTEM|Internal|etcd|NULL|NULL|p|d|c|2026-01-05|2026-01-05
                    lab|unknown|new|1|1|NULL|unknown|NULL|NULL|NULL|NULL|NULL|p|d|f|2026-01-06|2026-01-06

                    """#)
    }

    @Test func childrenCountWhereTheyAreAskedFor() throws {
        #expect(
            try TestQuery.answer(
                "top-errors", ["children": "1", "limit": "1"],
                over: Self.failures)
                    == #"""
                    source|fingerprint|novelty|executions|workflows|label|cause_class|kind|code|message|tasks|task|project|domain|execution|first_seen_at|last_seen_at
                    lab|2:aa|new|4|2|ValueError: third|user|USER|ValueError|third|t (2), u (2)|u|p|d|b|2026-01-05|2026-01-07

                    """#)
    }

    @Test func newReturnedAndKnownAreToldByTheFourWeeksBefore() throws {
        #expect(
            try TestQuery.answer(
                "top-errors", ["since": "2026-03-02", "until": "2026-03-09"],
                over: #"""
                    INSERT INTO v_failure (execution, workflow, fingerprint, cause_class, task, ended_at) VALUES
                        ('a', 'w', 'known', 'user', 't', '2026-01-01'), ('b', 'w', 'known', 'user', 't', '2026-03-02'),
                        ('c', 'w', 'known', 'user', 't', '2026-02-02'), ('d', 'w', 'returned', 'user', 't', '2026-02-01'),
                        ('e', 'w', 'returned', 'user', 't', '2026-03-02'), ('f', 'w', 'new', 'user', 't', '2026-03-02'),
                        ('g', 'w', 'later', 'user', 't', '2026-03-09'), ('h', 'w', 'gone', 'user', 't', '2026-03-01'),
                        ('i', 'w', 'new', 'user', 't', '2026-03-09');
                    """#)
                    == #"""
                    source|fingerprint|novelty|executions|workflows|label|cause_class|kind|code|message|tasks|task|project|domain|execution|first_seen_at|last_seen_at
                    lab|known|known|1|1|NULL|user|NULL|NULL|NULL|t (1)|t|p|d|b|2026-01-01|2026-03-02
                    lab|new|new|1|1|NULL|user|NULL|NULL|NULL|t (1)|t|p|d|f|2026-03-02|2026-03-02
                    lab|returned|returned|1|1|NULL|user|NULL|NULL|NULL|t (1)|t|p|d|e|2026-02-01|2026-03-02

                    """#)
    }

    @Test func errorsKeepToTaskAndPlace() throws {
        #expect(
            try TestQuery.answer(
                "top-errors", ["task": "t", "project": "p", "domain": "d", "limit": "1"],
                over: Self.failures)
                    == #"""
                    source|fingerprint|novelty|executions|workflows|label|cause_class|kind|code|message|tasks|task|project|domain|execution|first_seen_at|last_seen_at
                    lab|2:aa|new|2|1|ValueError: second|user|NULL|NULL|NULL|t (2)|t|p|d|e|2026-01-05|2026-01-06

                    """#)
    }

    @Test func theSameFingerprintInTwoSourcesIsTwo() throws {
        #expect(
            try TestQuery.answer(
                "top-errors",
                over: #"""
                    INSERT INTO v_failure (source, execution, workflow, fingerprint, cause_class, label, task) VALUES
                        ('east', 'a', 'w', '2:aa', 'user', '<b>x</b>', 't'), ('west', 'a', 'w', '2:aa', 'user', '|`x`|', 't');
                    """#)
                    == #"""
                    source|fingerprint|novelty|executions|workflows|label|cause_class|kind|code|message|tasks|task|project|domain|execution|first_seen_at|last_seen_at
                    east|2:aa|new|1|1|<b>x</b>|user|NULL|NULL|NULL|t (1)|t|p|d|a|2026-01-01T00:00:00.000000Z|2026-01-01T00:00:00.000000Z
                    west|2:aa|new|1|1||`x`||user|NULL|NULL|NULL|t (1)|t|p|d|a|2026-01-01T00:00:00.000000Z|2026-01-01T00:00:00.000000Z

                    """#)
    }

    // 'a' succeeded in its second attempt, 'b' failed in its second: only that one is a failure of an execution. 'c' is
    // tried again, the child's failure made its parent 'd' fail, and of 'e' a second node failed beside the first.
    private static let attempts = #"""
        INSERT INTO v_execution (name, workflow, phase, is_child) VALUES
            ('a', 'w', 'SUCCEEDED', 0), ('b', 'w', 'FAILED', 0), ('c', 'w', 'RUNNING', 0), ('d', 'w', 'FAILED', 0), ('d-n0', 'v', 'FAILED', 1), ('e', 'w', 'FAILED', 0);
        INSERT INTO v_task_execution (execution, node_id, attempt, task, phase, fingerprint, error_kind, error_code, error_message, ended_at) VALUES
            ('a', 'n0', 0, 't', 'FAILED', '2:aa', 'USER', 'X', 'one', '2026-01-05'), ('a', 'n0', 1, 't', 'SUCCEEDED', NULL, NULL, NULL, NULL, '2026-01-05'),
            ('b', 'n0', 0, 'u', 'FAILED', '2:aa', 'USER', 'X', 'two', '2026-01-06'), ('b', 'n0', 1, 'u', 'FAILED', '2:aa', 'USER', 'X', 'three', '2026-01-07'),
            ('c', 'n0', 0, 't', 'FAILED', '2:aa', 'USER', 'X', 'four', '2026-01-05'), ('c', 'n0', 1, 't', 'RUNNING', NULL, NULL, NULL, NULL, NULL),
            ('d-n0', 'n0', 0, 't', 'FAILED', '2:cc', 'USER', 'X', 'in a child', '2026-01-05'), ('e', 'n0', 0, 't', 'FAILED', '2:dd', 'USER', 'X', 'the cause', '2026-01-05'),
            ('e', 'n1', 0, 't', 'FAILED', NULL, NULL, NULL, NULL, '2026-01-05');
        INSERT INTO v_failure (execution, workflow, cause_execution, cause_node_id, cause_attempt, is_child, ended_at) VALUES
            ('b', 'w', 'b', 'n0', 1, 0, '2026-01-07'), ('d', 'w', 'd-n0', 'n0', 0, 0, '2026-01-05'), ('d-n0', 'v', NULL, 'n0', 0, 1, '2026-01-05'), ('e', 'w', NULL, 'n0', 0, 0, '2026-01-05');
        """#

    @Test func whatMadeAnExecutionFailIsNotAmongWhatWasOvercome() throws {
        #expect(
            try TestQuery.answer(
                "retried-errors",
                over: Self.attempts)
                    == #"""
                    source|fingerprint|attempts|retried|executions|succeeded|kind|code|message|tasks|project|domain|execution|node_id|attempt|first_seen_at|last_seen_at
                    lab|2:aa|3|3|3|1|USER|X|two|t (2), u (1)|p|d|b|n0|0|2026-01-05|2026-01-06
                    lab|NULL|1|0|1|0|NULL|NULL|NULL|t (1)|p|d|e|n1|0|2026-01-05|2026-01-05

                    """#)
    }

    @Test func whatWasOvercomeKeepsToWindowAndTask() throws {
        #expect(
            try TestQuery.answer(
                "retried-errors",
                [
                    "since": "2026-01-06", "until": "2026-01-07", "project": "p", "domain": "d", "task": "u",
                    "limit": "1", "children": "0",
                ],
                over: Self.attempts)
                    == #"""
                    source|fingerprint|attempts|retried|executions|succeeded|kind|code|message|tasks|project|domain|execution|node_id|attempt|first_seen_at|last_seen_at
                    lab|2:aa|1|1|1|0|USER|X|two|u (1)|p|d|b|n0|0|2026-01-06|2026-01-06

                    """#)
    }
}

import Testing

/// What failed: `top-errors`.
@Suite struct ErrorQueryTests {
    private static let errors = #"""
        INSERT INTO v_task_execution (execution, node_id, attempt, task, phase, fingerprint, error_kind, error_code, error_message, ended_at) VALUES
            ('a', 'n0', 0, 't', 'FAILED', '1:aa', 'USER', 'ValueError', 'first', '2026-01-05'), ('a', 'n0', 1, 't', 'FAILED', '1:aa', 'USER', 'ValueError', 'second', '2026-01-06'),
            ('b', 'n0', 0, 't', 'FAILED', '1:aa', 'USER', 'ValueError', 'third', '2026-01-07'), ('c', 'n0', 0, 'u', 'FAILED', '1:bb', 'SYSTEM', 'Internal', 'gone', '2026-01-05'),
            ('d', 'n0', 0, 'u', 'SUCCEEDED', '1:bb', NULL, NULL, NULL, '2026-01-05'), ('e', 'n0', 0, 'u', 'FAILED', NULL, NULL, NULL, NULL, '2026-01-05');
        """#

    @Test func errorsAreGroupedByFingerprintWithTheLatestMessage() throws {
        #expect(
            try TestQuery.answer(
                "top-errors",
                over: Self.errors)
                    == #"""
                    source|fingerprint|novelty|attempts|executions|kind|code|message|task|project|domain|execution|first_seen_at|last_seen_at
                    lab|1:aa|new|3|2|USER|ValueError|third|t|p|d|b|2026-01-05|2026-01-07
                    lab|1:bb|new|1|1|SYSTEM|Internal|gone|u|p|d|c|2026-01-05|2026-01-05

                    """#)
    }

    @Test func newReturnedAndKnownAreToldByTheFourWeeksBefore() throws {
        #expect(
            try TestQuery.answer(
                "top-errors", ["since": "2026-03-02", "until": "2026-03-09"],
                over: #"""
                    INSERT INTO v_task_execution (execution, node_id, attempt, task, phase, fingerprint, error_message, ended_at) VALUES
                        ('a', 'n0', 0, 't', 'FAILED', 'known', 'm', '2026-01-01'), ('b', 'n0', 0, 't', 'FAILED', 'known', 'm', '2026-03-02'),
                        ('c', 'n0', 0, 't', 'FAILED', 'known', 'm', '2026-02-02'), ('d', 'n0', 0, 't', 'FAILED', 'returned', 'm', '2026-02-01'),
                        ('e', 'n0', 0, 't', 'FAILED', 'returned', 'm', '2026-03-02'), ('f', 'n0', 0, 't', 'FAILED', 'new', 'm', '2026-03-02'),
                        ('g', 'n0', 0, 't', 'FAILED', 'later', 'm', '2026-03-09'), ('h', 'n0', 0, 't', 'FAILED', 'gone', 'm', '2026-03-01'),
                        ('i', 'n0', 0, 't', 'FAILED', 'new', 'm', '2026-03-09');
                    """#)
                    == #"""
                    source|fingerprint|novelty|attempts|executions|kind|code|message|task|project|domain|execution|first_seen_at|last_seen_at
                    lab|known|known|1|1|NULL|NULL|m|t|p|d|b|2026-01-01|2026-03-02
                    lab|new|new|1|1|NULL|NULL|m|t|p|d|f|2026-03-02|2026-03-02
                    lab|returned|returned|1|1|NULL|NULL|m|t|p|d|e|2026-02-01|2026-03-02

                    """#)
    }

    @Test func failuresOutsideOfAnyAttemptCountOnce() throws {
        #expect(
            try TestQuery.answer(
                "top-errors",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, cause_kind, cause_code, cause_message, cause_node_id, cause_attempt, cause_execution, ended_at) VALUES
                        ('a', 'w', 'FAILED', 'SYSTEM', 'Internal', 'etcd', NULL, NULL, NULL, '2026-01-01'), ('b', 'w', 'TIMED_OUT', NULL, NULL, 'too long', NULL, NULL, NULL, '2026-01-02'),
                        ('c', 'w', 'FAILED', 'USER', 'ValueError', 'told by its attempt', 'n0', 0, NULL, '2026-01-02'), ('d', 'w', 'FAILED', 'USER', 'ValueError', 'told by its child', NULL, NULL, 'x', '2026-01-02'),
                        ('e', 'w', 'FAILED', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-02'), ('f', 'w', 'RUNNING', NULL, NULL, 'not yet', NULL, NULL, NULL, NULL),
                        ('g', 'w', 'FAILED', 'SYSTEM', 'Internal', 'etcd again', 'n1', NULL, NULL, '2026-01-03');
                    """#)
                    == #"""
                    source|fingerprint|novelty|attempts|executions|kind|code|message|task|project|domain|execution|first_seen_at|last_seen_at
                    lab|SYSTEM Internal|new|2|2|SYSTEM|Internal|etcd again|NULL|p|d|g|2026-01-01|2026-01-03
                    lab| |new|1|1|NULL|NULL|too long|NULL|p|d|b|2026-01-02|2026-01-02

                    """#)
    }

    @Test func errorsKeepToTaskAndPlace() throws {
        #expect(
            try TestQuery.answer(
                "top-errors", ["task": "t", "project": "p", "domain": "d", "limit": "1"],
                over: Self.errors)
                    == #"""
                    source|fingerprint|novelty|attempts|executions|kind|code|message|task|project|domain|execution|first_seen_at|last_seen_at
                    lab|1:aa|new|3|2|USER|ValueError|third|t|p|d|b|2026-01-05|2026-01-07

                    """#)
    }

    @Test func theSameFingerprintInTwoSourcesIsTwo() throws {
        #expect(
            try TestQuery.answer(
                "top-errors",
                over: #"""
                    INSERT INTO v_task_execution (source, execution, node_id, attempt, task, phase, fingerprint, error_message, ended_at) VALUES
                        ('east', 'a', 'n0', 0, 't', 'FAILED', '1:aa', '<b>x</b>', '2026-01-05'), ('west', 'a', 'n0', 0, 't', 'FAILED', '1:aa', '|`x`|', '2026-01-05');
                    """#)
                    == #"""
                    source|fingerprint|novelty|attempts|executions|kind|code|message|task|project|domain|execution|first_seen_at|last_seen_at
                    east|1:aa|new|1|1|NULL|NULL|<b>x</b>|t|p|d|a|2026-01-05|2026-01-05
                    west|1:aa|new|1|1|NULL|NULL||`x`||t|p|d|a|2026-01-05|2026-01-05

                    """#)
    }
}

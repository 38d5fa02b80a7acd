import Testing

/// What became of each group of failures: `failure-groups`.
@Suite struct FailureGroupTests {
    // aa was last seen two months before the window, bb in the four weeks before it and in it, cc only there: its workflow has run
    // twice since. ee was gone long before.
    @Test func groupsAreNewReturnedKnownAndGone() throws {
        #expect(
            try TestQuery.answer(
                "failure-groups",
                ["since": "2026-03-01", "until": "2026-03-08"],
                over: #"""
                    INSERT INTO v_failure (execution, workflow, ended_at, fingerprint, fingerprint_rule, label, cause_class, task, is_child) VALUES
                        ('a1', 'w', '2026-01-01', '2:aa', 2, 'KeyError: 1', 'user', 't', 0), ('a2', 'w', '2026-03-02', '2:aa', 2, 'KeyError: 2', 'user', 't', 0),
                        ('b1', 'w', '2026-02-20', '2:bb', 2, 'OOMKilled', 'user', 't', 0), ('b2', 'v', '2026-03-01', '2:bb', 2, 'OOMKilled', 'user', 'u', 0),
                        ('c1', 'v', '2026-02-21', '2:cc', 2, 'Timeout in node', 'timeout', 'u', 0), ('d1', 'v', '2026-03-03', NULL, NULL, NULL, 'unknown', NULL, 0),
                        ('e1', 'v', '2025-06-01', '2:ee', 2, 'long ago', 'user', 'u', 0), ('f1', 'v', '2026-03-02', '2:ff', 2, 'of a child', 'user', 'u', 1);
                    INSERT INTO v_execution (name, workflow, phase, ended_at, is_child) VALUES
                        ('ok', 'v', 'SUCCEEDED', '2026-03-02', 0), ('ok2', 'v', 'SUCCEEDED', '2026-03-02', 1), ('b1', 'w', 'FAILED', '2026-02-20', 0), ('d1', 'v', 'FAILED', '2026-03-03', 0), ('e', 'v', 'ABORTED', '2026-03-03', 0);
                    """#)
                    == #"""
                    source|fingerprint|rule|novelty|executions|executions_ever|workflows|label|cause_class|task|first_seen_at|last_seen_at|project|domain|execution|gone_runs|is_reach_short
                    lab|2:aa|2|returned|1|2|1|KeyError: 2|user|t|2026-01-01|2026-03-02|p|d|a2|NULL|0
                    lab|2:bb|2|known|1|2|2|OOMKilled|user|u|2026-02-20|2026-03-01|p|d|b2|NULL|0
                    lab|unknown|NULL|new|1|1|1|NULL|unknown|NULL|2026-03-03|2026-03-03|p|d|d1|NULL|0
                    lab|2:cc|2|gone|0|1|1|Timeout in node|timeout|u|2026-02-21|2026-02-21|p|d|c1|2|0

                    """#)
    }

    @Test func aLongerQuietTimeKnowsMore() throws {
        #expect(
            try TestQuery.answer(
                "failure-groups",
                [
                    "since": "2026-03-01", "until": "2026-03-08", "quiet": "400", "workflow": "w",
                    "project": "p", "domain": "d", "limit": "2",
                ],
                over: #"""
                    INSERT INTO v_failure (execution, workflow, ended_at, fingerprint, fingerprint_rule, label, cause_class, task, is_child) VALUES
                        ('a1', 'w', '2026-01-01', '2:aa', 2, 'KeyError: 1', 'user', 't', 0), ('a2', 'w', '2026-03-02', '2:aa', 2, 'KeyError: 2', 'user', 't', 0),
                        ('b1', 'w', '2026-02-20', '2:bb', 2, 'OOMKilled', 'user', 't', 0), ('b2', 'v', '2026-03-01', '2:bb', 2, 'OOMKilled', 'user', 'u', 0),
                        ('c1', 'v', '2026-02-21', '2:cc', 2, 'Timeout in node', 'timeout', 'u', 0), ('d1', 'v', '2026-03-03', NULL, NULL, NULL, 'unknown', NULL, 0),
                        ('e1', 'v', '2025-06-01', '2:ee', 2, 'long ago', 'user', 'u', 0), ('f1', 'v', '2026-03-02', '2:ff', 2, 'of a child', 'user', 'u', 1);
                    INSERT INTO v_execution (name, workflow, phase, ended_at, is_child) VALUES
                        ('ok', 'v', 'SUCCEEDED', '2026-03-02', 0), ('ok2', 'v', 'SUCCEEDED', '2026-03-02', 1), ('b1', 'w', 'FAILED', '2026-02-20', 0), ('d1', 'v', 'FAILED', '2026-03-03', 0), ('e', 'v', 'ABORTED', '2026-03-03', 0);
                    """#)
                    == #"""
                    source|fingerprint|rule|novelty|executions|executions_ever|workflows|label|cause_class|task|first_seen_at|last_seen_at|project|domain|execution|gone_runs|is_reach_short
                    lab|2:aa|2|known|1|2|1|KeyError: 2|user|t|2026-01-01|2026-03-02|p|d|a2|NULL|0
                    lab|2:bb|2|gone|0|1|1|OOMKilled|user|t|2026-02-20|2026-02-20|p|d|b1|0|0

                    """#)
    }

    @Test func withoutAWindowAllIsNew() throws {
        #expect(
            try TestQuery.answer(
                "failure-groups",
                ["children": "1", "limit": "2"],
                over: #"""
                    INSERT INTO v_failure (execution, workflow, ended_at, fingerprint, fingerprint_rule, label, cause_class, task, is_child) VALUES
                        ('a1', 'w', '2026-01-01', '2:aa', 2, 'KeyError: 1', 'user', 't', 0), ('a2', 'w', '2026-03-02', '2:aa', 2, 'KeyError: 2', 'user', 't', 0),
                        ('b1', 'w', '2026-02-20', '2:bb', 2, 'OOMKilled', 'user', 't', 0), ('b2', 'v', '2026-03-01', '2:bb', 2, 'OOMKilled', 'user', 'u', 0),
                        ('c1', 'v', '2026-02-21', '2:cc', 2, 'Timeout in node', 'timeout', 'u', 0), ('d1', 'v', '2026-03-03', NULL, NULL, NULL, 'unknown', NULL, 0),
                        ('e1', 'v', '2025-06-01', '2:ee', 2, 'long ago', 'user', 'u', 0), ('f1', 'v', '2026-03-02', '2:ff', 2, 'of a child', 'user', 'u', 1);
                    INSERT INTO v_execution (name, workflow, phase, ended_at, is_child) VALUES
                        ('ok', 'v', 'SUCCEEDED', '2026-03-02', 0), ('ok2', 'v', 'SUCCEEDED', '2026-03-02', 1), ('b1', 'w', 'FAILED', '2026-02-20', 0), ('d1', 'v', 'FAILED', '2026-03-03', 0), ('e', 'v', 'ABORTED', '2026-03-03', 0);
                    """#)
                    == #"""
                    source|fingerprint|rule|novelty|executions|executions_ever|workflows|label|cause_class|task|first_seen_at|last_seen_at|project|domain|execution|gone_runs|is_reach_short
                    lab|2:aa|2|new|2|2|1|KeyError: 2|user|t|2026-01-01|2026-03-02|p|d|a2|NULL|1
                    lab|2:bb|2|new|2|2|2|OOMKilled|user|u|2026-02-20|2026-03-01|p|d|b2|NULL|1

                    """#)
    }
}

import Testing

/// Where time went, and what could have been: `wall-time`, `work-time`, `serialisation`, `criticality`, `what-if`, `what-if-node`.
@Suite struct TimeQueryTests {
    @Test func eachExecutionsClassesStandSideBySide() throws {
        #expect(
            try TestQuery.answer(
                "wall-time",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, wall_s) VALUES ('a', 'w', 'SUCCEEDED', 10), ('b', 'w', 'FAILED', 4), ('c', 'w', 'RUNNING', NULL), ('e', 'w', 'ABORTED', 0);
                    INSERT INTO v_wall_time (execution, class, duration_s) VALUES ('a', 'user_code', 6), ('a', 'queue', 1), ('a', 'flyte_overhead', 3), ('b', 'retry', 3), ('b', 'human_wait', 1), ('c', 'queue', 9);
                    """#)
                    == #"""
                    source|project|domain|execution|workflow|phase|ended_at|wall_s|user_s|queue_s|retry_s|overhead_s|human_s|cache_s|child_s|unexplained_s
                    lab|p|d|a|w|SUCCEEDED|2026-01-01T00:00:00.000000Z|10.0|6.0|1.0|0.0|3.0|0.0|0.0|0.0|0.0
                    lab|p|d|b|w|FAILED|2026-01-01T00:00:00.000000Z|4.0|0.0|0.0|3.0|0.0|1.0|0.0|0.0|0.0
                    lab|p|d|e|w|ABORTED|2026-01-01T00:00:00.000000Z|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0

                    """#)
    }

    // Nobody saw the aborted one run: it took between nothing and an hour.
    @Test func workIsToldByWhatBecameOfIt() throws {
        #expect(
            try TestQuery.answer(
                "work-time",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase) VALUES ('a', 'w', 'FAILED'), ('b', 'v', 'SUCCEEDED');
                    INSERT INTO v_work_time (execution, node_id, attempt, outcome, seconds_low, seconds_high, is_seen) VALUES
                        ('a', 'n0', 0, 'retried', 1800.0, 1800.0, 1), ('a', 'n0', 1, 'useful', 3600.0, 7200.0, 1), ('a', 'n1', 0, 'failed', 900.0, 900.0, 1),
                        ('a', 'n2', 0, 'aborted', 0.0, 3600.0, 0), ('b', 'n0', 0, 'useful', 360.0, 360.0, 1), ('b', 'n1', 0, 'cached', 0.0, 0.0, 1);
                    """#)
                    == #"""
                    source|project|domain|workflow|attempts|unseen_attempts|hours_low|hours|useful_hours|failed_hours|retried_hours|aborted_hours|thrown_away_share
                    lab|p|d|w|4|1|1.75|3.75|2.0|0.25|0.5|1.0|0.466666666666667
                    lab|p|d|v|2|0|0.1|0.1|0.1|0.0|0.0|0.0|0.0

                    """#)
    }

    // Three of 10 s at a time in a run of 12 s; a map counts once; what never had a container ran nothing.
    @Test func serialisationIsWallOverWork() throws {
        #expect(
            try TestQuery.answer(
                "serialisation",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, wall_s) VALUES ('a', 'w', 'SUCCEEDED', 12), ('b', 'v', 'SUCCEEDED', 10);
                    INSERT INTO v_task_execution (execution, node_id, attempt, duration_s, wall_s, had_container) VALUES
                        ('a', 'n0', 0, 10, 11, 1), ('a', 'n1', 0, 10, 11, 1), ('a', 'n2', 0, NULL, 10, 1), ('a', 'n3', 0, NULL, 99, 0), ('b', 'n0', 0, 8, 9, 1);
                    INSERT INTO v_wall_time (execution, class, duration_s) VALUES ('a', 'user_code', 10), ('a', 'queue', 2), ('b', 'user_code', 8);
                    """#)
                    == #"""
                    source|project|domain|workflow|runs|wall_s|work_s|serialisation|path_share
                    lab|p|d|w|1|12.0|30.0|0.4|0.333333333333333
                    lab|p|d|v|1|10.0|8.0|1.25|1.0

                    """#)
    }

    // n1 is told with what lies in it. With two runs an interval is nearly all there is.
    @Test func aRunWithoutTheNodeOnItsPathCountsAsNothing() throws {
        #expect(
            try TestQuery.answer(
                "criticality",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase) VALUES ('a', 'w', 'SUCCEEDED'), ('b', 'w', 'SUCCEEDED'), ('c', 'w', 'RUNNING');
                    INSERT INTO v_node_execution (execution, node_id, node_name, node_path) VALUES
                        ('a', 'n0', 'load', 'n0'), ('a', 'n1', NULL, 'n1'), ('b', 'n0', 'load', 'n0'), ('b', 'n1', NULL, 'n1'), ('b', 'n1-0-n0', 'fit', 'n1/n0');
                    INSERT INTO v_slack (execution, node_id, node_path, slack_s, drag_s, on_path) VALUES
                        ('a', 'n0', 'n0', 0, 4, 1), ('a', 'n1', 'n1', 3, 0, 0), ('b', 'n0', 'n0', 5, 0, 0), ('b', 'n1', 'n1', 0, 2, 1), ('b', 'n1-0-n0', 'n1/n0', 0, 2, 1);
                    INSERT INTO v_critical_path (execution, step, node_id, node_path, class, duration_s) VALUES
                        ('a', 1, 'n0', 'n0', 'queue', 2), ('a', 2, 'n0', 'n0', 'user_code', 6), ('b', 1, 'n1', 'n1', 'flyte_overhead', 1), ('b', 2, 'n1-0-n0', 'n1/n0', 'user_code', 5),
                        ('c', 1, 'n0', 'n0', 'user_code', 99);
                    """#)
                    == #"""
                    source|project|domain|workflow|node|runs|present|on_path|criticality|low|high|expected_s|expected_drag_s|slack_s|unknown|node_path
                    lab|p|d|w|load|2|2|1|0.5|0.0945312057342307|0.905468794265769|4.0|2.0|5.0|0|n0
                    lab|p|d|w|n1|2|2|1|0.5|0.0945312057342307|0.905468794265769|3.0|1.0|3.0|0|n1
                    lab|p|d|w|fit|2|1|1|0.5|0.0945312057342307|0.905468794265769|2.5|1.0|NULL|0|n1/n0

                    """#)
    }

    @Test func whatIsNotKnownIsCounted() throws {
        #expect(
            try TestQuery.answer(
                "criticality",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase) VALUES ('a', 'w', 'SUCCEEDED');
                    INSERT INTO v_node_execution (execution, node_id, spec_node_id, node_path) VALUES ('a', 'n0', 'n0', 'n0');
                    INSERT INTO v_slack (execution, node_id, node_path, slack_s, drag_s, on_path) VALUES ('a', 'n0', 'n0', NULL, NULL, 1);
                    """#)
                    == #"""
                    source|project|domain|workflow|node|runs|present|on_path|criticality|low|high|expected_s|expected_drag_s|slack_s|unknown|node_path
                    lab|p|d|w|n0|1|1|1|1.0|0.206549314377237|1.0|0.0|NULL|NULL|1|n0

                    """#)
    }

    // The second run could have done without nothing: it counts as it was.
    @Test func whatIsSavedIsOverAllRuns() throws {
        #expect(
            try TestQuery.answer(
                "what-if",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, wall_s) VALUES ('a', 'w', 'SUCCEEDED', 100), ('b', 'w', 'SUCCEEDED', 60);
                    INSERT INTO v_what_if (execution, scenario, wall_low_s, wall_high_s, wall_s) VALUES ('a', 'no_retries', 70, 70, 100), ('a', 'no_queue', 90, 98, 100);
                    """#)
                    == #"""
                    source|project|domain|workflow|scenario|runs|runs_changed|wall_s|wall_low_s|wall_high_s|saved_share
                    lab|p|d|w|no_retries|2|1|80.0|65.0|65.0|0.1875
                    lab|p|d|w|no_queue|2|1|80.0|75.0|79.0|0.0125

                    """#)
    }

    // Twice as fast: a/n0 wins 30 of its drag of 50; b/n0, which nobody saw run, between nothing and its drag of 8.
    @Test func aFasterNodeWinsNoMoreThanItsDrag() throws {
        #expect(
            try TestQuery.answer(
                "what-if-node",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, wall_s) VALUES ('a', 'w', 'SUCCEEDED', 100), ('b', 'w', 'SUCCEEDED', 100);
                    INSERT INTO v_task_execution (execution, node_id, attempt, duration_s, wall_s, had_container) VALUES
                        ('a', 'n0', 0, 30, 30, 1), ('a', 'n0', 1, 60, 62, 1), ('a', 'n1', 0, 20, 21, 1), ('b', 'n0', 0, NULL, 40, 1), ('b', 'n1', 0, 20, 21, 1);
                    INSERT INTO v_slack (execution, node_id, node_path, slack_s, drag_s, on_path) VALUES
                        ('a', 'n0', 'n0', 0, 50, 1), ('a', 'n1', 'n1', 7, 0, 0), ('b', 'n0', 'n0', 0, 8, 1), ('b', 'n1', 'n1', 0, 20, 1);
                    """#)
                    == #"""
                    source|project|domain|workflow|node_path|runs|nodes|wall_s|faster_low_s|faster_high_s|gone_s
                    lab|p|d|w|n0|2|2|100.0|81.0|85.0|71.0
                    lab|p|d|w|n1|2|2|100.0|95.0|95.0|90.0

                    """#)
    }

    @Test func tenTimesFasterWinsTheDrag() throws {
        #expect(
            try TestQuery.answer(
                "what-if-node",
                ["times": "10", "node_path": "n0"],
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, wall_s) VALUES ('a', 'w', 'SUCCEEDED', 100), ('b', 'w', 'SUCCEEDED', 100);
                    INSERT INTO v_task_execution (execution, node_id, attempt, duration_s, wall_s, had_container) VALUES
                        ('a', 'n0', 0, 30, 30, 1), ('a', 'n0', 1, 60, 62, 1), ('a', 'n1', 0, 20, 21, 1), ('b', 'n0', 0, NULL, 40, 1), ('b', 'n1', 0, 20, 21, 1);
                    INSERT INTO v_slack (execution, node_id, node_path, slack_s, drag_s, on_path) VALUES
                        ('a', 'n0', 'n0', 0, 50, 1), ('a', 'n1', 'n1', 7, 0, 0), ('b', 'n0', 'n0', 0, 8, 1), ('b', 'n1', 'n1', 0, 20, 1);
                    """#)
                    == #"""
                    source|project|domain|workflow|node_path|runs|nodes|wall_s|faster_low_s|faster_high_s|gone_s
                    lab|p|d|w|n0|2|2|100.0|71.0|75.0|71.0

                    """#)
    }
}

import Testing

/// How long things took: percentiles, slowest nodes, queues, longest executions.
@Suite struct DurationQueryTests {
    @Test func withoutCensoringAPercentileIsTheNearestRank() throws {
        #expect(
            try TestQuery.answer(
                "duration-percentiles-by-workflow",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, duration_s)
                    SELECT printf('a%03d', value), 'w', 'SUCCEEDED', value FROM generate_series(1, 100);
                    """#)
                    == #"""
                    source|project|domain|workflow|ended|unknown|censored|p50_s|p90_s|p95_s|p99_s|max_s|longest_execution
                    lab|p|d|w|100|0|0|50.0|90.0|95.0|99.0|100.0|a100

                    """#)
    }

    // S(1) = 6/7, S(3) = 6/7 · 1/2 = 3/7, and the last was cut off: the median is 3, and nobody knows the others.
    @Test func thoseCutOffCountAsLongerThanTheyTook() throws {
        #expect(
            try TestQuery.answer(
                "duration-percentiles-by-workflow",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, cause_code, duration_s) VALUES
                        ('a', 'w', 'SUCCEEDED', NULL, 1), ('b', 'w', 'ABORTED', NULL, 2), ('c', 'w', 'TIMED_OUT', NULL, 2), ('d', 'w', 'FAILED', 'Timeout', 2),
                        ('e', 'w', 'FAILED', 'RetriesExhausted|Timeout', 2), ('f', 'w', 'SUCCEEDED', NULL, 3), ('g', 'w', 'FAILED', 'ValueError', 4);
                    """#)
                    == #"""
                    source|project|domain|workflow|ended|unknown|censored|p50_s|p90_s|p95_s|p99_s|max_s|longest_execution
                    lab|p|d|w|7|0|5|3.0|NULL|NULL|NULL|4.0|g

                    """#)
    }

    @Test func aPercentileThatTooFewReachedIsNull() throws {
        #expect(
            try TestQuery.answer(
                "duration-percentiles-by-workflow",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, duration_s) VALUES
                        ('a', 'w', 'SUCCEEDED', 1), ('b', 'w', 'SUCCEEDED', 2), ('c', 'w', 'ABORTED', 3), ('d', 'v', 'ABORTED', 9);
                    """#)
                    == #"""
                    source|project|domain|workflow|ended|unknown|censored|p50_s|p90_s|p95_s|p99_s|max_s|longest_execution
                    lab|p|d|w|3|0|1|2.0|NULL|NULL|NULL|3.0|c
                    lab|p|d|v|1|0|1|NULL|NULL|NULL|NULL|9.0|d

                    """#)
    }

    @Test func unknownDurationsAreCountedAndLeftOut() throws {
        #expect(
            try TestQuery.answer(
                "duration-percentiles-by-workflow",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, duration_s) VALUES
                        ('a', 'w', 'SUCCEEDED', NULL), ('b', 'w', 'SUCCEEDED', 8), ('c', 'w', 'ABORTED', NULL), ('d', 'w', 'RUNNING', 99),
                        ('e', 'v', 'FAILED', NULL);
                    """#)
                    == #"""
                    source|project|domain|workflow|ended|unknown|censored|p50_s|p90_s|p95_s|p99_s|max_s|longest_execution
                    lab|p|d|w|3|2|0|8.0|8.0|8.0|8.0|8.0|b
                    lab|p|d|v|1|1|0|NULL|NULL|NULL|NULL|NULL|NULL

                    """#)
    }

    @Test func amongEquallyLongTheFirstByNameIsNamed() throws {
        #expect(
            try TestQuery.answer(
                "duration-percentiles-by-workflow",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, duration_s) VALUES
                        ('c', 'w', 'SUCCEEDED', 8), ('b', 'w', 'SUCCEEDED', 8), ('a', 'w', 'SUCCEEDED', 7), ('d', 'w', 'ABORTED', 8);
                    """#)
                    == #"""
                    source|project|domain|workflow|ended|unknown|censored|p50_s|p90_s|p95_s|p99_s|max_s|longest_execution
                    lab|p|d|w|4|0|1|8.0|NULL|NULL|NULL|8.0|b

                    """#)
    }

    @Test func percentilesKeepToTheirWindowAndPlace() throws {
        #expect(
            try TestQuery.answer(
                "duration-percentiles-by-workflow",
                [
                    "since": "2026-01-05", "until": "2026-01-12", "project": "p", "domain": "d",
                    "workflow": "w", "limit": "5",
                ],
                over: #"""
                    INSERT INTO v_execution (source, project, domain, name, workflow, phase, duration_s, ended_at) VALUES
                        ('east', 'p', 'd', 'a', 'w', 'SUCCEEDED', 1, '2026-01-04'), ('east', 'p', 'd', 'b', 'w', 'SUCCEEDED', 2, '2026-01-05'),
                        ('east', 'p', 'd', 'c', 'w', 'SUCCEEDED', 3, '2026-01-12'), ('west', 'p', 'd', 'b', 'w', 'SUCCEEDED', 4, '2026-01-05'),
                        ('east', 'q', 'd', 'b', 'w', 'SUCCEEDED', 5, '2026-01-05'), ('east', 'p', 'd', 'b', 'v', 'SUCCEEDED', 6, '2026-01-05');
                    """#)
                    == #"""
                    source|project|domain|workflow|ended|unknown|censored|p50_s|p90_s|p95_s|p99_s|max_s|longest_execution
                    east|p|d|w|1|0|0|2.0|2.0|2.0|2.0|2.0|b
                    west|p|d|w|1|0|0|4.0|4.0|4.0|4.0|4.0|b

                    """#)
    }

    @Test func aWeekBeginsOnMonday() throws {
        #expect(
            try TestQuery.answer(
                "duration-percentiles-by-week",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, duration_s, ended_at) VALUES
                        ('a', 'w', 'SUCCEEDED', 1, '2026-01-04T23:59:59.999999Z'), ('b', 'w', 'SUCCEEDED', 2, '2026-01-05T00:00:00.000000Z'),
                        ('c', 'w', 'SUCCEEDED', 3, '2026-01-11T12:00:00.000000Z'), ('d', 'w', 'SUCCEEDED', 4, '2026-01-12T00:00:00.000000Z'),
                        ('e', 'w', 'SUCCEEDED', NULL, '2026-01-12T00:00:00.000000Z'), ('f', 'w', 'RUNNING', 5, NULL);
                    """#)
                    == #"""
                    source|project|domain|workflow|week|executions|censored|p50_s|p90_s|p95_s|p99_s|max_s
                    lab|p|d|w|2025-12-29|1|0|1.0|1.0|1.0|1.0|1.0
                    lab|p|d|w|2026-01-05|2|0|2.0|3.0|3.0|3.0|3.0
                    lab|p|d|w|2026-01-12|1|0|4.0|4.0|4.0|4.0|4.0

                    """#)
    }

    @Test func aWeekOfAbortedOnesHasNoPercentile() throws {
        #expect(
            try TestQuery.answer(
                "duration-percentiles-by-week", ["until": "2026-01-12"],
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, duration_s, ended_at) VALUES
                        ('a', 'w', 'ABORTED', 1, '2026-01-05'), ('b', 'w', 'TIMED_OUT', 2, '2026-01-06'), ('c', 'v', 'SUCCEEDED', 3, '2026-01-05'),
                        ('d', 'v', 'FAILED', 4, '2026-01-20');
                    """#)
                    == #"""
                    source|project|domain|workflow|week|executions|censored|p50_s|p90_s|p95_s|p99_s|max_s
                    lab|p|d|v|2026-01-05|1|0|3.0|3.0|3.0|3.0|3.0
                    lab|p|d|w|2026-01-05|2|2|NULL|NULL|NULL|NULL|2.0

                    """#)
    }

    // It fails after 4 s where it took 100 s: that is not faster.
    @Test func aFailureIsCutOffToo() throws {
        #expect(
            try TestQuery.answer(
                "duration-percentiles-by-workflow",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, cause_class, duration_s) VALUES
                        ('a', 'w', 'SUCCEEDED', NULL, 100), ('b', 'w', 'FAILED', 'user', 4), ('c', 'w', 'FAILED', 'user', 4), ('d', 'w', 'SUCCEEDED', NULL, 102);
                    """#)
                    == #"""
                    source|project|domain|workflow|ended|unknown|censored|p50_s|p90_s|p95_s|p99_s|max_s|longest_execution
                    lab|p|d|w|4|0|2|100.0|102.0|102.0|102.0|102.0|d

                    """#)
    }

    // What was recovered ran only in part.
    @Test(arguments: [
        "duration-percentiles-by-workflow", "duration-percentiles-by-week", "execution-durations",
    ])
    func recoveredOnesAreLeftOut(query: String) throws {
        let answer = try TestQuery.answer(
            query,
            over: """
                INSERT INTO v_execution (name, workflow, phase, mode, duration_s) VALUES
                    ('a', 'whole', 'SUCCEEDED', 'MANUAL', 100), ('b', 'half', 'SUCCEEDED', 'RECOVERED', 4);
                """)
        #expect(answer.contains("whole") && !answer.contains("half"))
    }

    @Test func eachDurationTellsWhetherItWasCutOff() throws {
        #expect(
            try TestQuery.answer(
                "execution-durations", ["until": "2026-02-01"],
                over: #"""
                    INSERT INTO v_execution (source, name, workflow, phase, cause_code, duration_s, ended_at) VALUES
                        ('east', 'b', 'w', 'SUCCEEDED', NULL, 1, '2026-01-01'), ('east', 'a', 'w', 'ABORTED', NULL, 2, '2026-01-01'),
                        ('east', 'c', 'v', 'FAILED', 'Timeout', 3, '2026-01-01'), ('east', 'd', 'w', 'FAILED', 'OOMKilled', 4, '2026-01-01'),
                        ('east', 'e', 'w', 'RUNNING', NULL, 5, NULL), ('east', 'f', 'w', 'SUCCEEDED', NULL, NULL, '2026-01-01'),
                        ('west', 'b', 'w', 'TIMED_OUT', NULL, 6, '2026-01-01'), ('east', 'g', 'w', 'SUCCEEDED', NULL, 7, '2026-02-01');
                    """#)
                    == #"""
                    source|project|domain|workflow|execution|phase|duration_s|is_censored
                    east|p|d|v|c|FAILED|3.0|1
                    east|p|d|w|a|ABORTED|2.0|1
                    east|p|d|w|b|SUCCEEDED|1.0|0
                    east|p|d|w|d|FAILED|4.0|1
                    west|p|d|w|b|TIMED_OUT|6.0|1

                    """#)
    }

    private static let nodes = #"""
        INSERT INTO v_execution (name, workflow) VALUES ('a', 'w'), ('b', 'w'), ('c', 'w'), ('d', 'v');
        INSERT INTO v_node_execution (execution, node_id, spec_node_id, node_name, kind, phase, task, duration_s, ended_at) VALUES
            ('a', 'n0', 'n0', 'load', 'task', 'SUCCEEDED', 't', 10, '2026-01-01'), ('b', 'n0', 'n0', 'load', 'task', 'FAILED', 't', 20, '2026-01-02'),
            ('c', 'n0', 'n0', 'load', 'task', 'SUCCEEDED', 't', NULL, '2026-01-03'), ('c', 'n1', 'n1', NULL, 'task', 'RUNNING', 't', NULL, NULL),
            ('a', 'n1', 'n1', NULL, 'workflow', 'SUCCEEDED', NULL, 20, '2026-01-01'), ('a', 'fx9', NULL, NULL, 'task', 'SUCCEEDED', 'u', 5, '2026-01-01'),
            ('a', 'start-node', 'start-node', NULL, 'start', 'SUCCEEDED', NULL, 99, '2026-01-01'), ('a', 'n2', 'n2', NULL, 'gate', 'SUCCEEDED', NULL, 999, '2026-01-01'),
            ('b', 'n1', 'n1', NULL, 'workflow', 'ABORTED', NULL, 500, '2026-01-02'), ('d', 'n0', 'n0', 'load', 'task', 'SUCCEEDED', 't', NULL, '2026-01-01');
        """#

    @Test func nodesAreGroupedByTheirTemplateAndWaitsForPeopleLeftOut() throws {
        #expect(
            try TestQuery.answer(
                "slowest-nodes",
                over: Self.nodes)
                    == #"""
                    source|project|domain|workflow|node|task|runs|failed|unknown|p50_s|p90_s|max_s|total_s|slowest_execution|node_path
                    lab|p|d|w|n1|NULL|1|0|0|20.0|20.0|20.0|20.0|a|n1
                    lab|p|d|w|load|t|3|1|1|10.0|10.0|10.0|10.0|a|n0
                    lab|p|d|w|fx9|u|1|0|0|5.0|5.0|5.0|5.0|a|fx9

                    """#)
    }

    // Both run one task, and so have one name. The failed one is in no percentile.
    @Test func twoNodesOfOneNameAreTwo() throws {
        #expect(
            try TestQuery.answer(
                "slowest-nodes",
                over: #"""
                    INSERT INTO v_execution (name, workflow) VALUES ('a', 'w'), ('b', 'w');
                    INSERT INTO v_node_execution (execution, node_id, node_name, node_path, kind, phase, duration_s) VALUES
                        ('a', 'n0', 'load', 'n0', 'task', 'SUCCEEDED', 1), ('a', 'n1-0-n0', 'load', 'n1/n0', 'task', 'SUCCEEDED', 10),
                        ('b', 'n0', 'load', 'n0', 'task', 'SUCCEEDED', 3), ('b', 'fx9', 'load', 'n1/n0', 'task', 'FAILED', 0.5);
                    """#)
                    == #"""
                    source|project|domain|workflow|node|task|runs|failed|unknown|p50_s|p90_s|max_s|total_s|slowest_execution|node_path
                    lab|p|d|w|load|NULL|2|1|0|10.0|10.0|10.0|10.0|a|n1/n0
                    lab|p|d|w|load|NULL|2|0|0|1.0|3.0|3.0|4.0|b|n0

                    """#)
    }

    @Test func nodesKeepToTheirWindowAndWorkflow() throws {
        #expect(
            try TestQuery.answer(
                "slowest-nodes",
                [
                    "since": "2026-01-02", "until": "2026-01-03", "project": "p", "domain": "d",
                    "workflow": "w", "limit": "1",
                ],
                over: Self.nodes)
                    == #"""

                    """#)
    }

    @Test func theSlowestIsTheLastByDurationThenName() throws {
        #expect(
            try TestQuery.answer(
                "slowest-nodes",
                over: #"""
                    INSERT INTO v_execution (name, workflow) SELECT printf('a%02d', value), 'w' FROM generate_series(1, 10);
                    INSERT INTO v_node_execution (execution, node_id, kind, phase, duration_s)
                    SELECT printf('a%02d', value), 'n0', 'task', 'SUCCEEDED', min(value, 9) FROM generate_series(1, 10);
                    """#)
                    == #"""
                    source|project|domain|workflow|node|task|runs|failed|unknown|p50_s|p90_s|max_s|total_s|slowest_execution|node_path
                    lab|p|d|w|n0|NULL|10|0|0|5.0|9.0|9.0|54.0|a10|n0

                    """#)
    }

    @Test func theSameNamesInTwoSourcesAreTwoNodes() throws {
        #expect(
            try TestQuery.answer(
                "slowest-nodes",
                over: #"""
                    INSERT INTO v_execution (source, name, workflow) VALUES ('east', 'a', 'w'), ('west', 'a', 'w');
                    INSERT INTO v_node_execution (source, execution, node_id, kind, phase, duration_s) VALUES
                        ('east', 'a', 'n0', 'task', 'SUCCEEDED', 1), ('west', 'a', 'n0', 'task', 'SUCCEEDED', 2);
                    """#)
                    == #"""
                    source|project|domain|workflow|node|task|runs|failed|unknown|p50_s|p90_s|max_s|total_s|slowest_execution|node_path
                    west|p|d|w|n0|NULL|1|0|0|2.0|2.0|2.0|2.0|a|n0
                    east|p|d|w|n0|NULL|1|0|0|1.0|1.0|1.0|1.0|a|n0

                    """#)
    }

    private static let queues = #"""
        INSERT INTO v_task_execution (execution, node_id, attempt, task, phase, queue_s, ended_at) VALUES
            ('a', 'n0', 0, 't', 'SUCCEEDED', 4, '2026-01-01'), ('b', 'n0', 0, 't', 'SUCCEEDED', -0.5, '2026-01-01'), ('c', 'n0', 0, 't', 'FAILED', 1, '2026-01-02'),
            ('d', 'n0', 0, 't', 'ABORTED', NULL, '2026-01-03'), ('e', 'n0', 0, 't', 'QUEUED', NULL, NULL), ('f', 'n0', 0, 'u', 'FAILED', NULL, '2026-01-01'),
            ('g', 'n0', 0, 'v', 'SUCCEEDED', 4, '2026-01-01');
        """#

    @Test func attemptsThatNobodySawRunningAreCountedApart() throws {
        #expect(
            try TestQuery.answer(
                "queue-time",
                over: Self.queues)
                    == #"""
                    source|project|domain|task|attempts|never_seen_running|never_ran|mean_s|p50_s|p95_s|max_s
                    lab|p|d|t|4|1|0|1.5|1.0|4.0|4.0
                    lab|p|d|v|1|0|0|4.0|4.0|4.0|4.0
                    lab|p|d|u|1|1|0|NULL|NULL|NULL|NULL

                    """#)
    }

    // 'a' waited four hours for a node, and was aborted; 'b' needed no container.
    @Test func whatNeverHadAContainerWaitedAllItsTime() throws {
        #expect(
            try TestQuery.answer(
                "queue-time",
                over: #"""
                    INSERT INTO v_task_execution (execution, node_id, attempt, task, phase, queue_s, wall_s, had_container) VALUES
                        ('a', 'n0', 0, 't', 'ABORTED', NULL, 14400, 0), ('b', 'n0', 0, 't', 'SUCCEEDED', NULL, 3, 0), ('c', 'n0', 0, 't', 'SUCCEEDED', 2, 9, 1);
                    """#)
                    == #"""
                    source|project|domain|task|attempts|never_seen_running|never_ran|mean_s|p50_s|p95_s|max_s
                    lab|p|d|t|3|1|1|7201.0|2.0|14400.0|14400.0

                    """#)
    }

    @Test func queuesKeepToTheirWindowAndTask() throws {
        #expect(
            try TestQuery.answer(
                "queue-time",
                [
                    "since": "2026-01-02", "until": "2026-01-03", "project": "p", "domain": "d", "task": "t",
                    "limit": "1",
                ],
                over: Self.queues)
                    == #"""
                    source|project|domain|task|attempts|never_seen_running|never_ran|mean_s|p50_s|p95_s|max_s
                    lab|p|d|t|1|0|0|1.0|1.0|1.0|1.0

                    """#)
    }

    private static let longOnes = #"""
        INSERT INTO v_execution (source, name, workflow, phase, created_at, ended_at, wall_s) VALUES
            ('east', 'a', 'w', 'SUCCEEDED', '2026-01-01', '2026-01-01', 10), ('east', 'b', 'v', 'ABORTED', '2026-01-02', '2026-01-02', 30), ('east', 'c', 'w', 'RUNNING', '2026-01-01', NULL, NULL),
            ('west', 'a', 'w', 'FAILED', '2026-01-03', '2026-01-03', 10), ('east', 'd', 'w', 'SUCCEEDED', '2026-01-03', '2026-01-03', NULL);
        INSERT INTO v_critical_path (source, execution, step, class, duration_s) VALUES
            ('east', 'a', 1, 'queue', 1), ('east', 'a', 2, 'user_code', 4), ('east', 'a', 3, 'flyte_overhead', 1), ('east', 'a', 4, 'user_code', 4),
            ('east', 'b', 1, 'human_wait', 29), ('east', 'b', 2, 'retry', 1), ('west', 'a', 1, 'unexplained', 10);
        """#

    @Test func theWallTimeOfTheLongestIsSplit() throws {
        #expect(
            try TestQuery.answer(
                "longest-executions",
                over: Self.longOnes)
                    == #"""
                    source|project|domain|execution|workflow|phase|created_at|wall_s|user_code_s|queue_s|flyte_overhead_s|retry_s|human_wait_s|cache_s|child_s|unexplained_s
                    east|p|d|b|v|ABORTED|2026-01-02|30.0|NULL|NULL|NULL|1.0|29.0|NULL|NULL|NULL
                    east|p|d|a|w|SUCCEEDED|2026-01-01|10.0|8.0|1.0|1.0|NULL|NULL|NULL|NULL|NULL
                    west|p|d|a|w|FAILED|2026-01-03|10.0|NULL|NULL|NULL|NULL|NULL|NULL|NULL|10.0
                    east|p|d|d|w|SUCCEEDED|2026-01-03|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL

                    """#)
    }

    @Test func theLongestOfAWindow() throws {
        #expect(
            try TestQuery.answer(
                "longest-executions",
                [
                    "since": "2026-01-01", "until": "2026-01-02", "project": "p", "domain": "d",
                    "workflow": "w", "limit": "1",
                ],
                over: Self.longOnes)
                    == #"""
                    source|project|domain|execution|workflow|phase|created_at|wall_s|user_code_s|queue_s|flyte_overhead_s|retry_s|human_wait_s|cache_s|child_s|unexplained_s
                    east|p|d|a|w|SUCCEEDED|2026-01-01|10.0|8.0|1.0|1.0|NULL|NULL|NULL|NULL|NULL

                    """#)
    }
}

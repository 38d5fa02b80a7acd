import Testing

/// What work cost and saved: `retries`, `cache-hits`, `requested-resources`, `executions-by-input`.
@Suite struct WorkQueryTests {
    private static let retries = #"""
        INSERT INTO v_task_execution (execution, node_id, attempt, task, phase, duration_s, ended_at) VALUES
            ('a', 'n0', 0, 't', 'FAILED', 5, '2026-01-01'), ('a', 'n0', 1, 't', 'FAILED', NULL, '2026-01-01'), ('a', 'n0', 2, 't', 'SUCCEEDED', 7, '2026-01-01'),
            ('b', 'n0', 0, 't', 'FAILED', 1, '2026-01-02'), ('b', 'n0', 1, 't', 'FAILED', 2, '2026-01-02'), ('c', 'n0', 0, 't', 'SUCCEEDED', 9, '2026-01-02'),
            ('d', 'n0', 0, 'u', 'FAILED', 9, '2026-01-02'), ('e', 'n0', 0, 't', 'FAILED', 3, '2026-01-03'), ('e', 'n0', 1, 't', 'RUNNING', NULL, NULL),
            ('f', 'n0', 0, 't', 'FAILED', 4, '2026-01-02'), ('f', 'n0', 1, 't', 'SUCCEEDED', 4, '2026-01-05'), ('g', 'n0', 0, 't', 'FAILED', 8, '2026-01-05');
        INSERT INTO v_node_execution (execution, node_id, task, phase, attempt_count, ended_at) VALUES
            ('a', 'n0', 't', 'SUCCEEDED', 3, '2026-01-01'), ('b', 'n0', 't', 'FAILED', 2, '2026-01-02'), ('c', 'n0', 't', 'SUCCEEDED', 1, '2026-01-02'),
            ('d', 'n0', 'u', 'FAILED', 1, '2026-01-02'), ('e', 'n0', 't', 'RUNNING', 2, NULL), ('f', 'n0', 't', 'SUCCEEDED', 2, '2026-01-05'),
            ('g', 'n0', 't', 'ABORTED', 2, '2026-01-05'), ('h', 'n0', 't', 'SUCCEEDED', 0, '2026-01-02');
        """#

    // 'e' is being tried again and has not ended, 'h' was answered from the cache: neither counts.
    @Test func flakyIsFailedAndThenSucceeded() throws {
        #expect(
            try TestQuery.answer(
                "retries",
                over: Self.retries)
                    == #"""
                    source|project|domain|task|nodes|nodes_retried|retried_attempts|flaky|failed_in_the_end|aborted_in_the_end|failed_attempts_s
                    lab|p|d|t|5|4|5|2|1|1|20.0

                    """#)
    }

    // 'f' failed in the window, and succeeded after it: it is no failure of the window's, nor of any other.
    @Test func aNodeThatAWindowCutsInTwoCountsWhereItEnded() throws {
        #expect(
            try TestQuery.answer(
                "retries",
                [
                    "since": "2026-01-02", "until": "2026-01-03", "project": "p", "domain": "d", "task": "t",
                    "limit": "1",
                ],
                over: Self.retries)
                    == #"""
                    source|project|domain|task|nodes|nodes_retried|retried_attempts|flaky|failed_in_the_end|aborted_in_the_end|failed_attempts_s
                    lab|p|d|t|2|1|1|0|1|0|3.0

                    """#)
    }

    private static let cached = #"""
        INSERT INTO v_node_execution (execution, node_id, task, cache_status, ended_at) VALUES
            ('a', 'n0', 't', 'CACHE_HIT', '2026-01-01'), ('b', 'n0', 't', 'CACHE_POPULATED', '2026-01-02'), ('c', 'n0', 't', 'CACHE_PUT_FAILURE', '2026-01-02'),
            ('d', 'n0', 't', 'CACHE_HIT', '2026-01-03'), ('a', 'n1', 'u', 'CACHE_DISABLED', '2026-01-01'), ('a', 'n2', 'v', NULL, '2026-01-01');
        """#

    @Test func nodesWithoutACacheAreLeftOut() throws {
        #expect(
            try TestQuery.answer(
                "cache-hits",
                over: Self.cached)
                    == #"""
                    source|project|domain|task|nodes|hits|populated|others|hit_rate
                    lab|p|d|t|4|2|1|1|0.5

                    """#)
    }

    @Test func hitsKeepToWindowAndTask() throws {
        #expect(
            try TestQuery.answer(
                "cache-hits",
                [
                    "since": "2026-01-02", "until": "2026-01-03", "project": "p", "domain": "d", "task": "t",
                    "limit": "1",
                ],
                over: Self.cached)
                    == #"""
                    source|project|domain|task|nodes|hits|populated|others|hit_rate
                    lab|p|d|t|2|0|1|1|0.0

                    """#)
    }

    private static let work = #"""
        INSERT INTO v_execution (name, workflow) VALUES ('a', 'w'), ('b', 'v');
        INSERT INTO v_task_execution (execution, node_id, attempt, phase, duration_s, wall_s, cpu_request, memory_request_bytes, gpu_request, ended_at) VALUES
            ('a', 'n0', 0, 'FAILED', 3600, 3700, 2, 1073741824, NULL, '2026-01-01'), ('a', 'n0', 1, 'SUCCEEDED', 7200, 7300, 2, 1073741824, 1, '2026-01-02'),
            ('a', 'n1', 0, 'FAILED', NULL, 1800, 2, NULL, NULL, '2026-01-02'), ('b', 'n0', 0, 'ABORTED', 3600, NULL, 1, 2147483648, NULL, '2026-01-01'),
            ('b', 'n1', 0, 'SUCCEEDED', 3600, NULL, NULL, NULL, NULL, '2026-01-01'), ('b', 'n2', 0, 'RUNNING', NULL, NULL, 64, NULL, NULL, NULL),
            ('b', 'n3', 0, 'SUCCEEDED', NULL, -1, 4, NULL, NULL, '2026-01-01');
        """#

    @Test func hoursAreRequestedTimesRunAndSplitByOutcome() throws {
        #expect(
            try TestQuery.answer(
                "requested-resources",
                over: Self.work)
                    == #"""
                    source|project|domain|workflow|attempts|core_hours_low|core_hours|gib_hours_low|gib_hours|gpu_hours_low|gpu_hours|useful_core_hours|failed_core_hours|retried_core_hours|aborted_core_hours|wasted_gib_hours|unseen_core_hours|child_core_hours|attempts_without_request|attempts_without_container
                    lab|p|d|w|3|6.0|7.0|3.0|3.0|2.0|2.0|4.0|1.0|2.0|0.0|1.0|1.0|0.0|0|0
                    lab|p|d|v|3|1.0|1.0|2.0|2.0|0.0|0.0|0.0|0.0|0.0|1.0|2.0|0.0|0.0|1|0

                    """#)
    }

    @Test func aRetriedAttemptIsRetriedThoughItsSuccessorLiesOutsideTheWindow() throws {
        #expect(
            try TestQuery.answer(
                "requested-resources",
                [
                    "since": "2026-01-01", "until": "2026-01-02", "project": "p", "domain": "d",
                    "workflow": "w", "limit": "1",
                ],
                over: Self.work)
                    == #"""
                    source|project|domain|workflow|attempts|core_hours_low|core_hours|gib_hours_low|gib_hours|gpu_hours_low|gpu_hours|useful_core_hours|failed_core_hours|retried_core_hours|aborted_core_hours|wasted_gib_hours|unseen_core_hours|child_core_hours|attempts_without_request|attempts_without_container
                    lab|p|d|w|1|2.0|2.0|1.0|1.0|0.0|0.0|0.0|0.0|2.0|0.0|1.0|0.0|0.0|0|0

                    """#)
    }

    @Test func anAttemptThatIsBeingTriedAgainIsRetried() throws {
        #expect(
            try TestQuery.answer(
                "requested-resources",
                over: #"""
                    INSERT INTO v_execution (name, workflow) VALUES ('a', 'w');
                    INSERT INTO v_task_execution (execution, node_id, attempt, phase, duration_s, cpu_request, ended_at) VALUES
                        ('a', 'n0', 0, 'FAILED', 3600, 2, '2026-01-01'), ('a', 'n0', 1, 'RUNNING', NULL, 2, NULL);
                    """#)
                    == #"""
                    source|project|domain|workflow|attempts|core_hours_low|core_hours|gib_hours_low|gib_hours|gpu_hours_low|gpu_hours|useful_core_hours|failed_core_hours|retried_core_hours|aborted_core_hours|wasted_gib_hours|unseen_core_hours|child_core_hours|attempts_without_request|attempts_without_container
                    lab|p|d|w|1|2.0|2.0|0.0|0.0|0.0|0.0|0.0|0.0|2.0|0.0|0.0|0.0|0.0|0|0

                    """#)
    }

    // Of a map of 20 elements on 2 cores for an hour: 40, and at least 2. Three replicas of 4 cores: 12. Four hours without
    // a node: nothing. Never seen in half an hour on 2 cores: 1, and at least 0. An empty map: nothing.
    @Test func elementsAndReplicasCountAndWaitingDoesNot() throws {
        #expect(
            try TestQuery.answer(
                "requested-resources",
                over: #"""
                    INSERT INTO v_execution (name, workflow) VALUES ('a', 'map'), ('b', 'replicas'), ('c', 'waiting'), ('d', 'unseen'), ('e', 'empty');
                    INSERT INTO v_task_execution (execution, node_id, attempt, phase, duration_s, wall_s, cpu_request, elements, replicas, had_container) VALUES
                        ('a', 'n0', 0, 'SUCCEEDED', 3600, 3700, 2, 20, 1, 1), ('b', 'n0', 0, 'SUCCEEDED', 3600, 3700, 4, 1, 3, 1), ('c', 'n0', 0, 'ABORTED', NULL, 14400, 8, 1, 1, 0),
                        ('d', 'n0', 0, 'SUCCEEDED', NULL, 1800, 2, 1, 1, 1), ('e', 'n0', 0, 'SUCCEEDED', 3600, 3600, 2, 0, 1, 1);
                    """#)
                    == #"""
                    source|project|domain|workflow|attempts|core_hours_low|core_hours|gib_hours_low|gib_hours|gpu_hours_low|gpu_hours|useful_core_hours|failed_core_hours|retried_core_hours|aborted_core_hours|wasted_gib_hours|unseen_core_hours|child_core_hours|attempts_without_request|attempts_without_container
                    lab|p|d|map|1|2.0|40.0|0.0|0.0|0.0|0.0|40.0|0.0|0.0|0.0|0.0|0.0|0.0|0|0
                    lab|p|d|replicas|1|12.0|12.0|0.0|0.0|0.0|0.0|12.0|0.0|0.0|0.0|0.0|0.0|0.0|0|0
                    lab|p|d|unseen|1|0.0|1.0|0.0|0.0|0.0|0.0|1.0|0.0|0.0|0.0|0.0|1.0|0.0|0|0
                    lab|p|d|empty|1|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0|0
                    lab|p|d|waiting|1|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0.0|0|1

                    """#)
    }

    private static let inputs = #"""
        INSERT INTO v_execution (name, workflow, phase, duration_s, ended_at) VALUES
            ('a', 'w', 'SUCCEEDED', 2, '2026-01-01'), ('b', 'w', 'FAILED', 4, '2026-01-01'), ('c', 'w', 'ABORTED', NULL, '2026-01-02'), ('d', 'w', 'RUNNING', NULL, NULL), ('e', 'v', 'TIMED_OUT', 9, '2026-01-02');
        INSERT INTO v_literal (execution, node_id, attempt, direction, name, value_text, value_json) VALUES
            ('a', NULL, NULL, 'input', 'region', 'eu', '"eu"'), ('b', NULL, NULL, 'input', 'region', 'eu', '"eu"'), ('c', NULL, NULL, 'input', 'region', 'us', '"us"'),
            ('d', NULL, NULL, 'input', 'region', 'eu', '"eu"'), ('e', NULL, NULL, 'input', 'region', 'eu', '"eu"'), ('a', 'n0', NULL, 'input', 'region', 'eu', '"eu"'),
            ('a', NULL, NULL, 'output', 'region', 'eu', '"eu"'), ('a', NULL, NULL, 'input', 'n', NULL, '7'), ('b', NULL, NULL, 'input', 'n', NULL, '7'),
            ('c', NULL, NULL, 'input', 'n', NULL, '7'), ('a', NULL, NULL, 'input', 'big', NULL, NULL), ('b', NULL, NULL, 'input', 'big', NULL, NULL);
        """#

    @Test func valuesThatSeveralExecutionsShare() throws {
        #expect(
            try TestQuery.answer(
                "executions-by-input",
                over: Self.inputs)
                    == #"""
                    source|project|domain|workflow|input|value|executions|succeeded|failed|aborted|mean_duration_s|example
                    lab|p|d|w|n|7|3|1|1|1|2.0|c
                    lab|p|d|w|region|eu|2|1|1|0|2.0|b

                    """#)
    }

    @Test func aValueThatIsAskedForMayStandAlone() throws {
        #expect(
            try TestQuery.answer(
                "executions-by-input", ["value": "us"],
                over: Self.inputs)
                    == #"""
                    source|project|domain|workflow|input|value|executions|succeeded|failed|aborted|mean_duration_s|example
                    lab|p|d|w|region|us|1|0|0|1|NULL|c

                    """#)
    }

    @Test func aValueMayBeAskedForAsJSON() throws {
        #expect(
            try TestQuery.answer(
                "executions-by-input",
                [
                    "name": "n", "value": "7", "since": "2026-01-01", "until": "2026-01-02", "project": "p",
                    "domain": "d", "workflow": "w", "limit": "1",
                ],
                over: Self.inputs)
                    == #"""
                    source|project|domain|workflow|input|value|executions|succeeded|failed|aborted|mean_duration_s|example
                    lab|p|d|w|n|7|2|1|1|0|2.0|b

                    """#)
    }
}

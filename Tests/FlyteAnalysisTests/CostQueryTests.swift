import Testing

/// Costs, savings and waits: `cost`, `queue-by-hour`, `recovery-times`, `schedule-lateness`, `cache-savings`.
@Suite struct CostQueryTests {
    @Test func whatHasNoPriceStandsBesideWhatHas() throws {
        #expect(
            try TestQuery.answer(
                "cost",
                over: #"""
                    INSERT INTO v_execution (name, workflow, principal, cluster) VALUES ('a', 'w', 'ann', 'east'), ('b', 'v', NULL, 'west');
                    INSERT INTO v_execution_tag (execution, kind, key, value) VALUES ('a', 'label', 'team', 'blue'), ('b', 'annotation', 'team', 'red');
                    INSERT INTO v_cost (execution, node_id, attempt, task, outcome, seconds_low, seconds_high, currency, cost_low, cost, is_whole, ended_at) VALUES
                        ('a', 'n0', 0, 't', 'retried', 3600.0, 3600.0, 'EUR', 2.0, 2.0, 1, '2026-01-04T23:00:00.000000Z'), ('a', 'n0', 1, 't', 'useful', 0.0, 7200.0, 'EUR', 0.0, 4.0, 1, '2026-01-05T01:00:00.000000Z'),
                        ('a', 'n1', 0, 'u', 'useful', 3600.0, 3600.0, NULL, NULL, NULL, 0, '2026-01-05T01:00:00.000000Z'), ('b', 'n0', 0, 't', 'failed', 3600.0, 3600.0, 'EUR', 1.0, 1.0, 0, '2026-01-05T01:00:00.000000Z');
                    """#)
                    == #"""
                    source|part|currency|attempts|container_hours|cost_low|cost|useful|failed|retried|aborted|wasted|unpriced_share|partly_share
                    lab|p/d/w|EUR|2|3.0|2.0|6.0|4.0|0.0|2.0|0.0|2.0|0.0|0.0
                    lab|p/d/v|EUR|1|1.0|1.0|1.0|0.0|1.0|0.0|0.0|1.0|0.0|1.0
                    lab|p/d/w|NULL|1|1.0|NULL|NULL|NULL|NULL|NULL|NULL|NULL|1.0|0.0

                    """#)
    }

    // 4 January 2026 is a Sunday.
    @Test func costsByWeek() throws {
        #expect(
            try TestQuery.answer(
                "cost",
                ["by": "week"],
                over: #"""
                    INSERT INTO v_execution (name, workflow, principal, cluster) VALUES ('a', 'w', 'ann', 'east'), ('b', 'v', NULL, 'west');
                    INSERT INTO v_execution_tag (execution, kind, key, value) VALUES ('a', 'label', 'team', 'blue'), ('b', 'annotation', 'team', 'red');
                    INSERT INTO v_cost (execution, node_id, attempt, task, outcome, seconds_low, seconds_high, currency, cost_low, cost, is_whole, ended_at) VALUES
                        ('a', 'n0', 0, 't', 'retried', 3600.0, 3600.0, 'EUR', 2.0, 2.0, 1, '2026-01-04T23:00:00.000000Z'), ('a', 'n0', 1, 't', 'useful', 0.0, 7200.0, 'EUR', 0.0, 4.0, 1, '2026-01-05T01:00:00.000000Z'),
                        ('a', 'n1', 0, 'u', 'useful', 3600.0, 3600.0, NULL, NULL, NULL, 0, '2026-01-05T01:00:00.000000Z'), ('b', 'n0', 0, 't', 'failed', 3600.0, 3600.0, 'EUR', 1.0, 1.0, 0, '2026-01-05T01:00:00.000000Z');
                    """#)
                    == #"""
                    source|part|currency|attempts|container_hours|cost_low|cost|useful|failed|retried|aborted|wasted|unpriced_share|partly_share
                    lab|2026-01-05|EUR|2|3.0|1.0|5.0|4.0|1.0|0.0|0.0|1.0|0.0|0.333333333333333
                    lab|2025-12-29|EUR|1|1.0|2.0|2.0|0.0|0.0|2.0|0.0|2.0|0.0|0.0
                    lab|2026-01-05|NULL|1|1.0|NULL|NULL|NULL|NULL|NULL|NULL|NULL|1.0|0.0

                    """#)
    }

    @Test func costsByTheValueOfALabel() throws {
        #expect(
            try TestQuery.answer(
                "cost",
                ["by": "label:team"],
                over: #"""
                    INSERT INTO v_execution (name, workflow, principal, cluster) VALUES ('a', 'w', 'ann', 'east'), ('b', 'v', NULL, 'west');
                    INSERT INTO v_execution_tag (execution, kind, key, value) VALUES ('a', 'label', 'team', 'blue'), ('b', 'annotation', 'team', 'red');
                    INSERT INTO v_cost (execution, node_id, attempt, task, outcome, seconds_low, seconds_high, currency, cost_low, cost, is_whole, ended_at) VALUES
                        ('a', 'n0', 0, 't', 'retried', 3600.0, 3600.0, 'EUR', 2.0, 2.0, 1, '2026-01-04T23:00:00.000000Z'), ('a', 'n0', 1, 't', 'useful', 0.0, 7200.0, 'EUR', 0.0, 4.0, 1, '2026-01-05T01:00:00.000000Z'),
                        ('a', 'n1', 0, 'u', 'useful', 3600.0, 3600.0, NULL, NULL, NULL, 0, '2026-01-05T01:00:00.000000Z'), ('b', 'n0', 0, 't', 'failed', 3600.0, 3600.0, 'EUR', 1.0, 1.0, 0, '2026-01-05T01:00:00.000000Z');
                    """#)
                    == #"""
                    source|part|currency|attempts|container_hours|cost_low|cost|useful|failed|retried|aborted|wasted|unpriced_share|partly_share
                    lab|blue|EUR|2|3.0|2.0|6.0|4.0|0.0|2.0|0.0|2.0|0.0|0.0
                    lab|blue|NULL|1|1.0|NULL|NULL|NULL|NULL|NULL|NULL|NULL|1.0|0.0

                    """#)
    }

    @Test func costsByPrincipal() throws {
        #expect(
            try TestQuery.answer(
                "cost",
                ["by": "principal"],
                over: #"""
                    INSERT INTO v_execution (name, workflow, principal, cluster) VALUES ('a', 'w', 'ann', 'east'), ('b', 'v', NULL, 'west');
                    INSERT INTO v_execution_tag (execution, kind, key, value) VALUES ('a', 'label', 'team', 'blue'), ('b', 'annotation', 'team', 'red');
                    INSERT INTO v_cost (execution, node_id, attempt, task, outcome, seconds_low, seconds_high, currency, cost_low, cost, is_whole, ended_at) VALUES
                        ('a', 'n0', 0, 't', 'retried', 3600.0, 3600.0, 'EUR', 2.0, 2.0, 1, '2026-01-04T23:00:00.000000Z'), ('a', 'n0', 1, 't', 'useful', 0.0, 7200.0, 'EUR', 0.0, 4.0, 1, '2026-01-05T01:00:00.000000Z'),
                        ('a', 'n1', 0, 'u', 'useful', 3600.0, 3600.0, NULL, NULL, NULL, 0, '2026-01-05T01:00:00.000000Z'), ('b', 'n0', 0, 't', 'failed', 3600.0, 3600.0, 'EUR', 1.0, 1.0, 0, '2026-01-05T01:00:00.000000Z');
                    """#)
                    == #"""
                    source|part|currency|attempts|container_hours|cost_low|cost|useful|failed|retried|aborted|wasted|unpriced_share|partly_share
                    lab|ann|EUR|2|3.0|2.0|6.0|4.0|0.0|2.0|0.0|2.0|0.0|0.0
                    lab||EUR|1|1.0|1.0|1.0|0.0|1.0|0.0|0.0|1.0|0.0|1.0
                    lab|ann|NULL|1|1.0|NULL|NULL|NULL|NULL|NULL|NULL|NULL|1.0|0.0

                    """#)
    }

    // n0 waited 10 s for nothing that was told, 30 s for a node, 50 s for its image and 10 s more; what was said after its start is no wait.
    // b never had a container. n2, which nobody saw start, counts nothing.
    @Test func aReasonLastsUntilTheNextOrTheStart() throws {
        #expect(
            try TestQuery.answer(
                "queue-by-hour",
                over: #"""
                    INSERT INTO v_execution (name, cluster) VALUES ('a', 'east'), ('b', NULL);
                    INSERT INTO v_task_execution (execution, node_id, attempt, phase, created_at, queue_s, wall_s, had_container) VALUES
                        ('a', 'n0', 0, 'SUCCEEDED', '2026-01-01T08:00:00.000000Z', 100, 200, 1), ('a', 'n1', 0, 'SUCCEEDED', '2026-01-01T08:59:59.000000Z', -1, 9, 1),
                        ('a', 'n2', 0, 'SUCCEEDED', '2026-01-01T09:00:00.000000Z', NULL, 9, 1), ('b', 'n0', 0, 'FAILED', '2026-01-01T08:10:00.000000Z', NULL, 60, 0);
                    INSERT INTO v_reason (execution, node_id, attempt, at, reason) VALUES
                        ('a', 'n0', 0, '2026-01-01T08:00:10.000000Z', 'Unschedulable:0/3 nodes are available'), ('a', 'n0', 0, '2026-01-01T08:00:40.000000Z', 'Back-off pulling image "x"'),
                        ('a', 'n0', 0, '2026-01-01T08:01:30.000000Z', 'Started container'), ('a', 'n0', 0, '2026-01-01T08:05:00.000000Z', 'Exceeded resourcequota'),
                        ('b', 'n0', 0, '2026-01-01T08:09:00.000000Z', 'Exceeded resourcequota: x');
                    """#)
                    == #"""
                    source|cluster|hour|attempts|queue_s|mean_s|p95_s|scheduling_s|image_s|quota_s|backoff_s|other_s
                    lab|east|8|2|100.0|50.0|100.0|30.0|50.0|0.0|0.0|20.0
                    lab||8|1|60.0|60.0|60.0|0.0|0.0|60.0|0.0|0.0

                    """#)
    }

    // l was down for three hours, worked for one day, and is down again since an hour.
    @Test func anOutageEndsWithASuccess() throws {
        #expect(
            try TestQuery.answer(
                "recovery-times",
                over: #"""
                    INSERT INTO v_execution (name, launch_plan, phase, ended_at) VALUES
                        ('a1', 'l', 'SUCCEEDED', '2026-01-01T00:00:00.000000Z'), ('a2', 'l', 'FAILED', '2026-01-02T00:00:00.000000Z'), ('a3', 'l', 'ABORTED', '2026-01-02T01:00:00.000000Z'),
                        ('a4', 'l', 'TIMED_OUT', '2026-01-02T02:00:00.000000Z'), ('a5', 'l', 'SUCCEEDED', '2026-01-02T03:00:00.000000Z'), ('a6', 'l', 'SUCCEEDED', '2026-01-03T00:00:00.000000Z'),
                        ('a7', 'l', 'FAILED', '2026-01-03T03:00:00.000000Z'), ('a8', 'l', 'FAILED', '2026-01-03T04:00:00.000000Z'), ('b1', 'm', 'SUCCEEDED', '2026-01-01T00:00:00.000000Z'),
                        ('c1', 'n', 'FAILED', '2026-01-01T00:00:00.000000Z'), ('c2', 'n', 'SUCCEEDED', '2026-01-01T00:30:00.000000Z');
                    """#)
                    == #"""
                    source|project|domain|launch_plan|runs|failures|outages|mean_time_to_recovery_s|longest_s|mean_time_between_failures_s|is_down|down_s|last_outage_at
                    lab|p|d|l|7|4|2|10800.0|10800.0|86400.0|1|3600.0|2026-01-03T03:00:00.000000Z
                    lab|p|d|n|2|1|1|1800.0|1800.0|NULL|0|NULL|2026-01-01T00:00:00.000000Z

                    """#)
    }

    // An hour apart, then four: three slots are not there. The third was to begin while the second still ran.
    @Test func aLongGapIsWhereSlotsWereMissed() throws {
        #expect(
            try TestQuery.answer(
                "schedule-lateness",
                over: #"""
                    INSERT INTO v_execution (name, launch_plan, phase, scheduled_at, created_at, started_at, ended_at) VALUES
                        ('a1', 'l', 'SUCCEEDED', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:01.500000Z', '2026-01-01T00:00:03.000000Z', '2026-01-01T00:30:00.000000Z'),
                        ('a2', 'l', 'SUCCEEDED', '2026-01-01T01:00:00.000000Z', '2026-01-01T01:00:02.000000Z', '2026-01-01T01:00:04.000000Z', '2026-01-01T02:30:00.000000Z'),
                        ('a3', 'l', 'FAILED', '2026-01-01T02:00:00.000000Z', '2026-01-01T02:00:40.000000Z', NULL, '2026-01-01T02:01:00.000000Z'),
                        ('a4', 'l', 'SUCCEEDED', '2026-01-01T06:00:00.000000Z', '2026-01-01T06:00:01.000000Z', '2026-01-01T06:00:02.000000Z', '2026-01-01T06:01:00.000000Z'),
                        ('b1', 'l', 'SUCCEEDED', NULL, '2026-01-01T06:00:01.000000Z', NULL, '2026-01-01T06:01:00.000000Z');
                    """#)
                    == #"""
                    source|project|domain|launch_plan|runs|late_p50_s|late_p95_s|begin_p50_s|begin_p95_s|never_begun|overlapped|usual_gap_s|longest_gap_s|first_scheduled_at|last_scheduled_at
                    lab|p|d|l|4|1.5|40.0|3.0|4.0|1|1|3600.0|14400.0|2026-01-01T00:00:00.000000Z|2026-01-01T06:00:00.000000Z

                    """#)
    }

    // Ten runs of 60 to 69 s: the mean is 64.5, and its error 1.96 times 3.0277 / √10.
    @Test func aHitSavesTheMeanOfItsVersion() throws {
        #expect(
            try TestQuery.answer(
                "cache-savings",
                over: #"""
                    INSERT INTO v_node_execution (execution, node_id, task, task_version, phase, cache_status) VALUES
                        ('r0', 'n0', 't', '1', 'SUCCEEDED', 'CACHE_POPULATED'), ('r1', 'n0', 't', '1', 'SUCCEEDED', 'CACHE_POPULATED'), ('r2', 'n0', 't', '1', 'SUCCEEDED', 'CACHE_POPULATED'), ('r3', 'n0', 't', '1', 'SUCCEEDED', 'CACHE_POPULATED'), ('r4', 'n0', 't', '1', 'SUCCEEDED', 'CACHE_POPULATED'), ('r5', 'n0', 't', '1', 'SUCCEEDED', 'CACHE_POPULATED'), ('r6', 'n0', 't', '1', 'SUCCEEDED', 'CACHE_POPULATED'), ('r7', 'n0', 't', '1', 'SUCCEEDED', 'CACHE_POPULATED'), ('r8', 'n0', 't', '1', 'SUCCEEDED', 'CACHE_POPULATED'), ('r9', 'n0', 't', '1', 'SUCCEEDED', 'CACHE_POPULATED'),
                        ('h1', 'n0', 't', '1', 'SUCCEEDED', 'CACHE_HIT'), ('h2', 'n0', 't', '1', 'SUCCEEDED', 'CACHE_HIT'), ('h3', 'n0', 'u', '2', 'SUCCEEDED', 'CACHE_HIT'), ('h4', 'n0', 'v', '3', 'SUCCEEDED', 'CACHE_DISABLED');
                    INSERT INTO v_task_execution (execution, node_id, attempt, phase, duration_s) VALUES
                        ('r0', 'n0', 0, 'SUCCEEDED', 60), ('r1', 'n0', 0, 'SUCCEEDED', 61), ('r2', 'n0', 0, 'SUCCEEDED', 62), ('r3', 'n0', 0, 'SUCCEEDED', 63), ('r4', 'n0', 0, 'SUCCEEDED', 64), ('r5', 'n0', 0, 'SUCCEEDED', 65), ('r6', 'n0', 0, 'SUCCEEDED', 66), ('r7', 'n0', 0, 'SUCCEEDED', 67), ('r8', 'n0', 0, 'SUCCEEDED', 68), ('r9', 'n0', 0, 'SUCCEEDED', 69), ('r0', 'n0', 1, 'FAILED', 900);
                    """#)
                    == #"""
                    source|project|domain|task|hits|runs|unmeasured|saved_s|saved_low_s|saved_high_s|attempts_s
                    lab|p|d|t|2|10|0|129.0|125.24695470195|132.75304529805|645.0
                    lab|p|d|u|1|0|1|NULL|NULL|NULL|0.0

                    """#)
    }
}

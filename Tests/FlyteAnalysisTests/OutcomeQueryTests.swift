import Testing

/// How executions ended: `outcomes`, `failure-rate-by-workflow`, `failure-rate-by-task`.
@Suite struct OutcomeQueryTests {
    private static let everyPhase = #"""
        INSERT INTO v_execution (name, workflow, phase, cause_kind, cause_code, duration_s, ended_at) VALUES
            ('a', 'w', 'SUCCEEDED', NULL, NULL, 10, '2026-01-01'), ('b', 'w', 'SUCCEEDED', NULL, NULL, NULL, '2026-01-01'),
            ('c', 'w', 'FAILED', 'USER', 'ValueError', 5, '2026-01-01'), ('d', 'w', 'FAILED', 'SYSTEM', 'Internal', 5, '2026-01-01'),
            ('e', 'w', 'FAILED', NULL, NULL, 5, '2026-01-01'), ('f', 'w', 'TIMED_OUT', NULL, NULL, 60, '2026-01-01'),
            ('g', 'w', 'ABORTED', NULL, NULL, 7, '2026-01-01'), ('h', 'w', 'RUNNING', NULL, NULL, NULL, NULL),
            ('i', 'v', 'QUEUED', NULL, NULL, NULL, NULL), ('j', 'v', 'SUCCEEDING', NULL, NULL, NULL, NULL);
        """#

    @Test func runningOnesNeverCountAndAbortedOnesStandApart() throws {
        #expect(
            try TestQuery.answer(
                "outcomes",
                over: Self.everyPhase)
                    == #"""
                    ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|duration_s|workflows|failure_rate|rate_low|rate_high
                    7|2|3|1|1|1|1|1|92.0|1|0.666666666666667|0.299993315138392|0.90322858889422

                    """#)
    }

    @Test func aWorkflowThatOnlyRunsHasNoRow() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow",
                over: Self.everyPhase)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|failure_rate|rate_low|rate_high
                    lab|p|d|w|7|2|3|1|1|1|1|1|0.666666666666667|0.299993315138392|0.90322858889422

                    """#)
    }

    private static let timeOuts = #"""
        INSERT INTO v_execution (name, workflow, phase, cause_kind, cause_code) VALUES
            ('a', 'w', 'FAILED', 'USER', 'Timeout'), ('b', 'w', 'FAILED', 'USER', 'RetriesExhausted|Timeout'),
            ('c', 'w', 'FAILED', 'SYSTEM', 'Timeout'), ('d', 'w', 'FAILED', 'USER', 'TimeoutError'),
            ('e', 'w', 'FAILED', 'USER', 'timeout'), ('f', 'w', 'SUCCEEDED', NULL, 'Timeout');
        """#

    @Test func aTimeOutIsNobodysFailureWhateverItsRetriesWere() throws {
        #expect(
            try TestQuery.answer(
                "outcomes",
                over: Self.timeOuts)
                    == #"""
                    ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|duration_s|workflows|failure_rate|rate_low|rate_high
                    6|1|2|3|0|2|0|0|0.0|1|0.833333333333333|0.43649717781353|0.969946630251693

                    """#)
    }

    @Test func aTimeOutIsAClassOfItsOwnInEachWorkflow() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow",
                over: Self.timeOuts)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|failure_rate|rate_low|rate_high
                    lab|p|d|w|6|1|2|3|0|2|0|0|0.833333333333333|0.43649717781353|0.969946630251693

                    """#)
    }

    @Test func nothingEndedIsZeroAndNoRate() throws {
        #expect(
            try TestQuery.answer(
                "outcomes",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase) VALUES ('a', 'w', 'RUNNING');
                    """#)
                    == #"""
                    ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|duration_s|workflows|failure_rate|rate_low|rate_high
                    0|0|0|0|0|0|0|0|0.0|0|NULL|NULL|NULL

                    """#)
    }

    @Test func onlyAbortedOnesGiveNoRate() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase) VALUES ('a', 'w', 'ABORTED'), ('b', 'w', 'ABORTED');
                    """#)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|failure_rate|rate_low|rate_high
                    lab|p|d|w|2|0|0|0|2|0|0|0|NULL|NULL|NULL

                    """#)
    }

    // Wilson's interval of 0 and of 10 in 10; see StatisticsTests for where the figures are from.
    @Test func noFailuresIsNotARateOfExactlyZero() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase)
                    SELECT 'a' || value, 'all-well', 'SUCCEEDED' FROM generate_series(1, 10)
                    UNION ALL SELECT 'b' || value, 'none-well', 'FAILED' FROM generate_series(1, 10);
                    """#)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|failure_rate|rate_low|rate_high
                    lab|p|d|all-well|10|10|0|0|0|0|0|0|0.0|0.0|0.277532799862889
                    lab|p|d|none-well|10|0|10|0|0|0|0|10|1.0|0.722467200137111|1.0

                    """#)
    }

    private static let aroundAWeek = #"""
        INSERT INTO v_execution (name, workflow, phase, ended_at) VALUES
            ('a', 'w', 'SUCCEEDED', '2026-01-04T23:59:59.999999Z'), ('b', 'w', 'FAILED', '2026-01-05T00:00:00.000000Z'),
            ('c', 'w', 'FAILED', '2026-01-11T23:59:59.999999Z'), ('d', 'w', 'ABORTED', '2026-01-12T00:00:00.000000Z'),
            ('e', 'w', 'FAILED', NULL);
        """#

    @Test func theWindowHasItsBeginningAndNotItsEnd() throws {
        #expect(
            try TestQuery.answer(
                "outcomes", ["since": "2026-01-05T00:00:00.000000Z", "until": "2026-01-12T00:00:00.000000Z"],
                over: Self.aroundAWeek)
                    == #"""
                    ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|duration_s|workflows|failure_rate|rate_low|rate_high
                    2|0|2|0|0|0|0|2|0.0|1|1.0|0.342380227506653|1.0

                    """#)
    }

    @Test func theWindowOfAWorkflowHasItsBeginningAndNotItsEnd() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow",
                ["since": "2026-01-05T00:00:00.000000Z", "until": "2026-01-12T00:00:00.000000Z"],
                over: Self.aroundAWeek)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|failure_rate|rate_low|rate_high
                    lab|p|d|w|2|0|2|0|0|0|0|2|1.0|0.342380227506653|1.0

                    """#)
    }

    @Test func whatHasNoKnownEndIsInNoWindow() throws {
        #expect(
            try TestQuery.answer(
                "outcomes",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase, ended_at) VALUES ('a', 'w', 'FAILED', NULL), ('b', 'w', 'FAILED', '2026-01-01');
                    """#)
                    == #"""
                    ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|duration_s|workflows|failure_rate|rate_low|rate_high
                    1|0|1|0|0|0|0|1|0.0|1|1.0|0.206549314377237|1.0

                    """#)
    }

    private static let twoSources = #"""
        INSERT INTO v_execution (source, project, domain, name, workflow, phase) VALUES
            ('east', 'p', 'd', 'a', 'w', 'SUCCEEDED'), ('west', 'p', 'd', 'a', 'w', 'FAILED'),
            ('east', 'p', 'e', 'a', 'w', 'FAILED'), ('east', 'q', 'd', 'a', 'w', 'FAILED'), ('east', 'p', 'd', 'b', 'v', 'FAILED');
        """#

    @Test func theSameNamesInTwoSourcesAreTwoWorkflows() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow",
                over: Self.twoSources)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|failure_rate|rate_low|rate_high
                    east|p|d|v|1|0|1|0|0|0|0|1|1.0|0.206549314377237|1.0
                    east|p|d|w|1|1|0|0|0|0|0|0|0.0|0.0|0.793450685622763
                    east|p|e|w|1|0|1|0|0|0|0|1|1.0|0.206549314377237|1.0
                    east|q|d|w|1|0|1|0|0|0|0|1|1.0|0.206549314377237|1.0
                    west|p|d|w|1|0|1|0|0|0|0|1|1.0|0.206549314377237|1.0

                    """#)
    }

    @Test func parametersLimit() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow", ["project": "p", "domain": "d", "workflow": "w"],
                over: Self.twoSources)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|failure_rate|rate_low|rate_high
                    east|p|d|w|1|1|0|0|0|0|0|0|0.0|0.0|0.793450685622763
                    west|p|d|w|1|0|1|0|0|0|0|1|1.0|0.206549314377237|1.0

                    """#)
    }

    @Test func theLimitCutsTheList() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow", ["limit": "2"],
                over: Self.twoSources)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|failure_rate|rate_low|rate_high
                    east|p|d|v|1|0|1|0|0|0|0|1|1.0|0.206549314377237|1.0
                    east|p|d|w|1|1|0|0|0|0|0|0|0.0|0.0|0.793450685622763

                    """#)
    }

    @Test func projectAndDomainLimitTheOutcomes() throws {
        #expect(
            try TestQuery.answer(
                "outcomes", ["project": "p", "domain": "d"],
                over: Self.twoSources)
                    == #"""
                    ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|duration_s|workflows|failure_rate|rate_low|rate_high
                    3|1|2|0|0|0|0|2|0.0|2|0.666666666666667|0.207659600802048|0.938508055279604

                    """#)
    }

    @Test func hostileNamesAreNamesLikeOthers() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase) VALUES
                        ('a', '<script>', 'FAILED'), ('b', ''' OR 1=1 --', 'SUCCEEDED'), ('c', '=1+1', 'SUCCEEDED'), ('d', '日本 🦆', 'FAILED'),
                        ('e', '', 'SUCCEEDED');
                    """#)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|failure_rate|rate_low|rate_high
                    lab|p|d||1|1|0|0|0|0|0|0|0.0|0.0|0.793450685622763
                    lab|p|d|' OR 1=1 --|1|1|0|0|0|0|0|0|0.0|0.0|0.793450685622763
                    lab|p|d|<script>|1|0|1|0|0|0|0|1|1.0|0.206549314377237|1.0
                    lab|p|d|=1+1|1|1|0|0|0|0|0|0|0.0|0.0|0.793450685622763
                    lab|p|d|日本 🦆|1|0|1|0|0|0|0|1|1.0|0.206549314377237|1.0

                    """#)
    }

    @Test func aHostileParameterIsOnlyAName() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow", ["workflow": "' OR 1=1 --"],
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase) VALUES ('a', 'w', 'FAILED'), ('b', ''' OR 1=1 --', 'SUCCEEDED');
                    """#)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|other_failures|failure_rate|rate_low|rate_high
                    lab|p|d|' OR 1=1 --|1|1|0|0|0|0|0|0|0.0|0.0|0.793450685622763

                    """#)
    }

    private static let attempts = #"""
        INSERT INTO v_task_execution (execution, node_id, attempt, task, phase, error_kind, ended_at) VALUES
            ('a', 'n0', 0, 'load', 'FAILED', 'SYSTEM', '2026-01-01'), ('a', 'n0', 1, 'load', 'SUCCEEDED', NULL, '2026-01-02'),
            ('b', 'n0', 0, 'load', 'FAILED', 'USER', '2026-01-03'), ('b', 'n1', 0, 'fit', 'ABORTED', NULL, '2026-01-03'),
            ('c', 'n0', 0, 'load', 'RUNNING', NULL, NULL), ('c', 'n1', 0, 'fit', 'QUEUED', NULL, NULL),
            ('d', 'n0', 0, 'page', 'FAILED', 'UNKNOWN', '2026-01-03'), ('d', 'n1', 0, 'page', 'FAILED', NULL, '2026-01-03');
        """#

    @Test func everyAttemptOfATaskCounts() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-task",
                over: Self.attempts)
                    == #"""
                    source|project|domain|task|attempts|succeeded|failed|aborted|user_failures|system_failures|failure_rate|rate_low|rate_high
                    lab|p|d|page|2|0|2|0|0|0|1.0|0.342380227506653|1.0
                    lab|p|d|load|3|1|2|0|1|1|0.666666666666667|0.207659600802048|0.938508055279604
                    lab|p|d|fit|1|0|0|1|0|0|NULL|NULL|NULL

                    """#)
    }

    @Test func anAttemptCountsWhereItEnded() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-task", ["since": "2026-01-02", "until": "2026-01-03"],
                over: Self.attempts)
                    == #"""
                    source|project|domain|task|attempts|succeeded|failed|aborted|user_failures|system_failures|failure_rate|rate_low|rate_high
                    lab|p|d|load|1|1|0|0|0|0|0.0|0.0|0.793450685622763

                    """#)
    }

    @Test func oneTaskIsAskedFor() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-task", ["task": "load", "project": "p", "domain": "d"],
                over: Self.attempts)
                    == #"""
                    source|project|domain|task|attempts|succeeded|failed|aborted|user_failures|system_failures|failure_rate|rate_low|rate_high
                    lab|p|d|load|3|1|2|0|1|1|0.666666666666667|0.207659600802048|0.938508055279604

                    """#)
    }

    // The lower bound orders: one failure of one proves less than twenty of forty.
    @Test func fewFailuresOfManyWeighLessThanManyOfMany() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-task",
                over: #"""
                    INSERT INTO v_task_execution (execution, node_id, attempt, task, phase)
                    SELECT 'a' || value, 'n0', 0, 'once-of-one', 'FAILED' FROM generate_series(1, 1)
                    UNION ALL SELECT 'b' || value, 'n0', 0, 'half-of-forty', iif(value % 2, 'FAILED', 'SUCCEEDED') FROM generate_series(1, 40);
                    """#)
                    == #"""
                    source|project|domain|task|attempts|succeeded|failed|aborted|user_failures|system_failures|failure_rate|rate_low|rate_high
                    lab|p|d|half-of-forty|40|20|20|0|0|0|0.5|0.351995269334654|0.648004730665346
                    lab|p|d|once-of-one|1|0|1|0|0|0|1.0|0.206549314377237|1.0

                    """#)
    }
}

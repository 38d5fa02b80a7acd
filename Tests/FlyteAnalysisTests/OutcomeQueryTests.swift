import Testing

/// How executions ended: `outcomes`, `failure-rate-by-workflow`, `failure-rate-by-task`.
@Suite struct OutcomeQueryTests {
    private static let everyPhase = #"""
        INSERT INTO v_execution (name, workflow, phase, cause_class, duration_s, ended_at) VALUES
            ('a', 'w', 'SUCCEEDED', NULL, 10, '2026-01-01'), ('b', 'w', 'SUCCEEDED', NULL, NULL, '2026-01-01'),
            ('c', 'w', 'FAILED', 'user', 5, '2026-01-01'), ('d', 'w', 'FAILED', 'system', 5, '2026-01-01'),
            ('e', 'w', 'FAILED', 'unknown', 5, '2026-01-01'), ('f', 'w', 'TIMED_OUT', 'timeout', 60, '2026-01-01'),
            ('g', 'w', 'ABORTED', NULL, 7, '2026-01-01'), ('h', 'w', 'RUNNING', NULL, NULL, NULL),
            ('i', 'v', 'QUEUED', NULL, NULL, NULL), ('j', 'v', 'SUCCEEDING', NULL, NULL, NULL);
        """#

    @Test func runningOnesNeverCountAndAbortedOnesStandApart() throws {
        #expect(
            try TestQuery.answer(
                "outcomes",
                over: Self.everyPhase)
                    == #"""
                    source|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|duration_s|workflows|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    lab|7|2|3|1|1|1|1|0|1|92.0|1|0.666666666666667|0.299993315138392|0.90322858889422|0.142857142857143|0.0256796243447435|0.513127829274319

                    """#)
    }

    @Test func aWorkflowThatOnlyRunsHasNoRow() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow",
                over: Self.everyPhase)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    lab|p|d|w|7|2|3|1|1|1|1|0|1|0.666666666666667|0.299993315138392|0.90322858889422|0.142857142857143|0.0256796243447435|0.513127829274319

                    """#)
    }

    private static let timeOuts = #"""
        INSERT INTO v_execution (name, workflow, phase, cause_class) VALUES
            ('a', 'w', 'FAILED', 'timeout'), ('b', 'w', 'TIMED_OUT', 'timeout'), ('c', 'w', 'FAILED', 'rejected'),
            ('d', 'w', 'FAILED', 'user'), ('e', 'w', 'FAILED', 'user'), ('f', 'w', 'SUCCEEDED', NULL);
        """#

    @Test func aTimeOutIsNobodysFailureWhateverItsPhase() throws {
        #expect(
            try TestQuery.answer(
                "outcomes",
                over: Self.timeOuts)
                    == #"""
                    source|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|duration_s|workflows|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    lab|6|1|3|2|0|2|0|1|0|0.0|1|0.833333333333333|0.43649717781353|0.969946630251693|0.0|0.0|0.390334287902165

                    """#)
    }

    @Test func aTimeOutIsAClassOfItsOwnInEachWorkflow() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow",
                over: Self.timeOuts)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    lab|p|d|w|6|1|3|2|0|2|0|1|0|0.833333333333333|0.43649717781353|0.969946630251693|0.0|0.0|0.390334287902165

                    """#)
    }

    @Test func nothingEndedIsNoRow() throws {
        #expect(
            try TestQuery.answer(
                "outcomes",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase) VALUES ('a', 'w', 'RUNNING');
                    """#)
                    == #"""

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
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    lab|p|d|w|2|0|0|0|2|0|0|0|0|NULL|NULL|NULL|1.0|0.342380227506653|1.0

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
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    lab|p|d|all-well|10|10|0|0|0|0|0|0|0|0.0|0.0|0.277532799862889|0.0|0.0|0.277532799862889
                    lab|p|d|none-well|10|0|10|0|0|0|0|0|10|1.0|0.722467200137111|1.0|0.0|0.0|0.277532799862889

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
                    source|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|duration_s|workflows|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    lab|2|0|2|0|0|0|0|0|2|0.0|1|1.0|0.342380227506653|1.0|0.0|0.0|0.657619772493347

                    """#)
    }

    @Test func theWindowOfAWorkflowHasItsBeginningAndNotItsEnd() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow",
                ["since": "2026-01-05T00:00:00.000000Z", "until": "2026-01-12T00:00:00.000000Z"],
                over: Self.aroundAWeek)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    lab|p|d|w|2|0|2|0|0|0|0|0|2|1.0|0.342380227506653|1.0|0.0|0.0|0.657619772493347

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
                    source|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|duration_s|workflows|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    lab|1|0|1|0|0|0|0|0|1|0.0|1|1.0|0.206549314377237|1.0|0.0|0.0|0.793450685622763

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
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    east|p|d|v|1|0|1|0|0|0|0|0|1|1.0|0.206549314377237|1.0|0.0|0.0|0.793450685622763
                    east|p|d|w|1|1|0|0|0|0|0|0|0|0.0|0.0|0.793450685622763|0.0|0.0|0.793450685622763
                    east|p|e|w|1|0|1|0|0|0|0|0|1|1.0|0.206549314377237|1.0|0.0|0.0|0.793450685622763
                    east|q|d|w|1|0|1|0|0|0|0|0|1|1.0|0.206549314377237|1.0|0.0|0.0|0.793450685622763
                    west|p|d|w|1|0|1|0|0|0|0|0|1|1.0|0.206549314377237|1.0|0.0|0.0|0.793450685622763

                    """#)
    }

    @Test func parametersLimit() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow", ["project": "p", "domain": "d", "workflow": "w"],
                over: Self.twoSources)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    east|p|d|w|1|1|0|0|0|0|0|0|0|0.0|0.0|0.793450685622763|0.0|0.0|0.793450685622763
                    west|p|d|w|1|0|1|0|0|0|0|0|1|1.0|0.206549314377237|1.0|0.0|0.0|0.793450685622763

                    """#)
    }

    @Test func theLimitCutsTheList() throws {
        #expect(
            try TestQuery.answer(
                "failure-rate-by-workflow", ["limit": "2"],
                over: Self.twoSources)
                    == #"""
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    east|p|d|v|1|0|1|0|0|0|0|0|1|1.0|0.206549314377237|1.0|0.0|0.0|0.793450685622763
                    east|p|d|w|1|1|0|0|0|0|0|0|0|0.0|0.0|0.793450685622763|0.0|0.0|0.793450685622763

                    """#)
    }

    @Test func projectAndDomainLimitTheOutcomes() throws {
        #expect(
            try TestQuery.answer(
                "outcomes", ["project": "p", "domain": "d"],
                over: Self.twoSources)
                    == #"""
                    source|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|duration_s|workflows|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    east|2|1|1|0|0|0|0|0|1|0.0|2|0.5|0.0945312057342307|0.905468794265769|0.0|0.0|0.657619772493347
                    west|1|0|1|0|0|0|0|0|1|0.0|1|1.0|0.206549314377237|1.0|0.0|0.0|0.793450685622763

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
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    lab|p|d||1|1|0|0|0|0|0|0|0|0.0|0.0|0.793450685622763|0.0|0.0|0.793450685622763
                    lab|p|d|' OR 1=1 --|1|1|0|0|0|0|0|0|0|0.0|0.0|0.793450685622763|0.0|0.0|0.793450685622763
                    lab|p|d|<script>|1|0|1|0|0|0|0|0|1|1.0|0.206549314377237|1.0|0.0|0.0|0.793450685622763
                    lab|p|d|=1+1|1|1|0|0|0|0|0|0|0|0.0|0.0|0.793450685622763|0.0|0.0|0.793450685622763
                    lab|p|d|日本 🦆|1|0|1|0|0|0|0|0|1|1.0|0.206549314377237|1.0|0.0|0.0|0.793450685622763

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
                    source|project|domain|workflow|ended|succeeded|failed|timed_out|aborted|user_failures|system_failures|rejected_failures|other_failures|failure_rate|rate_low|rate_high|aborted_rate|aborted_low|aborted_high
                    lab|p|d|' OR 1=1 --|1|1|0|0|0|0|0|0|0|0.0|0.0|0.793450685622763|0.0|0.0|0.793450685622763

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

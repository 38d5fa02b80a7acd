import Testing

/// What the archive holds and lacks: `coverage`, `harvests`, `problems`, `withheld`, `open-executions`.
@Suite struct JournalQueryTests {
    private static let covered = #"""
        INSERT INTO v_execution (source, project, domain, name, phase, is_complete, created_at) VALUES
            ('east', 'p', 'd', 'a', 'SUCCEEDED', 1, '2026-01-01'), ('east', 'p', 'd', 'b', 'RUNNING', 1, '2026-01-02'), ('east', 'p', 'd', 'c', 'FAILED', 0, '2026-01-03'),
            ('east', 'p', 'e', 'a', 'ABORTED', 1, '2026-01-01'), ('west', 'p', 'd', 'c', 'TIMED_OUT', 1, '2026-01-03');
        INSERT INTO v_capture (source, project, domain, execution, field, state) VALUES
            ('east', 'p', 'd', 'c', 'inputs', 'missing'), ('east', 'p', 'd', 'c', 'outputs', 'too_large');
        INSERT INTO v_problem (source, project, domain, execution, route, resolved_at) VALUES
            ('east', 'p', 'd', 'z', '/a', NULL), ('east', 'p', 'd', 'z', '/b', '2026-01-02'), ('east', NULL, NULL, NULL, '/c', NULL);
        """#

    @Test func gapsAndProblemsAreToldByPlace() throws {
        #expect(
            try TestQuery.answer(
                "coverage",
                over: Self.covered)
                    == #"""
                    source|project|domain|executions|open|incomplete|withheld|problems|first_created_at|last_created_at|children
                    east|NULL|NULL|0|0|0|0|1|NULL|NULL|0
                    east|p|d|3|1|1|2|1|2026-01-01|2026-01-03|0
                    east|p|e|1|0|0|0|0|2026-01-01|2026-01-01|0
                    west|p|d|1|0|0|0|0|2026-01-03|2026-01-03|0

                    """#)
    }

    @Test func aPlaceWithNothingButProblemsIsToldToo() throws {
        #expect(
            try TestQuery.answer(
                "coverage",
                over: #"""
                    INSERT INTO v_problem (project, domain, execution, route, resolved_at) VALUES
                        ('p', 'd', 'a', '/a', NULL), ('p', 'd', 'b', '/a', NULL), ('q', 'd', 'a', '/a', '2026-01-02'), (NULL, NULL, NULL, '/c', NULL);
                    """#)
                    == #"""
                    source|project|domain|executions|open|incomplete|withheld|problems|first_created_at|last_created_at|children
                    lab|NULL|NULL|0|0|0|0|1|NULL|NULL|0
                    lab|p|d|0|0|0|0|2|NULL|NULL|0

                    """#)
    }

    @Test func coverageIsByCreation() throws {
        #expect(
            try TestQuery.answer(
                "coverage", ["since": "2026-01-01", "until": "2026-01-03", "project": "p", "domain": "d"],
                over: Self.covered)
                    == #"""
                    source|project|domain|executions|open|incomplete|withheld|problems|first_created_at|last_created_at|children
                    east|p|d|2|1|0|0|1|2026-01-01|2026-01-02|0

                    """#)
    }

    private static let harvests = #"""
        INSERT INTO v_harvest (source, harvest_id, started_at, ended_at, outcome, requests, bytes_in, executions_new, executions_updated, problems, tool_version, reason) VALUES
            ('east', 1, '2026-01-01', '2026-01-01', 'done', 9, 99, 3, 0, 0, '1', NULL), ('west', 2, '2026-01-02', NULL, NULL, 0, 0, 0, 0, 0, '1', NULL), ('east', 3, '2026-01-03', '2026-01-03', 'problems', 5, 50, 1, 2, 1, '1', NULL), ('west', 4, '2026-01-04', '2026-01-04', 'failed', 2, 0, 0, 0, 0, '1', 'nobody there');
        """#

    @Test func theLastHarvestComesFirst() throws {
        #expect(
            try TestQuery.answer(
                "harvests",
                over: Self.harvests)
                    == #"""
                    source|harvest_id|started_at|ended_at|outcome|requests|bytes_in|executions_new|executions_updated|problems|tool_version|reason
                    west|4|2026-01-04|2026-01-04|failed|2|0|0|0|0|1|nobody there
                    east|3|2026-01-03|2026-01-03|problems|5|50|1|2|1|1|NULL
                    west|2|2026-01-02|NULL|NULL|0|0|0|0|0|1|NULL
                    east|1|2026-01-01|2026-01-01|done|9|99|3|0|0|1|NULL

                    """#)
    }

    @Test func theLimitCutsTheHarvests() throws {
        #expect(
            try TestQuery.answer(
                "harvests", ["limit": "1"],
                over: Self.harvests)
                    == #"""
                    source|harvest_id|started_at|ended_at|outcome|requests|bytes_in|executions_new|executions_updated|problems|tool_version|reason
                    west|4|2026-01-04|2026-01-04|failed|2|0|0|0|0|1|nobody there

                    """#)
    }

    private static let problems = #"""
        INSERT INTO v_problem (project, domain, execution, route, status, message, tries, first_seen_at, last_seen_at, resolved_at) VALUES
            ('p', 'd', 'a', '/a', 503, 'busy', 3, '2026-01-01', '2026-01-03', NULL), ('p', 'd', 'b', '/b', 404, 'gone', 1, '2026-01-01', '2026-01-02', '2026-01-03'),
            (NULL, NULL, NULL, '/c', NULL, 'refused', 1, '2026-01-03', '2026-01-03', NULL);
        """#

    @Test func problemsThatWereMadeGoodAreGone() throws {
        #expect(
            try TestQuery.answer(
                "problems",
                over: Self.problems)
                    == #"""
                    source|project|domain|execution|route|status|message|tries|first_seen_at|last_seen_at
                    lab|NULL|NULL|NULL|/c|NULL|refused|1|2026-01-03|2026-01-03
                    lab|p|d|a|/a|503|busy|3|2026-01-01|2026-01-03

                    """#)
    }

    @Test func theLimitCutsTheProblems() throws {
        #expect(
            try TestQuery.answer(
                "problems", ["limit": "1"],
                over: Self.problems)
                    == #"""
                    source|project|domain|execution|route|status|message|tries|first_seen_at|last_seen_at
                    lab|NULL|NULL|NULL|/c|NULL|refused|1|2026-01-03|2026-01-03

                    """#)
    }

    private static let gaps = #"""
        INSERT INTO v_execution (name, created_at) VALUES ('a', '2026-01-01'), ('b', '2026-01-02');
        INSERT INTO v_capture (execution, node_id, attempt, field, state, detail, seen_at) VALUES
            ('a', 'n0', 0, 'outputs', 'missing', 'not found', '2026-01-03'), ('a', NULL, NULL, 'inputs', 'too_large', '4 MiB', '2026-01-03'), ('b', 'n1', NULL, 'data', 'unreadable', '<i>', '2026-01-03');
        """#

    @Test func whatIsMissingOfTheLatestComesFirst() throws {
        #expect(
            try TestQuery.answer(
                "withheld",
                over: Self.gaps)
                    == #"""
                    source|project|domain|execution|node_id|attempt|field|state|detail|seen_at
                    lab|p|d|b|n1|NULL|data|unreadable|<i>|2026-01-03
                    lab|p|d|a|NULL|NULL|inputs|too_large|4 MiB|2026-01-03
                    lab|p|d|a|n0|0|outputs|missing|not found|2026-01-03

                    """#)
    }

    @Test func whatIsMissingOfOneExecution() throws {
        #expect(
            try TestQuery.answer(
                "withheld", ["execution": "a", "project": "p", "domain": "d", "limit": "1"],
                over: Self.gaps)
                    == #"""
                    source|project|domain|execution|node_id|attempt|field|state|detail|seen_at
                    lab|p|d|a|NULL|NULL|inputs|too_large|4 MiB|2026-01-03

                    """#)
    }

    private static let openOnes = #"""
        INSERT INTO v_execution (source, name, workflow, phase, principal, created_at, started_at) VALUES
            ('east', 'b', 'w', 'RUNNING', 'ada', '2026-01-02', '2026-01-02'), ('east', 'a', 'v', 'QUEUED', NULL, '2026-01-01', NULL), ('east', 'c', 'w', 'SUCCEEDED', 'ada', '2026-01-01', '2026-01-01'),
            ('west', 'b', 'w', 'FAILING', 'ada', '2026-01-02', '2026-01-02');
        INSERT INTO v_node_execution (source, execution, node_id, spec_node_id, node_name, kind, phase, created_at) VALUES
            ('east', 'b', 'n1', 'n1', NULL, 'gate', 'RUNNING', '2026-01-02T02'), ('east', 'b', 'n0', 'n0', 'load', 'task', 'QUEUED', '2026-01-02T01'), ('east', 'b', 'n2', 'n2', NULL, 'task', 'SUCCEEDED', '2026-01-02'),
            ('east', 'b', 'n3', 'n3', NULL, 'unknown', 'RUNNING', '2026-01-02'), ('west', 'b', 'n0', 'n0', NULL, 'task', 'FAILING', '2026-01-02');
        """#

    @Test func openExecutionsTellWhatTheyWaitFor() throws {
        #expect(
            try TestQuery.answer(
                "open-executions",
                over: Self.openOnes)
                    == #"""
                    source|project|domain|execution|workflow|phase|principal|created_at|started_at|open_nodes|parent_execution
                    east|p|d|a|v|QUEUED|NULL|2026-01-01|NULL|NULL|NULL
                    east|p|d|b|w|RUNNING|ada|2026-01-02|2026-01-02|load (QUEUED), n1 (RUNNING)|NULL
                    west|p|d|b|w|FAILING|ada|2026-01-02|2026-01-02|n0 (FAILING)|NULL

                    """#)
    }

    @Test func openExecutionsOfOneWorkflow() throws {
        #expect(
            try TestQuery.answer(
                "open-executions", ["project": "p", "domain": "d", "workflow": "w", "limit": "1"],
                over: Self.openOnes)
                    == #"""
                    source|project|domain|execution|workflow|phase|principal|created_at|started_at|open_nodes|parent_execution
                    east|p|d|b|w|RUNNING|ada|2026-01-02|2026-01-02|load (QUEUED), n1 (RUNNING)|NULL

                    """#)
    }

    /// One that moved, one that did not, an abort that hangs, and what has ended.
    private static let stillOnes = #"""
        INSERT INTO v_harvest (source, started_at, outcome) VALUES
            ('east', '2026-02-01T00:00:00.000000Z', 'problems'), ('east', '2026-01-01T00:00:00.000000Z', 'done'),
            ('east', '2026-03-01T00:00:00.000000Z', 'failed'), ('east', '2026-03-02T00:00:00.000000Z', NULL);
        INSERT INTO v_execution (source, project, domain, name, workflow, phase, created_at, started_at) VALUES
            ('east', 'p', 'd', 'moved', 'w', 'RUNNING', '2025-11-01T00:00:00.000000Z', '2025-11-01T00:00:00.000000Z'),
            ('east', 'p', 'd', 'still', 'w', 'RUNNING', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z'),
            ('east', 'p', 'd', 'queued', 'w', 'QUEUED', '2026-01-20T00:00:00.000000Z', NULL),
            ('east', 'p', 'd', 'aborting', 'w', 'ABORTING', '2026-01-30T00:00:00.000000Z', NULL),
            ('east', 'p', 'd', 'ended', 'w', 'ABORTED', '2025-11-01T00:00:00.000000Z', NULL);
        INSERT INTO v_node_execution (source, project, domain, execution, node_id, phase, created_at, started_at) VALUES
            ('east', 'p', 'd', 'moved', 'n0', 'RUNNING', '2025-11-01T00:00:00.000000Z', NULL),
            ('east', 'p', 'd', 'still', 'n0', 'RUNNING', '2026-01-01T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z');
        INSERT INTO v_task_execution (source, project, domain, execution, node_id, attempt, created_at) VALUES
            ('east', 'p', 'd', 'moved', 'n0', 3, '2026-01-31T00:00:00.000000Z');
        """#

    @Test func zombiesAreOpenAndDoNotMove() throws {
        #expect(
            try TestQuery.answer("zombies", over: Self.stillOnes)
                == #"""
                source|project|domain|execution|workflow|phase|principal|created_at|last_moved_at|still_days
                east|p|d|still|w|RUNNING|NULL|2026-01-01T00:00:00.000000Z|2026-01-02T00:00:00.000000Z|30.0
                east|p|d|aborting|w|ABORTING|NULL|2026-01-30T00:00:00.000000Z|2026-01-30T00:00:00.000000Z|2.0

                """#)
        #expect(
            try TestQuery.answer("zombies", ["days": "1", "limit": "3"], over: Self.stillOnes)
                .contains("|queued|"))
    }
}

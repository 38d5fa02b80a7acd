import Testing

/// What decides how long it takes: `critical-nodes`, `time-by-class`, `spans-by-operation`.
@Suite struct PathQueryTests {
    private static let paths = #"""
        INSERT INTO v_execution (name, workflow, phase, ended_at) VALUES
            ('a', 'w', 'SUCCEEDED', '2026-01-01'), ('b', 'w', 'FAILED', '2026-01-02'), ('c', 'w', 'RUNNING', NULL), ('d', 'v', 'ABORTED', '2026-01-03');
        INSERT INTO v_node_execution (execution, node_id, spec_node_id, node_name) VALUES
            ('a', 'n0', 'n0', 'load'), ('a', 'n1', 'n1', NULL), ('b', 'n0', 'n0', 'load'), ('d', 'n0', 'n0', NULL);
        INSERT INTO v_critical_path (execution, step, node_id, class, duration_s) VALUES
            ('a', 1, NULL, 'flyte_overhead', 1), ('a', 2, 'n0', 'queue', 2), ('a', 3, 'n0', 'user_code', 6), ('a', 4, 'n1', 'user_code', 8),
            ('b', 1, 'n0', 'retry', 3), ('c', 1, 'n0', 'user_code', 99), ('d', 1, 'n0', 'human_wait', 11);
        """#

    @Test func aNodesShareIsOverExecutionsWithAPath() throws {
        #expect(
            try TestQuery.answer(
                "critical-nodes",
                over: Self.paths)
                    == #"""
                    source|project|domain|workflow|node|executions|on_path|criticality|mean_s|total_s|node_path
                    lab|p|d|v|n0|1|1|1.0|11.0|11.0|n0
                    lab|p|d|w|load|2|2|1.0|5.5|11.0|n0
                    lab|p|d|w|n1|2|1|0.5|8.0|8.0|n1

                    """#)
    }

    @Test func nodesOnPathsKeepToWindowAndWorkflow() throws {
        #expect(
            try TestQuery.answer(
                "critical-nodes",
                [
                    "since": "2026-01-01", "until": "2026-01-02", "project": "p", "domain": "d",
                    "workflow": "w", "limit": "1",
                ],
                over: Self.paths)
                    == #"""
                    source|project|domain|workflow|node|executions|on_path|criticality|mean_s|total_s|node_path
                    lab|p|d|w|load|1|1|1.0|8.0|8.0|n0

                    """#)
    }

    @Test func theSharesSumToOne() throws {
        #expect(
            try TestQuery.answer(
                "time-by-class",
                over: Self.paths)
                    == #"""
                    source|class|total_s|share|executions|unseen_share
                    lab|user_code|14.0|0.451612903225806|1|0.0
                    lab|human_wait|11.0|0.354838709677419|1|NULL
                    lab|retry|3.0|0.0967741935483871|1|NULL
                    lab|queue|2.0|0.0645161290322581|1|NULL
                    lab|flyte_overhead|1.0|0.032258064516129|1|NULL

                    """#)
    }

    @Test func classesKeepToWindowAndWorkflow() throws {
        #expect(
            try TestQuery.answer(
                "time-by-class",
                [
                    "since": "2026-01-02", "until": "2026-01-03", "project": "p", "domain": "d",
                    "workflow": "w",
                ],
                over: Self.paths)
                    == #"""
                    source|class|total_s|share|executions|unseen_share
                    lab|retry|3.0|1.0|1|NULL

                    """#)
    }

    @Test func theSamePathInTwoSourcesIsTwo() throws {
        #expect(
            try TestQuery.answer(
                "time-by-class",
                over: #"""
                    INSERT INTO v_execution (source, name, workflow, phase) VALUES ('east', 'a', 'w', 'SUCCEEDED'), ('west', 'a', 'w', 'SUCCEEDED');
                    INSERT INTO v_critical_path (source, execution, step, class, duration_s) VALUES ('east', 'a', 1, 'queue', 1), ('west', 'a', 1, 'queue', 2);
                    """#)
                    == #"""
                    source|class|total_s|share|executions|unseen_share
                    west|queue|2.0|1.0|1|NULL
                    east|queue|1.0|1.0|1|NULL

                    """#)
    }

    @Test func noTimeAtAllHasNoShare() throws {
        #expect(
            try TestQuery.answer(
                "time-by-class",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase) VALUES ('a', 'w', 'SUCCEEDED');
                    INSERT INTO v_critical_path (execution, step, class, duration_s) VALUES ('a', 1, 'queue', 0);
                    """#)
                    == #"""
                    source|class|total_s|share|executions|unseen_share
                    lab|queue|0.0|NULL|1|NULL

                    """#)
    }

    // Both run one task, and so have one name; the second lies in a sub-workflow.
    @Test func twoNodesOfOneNameAreTwo() throws {
        #expect(
            try TestQuery.answer(
                "critical-nodes",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase) VALUES ('a', 'w', 'SUCCEEDED'), ('b', 'w', 'SUCCEEDED');
                    INSERT INTO v_node_execution (execution, node_id, node_name, node_path) VALUES
                        ('a', 'n0', 'load', 'n0'), ('a', 'n1-0-n0', 'load', 'n1/n0'), ('b', 'n0', 'load', 'n0'), ('b', 'fx9', 'load', 'n1/n0');
                    INSERT INTO v_critical_path (execution, step, node_id, node_path, class, duration_s) VALUES
                        ('a', 1, 'n0', 'n0', 'user_code', 1), ('a', 2, 'n1-0-n0', 'n1/n0', 'user_code', 10), ('b', 1, 'n0', 'n0', 'user_code', 3), ('b', 2, 'fx9', 'n1/n0', 'user_code', 30);
                    """#)
                    == #"""
                    source|project|domain|workflow|node|executions|on_path|criticality|mean_s|total_s|node_path
                    lab|p|d|w|load|2|2|1.0|20.0|40.0|n1/n0
                    lab|p|d|w|load|2|2|1.0|2.0|4.0|n0

                    """#)
    }

    @Test func theUnseenShareOfUserCodeStandsBesideIt() throws {
        #expect(
            try TestQuery.answer(
                "time-by-class",
                over: #"""
                    INSERT INTO v_execution (name, workflow, phase) VALUES ('a', 'w', 'SUCCEEDED');
                    INSERT INTO v_task_execution (execution, node_id, attempt, phase, duration_s) VALUES ('a', 'n0', 0, 'SUCCEEDED', NULL), ('a', 'n1', 0, 'SUCCEEDED', 6);
                    INSERT INTO v_critical_path (execution, step, node_id, attempt, class, duration_s) VALUES
                        ('a', 1, 'n0', 0, 'queue', 5), ('a', 2, 'n0', 0, 'user_code', 2), ('a', 3, 'n1', 0, 'user_code', 6);
                    """#)
                    == #"""
                    source|class|total_s|share|executions|unseen_share
                    lab|user_code|8.0|0.615384615384615|1|0.25
                    lab|queue|5.0|0.384615384615385|1|NULL

                    """#)
    }

    private static let spans = #"""
        INSERT INTO v_execution (name, workflow, phase, ended_at) VALUES
            ('a', 'w', 'SUCCEEDED', '2026-01-01'), ('b', 'w', 'FAILED', '2026-01-02'), ('c', 'w', 'RUNNING', NULL);
        INSERT INTO v_span (execution, span_id, entity, operation, duration_s, origin) VALUES
            ('a', 1, 'execution', NULL, 10, 'archive'), ('a', 2, 'operation', 'WORKFLOW_SETUP', 1, 'archive'), ('b', 1, 'execution', NULL, 20, 'archive'),
            ('b', 1, 'execution', NULL, 21, 'server'), ('b', 2, 'operation', 'WORKFLOW_SETUP', -0.25, 'archive'), ('c', 1, 'execution', NULL, 99, 'archive');
        """#

    @Test func spansOfTheServerDoNotCountTwice() throws {
        #expect(
            try TestQuery.answer(
                "spans-by-operation",
                over: Self.spans)
                    == #"""
                    source|project|domain|entity|operation|spans|total_s|mean_s|max_s
                    lab|p|d|execution|NULL|2|30.0|15.0|20.0
                    lab|p|d|operation|WORKFLOW_SETUP|2|0.75|0.375|1.0

                    """#)
    }

    @Test func spansKeepToTheirWindow() throws {
        #expect(
            try TestQuery.answer(
                "spans-by-operation",
                ["since": "2026-01-02", "until": "2026-01-03", "project": "p", "domain": "d"],
                over: Self.spans)
                    == #"""
                    source|project|domain|entity|operation|spans|total_s|mean_s|max_s
                    lab|p|d|execution|NULL|1|20.0|20.0|20.0
                    lab|p|d|operation|WORKFLOW_SETUP|1|-0.25|-0.25|-0.25

                    """#)
    }
}

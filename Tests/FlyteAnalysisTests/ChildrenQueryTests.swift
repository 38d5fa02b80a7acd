import FlyteAnalysis
import TestSupport
import Testing

/// Nothing counts twice: an execution that another launched is part of it.
@Suite struct ChildrenQueryTests {
    /// A parent and its child, of which each has a node, an attempt, a path, a span and an input of its own.
    private static let rows = """
        INSERT INTO v_execution (name, workflow, phase, created_at, duration_s, wall_s, is_complete, is_child, parent_execution) VALUES
            ('top', 'parent', 'SUCCEEDED', '2026-01-01', 10, 12, 1, 0, NULL), ('low', 'child', 'SUCCEEDED', '2026-01-01', 5, 6, 1, 1, 'top'),
            ('top2', 'parent', 'RUNNING', '2026-01-01', NULL, NULL, 1, 0, NULL), ('low2', 'child', 'RUNNING', '2026-01-01', NULL, NULL, 1, 1, 'top2');
        INSERT INTO v_node_execution (execution, node_id, node_path, kind, phase, task, cache_status, attempt_count, duration_s)
        SELECT name, 'n0', 'n0', 'task', 'SUCCEEDED', workflow, 'CACHE_HIT', 2, 1 FROM v_execution WHERE phase = 'SUCCEEDED';
        INSERT INTO v_task_execution (execution, node_id, attempt, task, phase, duration_s, queue_s, cpu_request, fingerprint)
        SELECT name, 'n0', value, workflow, iif(value, 'SUCCEEDED', 'FAILED'), 1, 1, 1, iif(value, NULL, workflow)
        FROM v_execution, generate_series(0, 1) WHERE phase = 'SUCCEEDED';
        INSERT INTO v_critical_path (execution, step, node_id, node_path, class, duration_s)
        SELECT name, 1, 'n0', 'n0', workflow, wall_s FROM v_execution;
        INSERT INTO v_span (execution, span_id, entity, operation, duration_s, origin)
        SELECT name, 1, 'execution', workflow, wall_s, 'archive' FROM v_execution;
        INSERT INTO v_literal (execution, direction, name, value_text) SELECT name, 'input', workflow, 'x' FROM v_execution;
        INSERT INTO v_failure (execution, workflow, fingerprint, cause_class, is_child) VALUES ('top3', 'parent', 'parent', 'user', 0), ('low3', 'child', 'child', 'user', 1);
        """

    private static func counts(_ query: String, _ children: String?) throws -> (parent: Bool, child: Bool) {
        let parameters: KeyValuePairs<String, String> =
            switch (query, children) {
            case ("executions-by-input", let children?): ["children": children, "value": "x"]
            case ("executions-by-input", nil): ["value": "x"]
            case (_, let children?): ["children": children]
            case (_, nil): [:]
            }
        let answer = try TestQuery.answer(query, parameters, over: rows)
        // The names of columns have both words.
        let body = answer.split(separator: "\n").dropFirst().joined(separator: "\n")
        return (body.contains("parent"), body.contains("child"))
    }

    @Test(arguments: [
        "critical-nodes", "duration-percentiles-by-week", "duration-percentiles-by-workflow",
        "execution-durations", "executions-by-input", "failure-rate-by-workflow", "longest-executions",
        "spans-by-operation", "time-by-class", "top-errors",
    ])
    func executionsOfOthersCountWhereTheyAreAskedFor(query: String) throws {
        #expect(try Self.counts(query, nil) == (true, false))
        #expect(try Self.counts(query, "0") == (true, false))
        #expect(try Self.counts(query, "1") == (true, true))
    }

    @Test(arguments: [
        "cache-hits", "failure-rate-by-task", "open-executions", "queue-time", "requested-resources",
        "retried-errors", "retries", "slowest-nodes",
    ])
    func workCountsWhereItWasDone(query: String) throws {
        #expect(try Self.counts(query, nil) == (true, true))
        #expect(try Self.counts(query, "1") == (true, true))
        #expect(try Self.counts(query, "0") == (true, false))
    }

    @Test func theHeadlineIsOfTopLevelOnes() throws {
        let columns = try TestQuery.answer("outcomes", over: Self.rows).split(separator: "\n")[1]
        #expect(columns.hasPrefix("lab|1|1|"))
        let all = try TestQuery.answer("outcomes", ["children": "1"], over: Self.rows).split(separator: "\n")[
            1]
        #expect(all.hasPrefix("lab|2|2|"))
    }

    /// The record is of all of them, and says how many are children.
    @Test(arguments: ["coverage", "coverage-by-week"]) func theRecordIsOfAll(query: String) throws {
        let line = try TestQuery.answer(query, over: Self.rows).split(separator: "\n")[1]
        #expect(line.contains("|4|2|") && line.hasSuffix("|2"), "\(line)")
    }

    @Test func everyQuestionAboutExecutionsHasTheParameter() {
        let without = NamedQuery.all.filter { query in !query.parameters.contains { $0.name == "children" } }
        #expect(
            without.map(\.name).sorted() == [
                // A change is of all a workflow's runs, whoever launched them; data flows through all; children have no schedule.
                "changes", "coverage", "coverage-by-week", "data-read", "harvests", "missed-slots",
                "problems",
                "schedule-lateness", "schedules", "search-errors", "withheld",
            ])
        for query in NamedQuery.all {
            // What a question groups it groups by source first: merged archives stay apart.
            for group in query.sql.matches(of: /GROUP BY (\w+\.)?(\w+)/) {
                #expect(group.2 == "source", "\(query.name)")
            }
        }
    }
}

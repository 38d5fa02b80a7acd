import Testing

/// Runs of the same thing again: `cache-misses`, `flaky-executions`.
@Suite struct RepeatedRunQueryTests {
    // MARK: cache-misses

    /// A task with cache version 1 in v1 and 2 in v2. `a` put region eu, rows 5 into the cache by 00:10.
    private static let first = #"""
        INSERT INTO v_definition (kind, name, version, cache_version) VALUES ('task', 't', 'v1', '1'), ('task', 't', 'v2', '2');
        INSERT INTO v_node_execution (execution, node_id, task, task_version, phase, cache_status, created_at, ended_at, duration_s, input_map_id) VALUES
            ('a', 'n0', 't', 'v1', 'SUCCEEDED', 'CACHE_POPULATED', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:10:00.000000Z', 600, 1);
        INSERT INTO v_literal (execution, node_id, direction, name, value_json) VALUES
            ('a', 'n0', 'input', 'region', '"eu"'), ('a', 'n0', 'input', 'rows', '5'), ('a', 'n0', 'output', 'rows', '7');
        """#

    /// What a node of another execution `b` missed for, beside that it is the first of all.
    private static func cause(
        of inputs: String, version: String = "v1", status: String = "CACHE_POPULATED",
        phase: String = "SUCCEEDED",
        createdAt: String = "2026-01-01T01:00:00.000000Z", map: String = "2"
    ) throws -> String {
        let answer = try TestQuery.answer(
            "cache-misses",
            over: first + #"""
                INSERT INTO v_node_execution (execution, node_id, task, task_version, phase, cache_status, created_at, ended_at, duration_s, input_map_id) VALUES
                    ('b', 'n0', 't', '\#(version)', '\#(phase)', '\#(status)', '\#(createdAt)', '2026-01-01T01:01:00.000000Z', 60, \#(map));
                INSERT INTO v_literal (execution, node_id, direction, name, value_json, uri) \#(inputs);
                """#)
        let lines = answer.split(separator: "\n").dropFirst().filter { $0.hasSuffix("|b") }
        return lines.map { $0.split(separator: "|")[4...5].joined(separator: " ") }.joined(separator: ", ")
    }

    private static let same =
        #"VALUES ('b', 'n0', 'input', 'rows', '5', NULL), ('b', 'n0', 'input', 'region', '"eu"', NULL)"#

    @Test func whatWasThereWithTheSameInputsIsStored() throws {
        #expect(try Self.cause(of: Self.same) == "stored NULL")
        // Not yet: it was put there while this one ran.
        #expect(try Self.cause(of: Self.same, createdAt: "2026-01-01T00:09:00.000000Z") == "first NULL")
        #expect(try Self.cause(of: Self.same, status: "CACHE_SKIPPED") == "overwritten NULL")
        #expect(try Self.cause(of: Self.same, status: "CACHE_MISS", phase: "FAILED") == "stored NULL")
    }

    @Test func whatDiffersIsNamed() throws {
        #expect(try Self.cause(of: Self.same, version: "v2") == "cache_version 1 → 2")
        #expect(
            try Self.cause(
                of:
                    #"VALUES ('b', 'n0', 'input', 'rows', '5', NULL), ('b', 'n0', 'input', 'region', '"us"', NULL)"#
            )
                == "input region")
        #expect(
            try Self.cause(
                of:
                    #"VALUES ('b', 'n0', 'input', 'rows', '6', NULL), ('b', 'n0', 'input', 'zone', '"eu"', NULL)"#,
                version: "v2") == "cache_version 1 → 2, input rows, interface region, interface zone")
    }

    @Test func whatTheArchiveDoesNotHoldIsUnknown() throws {
        #expect(try Self.cause(of: "SELECT 1, 2, 3, 4, 5, 6 WHERE 0", map: "NULL") == "unknown NULL")
        #expect(
            try Self.cause(
                of:
                    #"VALUES ('b', 'n0', 'input', 'rows', '5', NULL), ('b', 'n0', 'input', 'region', NULL, NULL)"#
            )
                == "unknown NULL")
        // A value that is too large for the view has its address.
        #expect(
            try Self.cause(
                of:
                    #"VALUES ('b', 'n0', 'input', 'rows', '5', NULL), ('b', 'n0', 'input', 'region', NULL, 's3://x')"#
            )
                == "input region")
    }

    @Test func aHitIsNoMissAndTheWindowIsOfMisses() throws {
        #expect(try Self.cause(of: Self.same, status: "CACHE_HIT") == "")
        #expect(
            try TestQuery.answer("cache-misses", ["since": "2026-01-02T00:00:00.000000Z"], over: Self.first)
                == "")
    }

    // MARK: flaky-executions

    private static func runs(_ rows: String) throws -> String {
        try TestQuery.answer(
            "flaky-executions",
            over: #"""
                INSERT INTO v_execution (name, workflow, workflow_version, phase, created_at, input_map_id) VALUES \#(rows);
                INSERT INTO v_literal (execution, direction, name, value_json) SELECT name, 'input', 'x', 1 FROM v_execution WHERE input_map_id = 1;
                INSERT INTO v_literal (execution, direction, name, value_json) SELECT name, 'input', 'x', 2 FROM v_execution WHERE input_map_id = 2;
                """#)
    }

    @Test func aFailureIsWhatTheNextTryMakesIt() throws {
        // Of x = 1 two fail and the third succeeds; of x = 2 one fails and nobody tries again; one has no inputs here.
        #expect(
            try Self.runs(
                #"""
                ('a', 'w', 'v1', 'FAILED', '1', 1), ('b', 'w', 'v1', 'TIMED_OUT', '2', 1), ('c', 'w', 'v1', 'SUCCEEDED', '3', 1),
                ('d', 'w', 'v1', 'FAILED', '4', 2), ('e', 'w', 'v1', 'FAILED', '5', NULL), ('f', 'w', 'v1', 'SUCCEEDED', '6', NULL)
                """#)
                    == #"""
                    source|project|domain|workflow|failures|flaky|broken|not_repeated|unknown|flaky_share|low|high|flaky_example|broken_example
                    lab|p|d|w|4|1|1|1|1|0.5|0.0945312057342307|0.905468794265769|b|a

                    """#)
    }

    @Test func anotherVersionIsNoTry() throws {
        #expect(
            try Self.runs(
                "('a', 'w', 'v1', 'FAILED', '1', 1), ('b', 'w', 'v2', 'SUCCEEDED', '2', 1), ('c', 'v', 'v1', 'SUCCEEDED', '3', 1)"
            )
                == #"""
                source|project|domain|workflow|failures|flaky|broken|not_repeated|unknown|flaky_share|low|high|flaky_example|broken_example
                lab|p|d|w|1|0|0|1|0|NULL|NULL|NULL|NULL|NULL

                """#)
    }

    @Test func withoutFailuresThereIsNothing() throws {
        #expect(
            try Self.runs("('a', 'w', 'v1', 'SUCCEEDED', '1', 1), ('b', 'w', 'v1', 'RUNNING', '2', 1)") == "")
    }
}

import Testing

/// What followed failures: `after-failures`.
@Suite struct AfterFailureQueryTests {
    /// A failure `f` of launch plan `l` with version v1, which ended at 01:00, and later runs.
    ///
    /// - Parameter runs: Values of `name, launch_plan, workflow_version, phase, created_at (hour), reference_execution`.
    private static func rows(_ runs: [String], fingerprints: [String: String] = [:], own: String? = "1:a")
        -> String
    {
        var sql = """
            INSERT INTO v_execution (name, workflow, launch_plan, workflow_version, phase, created_at, ended_at, reference_execution)
            VALUES ('f', 'w', 'l', 'v1', 'FAILED', '2026-01-01T00:30:00.000000Z', '2026-01-01T01:00:00.000000Z', NULL);
            INSERT INTO v_failure (execution, workflow, ended_at, fingerprint, label, cause_class)
            VALUES ('f', 'w', '2026-01-01T01:00:00.000000Z', \(own.map { "'\($0)'" } ?? "NULL"), 'it broke', 'user');

            """
        for run in runs {
            let values = run.split(separator: " ")
            let hour = values[4]
            sql += """
                INSERT INTO v_execution (name, workflow, launch_plan, workflow_version, phase, created_at, ended_at, reference_execution)
                VALUES ('\(values[0])', 'w', '\(values[1])', '\(values[2])', '\(values[3])',
                    '2026-01-01T\(hour):00:00.000000Z', '2026-01-01T\(hour):30:00.000000Z', \(values.count > 5 ? "'\(values[5])'" : "NULL"));

                """
        }
        for (name, fingerprint) in fingerprints.sorted(by: { $0.key < $1.key }) {
            sql += """
                INSERT INTO v_failure (execution, workflow, ended_at, fingerprint)
                VALUES ('\(name)', 'w', '2026-01-02T00:00:00.000000Z', '\(fingerprint)');

                """
        }
        return sql
    }

    /// `followed_by, next_execution, passed_execution, passed_version, failed_between` of the failure.
    private static func after(
        _ runs: [String], fingerprints: [String: String] = [:], own: String? = "1:a"
    ) throws -> String {
        let answer = try TestQuery.answer(
            "after-failures", ["execution": "f"], over: rows(runs, fingerprints: fingerprints, own: own))
        let lines = answer.split(separator: "\n")
        #expect(lines.count == 2)
        let columns = lines.first?.split(separator: "|") ?? []
        let cells = lines.last?.split(separator: "|") ?? []
        return ["followed_by", "next_execution", "passed_execution", "passed_version", "failed_between"].map {
            name in
            columns.firstIndex { $0 == name }.map { String(cells[$0]) } ?? "?"
        }.joined(separator: " | ")
    }

    @Test func whatNobodyRanSinceIsFollowedByNothing() throws {
        #expect(try Self.after([]) == "nothing | NULL | NULL | NULL | 0")
        // Before it, beside it, of another launch plan, or not over yet.
        let others = ["a l v1 SUCCEEDED 00", "c m v1 SUCCEEDED 03", "d l v1 RUNNING 04", "e l v1 ABORTED 05"]
        #expect(try Self.after(others) == "nothing | NULL | NULL | NULL | 0")
    }

    @Test func theNextRunSaysWhetherItHelpedToWait() throws {
        #expect(try Self.after(["a l v1 SUCCEEDED 02"]) == "passed | a | a | v1 | 0")
        #expect(try Self.after(["a l v2 SUCCEEDED 02"]) == "other version passed | a | a | v2 | 0")
        // One that was created in the moment in which it ended comes after it.
        #expect(try Self.after(["a l v1 SUCCEEDED 01"]) == "passed | a | a | v1 | 0")
        #expect(
            try Self.after(["a l v1 ABORTED 02", "b l v1 SUCCEEDED 03"]) == "passed | b | b | v1 | 0")
    }

    @Test func furtherFailuresAreComparedAndCounted() throws {
        let runs = ["a l v1 FAILED 02", "b l v1 FAILED 03", "c l v2 SUCCEEDED 04", "d l v2 FAILED 05"]
        #expect(
            try Self.after(runs, fingerprints: ["a": "1:a", "b": "1:b"]) == "failed alike | a | c | v2 | 2")
        #expect(
            try Self.after(runs, fingerprints: ["a": "1:b", "b": "1:b"])
                == "failed otherwise | a | c | v2 | 2")
        #expect(try Self.after(runs) == "failed | a | c | v2 | 2")
        #expect(try Self.after(runs, fingerprints: ["a": "1:a"], own: nil) == "failed | a | c | v2 | 2")
        #expect(try Self.after(["a l v1 TIMED_OUT 02"]) == "timed out | a | NULL | NULL | 1")
    }

    @Test func aRepetitionThatPassedIsToldFirst() throws {
        let runs = ["a l v1 FAILED 02", "b l v1 SUCCEEDED 03 f", "c l v1 SUCCEEDED 04"]
        #expect(try Self.after(runs) == "repeated and passed | a | b | v1 | 1")
        // A relaunch under another plan passed all the same; one that failed did not.
        #expect(try Self.after(["a m v1 SUCCEEDED 02 f"]) == "repeated and passed | NULL | NULL | NULL | 0")
        #expect(try Self.after(["a l v1 FAILED 02 f"]) == "failed | a | NULL | NULL | 1")
    }

    @Test func theNewestFailuresComeFirstAndEachHasItsOwnPast() throws {
        let answer = try TestQuery.answer(
            "after-failures", ["limit": "2"],
            over: Self.rows(
                ["a l v1 FAILED 02", "b l v1 SUCCEEDED 03", "c l v1 FAILED 04"], fingerprints: ["c": "1:a"])
                    + """
                    INSERT INTO v_failure (execution, workflow, ended_at, fingerprint)
                    VALUES ('a', 'w', '2026-01-01T02:30:00.000000Z', '1:a');
                    """)
        let lines = answer.split(separator: "\n").dropFirst().map { $0.split(separator: "|") }
        #expect(lines.map { $0[3] } == ["c", "a"])
        #expect(lines.map { $0[9] } == ["nothing", "passed"])
    }
}

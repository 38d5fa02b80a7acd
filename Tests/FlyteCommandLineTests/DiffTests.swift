@testable import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

/// `flightlog diff`, on the harvested sample and on small archives with one change each.
@Suite struct DiffTests {
    private static func archive() throws -> Archive { try Archive(path: SharedArchive.path, mode: .readOnly) }

    private static func execution(_ row: [Cell], in archive: Archive) throws -> ComparedExecution {
        try #require(
            try ComparedExecution(
                ExecutionID(project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? ""),
                source: row[0].text ?? "", in: archive))
    }

    /// What the view says of the cause, and what the comparison puts second, behind the phase.
    @Test func everyFailureOfTheSampleIsNamedWithItsNode() throws {
        let archive = try Self.archive()
        let failed = try archive.query(
            """
            SELECT e.source, e.project, e.domain, e.name, e.cause_code, n.node_path, e.cause_execution
            FROM v_execution e
            LEFT JOIN v_node_execution n ON n.execution = e.name AND n.node_id = e.cause_node_id
            WHERE e.phase = 'FAILED' ORDER BY e.created_at
            """
        ).rows
        #expect(failed.count > 60)
        var compared = 0
        for row in failed {
            let own = try Self.execution(row, in: archive)
            guard let last = try LastSuccess(before: own, in: archive) else { continue }
            compared += 1
            #expect(last.execution.phase == "SUCCEEDED" && last.execution.launchPlan == own.launchPlan)
            #expect(try #require(last.execution.createdAt) < (try #require(own.createdAt)))
            let comparison = try ExecutionComparison(last.execution, own, in: archive)
            #expect(comparison.differences.prefix(2).map(\.aspect) == [.outcome, .error], "\(own.id)")
            let error = try #require(comparison.differences.dropFirst().first)
            let code = try #require(row[4].text).replacing("RetriesExhausted|", with: "")
            // Where the message begins with the code's last word, the label is the message. A map's failure has no code.
            if let word = code.split(separator: ":").last {
                #expect(error.after?.contains(word) == true, "\(own.id): \(error)")
            }
            if row[6].text == own.id.name { #expect(error.nodePath == row[5].text, "\(own.id)") }
        }
        #expect(compared > 50)
    }

    /// Neighbours of the same inputs, version and principal that succeeded: nothing was planted between them.
    @Test func runsThatDifferInNothingHaveNoDifferences() throws {
        let archive = try Self.archive()
        let runs = try archive.query(
            """
            SELECT source, project, domain, name, workflow, workflow_version, principal, mode,
                (SELECT group_concat(n.phase || coalesce(n.cache_status, '') || n.attempt_count || n.node_path, ';')
                    FROM v_node_execution n WHERE n.execution = e.name) AS shape,
                literals_json(input_map_id) AS inputs, reference_execution,
                (SELECT group_concat(t.kind || t.key || t.value, ';') FROM v_execution_tag t WHERE t.execution = e.name)
            FROM v_execution e
            WHERE phase = 'SUCCEEDED' AND reference_execution IS NULL AND NOT is_child
                -- How long people take is what differs there.
                AND NOT EXISTS (SELECT 1 FROM v_node_execution n WHERE n.execution = e.name AND n.kind = 'gate')
            ORDER BY source, project, domain, workflow, created_at
            """
        ).rows
        var pairs = 0
        var told: [String] = []
        for (a, b) in zip(runs, runs.dropFirst()) where a[0...2] == b[0...2] && a[4...] == b[4...] {
            pairs += 1
            let comparison = try ExecutionComparison(
                Self.execution(a, in: archive), Self.execution(b, in: archive), in: archive)
            if !comparison.differences.isEmpty { told.append("\(a[3]) \(b[3]): \(comparison.differences)") }
        }
        #expect(pairs > 60)
        #expect(told.isEmpty, "\(told)")
    }

    @Test func theCommandSaysWhichItComparesAndExitsWithFindings() throws {
        let name = try #require(
            try Self.archive().query(
                """
                SELECT name FROM v_execution WHERE phase = 'FAILED' AND workflow = 'ingest.files' AND NOT is_child
                ORDER BY created_at DESC LIMIT 1
                """
            ).rows.first?[0].text)
        let result = try Tool.run("diff", SharedArchive.path, name, "--last-success")
        #expect(result.code == 3)
        #expect(
            result.err.contains("is the last execution of launch plan 'ingest.files' that succeeded before"))
        for format in ["table", "csv", "md", "html", "json", "ndjson"] {
            let told = try Tool.run("diff", SharedArchive.path, name, "--last-success", "--format", format)
            #expect(told.code == 3 && told.out.contains("outcome"), "\(format)")
        }
        let same = try Tool.run("diff", SharedArchive.path, name, name)
        #expect(same.code == 0 && same.err.contains("No differences."))
    }

    @Test func whatHasNoSuccessBeforeItSaysSo() throws {
        let name = try #require(
            try Self.archive().query(
                "SELECT name FROM v_execution WHERE NOT is_child ORDER BY created_at LIMIT 1"
            ).rows
                .first?[0].text)
        let result = try Tool.run("diff", SharedArchive.path, name, "--last-success")
        #expect(result.code == 1 && result.out.isEmpty)
        #expect(result.err.contains("succeeded before") && result.err.contains("which reaches back to"))
    }

    @Test func versionsAreComparedOverAllTheirRuns() throws {
        let result = try Tool.run(
            "diff", SharedArchive.path, "--workflow", "train.model", "--version", "v1", "--version", "v2",
            "--format",
            "csv")
        #expect(result.code == 3)
        #expect(
            result.out.contains(
                "image,\"n0, n1, n2\",image,registry.example.com/vision/jobs:v1,registry.example.com/vision/jobs:v2"
            ))
        let unknown = try Tool.run(
            "diff", SharedArchive.path, "--workflow", "train.model", "--version", "v1", "--version", "v9")
        #expect(unknown.code == 1 && unknown.err.contains("the newest versions that ran are v1, v2"))
        let many = try Tool.run(
            "diff", SharedArchive.path, "--workflow", "etl.load", "--version", "v1", "--version", "v1")
        #expect(many.code == 1 && many.err.contains("Say which with --project and --domain."))
    }

    @Test(arguments: [
        (["a"], "Say which OTHER execution to compare it with, or --last-success."),
        (["a", "b", "--last-success"], "--last-success finds the other execution by itself."),
        (
            ["--workflow", "w", "--version", "1"],
            "--workflow needs --version twice: the earlier one, then the later one."
        ),
        (["a", "--workflow", "w"], "--workflow compares versions, and takes no EXECUTION."),
        ([], "Say which EXECUTION, or which --workflow with two versions."),
        (["a", "b", "--version", "1"], "--version, --project and --domain go with --workflow."),
    ]) func combinationsWithoutSenseAreRefused(words: [String], sentence: String) throws {
        let result = try Tool.run(["diff", "no.db"] + words)
        #expect(result.code == 64 && result.err.hasPrefix(sentence), "\(result.err)")
    }

    // MARK: One change each

    /// Two runs of a workflow `w` with a node `n0`; the statement changes the second one.
    private static func differences(_ change: String) throws -> [String] {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do { _ = try Archive(path: path, mode: .readWrite) }
            try SQLiteFile.run(
                path,
                """
                INSERT INTO source VALUES (1, 'lab', 'https://lab', NULL);
                INSERT INTO scope VALUES (1, 1, 'p', 'd');
                INSERT INTO name (id, value) VALUES (1, 'n0'), (2, 'ada'), (3, 'grace'), (4, 'c1'), (5, 'c2'), (6, 'team'),
                    (7, 'CACHE_HIT'), (8, 'CACHE_POPULATED'), (9, 'n1');
                INSERT INTO text (id, digest, value) VALUES (1, 1, 'orders'), (2, 2, 'bills');
                INSERT INTO error VALUES (1, 1, 'USER', 'USER:ValueError', 'ValueError: no', '2:aa');
                INSERT INTO definition (id, scope_id, kind, name, version, cpu_request) VALUES
                    (1, 1, 'workflow', 'w', 'v1', NULL), (2, 1, 'workflow', 'w', 'v2', NULL),
                    (3, 1, 'task', 't', 'v1', 1), (4, 1, 'task', 't', 'v2', 1), (5, 1, 'task', 'u', 'v1', 1);
                INSERT INTO execution (id, key, scope_id, name, workflow_id, phase, mode, principal_id, cluster_id, nesting,
                    created_at, started_at, duration_ns, ended_at, is_archived, node_count, attempt_count, retry_count,
                    is_complete, observed_at, digest)
                SELECT value, value, 1, 'run' || value, 1, 'SUCCEEDED', 'MANUAL', 2, 4, 0, value * 1000000000000,
                    value * 1000000000000, 60000000000, value * 1000000000000 + 60000000000, 0, 1, 1, 0, 1, 1, x''
                FROM generate_series(1, 2);
                INSERT INTO execution_tag VALUES (1, 1, 'label', 6, 1), (2, 1, 'label', 6, 1);
                INSERT INTO node (execution_id, number, node_id, path_id, depth, kind, phase, task_id, cache_status_id,
                    created_at, started_at, duration_ns, ended_at, attempt_count)
                SELECT id, 1, 1, 1, 0, 'task', 'SUCCEEDED', 3, 8, created_at, created_at, duration_ns, ended_at, 1
                FROM execution;
                INSERT INTO attempt (execution_id, number, node, attempt, task_id, phase, created_at, ended_at)
                SELECT execution_id, 1, 1, 0, 3, 'SUCCEEDED', created_at, ended_at FROM node;
                \(change)
                """)
            let archive = try Archive(path: path, mode: .readOnly)
            func run(_ name: String) throws -> ComparedExecution {
                try #require(
                    try ComparedExecution(
                        ExecutionID(project: "p", domain: "d", name: name), source: "lab", in: archive))
            }
            return try ExecutionComparison(run("run1"), run("run2"), in: archive).differences.map {
                "\($0.aspect.rawValue) \($0.nodePath ?? "-") \($0.name): \($0.before ?? "-") → \($0.after ?? "-")"
            }
        }
    }

    @Test(
        arguments: [
            ("", []),
            // Ids, times and pods.
            (
                "UPDATE attempt SET pod = 'run' || execution_id || '-n0-0'; UPDATE execution SET observed_at = id;",
                []
            ),
            (
                "UPDATE execution SET workflow_id = 2 WHERE id = 2;",
                ["version - workflow version: v1 → v2", "dag - graph: - → -"]
            ),
            (
                "UPDATE node SET task_id = 4 WHERE execution_id = 2; UPDATE attempt SET task_id = 4 WHERE execution_id = 2;",
                ["version - task t: v1 → v2", "definition n0 definition: - → -"]
            ),
            (
                """
                UPDATE execution SET workflow_id = 2 WHERE id = 2; UPDATE node SET task_id = 4 WHERE execution_id = 2;
                UPDATE attempt SET task_id = 4 WHERE execution_id = 2;
                """,
                [
                    "version - workflow version, task t: v1 → v2", "definition n0 definition: - → -",
                    "dag - graph: - → -",
                ]
            ),
            ("UPDATE node SET task_id = 5 WHERE execution_id = 2;", ["version n0 task: t → u"]),
            ("UPDATE attempt SET cpu_request = 4 WHERE execution_id = 2;", ["resources n0 cpu: 1 → 4"]),
            (
                "UPDATE attempt SET memory_request_bytes = 1073741824 WHERE execution_id = 2;",
                ["resources n0 memory: - → 1073741824 bytes"]
            ),
            ("UPDATE execution SET principal_id = 3 WHERE id = 2;", ["principal - principal: ada → grace"]),
            ("UPDATE execution SET cluster_id = 5 WHERE id = 2;", ["cluster - cluster: c1 → c2"]),
            ("UPDATE execution SET mode = 'SCHEDULED' WHERE id = 2;", ["launch - mode: MANUAL → SCHEDULED"]),
            // One to Unicode, and two to whoever set them.
            (
                """
                UPDATE text SET value = char(233) WHERE id = 1; UPDATE text SET value = 'e' || char(769) WHERE id = 2;
                UPDATE execution_tag SET value_id = 2 WHERE execution_id = 2;
                """,
                ["label - label team: \u{E9} → e\u{301}"]
            ),
            (
                "UPDATE execution_tag SET value_id = 2 WHERE execution_id = 2;",
                ["label - label team: orders → bills"]
            ),
            (
                "UPDATE execution_tag SET kind = 'env' WHERE execution_id = 2;",
                ["environment - team: - → orders", "label - label team: orders → -"]
            ),
            (
                "UPDATE node SET cache_status_id = 7 WHERE execution_id = 2;",
                ["cache n0 cache status: CACHE_POPULATED → CACHE_HIT"]
            ),
            (
                "UPDATE execution SET phase = 'FAILED', error_id = 1, cause_id = 1, cause_node_id = 1 WHERE id = 2; UPDATE node SET phase = 'FAILED' WHERE execution_id = 2;",
                ["outcome - phase: SUCCEEDED → FAILED", "error n0 cause: - → ValueError: no"]
            ),
            // Ten times as long, and nobody knows what is usual.
            (
                "UPDATE node SET ended_at = ended_at + 540000000000 WHERE execution_id = 2;",
                ["duration n0 from creation to end: 60.0 s → 600.0 s"]
            ),
            ("UPDATE node SET ended_at = ended_at + 20000000000 WHERE execution_id = 2;", []),
            // The address of what a run wrote has its name.
            (
                "UPDATE text SET value = 's3://b/run1/x' WHERE id = 1; UPDATE text SET value = 's3://b/run2/x' WHERE id = 2; UPDATE execution_tag SET value_id = 2 WHERE execution_id = 2;",
                []
            ),
        ] as [(String, [String])]) func oneChangeIsOneDifference(change: String, expected: [String]) throws
    {
        let found = try Self.differences(change)
        #expect(
            found.count == expected.count && zip(found, expected).allSatisfy { $0.hasPrefix($1) }, "\(found)")
    }

    /// 30 runs of a minute, give or take a second: two minutes stand out, and 62 seconds do not.
    @Test(arguments: [(120, 1), (62, 0)]) func aDurationDiffersByWhatIsUsualThere(seconds: Int, count: Int)
        throws
    {
        let found = try Self.differences(
            """
            INSERT INTO execution (id, key, scope_id, name, workflow_id, phase, mode, nesting, created_at, ended_at,
                is_archived, node_count, attempt_count, retry_count, is_complete, observed_at, digest)
            SELECT value, value, 1, 'old' || value, 1, 'SUCCEEDED', 'MANUAL', 0, value * 1000000000,
                value * 1000000000 + 60000000000, 0, 1, 1, 0, 1, 1, x'' FROM generate_series(10, 40);
            INSERT INTO node (execution_id, number, node_id, path_id, depth, kind, phase, task_id, created_at, ended_at,
                attempt_count)
            SELECT id, 1, 1, 1, 0, 'task', 'SUCCEEDED', 3, created_at, ended_at + (id % 3 - 1) * 1000000000, 1
            FROM execution WHERE id >= 10;
            UPDATE node SET ended_at = created_at + \(seconds) * 1000000000 WHERE execution_id = 2;
            """)
        #expect(found.count == count, "\(found)")
    }

    @Test func redactedValuesAreComparedByTheirTokens() throws {
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            func leaves(_ token: String) throws -> ValueLeaves {
                try ValueLeaves(
                    json: #"{"user":{"password":"[redacted:p:\#(token)]","name":"x"}}"#, in: archive)
            }
            #expect(try ValueLeaves.differences(leaves("0123456789ab"), leaves("0123456789ab")).isEmpty)
            let found = try ValueLeaves.differences(leaves("0123456789ab"), leaves("ba9876543210"))
            #expect(found.map(\.path) == ["user.password"])
            #expect(
                ValueLeaves.note(found[0].before, found[0].after)
                    == "redacted: other tokens mean other values")
        }
    }

    @Test func valuesAreTakenApartLeafByLeaf() throws {
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let before = try ValueLeaves(
                json: #"{"a":1,"b":{"c":[1,2,{"d e":null}]},"empty":[],"text":"x"}"#, in: archive)
            let after = try ValueLeaves(
                json: #"{"a":1.0,"b":{"c":[1,3,{"d e":true}]},"empty":{},"new":"y","text":"x"}"#, in: archive)
            #expect(
                ValueLeaves.differences(before, after).map {
                    "\($0.path): \($0.before ?? "-") → \($0.after ?? "-")"
                } == [
                    "a: 1 → 1.0", "b.c[1]: 2 → 3", #"b.c[2]."d e": null → true"#, "empty: [] → {}",
                    #"new: - → "y""#,
                ])
        }
    }
}

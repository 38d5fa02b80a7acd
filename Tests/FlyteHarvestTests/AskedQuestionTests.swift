import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteIDL
import FlyteModel
import FlyteServer
import Tables
import TestSupport
import Testing

/// What the harvester leaves out it knows to be absent from rows of this very server.
struct AskedQuestionTests {
    private typealias Made = MadeInstallation

    private static func attempts(_ path: String) throws -> [Cell] {
        try Archive.column(path, "SELECT node_id FROM v_task_execution ORDER BY 1")
    }

    private static func asked(_ server: AdminServer, _ route: String) -> [String] {
        server.log.map(\.request.path).filter { $0.hasPrefix("/api/v1/\(route)/") }
            .map { String($0.split(separator: "/").last ?? "") }.sorted()
    }

    @Test func attemptsAreReadWhateverTheRowOfTheirNodeIs() async throws {
        let made = Made()
        made.workflow(
            [
                ("hit", .task), ("skipped", .task), ("launched", .task), ("parent", .task),
                ("sub", .workflow("s")),
            ], subWorkflows: ["s"])
        made.execution("a")
        let started: [String: Value] = ["started_at": Made.time(Made.start + 2_000_000_000)]
        made.node("start-node", of: "a", closure: started)
        made.node("hit", of: "a", closure: ["task_node_metadata": ["cache_status": "CACHE_HIT"]])
        made.node("skipped", of: "a", phase: "SKIPPED")
        made.node("launched", of: "a", closure: ["workflow_node_metadata": ["executionId": Made.id("b")]])
        made.node("parent", of: "a", closure: started)
        made.node("inner", of: "a", parent: "parent", closure: started)
        made.node("sub", of: "a", closure: started)
        made.node("sub-0-n0", of: "a", parent: "sub", closure: started)
        made.node("end-node", of: "a")
        let nodes = ["start-node", "hit", "skipped", "launched", "parent", "inner", "sub-0-n0"]
        for node in nodes { made.attempt(0, of: node, "a") }
        try await made.serving { server, path async throws in
            #expect(try await SampleHarvest.run(server, into: path).problems == 0)
            #expect(try Self.attempts(path) == nodes.sorted().map { .text($0) })
            // A sub-workflow by its definition, and an end that never began, run nothing.
            #expect(Self.asked(server, "task_executions") == nodes.sorted())
        }
    }

    /// Without a definition nothing says that a parent is no task.
    @Test func withoutItsDefinitionAParentIsAskedForAttempts() async throws {
        let made = Made()
        made.execution("a")
        made.node("parent", of: "a")
        made.node("inner", of: "a", parent: "parent")
        made.attempt(0, of: "parent", "a")
        try await made.serving { server, path async throws in
            _ = try await SampleHarvest.run(server, into: path)
            #expect(try Self.attempts(path) == [.text("parent")])
        }
    }

    @Test func childrenThatNoFlagTellsOfAreFoundByTheDefinition() async throws {
        let made = Made()
        made.workflow([("branch", .branch), ("sub", .workflow("s")), ("task", .task)], subWorkflows: ["s"])
        made.execution("a")
        for node in ["branch", "sub", "task"] { made.node(node, of: "a") }
        made.node("branch-n0", of: "a", parent: "branch")
        made.node("sub-0-n0", of: "a", parent: "sub")
        let id = ExecutionID(project: "p", domain: "d", name: "a")
        // As a single answer shows them, a list that flags nothing.
        let rows = made.installation.nodes(of: id).filter { !$0.text("node_id").contains("n0") }
        var writer = WireWriter()
        for row in rows { writer.field(1, row.message) }
        let body = writer.bytes
        try await made.serving {
            $0.control = { request in
                guard request.path == "/api/v1/node_executions/p/d/a",
                    !request.query.contains("unique_parent_id")
                else { return nil }
                return ServerResponse(status: 200, contentType: "application/octet-stream", body: body)
            }
        } _: { server, path async throws in
            #expect(try await SampleHarvest.run(server, into: path).problems == 0)
            #expect(
                try Archive.column(
                    path, "SELECT node_id FROM v_node_execution WHERE parent_node_id IS NOT NULL ORDER BY 1")
                    == [.text("branch-n0"), .text("sub-0-n0")])
        }
    }

    @Test func signalsAreAskedForWhereADefinitionHasAGate() async throws {
        for (target, count) in [(Made.Target.gate, 1), (.task, 0)] {
            let made = Made()
            made.workflow([("n0", target)])
            // Its row is lost, and the signal is not.
            made.execution("a")
            made.installation.add(
                signal: Message(
                    "admin.Signal", ["id": ["signal_id": "yes", "execution_id": Made.id("a")]]))
            try await made.serving { server, path async throws in
                _ = try await SampleHarvest.run(server, into: path)
                #expect(Self.asked(server, "signals").count == count)
                #expect(try Archive.column(path, "SELECT count(*) FROM v_signal") == [.integer(Int64(count))])
            }
        }
    }

    /// Outputs that a row holds itself have no place that it names.
    @Test func dataAreAskedForWhereTheRowHoldsThemItself() async throws {
        let made = Made()
        made.execution("a")
        made.node("start-node", of: "a", closure: ["output_data": .message(Made.map(["x": "1"]))])
        made.node("end-node", of: "a")
        try await made.serving { server, path async throws in
            _ = try await SampleHarvest.run(server, into: path)
            #expect(Self.asked(server, "data/node_executions") == ["start-node"])
        }
    }

    // MARK: Older engines

    private static func options() -> SampleInstallation.Options {
        var options = SampleInstallation.Options(end: SampleHarvest.end)
        options.days = 10
        return options
    }

    @Test func attemptsOfCacheHitsAreReadWhereTheEngineReportedThem() async throws {
        var options = Self.options()
        options.reportsCacheHits = true
        let sample = SampleInstallation(options)
        let server = try AdminServer(sample.installation)
        defer { server.stop() }
        try await TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            #expect(try await SampleHarvest.run(server, into: path).problems == 0)
            let archive = try Archive(path: path, mode: .readOnly)
            let counts = try archive.query(
                """
                SELECT (SELECT count(*) FROM v_task_execution), (SELECT count(*) FROM v_literal),
                    (SELECT count(*) FROM v_node_execution WHERE cache_status = 'CACHE_HIT' AND attempt_count = 1) > 0
                """)
            let (attempts, literals) = (sample.truth.attempts.count, sample.truth.literals.count)
            #expect(counts.rows == [[.integer(Int64(attempts)), .integer(Int64(literals)), .integer(1)]])
            #expect(try ProofTests.findings(path) == [])
        }
    }

    @Test func workflowsOfDynamicNodesAreReadWhereTheirDataDoNotBringThem() async throws {
        let sample = SampleInstallation(Self.options())
        try await TemporaryFolder.with { folder in
            var dumps: [[String]] = []
            for embeds in [true, false] {
                var options = AdminServer.Options()
                options.embedsDynamicWorkflows = embeds
                let server = try AdminServer(sample.installation, options: options)
                defer { server.stop() }
                let path = folder + "/\(embeds).db"
                #expect(try await SampleHarvest.run(server, into: path).problems == 0)
                // The server's address, and how the messages came, differ.
                dumps.append(
                    try SampleHarvest.dump(path).filter {
                        !$0.hasPrefix("v_message:") && !$0.hasPrefix("v_execution:")
                    })
            }
            #expect(dumps[0].contains { $0.hasPrefix("v_edge") && $0.contains("dynamic") })
            let difference = Set(dumps[0]).symmetricDifference(dumps[1])
            #expect(difference.isEmpty, "\(difference.sorted().prefix(4))")
        }
    }
}

import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteIDL
import FlyteModel
import FlyteServer
import Tables
import TestSupport
import Testing

/// An execution that has not ended is read again only where it is open, and the archive says what a first harvest would.
struct OpenExecutionTests {
    private typealias Made = MadeInstallation

    private static func dump(_ path: String) throws -> [String] {
        // A message with a signed URL has another length at another time.
        try SampleHarvest.dump(path).filter { !$0.hasPrefix("v_message") && !$0.hasPrefix("v_problem") }
    }

    /// What a new archive would say.
    private static func fresh(_ server: AdminServer, beside path: String) async throws -> [String] {
        try await TemporaryFolder.with { folder in
            _ = try await SampleHarvest.run(server, into: folder + "/fresh.db")
            return try dump(folder + "/fresh.db")
        }
    }

    private static func expectFresh(_ server: AdminServer, _ path: String, _ step: String) async throws {
        _ = try await SampleHarvest.run(server, into: path)
        let (grown, fresh) = (try dump(path), try await fresh(server, beside: path))
        #expect(fresh.count > 10)
        let missing = Set(fresh).subtracting(grown).sorted()
        let extra = Set(grown).subtracting(fresh).sorted()
        #expect(missing.isEmpty && extra.isEmpty, "\(step): \(missing.prefix(3)) not \(extra.prefix(3))")
        let twice = Dictionary(grouping: grown) { $0 }.filter { $1.count > 1 }.keys
        #expect(grown.count == fresh.count, "\(step): \(twice.prefix(3))")
    }

    // MARK: Requests

    @Test func whatDidNotMoveCostsItsLevelsAndWhatRuns() async throws {
        let made = Made()
        made.workflow((0..<30).map { ("n\($0)", .task) } + [("sub", .workflow("s"))], subWorkflows: ["s"])
        made.execution(
            "a", phase: "RUNNING", inputs: Made.map(["x": "1"]))
        for number in 0..<29 {
            made.node("n\(number)", of: "a", inputs: Made.map(["x": "1"]), outputs: Made.map(["o": "2"]))
            made.attempt(0, of: "n\(number)", "a")
        }
        made.node("n29", of: "a", phase: "RUNNING", inputs: Made.map(["x": "1"]))
        made.attempt(0, of: "n29", "a", phase: "RUNNING")
        made.node("sub", of: "a", phase: "RUNNING", inputs: Made.map(["x": "1"]))
        made.node("sub-0-n0", of: "a", parent: "sub", inputs: Made.map(["x": "1"]))
        made.attempt(0, of: "sub-0-n0", "a")
        try await made.serving { server, path async throws in
            _ = try await SampleHarvest.run(server, into: path)
            let first = server.log.count
            #expect(first > 60)
            let summary = try await SampleHarvest.run(server, into: path)
            #expect(summary.wroteNothing)
            let asked = server.log.dropFirst(first).map { $0.request.path }
                .filter { $0.contains("/p/d/a") }.sorted()
            #expect(
                asked == [
                    "/api/v1/executions/p/d/a", "/api/v1/node_executions/p/d/a",
                    "/api/v1/node_executions/p/d/a", "/api/v1/task_executions/p/d/a/n29",
                ])
            // All of it where that is asked for.
            let second = server.log.count
            var options = HarvestOptions()
            options.isFull = true
            _ = try await SampleHarvest.run(server, into: path, options: options)
            #expect(server.log.count - second > 60)
        }
    }

    // MARK: What would mislead

    @Test func whatHappenedInBetweenIsRead() async throws {
        let made = Made()
        made.workflow(["ended", "failed", "runs", "late", "dyn"].map { ($0, .task) })
        let (inputs, outputs) = (Made.map(["x": "1"]), Made.map(["o": "2"]))
        func later(_ seconds: Int64) -> [String: Value] {
            ["updated_at": Made.time(Made.start + (30 + seconds) * 1_000_000_000)]
        }
        made.execution("a", phase: "RUNNING", inputs: inputs)
        made.node("start-node", of: "a", outputs: inputs)
        made.node("ended", of: "a", inputs: inputs, outputs: outputs)
        made.attempt(0, of: "ended", "a")
        let error: Value = [
            "code": "USER:X", "message": .string(String(repeating: "what went wrong ", count: 20)),
            "kind": "USER",
        ]
        made.node("failed", of: "a", phase: "FAILED", closure: ["error": error], inputs: inputs)
        made.attempt(0, of: "failed", "a", phase: "FAILED")
        made.node("runs", of: "a", phase: "RUNNING", inputs: inputs)
        made.attempt(0, of: "runs", "a", phase: "RUNNING")
        let place = "s3://made/late/outputs.pb"
        made.node("late", of: "a", closure: ["output_uri": .string(place)], inputs: inputs)
        made.attempt(0, of: "late", "a")
        made.node("dyn", of: "a", phase: "RUNNING", metadata: ["is_dynamic": true], inputs: inputs)
        made.attempt(0, of: "dyn", "a")
        try await made.serving { server, path async throws in
            func check(_ step: String) async throws { try await Self.expectFresh(server, path, step) }
            try await check("at first")
            try await check("nothing happened")
            made.attempt(0, of: "runs", "a", phase: "FAILED")
            made.attempt(1, of: "runs", "a", phase: "RUNNING")
            try await check("an attempt was appended")
            made.attempt(1, of: "runs", "a")
            made.node("runs", of: "a", closure: later(1), inputs: inputs, outputs: outputs)
            try await check("a node ended")
            made.node("failed", of: "a", phase: "RUNNING", closure: later(2), inputs: inputs)
            made.attempt(1, of: "failed", "a", phase: "RUNNING")
            try await check("a failed node is tried again")
            made.attempt(1, of: "failed", "a")
            made.node(
                "failed", of: "a", phase: "RECOVERED", closure: later(3), inputs: inputs, outputs: outputs)
            try await check("and recovered")
            made.installation.add(blob: place, outputs.encoded())
            try await check("outputs of an ended node came late")
            #expect(
                try Archive.column(
                    path,
                    "SELECT name FROM v_literal WHERE node_id = 'late' AND direction = 'output' AND attempt IS NULL"
                )
                    == [.text("o")])
            made.node("dyn-0-start-node", of: "a", parent: "dyn", metadata: ["spec_node_id": "start-node"])
            made.node("dyn-0-dn0", of: "a", phase: "RUNNING", parent: "dyn", inputs: inputs)
            made.attempt(0, of: "dyn-0-dn0", "a", phase: "RUNNING")
            try await check("children of a dynamic node appeared")
            made.attempt(0, of: "dyn-0-dn0", "a")
            made.node(
                "dyn-0-dn0", of: "a", parent: "dyn", closure: later(4), inputs: inputs, outputs: outputs)
            try await check("a child ended below a node that did not move")
            made.node(
                "ended", of: "a", closure: ["deck_uri": "s3://made/deck"], inputs: inputs, outputs: outputs)
            try await check("a row of what had ended is another one, at the same time")
            made.node("new", of: "a", phase: "QUEUED")
            try await check("a node appeared")
            // No row tells of this: it is read when the execution has ended.
            made.attempt(1, of: "ended", "a")
            made.node(
                "dyn", of: "a", closure: later(5), metadata: ["is_dynamic": true], inputs: inputs,
                outputs: outputs)
            made.execution("a", closure: later(90), inputs: inputs, outputs: outputs)
            try await check("the execution ended")
            #expect(
                try Archive.column(path, "SELECT attempt_count FROM v_node_execution WHERE node_id = 'ended'")
                    == [.integer(2)])
        }
    }

    @Test func aNameThatWasGivenOutAgainIsReadAsAWhole() async throws {
        let made = Made()
        made.execution("a", phase: "RUNNING", inputs: Made.map(["x": "old"]))
        made.node("n0", of: "a", inputs: Made.map(["x": "old"]), outputs: Made.map(["o": "old"]))
        made.attempt(0, of: "n0", "a")
        try await made.serving { server, path async throws in
            _ = try await SampleHarvest.run(server, into: path)
            // The same row of a node in another execution.
            made.execution("a", phase: "RUNNING", number: 5, inputs: Made.map(["x": "new"]))
            made.node("n0", of: "a", inputs: Made.map(["x": "new"]), outputs: Made.map(["o": "new"]))
            _ = try await SampleHarvest.run(server, into: path)
            let values = try Archive.column(
                path, "SELECT DISTINCT value_text FROM v_literal WHERE execution = 'a' ORDER BY 1")
            #expect(values == [.text("new")])
        }
    }

    // MARK: Night by night

    @Test(arguments: [UInt64(1), 4])
    func nightByNightItIsWhatAFirstHarvestSays(seed: UInt64) async throws {
        var options = SampleInstallation.Options(end: SampleHarvest.end)
        (options.seed, options.days, options.scale) = (seed, 3, 4)
        let stage = SampleStage(options)
        var serving = AdminServer.Options()
        serving.keepsLog = true
        let server = try AdminServer(stage.installation, options: serving)
        defer { server.stop() }
        try await TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            _ = try await SampleHarvest.run(server, into: path)
            for seconds in [20, 40, 60, 120, 300, 600, 1200, 3600] as [Int64] {
                let before = server.log.count
                _ = try await SampleHarvest.run(server, into: path)
                let open = try Archive.column(
                    path, "SELECT count(*) FROM v_execution WHERE phase IN ('RUNNING', 'QUEUED', 'UNDEFINED')"
                )
                let requests = server.log.dropFirst(before).count {
                    // Not those that look for what changed.
                    $0.request.path.split(separator: "/").count > 5
                }
                #expect(
                    open == [.integer(0)] || requests <= 5 * Int(open[0].integer ?? 0),
                    "\(requests) for \(open)")
                #expect(stage.advance(seconds: seconds))
                _ = try await SampleHarvest.run(server, into: path)
            }
            try await Self.expectFresh(server, path, "at last")
        }
    }
}

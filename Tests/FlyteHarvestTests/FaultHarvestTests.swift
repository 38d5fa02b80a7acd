import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteModel
import FlyteServer
import Tables
import TestSupport
import Testing

/// Whatever goes wrong meanwhile, the archive ends as one that was harvested without faults.
struct FaultHarvestTests {
    /// A part of the sample, which holds most kinds of nodes.
    private static let options: HarvestOptions = {
        var options = HarvestOptions()
        options.projects = ["vision"]
        return options
    }()

    private func reference(_ server: AdminServer, _ folder: String) async throws -> [String] {
        let summary = try await SampleHarvest.run(
            server, into: folder + "/reference.db", options: Self.options)
        #expect(summary.problems == 0 && summary.new > 100)
        return try SampleHarvest.dump(folder + "/reference.db")
    }

    /// `v_problem` keeps what has been made good.
    private func withoutProblems(_ lines: [String]) -> [String] {
        lines.filter { !$0.hasPrefix("v_problem: ") }
    }

    private static let afterFirstContact = Faults.When.share(0.15, seed: 7)

    @Test(arguments: [
        ("reset", Faults.Fault.reset), ("truncated", .truncate(after: 20, reset: false)),
        ("truncated and reset", .truncate(after: 3, reset: true)), ("garbage", .garbage(seed: 3)),
        ("a page of an ingress", .html), ("502", .refuse(status: 502, retryAfter: nil)),
        ("503 with Retry-After", .refuse(status: 503, retryAfter: "0")),
        ("429", .refuse(status: 429, retryAfter: nil)),
        ("500", .refuseAsFlyte(code: 13, message: "read tcp: connection reset by peer")),
        ("504", .refuseAsFlyte(code: 4, message: "context deadline exceeded")),
        ("another content type", .contentType("text/plain")),
        ("dripping", .drip(bytes: 40, everyMilliseconds: 1)),
    ])
    func faultsLeaveNoTraceAfterTheNextGoodRun(name: String, fault: Faults.Fault) async throws {
        let server = try AdminServer(SampleHarvest.sample.installation)
        defer { server.stop() }
        try await TemporaryFolder.with { folder in
            let expected = try await reference(server, folder)
            let path = folder + "/faulty.db"
            server.setFaults(
                Faults([
                    .init(fault, Self.afterFirstContact) {
                        !$0.path.hasSuffix("projects") && !$0.path.hasSuffix("domains")
                    }
                ]))
            // It may fail as a whole, and never leaves a damaged archive.
            _ = try? await SampleHarvest.run(server, into: path, options: Self.options)
            server.setFaults(.none)
            let summary = try await SampleHarvest.run(server, into: path, options: Self.options)
            #expect(summary.problems == 0)
            let dump = try SampleHarvest.dump(path)
            #expect(withoutProblems(dump) == withoutProblems(expected))
            let archive = try Archive(path: path, mode: .readOnly)
            #expect(try archive.query("SELECT * FROM v_problem WHERE resolved_at IS NULL").rows.isEmpty)
        }
    }

    /// What was had by its address alone, since the call that names it was refused, is had with its call later: also of nodes
    /// that ended in an execution that has not.
    @Test func dataOfRefusedCallsAreAskedForAgain() async throws {
        let server = try AdminServer(SampleHarvest.sample.installation)
        defer { server.stop() }
        try await TemporaryFolder.with { folder in
            let expected = try await reference(server, folder)
            let path = folder + "/refused.db"
            server.setFaults(
                Faults([
                    .init(.contentType("text/plain"), .share(1, seed: 1)) {
                        $0.path.contains("/data/node_executions/")
                    }
                ]))
            let first = try await SampleHarvest.run(server, into: path, options: Self.options)
            #expect(first.problems > 0)
            server.setFaults(.none)
            _ = try await SampleHarvest.run(server, into: path, options: Self.options)
            let dump = try SampleHarvest.dump(path)
            #expect(withoutProblems(dump) == withoutProblems(expected))
        }
    }

    /// Every question about one execution fails: the others are there, it has its problem row, and later it is there.
    @Test func aPoisonedExecutionHoldsNothingUp() async throws {
        let server = try AdminServer(SampleHarvest.sample.installation)
        defer { server.stop() }
        try await TemporaryFolder.with { folder in
            let expected = try await reference(server, folder)
            let path = folder + "/poisoned.db"
            let victim =
                SampleHarvest.sample.truth.executions.first { $0.values[0] == "vision" }?.values[2] ?? ""
            server.setFaults(
                Faults([.init(.hang) { $0.path.contains("/executions/vision/") && $0.path.hasSuffix(victim) }]
                ))
            let summary = try await SampleHarvest.run(server, into: path, options: Self.options)
            #expect(summary.problems == 1)
            do {
                let archive = try Archive(path: path, mode: .readOnly)
                #expect(
                    try archive.query("SELECT execution, tries FROM v_problem WHERE resolved_at IS NULL").rows
                        == [[.text(victim), .integer(1)]])
            }
            server.setFaults(.none)
            #expect(try await SampleHarvest.run(server, into: path, options: Self.options).problems == 0)
            #expect(withoutProblems(try SampleHarvest.dump(path)) == withoutProblems(expected))
        }
    }

    @Test func twiceIsOnce() async throws {
        let server = try AdminServer(SampleHarvest.sample.installation)
        defer { server.stop() }
        try await TemporaryFolder.with { folder in
            let path = folder + "/twice.db"
            _ = try await SampleHarvest.run(server, into: path)
            let once = try SampleHarvest.dump(path)
            let again = try await SampleHarvest.run(server, into: path)
            #expect(again.wroteNothing && again.problems == 0)
            #expect(try SampleHarvest.dump(path) == once)
            // Lists of what changed since, and the open executions: not the whole history.
            #expect(again.requests < 400)
        }
    }

    @Test(arguments: [1, 7, 40, 90]) func aStoppedHarvestGoesOnWhereItWas(executions: Int) async throws {
        let server = try AdminServer(SampleHarvest.sample.installation)
        defer { server.stop() }
        try await TemporaryFolder.with { folder in
            let expected = try await reference(server, folder)
            let path = folder + "/stopped.db"
            let stop = StopFlag()
            let first = try await SampleHarvest.run(server, into: path, options: Self.options, stop: stop) {
                if $0.done >= executions { stop.set() }
            }
            #expect(first.wasStopped && first.new >= executions && first.new < executions + 40)
            let second = try await SampleHarvest.run(server, into: path, options: Self.options)
            // Nothing is read twice.
            let all = SampleHarvest.sample.truth.executions.count { $0.values[0] == "vision" }
            #expect(first.new + second.new == all && second.updated == 0 && !second.wasStopped)
            #expect(try SampleHarvest.dump(path) == expected)
        }
    }

    @Test func whatTheServerDoesNotHaveIsToldBeforeAnythingIsWritten() async throws {
        let server = try AdminServer(SampleHarvest.sample.installation)
        defer { server.stop() }
        var options = HarvestOptions()
        options.projects = ["slaes"]
        let client = SampleHarvest.client(server)
        await #expect(throws: HarvestError(.noSuchProject("slaes", known: ["sales", "vision"]))) {
            try await HarvestPlan(options, client: client)
        }
        options.projects = nil
        options.domains = ["staging"]
        await #expect(throws: HarvestError(.noSuchDomain("staging", known: ["development", "production"]))) {
            try await HarvestPlan(options, client: client)
        }
        let id = ExecutionID(project: "sales", domain: "production", name: "nobody")
        options.executions = [id]
        await #expect(throws: HarvestError(.noSuchExecution(id))) {
            try await HarvestPlan(options, client: client)
        }
    }
}

import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteModel
import FlyteServer
import Foundation
import Tables
import TestSupport
import Testing

/// A fault that stays is told in words that say what to do, costs only what it hit, and is forgotten when it is gone.
struct FaultMessageTests {
    struct Case: CustomTestStringConvertible {
        var name: String
        var fault: Faults.Fault
        /// What the message says.
        var words: String
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "reset", fault: .reset, words: "closed the connection before its answer was whole"),
        Case(
            name: "cut after the head", fault: .truncate(after: 0, reset: false),
            words: "closed the connection before its answer was whole"),
        Case(
            name: "cut in the body", fault: .truncate(after: 1, reset: true),
            words: "closed the connection before its answer was whole"),
        Case(name: "garbage", fault: .garbage(seed: 3), words: "the server's answer cannot be read"),
        Case(name: "HTML", fault: .html, words: "is not Flyte's"),
        Case(
            name: "another content type", fault: .contentType("text/plain"), words: "its type is 'text/plain'"
        ),
        Case(
            name: "redirect", fault: .redirect(status: 302, to: "https://idp.example.com/login?state=x"),
            words: "to https://idp.example.com/login."),
        Case(name: "hang", fault: .hang, words: "did not answer in time"),
        Case(name: "429", fault: .refuse(status: 429, retryAfter: nil), words: "the server answered 429"),
        Case(
            name: "429 with Retry-After", fault: .refuse(status: 429, retryAfter: "0"),
            words: "the server answered 429"),
        Case(name: "502", fault: .refuse(status: 502, retryAfter: nil), words: "the server answered 502"),
        Case(name: "503", fault: .refuse(status: 503, retryAfter: "0"), words: "the server answered 503"),
        Case(
            name: "504", fault: .refuseAsFlyte(code: 4, message: "context deadline exceeded"),
            words: "the server answered 504: context deadline exceeded"),
        Case(
            name: "500", fault: .refuseAsFlyte(code: 13, message: "read tcp: reset"),
            words: "the server answered 500: read tcp: reset"),
        Case(
            name: "401", fault: .refuseAsFlyte(code: 16, message: "Token is expired"), words: "Log in"),
        Case(
            name: "403", fault: .refuseAsFlyte(code: 7, message: "denied"), words: "ask for the permission"),
        Case(
            name: "4 MiB",
            fault: .refuseAsFlyte(
                code: 8, message: "grpc: received message larger than max (4194305 vs. 4194304)"),
            words: "the answer is larger than the server sends"),
    ]

    private func installation() -> MadeInstallation {
        let made = MadeInstallation()
        for (number, name) in ["a", "b", "c"].enumerated() {
            made.execution(
                name, number: Int64(number), inputs: MadeInstallation.map(["x": name]),
                outputs: MadeInstallation.map(["y": name]))
            made.node("n0", of: name)
            made.attempt(0, of: "n0", name)
        }
        return made
    }

    private func dump(_ path: String) throws -> [String] {
        try SampleHarvest.dump(path).filter { !$0.hasPrefix("v_problem: ") }
    }

    @Test(arguments: cases) func aFaultThatStaysCostsOnlyWhatItHits(_ it: Case) async throws {
        try await installation().serving { server, path async throws in
            let good = path + "-good"
            #expect(try await SampleHarvest.run(server, into: good).new == 3)
            server.setFaults(Faults([.init(it.fault) { $0.path.hasSuffix("/executions/p/d/b") }]))
            let summary = try await SampleHarvest.run(server, into: path)
            // The tool's exit code is 2 then.
            #expect(summary.problems == 1 && summary.new >= 2)
            let told = try Archive.column(
                path, "SELECT message FROM v_problem WHERE execution = 'b' AND resolved_at IS NULL")
            #expect(told.count >= 1)
            #expect(told.allSatisfy { $0.text?.contains(it.words) == true }, "\(told)")
            server.setFaults(.none)
            #expect(try await SampleHarvest.run(server, into: path).problems == 0)
            #expect(try dump(path) == dump(good))
            #expect(
                try Archive.column(path, "SELECT message FROM v_problem WHERE resolved_at IS NULL").isEmpty)
        }
    }

    @Test(arguments: cases) func aFaultFromTheFirstQuestionOnIsToldBeforeAnythingIsWritten(_ it: Case)
        async throws
    {
        try await installation().serving { server, _ async throws in
            server.setFaults(Faults([.init(it.fault)]))
            do {
                _ = try await HarvestPlan(HarvestOptions(), client: SampleHarvest.client(server))
                Issue.record("it was taken for Flyte")
            } catch {
                #expect("\(error)".contains(it.words), "\(error)")
            }
        }
    }

    // MARK: What changes while a harvest runs

    @Test func aServerThatGoesAwayEndsTheHarvestAndTheNextGoesOn() async throws {
        let made = installation()
        try await made.serving { server, path async throws in
            let good = path + "-good"
            #expect(try await SampleHarvest.run(server, into: good).new == 3)
            let leaving = try AdminServer(made.installation)
            do {
                let client = SampleHarvest.client(leaving)
                let plan = try await HarvestPlan(HarvestOptions(), client: client)
                leaving.stop()
                _ = try await Harvester(
                    plan, client: client, archive: try Archive(path: path, mode: .readWrite),
                    source: "sample",
                    toolVersion: "test", now: { SampleHarvest.later }
                ).run()
                Issue.record("it went on")
            } catch {
                #expect("\(error)".contains("refuses connections"), "\(error)")
            }
            #expect(try Archive.column(path, "SELECT outcome FROM v_harvest") == [.text("failed")])
            #expect(try await SampleHarvest.run(server, into: path).problems == 0)
            #expect(try dump(path) == dump(good))
        }
    }

    @Test func aTokenThatExpiresInMidRunIsRenewed() async throws {
        var logIn = LogIn()
        logIn.lifetime = 7
        let requests = Counter()
        try await installation().serving({
            $0.logIn = logIn
            // A second goes by with every look at the clock.
            $0.clock = { SampleHarvest.later + requests.next() * 1_000_000_000 }
        }) { server, path async throws in
            var settings = FlyteSettings()
            settings.endpoint = server.address
            settings.clientID = "flightlog"
            settings.clientSecretVariable = "SECRET"
            var options = AdminClient.Options()
            options.jobs = 1
            let client = try await settings.client(
                options: options, userAgent: "test", environment: { _ in "open-sesame" })
            let plan = try await HarvestPlan(HarvestOptions(), client: client)
            let summary = try await Harvester(
                plan, client: client, archive: try Archive(path: path, mode: .readWrite), source: "sample",
                toolVersion: "test", now: { SampleHarvest.later }
            ).run()
            #expect(summary.new == 3 && summary.problems == 0)
            #expect(server.log.count { $0.request.path == "/oauth2/token" } > 2)
        }
    }

    /// A day ahead at first, then set right: what changed meanwhile is found all the same.
    @Test(arguments: [86_400, -86_400] as [Int64]) func aServersClockThatIsSetRightHidesNothing(ahead: Int64)
        async throws
    {
        let skew = Counter()
        let made = installation()
        try await made.serving({
            $0.clock = { SampleHarvest.later + (skew.value == 0 ? ahead * 1_000_000_000 : 60_000_000_000) }
        }) { server, path async throws in
            #expect(try await SampleHarvest.run(server, into: path).new == 3)
            _ = skew.next()
            made.execution(
                "d", number: 9, columns: HiddenColumns(updatedAt: SampleHarvest.later + 30_000_000_000))
            #expect(try await SampleHarvest.run(server, into: path).new == 1)
        }
    }

    @Test func ourClockThatGoesBackHidesNothing() async throws {
        let made = installation()
        try await made.serving { server, path async throws in
            for hours: Int64 in [48, 0] {
                let client = SampleHarvest.client(server)
                let plan = try await HarvestPlan(HarvestOptions(), client: client)
                let summary = try await Harvester(
                    plan, client: client, archive: try Archive(path: path, mode: .readWrite),
                    source: "sample",
                    toolVersion: "test", now: { SampleHarvest.later + hours * 3_600_000_000_000 }
                ).run()
                #expect(summary.new == (hours == 48 ? 3 : 1) && summary.problems == 0)
                made.execution(
                    "d", number: 9, columns: HiddenColumns(updatedAt: SampleHarvest.later + 30_000_000_000))
            }
        }
    }

    // Unchecked: the lock guards the number.
    private final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var number: Int64 = 0
        var value: Int64 { lock.withLock { number } }
        func next() -> Int64 {
            lock.withLock {
                number += 1
                return number
            }
        }
    }
}

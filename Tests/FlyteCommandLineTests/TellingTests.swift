import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteModel
import FlyteServer
import Foundation
import Locking
import Tables
import TestSupport
import Testing

@testable import FlyteCommandLine

/// How a harvest is told: to people, to machines, to Prometheus.
struct TellingTests {
    // MARK: To people

    private func progress(_ change: (inout HarvestProgress) -> Void) -> String {
        var progress = HarvestProgress()
        (progress.done, progress.total) = (120, 480)
        (progress.counts.requests, progress.counts.inFlight) = (3000, 16)
        progress.seconds = 10
        change(&progress)
        return ProgressLine.text(progress)
    }

    @Test func theLineTellsWhatIsDoneHowFastAndWhatIsLeft() {
        #expect(
            progress { _ in }
                == "120 of 480 executions (12/s), 3000 requests (300/s), 16 in flight, about 30 s left")
        let trouble = progress {
            $0.counts.retries = 2
            $0.problems = 1
            $0.total = 12_000
        }
        #expect(trouble.hasSuffix("16 in flight, 2 retries, 1 problems, about 16 min 30 s left"))
    }

    @Test func noSpeedIsToldBeforeThereIsOne() {
        #expect(
            progress { $0.seconds = 0.003 }
                == "120 of 480 executions, 3000 requests, 16 in flight")
    }

    @Test func theLeastIsToldWhileListsAreRead() {
        #expect(
            progress { $0.openLists = 2 }
                == "120 of 480+ executions (12/s), 3000 requests (300/s), 16 in flight, at least 30 s left")
    }

    // MARK: To machines

    private final class Lines: Sendable {
        private let kept = Guarded([String]())

        var texts: [String] { kept.withLock { $0 } }
        func append(_ text: String) { kept.withLock { $0.append(text) } }
    }

    private let noon = Timestamp(nanoseconds: 1_772_625_600_000_000_000)

    @Test func theKeysOfEventsStay() {
        let lines = Lines()
        let events = EventLines(print: { lines.append($0) }, now: { noon })
        let id = ExecutionID(project: "p", domain: "d", name: "a\"b\u{1b}")
        let error = AdminError(kind: .serverFault, route: "GET /x", status: 500, message: "no")
        var progress = HarvestProgress()
        (progress.done, progress.total, progress.openLists, progress.seconds) = (1, 3, 1, 2)
        var summary = HarvestSummary()
        (summary.new, summary.updated, summary.unchanged, summary.skipped, summary.problems) = (1, 2, 3, 4, 5)
        (summary.requests, summary.retries, summary.bytesIn, summary.rows, summary.seconds) = (
            6, 7, 8, 9, 0.5
        )
        events.started(archive: "runs.db", source: "s", endpoint: "http://x")
        events.tell(.listed(project: "p", domain: "d", executions: 5, toRead: 3))
        events.tell(.execution(id, .updated))
        events.tell(.problem(project: "p", domain: "d", execution: nil, error))
        events.tell(.progress(progress))
        events.tell(.progress(progress))
        events.finished(summary, failure: nil)
        events.finished(HarvestSummary(), failure: "Nobody there.")
        #expect(
            lines.texts.joined() == """
                {"event":"started","at":"2026-03-04T12:00:00.000000Z","archive":"runs.db","source":"s","endpoint":"http://x","tool_version":"\(flightlogVersion)"}
                {"event":"listed","at":"2026-03-04T12:00:00.000000Z","project":"p","domain":"d","executions":5,"to_read":3}
                {"event":"execution","at":"2026-03-04T12:00:00.000000Z","project":"p","domain":"d","execution":"a\\"b\\u001b","result":"updated"}
                {"event":"problem","at":"2026-03-04T12:00:00.000000Z","project":"p","domain":"d","execution":null,"route":"GET /x","status":500,"message":"GET /x: the server answered 500: no."}
                {"event":"progress","at":"2026-03-04T12:00:00.000000Z","done":1,"total":3,"lists_open":1,"in_flight":0,"problems":0,"requests":0,"retries":0,"bytes_in":0,"seconds":2.0,"remaining_s":null,"remaining_at_least_s":4.0}
                {"event":"finished","at":"2026-03-04T12:00:00.000000Z","outcome":"problems","new":1,"updated":2,"unchanged":3,"skipped":4,"problems":5,"requests":6,"retries":7,"bytes_in":8,"rows":9,"seconds":0.5,"error":null}
                {"event":"finished","at":"2026-03-04T12:00:00.000000Z","outcome":"failed","new":0,"updated":0,"unchanged":0,"skipped":0,"problems":0,"requests":0,"retries":0,"bytes_in":0,"rows":0,"seconds":0.0,"error":"Nobody there."}

                """)
    }

    @Test func whoStopsListeningDoesNotStopTheHarvest() {
        let lines = Lines()
        let events = EventLines(
            print: {
                lines.append($0)
                throw ClosedPipe()
            }, now: { noon })
        events.started(archive: "a", source: "s", endpoint: "e")
        events.finished(HarvestSummary(), failure: nil)
        #expect(lines.texts.count == 1)
    }

    private func events(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test func aHarvestIsToldFromItsStartToItsEnd() throws {
        let server = try AdminServer(
            SampleInstallation(SampleInstallation.Options(end: noon)).installation)
        defer { server.stop() }
        try TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            let result = try Tool.run(
                "harvest", path, "--endpoint", server.address, "--project", "vision", "--json")
            #expect(result.code == 0 && result.err.isEmpty, "\(result.err)")
            let events = try events(result.out)
            #expect(events.first?["event"] as? String == "started")
            #expect(events.last?["event"] as? String == "finished")
            let lists = events.filter { $0["event"] as? String == "listed" }
            #expect(lists.count == 2)
            let executions = events.filter { $0["event"] as? String == "execution" }
            #expect(executions.allSatisfy { $0["result"] as? String == "new" })
            #expect(executions.count == lists.compactMap { $0["to_read"] as? Int }.reduce(0, +))
            #expect(executions.count == events.last?["new"] as? Int && executions.count > 100)
            #expect(events.last?["rows"] as? Int ?? 0 > 10 * executions.count)
        }
    }

    /// What a newer version makes otherwise is due, with a reason, until a harvest has made it.
    @Test func rowsThatAreDueAreToldAndMadeByTheNextHarvest() throws {
        let server = try AdminServer(
            SampleInstallation(SampleInstallation.Options(end: noon)).installation)
        defer { server.stop() }
        try TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            let harvest = ["harvest", path, "--endpoint", server.address, "--project", "vision", "--json"]
            #expect(try Tool.run(harvest).code == 0)
            let before = try ViewDump.lines(of: Archive(path: path, mode: .readOnly))
            try SQLiteFile.run(
                path,
                """
                UPDATE derivation SET reason = 'nodes have kinds' WHERE part = 'execution';
                UPDATE node SET kind = 'unknown'; DELETE FROM literal
                """)
            let status = try Tool.run("status", path, "--format", "json")
            let parts = try #require(
                try JSONSerialization.jsonObject(with: Data(status.out.utf8)) as? [String: [[String: Any]]])
            let due = try #require(parts["rebuild_due"]?.first)
            let remaining = try #require(due["remaining"] as? Int)
            #expect(due["reason"] as? String == "nodes have kinds" && remaining > 100)
            let verified = try Tool.run("verify", path)
            #expect(verified.code == 0)
            #expect(verified.err.contains("\(remaining) rows are due to be made again"))

            let result = try Tool.run(harvest)
            #expect(result.code == 0)
            #expect(result.err.contains("\(remaining) rows of '\(path)' were made again"))
            #expect(result.err.contains("executions: nodes have kinds"))
            let told = try #require(try events(result.out).first { $0["event"] as? String == "remade" })
            #expect(told["rows"] as? Int == remaining && told["remaining"] as? Int == 0)
            #expect(try ViewDump.lines(of: Archive(path: path, mode: .readOnly)) == before)
            #expect(try !Tool.run("status", path).out.contains("nodes have kinds"))
            #expect(try Tool.run("verify", path).code == 0)
            // Told once.
            #expect(try Tool.run(harvest).err.isEmpty)
        }
    }

    // MARK: To Prometheus

    @Test func labelsAreEscaped() {
        #expect(HarvestMetrics.escaped("a\\b\"c\nd é") == "a\\\\b\\\"c\\nd é")
    }

    @Test func metricsTellSuccessAndFailure() throws {
        let server = try AdminServer(
            SampleInstallation(SampleInstallation.Options(end: noon)).installation)
        defer { server.stop() }
        try TemporaryFolder.with { folder in
            let (path, metrics) = (folder + "/runs.db", folder + "/flightlog.prom")
            let arguments = [
                "harvest", path, "--endpoint", server.address, "--project", "vision", "--source", "a \"b\"",
                "--metrics", metrics,
            ]
            #expect(try Tool.run(arguments).code == 0)
            let good = try String(contentsOfFile: metrics, encoding: .utf8)
            let executions =
                try Archive(path: path, mode: .readOnly)
                .query("SELECT count(*) FROM v_execution").rows[0][0].integer ?? 0
            let own = "source=\"a \\\"b\\\"\""
            for line in [
                "flightlog_harvest_success{\(own)} 1",
                "flightlog_harvest_executions{\(own),result=\"new\"} \(executions)",
                "flightlog_problems_open{\(own)} 0",
            ] {
                #expect(good.contains("\n\(line)\n"), "\(good)")
            }
            for name in [
                "flightlog_harvest_last_success_timestamp_seconds{", "flightlog_harvest_duration_seconds{",
                "flightlog_harvest_requests{", "flightlog_harvest_retries{",
                "flightlog_harvest_received_bytes{", "flightlog_archive_bytes{",
                "flightlog_watermark_age_seconds{\(own),project=\"vision\",domain=\"production\"}",
            ] {
                #expect(good.contains("\n\(name)"), "\(good)")
            }
            try expectExposition(good)

            server.setFaults(Faults([.init(.refuseAsFlyte(code: 16, message: "no"))]))
            #expect(try Tool.run(arguments).code == 1)
            let bad = try String(contentsOfFile: metrics, encoding: .utf8)
            #expect(bad.contains("\nflightlog_harvest_success{\(own)} 0\n"))
            // The last success is still known, and is the same.
            let success = "flightlog_harvest_last_success_timestamp_seconds{\(own)} "
            func line(_ text: String) -> Substring? {
                text.split(separator: "\n").first { $0.hasPrefix(success) }
            }
            #expect(line(bad) != nil && line(bad) == line(good))
            try expectExposition(bad)

            // Whoever holds the archive tells how it goes.
            let lock = try ArchiveLock(archive: path, who: "process 42")
            server.setFaults(.none)
            #expect(try Tool.run(arguments).code == 75)
            #expect(try String(contentsOfFile: metrics, encoding: .utf8) == bad)
            withExtendedLifetime(lock) {}
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).filter {
                    $0.hasSuffix(".partial")
                }
                .isEmpty)
        }
    }

    /// Each metric once, with its help and type before its samples, and a number in each sample.
    private func expectExposition(_ text: String) throws {
        var known: Set<String> = []
        var current = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# HELP ") {
                current = String(line.split(separator: " ")[2])
                #expect(known.insert(current).inserted)
            } else if line.hasPrefix("# TYPE ") {
                #expect(line == "# TYPE \(current) gauge")
            } else {
                #expect(line.hasPrefix(current + "{"))
                let value = try #require(line.split(separator: " ").last)
                #expect(Double(value) != nil, "\(line)")
            }
        }
        #expect(text.hasSuffix("\n"))
    }

    @Test func aPlaceForMetricsThatCannotBeWrittenIsToldBeforeTheWork() throws {
        try TemporaryFolder.with { folder in
            let result = try Tool.run(
                "harvest", folder + "/x.db", "--endpoint", "127.0.0.1:1", "--metrics", "/proc/none/x.prom")
            #expect(result.code == 1 && result.err.contains("'/proc/none/x.prom' cannot be written"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }
}

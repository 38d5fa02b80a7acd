import FlyteArchive
import FlyteModel
import FlyteServer
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteCommandLine

/// A server that is not there, as the one sees it who looks in the morning: exit codes, the journal, the metrics, `status`.
struct DownServerTests {
    private static let sample = SampleInstallation(
        SampleInstallation.Options(end: Timestamp(nanoseconds: 1_772_625_600_000_000_000)))

    private func harvest(_ path: String, _ address: String, _ more: String...) throws -> Tool.Result {
        try Tool.run(
            [
                "harvest", path, "--endpoint", address, "--source", "prod", "--project", "vision", "--domain",
                "development", "--metrics", path + ".prom", "--timeout", "5",
            ] + more)
    }

    /// What a morning has, by the source: the verdict for machines, and the metrics by their names.
    private struct Morning {
        var verdict: [String: Any]
        var metrics: [String: Double]
        var text: String

        /// The alert that the documentation prints.
        var alertFires: Bool {
            guard let last = metrics["flightlog_harvest_last_success_timestamp_seconds"] else { return false }
            return Date().timeIntervalSince1970 - last > 36 * 3600
        }
    }

    private func morning(_ path: String, _ folder: String) throws -> Morning {
        let json = try Tool.run("status", path, "--format", "json")
        #expect(json.code == 0 && json.err.isEmpty)
        let parts = try #require(
            try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: [[String: Any]]])
        var metrics: [String: Double] = [:]
        for line in try String(contentsOfFile: path + ".prom", encoding: .utf8).split(separator: "\n")
        where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            let name = parts[0].prefix { $0 != "{" }
            let outcome = parts[0].firstRange(of: "outcome=\"").map {
                parts[0][$0.upperBound...].prefix { $0 != "\"" }
            }
            metrics[name + (outcome.map { ":" + $0 } ?? "")] = Double(parts[1])
        }
        let text = try Tool.run("status", path)
        #expect(text.code == 0 && text.err.isEmpty)
        return Morning(verdict: try #require(parts["verdict"]?.first), metrics: metrics, text: text.out)
    }

    /// A day goes by.
    private func sleep(_ path: String) throws {
        try SQLiteFile.run(
            path,
            """
            UPDATE harvest SET started_at = started_at - 86400000000000, ended_at = ended_at - 86400000000000;
            UPDATE watermark SET updated_at = updated_at - 86400000000000;
            """)
        let file = path + ".prom"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let name = "flightlog_harvest_last_success_timestamp_seconds"
        let later = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            guard line.hasPrefix(name), let value = line.split(separator: " ").last.flatMap({ Double($0) }),
                value > 0
            else { return String(line) }
            return "\(line.split(separator: " ")[0]) \(value - 86_400)"
        }
        try later.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
    }

    @Test func threeNightsWithoutAServer() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            let server = try AdminServer(Self.sample.installation)
            let address = server.address
            #expect(try harvest(path, address).code == 0)
            var now = try morning(path, folder)
            #expect(now.text.hasPrefix("FRESH: \(path)\n"))
            #expect(now.verdict["verdict"] as? String == "fresh" && !now.alertFires)
            let first = try #require(now.verdict["last_success_at"] as? String)
            server.stop()
            let kept = try ViewDump.lines(of: Archive(path: path, mode: .readOnly))

            for night in 1...3 {
                try sleep(path)
                let result = try harvest(path, address)
                #expect(result.code == 1)
                #expect(result.err.contains("refuses connections"), "\(result.err)")
                now = try morning(path, folder)
                // The journal has a row a night, with what was told.
                let rows = try Archive(path: path, mode: .readOnly).query(
                    "SELECT outcome, reason, ended_at >= started_at FROM v_harvest ORDER BY harvest_id"
                ).rows
                #expect(rows.count == night + 1)
                #expect(rows[0] == [.text("done"), .null, .integer(1)])
                for row in rows.dropFirst() {
                    #expect(row[0] == .text("failed") && row[2] == .integer(1))
                    #expect(row[1].text.map { result.err.contains($0) } == true, "\(row)")
                }
                #expect(now.metrics["flightlog_harvest_success"] == 0)
                #expect(now.metrics["flightlog_harvest_outcome:failed"] == 1)
                #expect(now.metrics["flightlog_harvest_outcome:done"] == 0)
                // After the first night the success is a day old, and the alert waits for the second.
                #expect(now.alertFires == (night >= 2))
                #expect(now.verdict["verdict"] as? String == (night >= 2 ? "stale" : "fresh"))
                #expect(now.verdict["last_outcome"] as? String == "failed")
                #expect((now.verdict["last_reason"] as? String)?.contains("refuses connections") == true)
                #expect(now.verdict["unsuccessful_since_success"] as? Int == night)
                #expect(
                    now.text.hasPrefix(
                        night == 1
                            ? "FRESH, but the last harvest did not come to its end: \(path)\n"
                            : "STALE: \(path)\n"))
                #expect(now.text.contains("  last harvest  failed at "))
                #expect(now.text.contains("refuses connections"))
                #expect(now.text.contains("  last success  "))
                #expect(now.text.contains("\(night) in a row did not come to their end") == (night > 1))
                #expect(now.text.contains("  running now   nothing\n"))
                #expect(now.text.contains("last_success_at"))
            }
            #expect(now.verdict["last_success_at"] as? String != first)
            // Nothing else was touched, and the seals hold.
            #expect(try ViewDump.lines(of: Archive(path: path, mode: .readOnly)) == kept)
            #expect(try Tool.run("verify", path).code == 0)

            // It is back.
            let again = try AdminServer(Self.sample.installation)
            defer { again.stop() }
            #expect(try harvest(path, again.address).code == 0)
            now = try morning(path, folder)
            #expect(now.text.hasPrefix("FRESH: \(path)\n") && !now.alertFires)
            #expect(now.verdict["unsuccessful_since_success"] as? Int == 0)
            #expect(now.metrics["flightlog_harvest_success"] == 1)
        }
    }

    @Test func aSourceThatNeverSucceeded() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            let port = try RawServer.closedPort()
            for night in 1...2 {
                #expect(try harvest(path, "http://127.0.0.1:\(port)").code == 1)
                let now = try morning(path, folder)
                #expect(now.text.hasPrefix("NEVER HARVESTED: \(path)\n"), "\(now.text)")
                #expect(now.verdict["verdict"] as? String == "never")
                #expect(now.verdict["last_success_at"] is NSNull)
                #expect(now.verdict["complete_up_to"] is NSNull)
                #expect(now.verdict["unsuccessful_since_success"] as? Int == night)
                // There is a value, so that the alert fires.
                #expect(now.metrics["flightlog_harvest_last_success_timestamp_seconds"] == 0)
                #expect(now.alertFires)
            }
        }
    }

    @Test func aSecretThatIsGone() throws {
        try TemporaryFolder.with { folder in
            let (path, config) = (folder + "/runs.db", folder + "/config.yaml")
            try """
            admin:
              endpoint: http://127.0.0.1:1
              authType: ClientSecret
              clientId: flightlog
              clientSecretLocation: \(folder)/none
            """.write(toFile: config, atomically: true, encoding: .utf8)
            let result = try Tool.run(
                "harvest", path, "--config", config, "--source", "prod", "--metrics", path + ".prom")
            #expect(result.code == 1 && result.err.contains("cannot be read"), "\(result.err)")
            let now = try morning(path, folder)
            #expect((now.verdict["last_reason"] as? String)?.contains("\(folder)/none") == true)
            #expect(now.metrics["flightlog_harvest_outcome:failed"] == 1)
        }
    }

    /// Of several sources one that is down keeps its row, and the other is harvested.
    @Test func oneOfTwoSourcesIsDown() throws {
        let server = try AdminServer(Self.sample.installation)
        defer { server.stop() }
        try TemporaryFolder.with { folder in
            let (path, settings) = (folder + "/runs.db", folder + "/flightlog.yaml")
            let port = try RawServer.closedPort()
            try """
            archive: \(path)
            sources:
              - name: east
                endpoint: \(server.address)
                projects: [vision]
                domains: [development]
              - name: west
                endpoint: http://127.0.0.1:\(port)
            """.write(toFile: settings, atomically: true, encoding: .utf8)
            #expect(try Tool.run("harvest", "--settings", settings).code == 1)
            let text = try Tool.run("status", path).out
            #expect(text.hasPrefix("NEVER HARVESTED: \(path), 1 of 2 sources\n"), "\(text)")
            #expect(text.contains("\neast: FRESH\n") && text.contains("\nwest: NEVER HARVESTED\n"))
            // A mistyped name that nobody has tried for a week does not count any more.
            try SQLiteFile.run(
                path,
                """
                UPDATE harvest SET started_at = started_at - 700000000000000, ended_at = ended_at - 700000000000000
                WHERE outcome = 'failed'
                """)
            let later = try Tool.run("status", path).out
            #expect(later.hasPrefix("FRESH: \(path)\n"), "\(later)")
            #expect(later.contains("\nwest: never harvested, and not tried any more\n"))
        }
    }

    // MARK: While it waits

    /// Starts a harvest of a server that takes connections and says nothing, and waits until it has its row.
    private func waiting(_ path: String, _ more: [String] = []) throws -> (Process, RawServer, Pipe) {
        let server = try RawServer { _ in .bytesAndHang([]) }
        let process = Tool.process(
            ["harvest", path, "--endpoint", server.base, "--source", "prod", "--timeout", "100"] + more)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<200 {
            Thread.sleep(forTimeInterval: 0.05)
            let rows = try? Archive(path: path, mode: .readOnly).query("SELECT 1 FROM v_harvest").rows
            if rows?.isEmpty == false { break }
        }
        return (process, server, pipe)
    }

    @Test func whoIsKilledWhileNobodyAnswersLeavesARow() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            let (process, server, _) = try waiting(path)
            defer { server.stop() }
            let running = try Tool.run("status", path).out
            #expect(
                running.contains(
                    "running now   'flightlog harvest' (process \(process.processIdentifier), since "),
                "\(running)")
            #expect(running.contains("  harvest       runs, since "))
            #expect(running.contains("  last harvest") == false)
            // Whoever looks is in nobody's way, and who comes second is told.
            let second = try Tool.run("harvest", path, "--endpoint", server.base)
            #expect(second.code == 75 && second.err.contains("process \(process.processIdentifier)"))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let after = try Tool.run("status", path).out
            #expect(after.contains("running now   nothing"))
            #expect(after.contains("  last harvest  cut off at "), "\(after)")
            #expect(try Tool.run("verify", path).code == 0)
        }
    }

    @Test(arguments: [nil, 9] as [Int32?]) func whoIsStoppedWhileNobodyAnswersEndsWell(code: Int32?) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            let (process, server, pipe) = try waiting(
                path, ["--json"] + (code.map { ["--stop-code", String($0)] } ?? []))
            defer { server.stop() }
            process.terminate()
            process.waitUntilExit()
            let told = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(process.terminationStatus == code ?? 0, "\(told)")
            #expect(told.split(separator: "\n").last?.contains("\"outcome\":\"stopped\"") == true, "\(told)")
            #expect(
                try Archive(path: path, mode: .readOnly).query("SELECT outcome, reason FROM v_harvest").rows
                    == [[.text("stopped"), .null]])
            #expect(try Tool.run("status", path).out.contains("  last harvest  stopped at "))
        }
    }

    @Test func aHarvestThatIsStoppedHasItsOwnExitCode() throws {
        let server = try AdminServer(Self.sample.installation)
        defer { server.stop() }
        try TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            let process = Tool.process([
                "harvest", path, "--endpoint", server.address, "--rate", "300", "--stop-code", "9",
                "--metrics",
                path + ".prom", "--source", "prod",
            ])
            process.standardError = FileHandle.nullDevice
            try process.run()
            Thread.sleep(forTimeInterval: 2)
            process.interrupt()
            process.waitUntilExit()
            #expect(process.terminationStatus == 9)
            let now = try morning(path, folder)
            #expect(now.metrics["flightlog_harvest_success"] == 0)
            #expect(now.metrics["flightlog_harvest_outcome:stopped"] == 1)
            #expect(now.alertFires)
            // One that comes to its end exits as ever.
            #expect(try harvest(path, server.address, "--stop-code", "9").code == 0)
        }
        for wrong in ["0", "256", "x"] {
            #expect(try Tool.run("harvest", "x.db", "--stop-code", wrong).code == 64)
        }
    }

    /// Whoever looks at the lock holds it for a moment, and keeps nobody from harvesting.
    @Test func lookingAtTheLockTurnsNobodyAway() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            _ = try Archive(path: path, mode: .readWrite)
            #expect(ArchiveLock.state(ofArchive: path) == .free)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask { for _ in 0..<5000 { _ = ArchiveLock.state(ofArchive: path) } }
                }
                group.addTask {
                    for _ in 0..<200 {
                        let lock = try ArchiveLock(archive: path, who: "me")
                        #expect(ArchiveLock.state(ofArchive: path) == .held("me"))
                        withExtendedLifetime(lock) {}
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

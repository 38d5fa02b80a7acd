import FlyteArchive
import FlyteModel
import FlyteServer
import Foundation
import Tables
import TestSupport
import Testing

/// What goes wrong on the machine itself, as the one who reads cron's mail sees it.
struct FaultRunTests {
    private static let sample = SampleInstallation(
        SampleInstallation.Options(end: Timestamp(nanoseconds: 1_772_625_600_000_000_000)))

    /// Harvests of one project and domain.
    private func arguments(_ server: AdminServer, _ path: String) -> [String] {
        [
            "harvest", path, "--endpoint", server.address, "--project", "vision", "--domain", "development",
            "--timeout", "1",
        ]
    }

    /// Runs the tool under another program.
    private func run(_ program: [String], _ arguments: [String]) throws -> Tool.Result {
        try Tool.run(Array(program.dropFirst()) + [Tool.path] + arguments, program: program[0])
    }

    private func dump(_ path: String) throws -> [String] {
        try ViewDump.lines(of: try Archive(path: path, mode: .readOnly)).filter {
            !$0.hasPrefix("v_problem: ")
        }
    }

    @Test func aPoisonedExecutionIsTheExitCodesTwo() throws {
        let server = try AdminServer(Self.sample.installation)
        defer { server.stop() }
        let victim = try #require(
            Self.sample.truth.executions.first { $0.values[0] == "vision" && $0.values[1] == "development" }?
                .values[2])
        server.setFaults(
            Faults([.init(.hang) { $0.path == "/api/v1/executions/vision/development/\(victim)" }]))
        try TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            let result = try Tool.run(arguments(server, path))
            #expect(result.code == 2)
            #expect(
                result.err.contains("1 problem is recorded; 'flightlog query \(path) problems' lists them"),
                "\(result.err)")
            server.setFaults(.none)
            #expect(try Tool.run(arguments(server, path)).code == 0)
            let good = folder + "/good.db"
            #expect(try Tool.run(arguments(server, good)).code == 0)
            #expect(try dump(path) == dump(good))
        }
    }

    @Test(.measuresTheProcess) func aFullDiskIsToldAndCostsNothing() throws {
        let server = try AdminServer(Self.sample.installation)
        defer { server.stop() }
        try TemporaryFolder.with { folder in
            let (path, good) = (folder + "/runs.db", folder + "/good.db")
            #expect(try Tool.run(arguments(server, good)).code == 0)
            // So many blocks of 512 bytes; the schema is there by then, and not every execution.
            for blocks in [40, 1000] {
                let limited = try run(
                    ["/bin/sh", "-c", "ulimit -f \(blocks); exec \"$0\" \"$@\""], arguments(server, path))
                #expect(limited.code == 1, "\(limited.err)")
                // Whether the system's reason is still known when SQLite asks for it is chance.
                #expect(
                    limited.err.contains("The disk of '\(path)' is full")
                        || limited.err.contains("'\(path)' cannot be written: disk I/O error"),
                    "\(limited.err)")
            }
            #expect(try Tool.run(arguments(server, path)).code == 0)
            #expect(try dump(path) == dump(good))
        }
    }

    @Test func aFileThatMayOnlyBeReadIsToldBeforeTheServerIsAsked() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            try FileManager.default.copyItem(atPath: SharedArchive.path, toPath: path)
            try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
            let before = FileManager.default.contents(atPath: path)
            let arguments = ["harvest", path, "--endpoint", "127.0.0.1:1"]
            // Root may write everything.
            let result =
                getuid() == 0
                ? try run(["/usr/bin/setpriv", "--reuid=65534", "--clear-groups"], arguments)
                : try Tool.run(arguments)
            #expect(result.code == 1, "\(result.err)")
            #expect(result.err.contains("'\(path)' cannot be written: Permission denied"), "\(result.err)")
            #expect(FileManager.default.contents(atPath: path) == before)
        }
    }
}

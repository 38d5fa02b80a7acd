import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

/// What people do with an archive over the years: copies, other machines, full disks, two at once.
///
/// They take minutes: `make check-keeping`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["KEEPING"] != nil)) struct KeepingTests {
    private static func dump(_ path: String) throws -> [String] {
        try ViewDump.lines(of: try Archive(path: path, mode: .readOnly))
    }

    private static func isWhole(_ path: String) throws -> Bool {
        try SQLiteFile.run(path, "PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok\n"
    }

    /// A copy of the shared archive, and what else a verb needs.
    private static func withCopy(_ body: (_ folder: String, _ path: String) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            try FileManager.default.copyItem(atPath: SharedArchive.path, toPath: folder + "/runs.db")
            try body(folder, folder + "/runs.db")
        }
    }

    /// Each verb that writes, on `runs.db` in its folder.
    private static func verb(_ name: String, in folder: String) throws -> [String] {
        let path = folder + "/runs.db"
        switch name {
        case "compact": return ["compact", path]
        case "forget": return ["forget", path, "--variable", "region", "--yes"]
        case "merge":
            let other = folder + "/other.db"
            try FileManager.default.moveItem(atPath: path, toPath: other)
            try Tool.run("extract", other, path, "--project", "vision")
            return ["merge", path, other]
        case "migrate":
            try FileManager.default.removeItem(atPath: path)
            try Fixtures.unpackArchive(version: 1, to: path)
            return ["migrate", path]
        default: return ["extract", path, folder + "/new.db", "--project", "sales"]
        }
    }

    @Test(arguments: ["compact", "forget", "merge", "migrate", "extract"])
    func aFullDiskIsNamedAndLosesNothing(name: String) throws {
        try Self.withCopy { folder, path in
            let words = try Self.verb(name, in: folder)
            let before = try Self.dump(path)
            // A limit on the size of files is a disk that is full, for one process.
            let process = Tool.process([])
            process.executableURL = URL(filePath: "/bin/bash")
            process.arguments =
                ["-c", "trap '' XFSZ; ulimit -f 200; exec \"$@\"", "bash", Tool.path] + words
            let errors = Pipe()
            process.standardError = errors
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 1, "\(said)")
            #expect(said.contains("is full") && said.contains("make room"), "\(said)")
            #expect(try Self.isWhole(path))
            if name != "merge" { #expect(try Self.dump(path) == before) }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder)
                    .allSatisfy {
                        !$0.contains("partial") && !$0.hasPrefix("new.db") && !$0.contains("before")
                    })

            // With room, it is done after all.
            let again = try Tool.run(words)
            #expect(again.code == 0, "\(again.err)")
            if name == "merge" { #expect(try Self.dump(path) == Self.dump(folder + "/other.db")) }
            if name == "compact" { #expect(try Self.dump(path) == before) }
            #expect(try Self.isWhole(path))
        }
    }

    @Test(arguments: ["compact", "forget", "merge", "migrate"])
    func twoDoNotWriteAtOnce(name: String) throws {
        try Self.withCopy { folder, path in
            let words = try Self.verb(name, in: folder)
            let before = try Data(contentsOf: URL(filePath: path))
            let lock = try ArchiveLock(archive: path, who: "process 42")
            let result = try Tool.run(words)
            #expect(result.code == 75)
            #expect(result.err.contains("held by process 42"), "\(result.err)")
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
            withExtendedLifetime(lock) {}
        }
    }

    @Test func aMergeThatWasKilledIsDoneAgain() throws {
        try Self.withCopy { folder, path in
            let merged = folder + "/merged.db"
            for executions in [3, 200] {
                let process = Tool.process(["merge", merged, path])
                process.standardError = FileHandle.nullDevice
                try process.run()
                while process.isRunning,
                    (try? Archive(path: merged, mode: .readOnly).query("SELECT count(*) FROM v_execution"))?
                        .rows.first?.first?.integer ?? 0 < executions
                {}
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                #expect(
                    try Archive(path: merged, mode: .readOnly).query("PRAGMA integrity_check").rows == [
                        [.text("ok")]
                    ])
            }
            #expect(try Tool.run("merge", merged, path).code == 0)
            #expect(try Self.dump(merged) == Self.dump(path))
            let again = try Tool.run("merge", merged, path)
            #expect(again.code == 0 && again.err.hasPrefix("Nothing new:"), "\(again.err)")
        }
    }

    /// A command that was killed with -9 once the archive's write-ahead log had so many bytes.
    private static func killed(_ command: String, _ path: String, onceLogHas size: Int) throws -> Process {
        let process = Tool.process([command, path])
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning,
            (try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int) ?? 0 < size
        {}
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return process
    }

    @Test func aCompactionThatWasKilledLeavesTheArchiveWhole() throws {
        try Self.withCopy { folder, path in
            let before = try Self.dump(path)
            // As soon as something was written, and a good while later.
            for size in [1, 400_000] {
                _ = try Self.killed("compact", path, onceLogHas: size)
                #expect(try Self.dump(path) == before)
            }
            #expect(try Tool.run("compact", path).code == 0)
            #expect(try Self.dump(path) == before)
            #expect(try Self.isWhole(path))
        }
    }

    /// One execution a transaction: each has all of its rows as they were, or all of them mended.
    @Test func aRebuildThatWasKilledGoesOn() throws {
        try Self.withCopy { folder, path in
            let whole = try Self.dump(path)
            try SQLiteFile.run(path, "UPDATE node SET phase = 'X'; DELETE FROM path_step")
            let steps = try Self.pathSteps(SharedArchive.path)
            var mended = 0
            // As soon as something was written, and a good while later.
            for size in [1, 400_000] {
                let process = try Self.killed("rebuild", path, onceLogHas: size)
                #expect(process.terminationReason == .uncaughtSignal)
                #expect(try Self.isWhole(path))
                let left = try Self.pathSteps(path)
                let nodes = try Archive(path: path, mode: .readOnly).query(
                    "SELECT execution_id, count(*), sum(phase = 'X') FROM node GROUP BY 1"
                ).rows
                for row in nodes {
                    let isOpen = row[2] == row[1]
                    #expect(isOpen || row[2] == .integer(0))
                    #expect(left[row[0]] == (isOpen ? nil : steps[row[0]]))
                }
                let done = nodes.count { $0[2] == .integer(0) }
                #expect(done >= mended && done < nodes.count)
                mended = done
            }
            #expect(mended > 0)
            #expect(try Tool.run("rebuild", path).code == 0)
            #expect(try Self.dump(path) == whole)
            #expect(try Tool.run("verify", path).code == 0)
        }
    }

    /// How many steps the critical path of each execution has.
    private static func pathSteps(_ path: String) throws -> [Cell: Cell] {
        let rows = try Archive(path: path, mode: .readOnly).query(
            "SELECT execution_id, count(*) FROM path_step GROUP BY 1"
        ).rows
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }

    /// The stock shell's two ways, while somebody has the archive open and writes.
    @Test func copiesAreMadeWhileItIsWritten() throws {
        try Self.withCopy { folder, path in
            let writer = try Archive(path: path, mode: .readWrite)
            let source = try writer.source(named: "new", endpoint: "http://new")
            _ = try writer.beginHarvest(of: source, toolVersion: "t", at: .init(nanoseconds: 1))
            #expect(FileManager.default.contents(atPath: path + "-wal")?.isEmpty == false)
            try SQLiteFile.run(path, "VACUUM INTO '\(folder)/into.db'")
            try SQLiteFile.run(path, ".backup '\(folder)/backup.db'")
            let expected = try Self.dump(path)
            for copy in ["into.db", "backup.db"] {
                #expect(try Self.dump("\(folder)/\(copy)") == expected)
                #expect(
                    try Archive(path: "\(folder)/\(copy)", mode: .readOnly).query(
                        "SELECT count(*) FROM v_harvest WHERE source = 'new'"
                    ).rows == [[.integer(1)]])
            }
            withExtendedLifetime(writer) {}
        }
    }

    /// Settled, in the mode that a killed harvest leaves, and with what it had not folded in.
    @Test(arguments: ["settled", "left in WAL mode", "left with its log"])
    func readOnlyMediaAreRead(state: String) throws {
        try Self.withCopy { folder, path in
            let expected = try Self.dump(path)
            var writer: Archive?
            if state != "settled" {
                writer = try Archive(path: path, mode: .readWrite)
                _ = try writer?.source(named: "later", endpoint: "http://later")
            }
            // As the process left them: closing folds the log in.
            let media = folder + "/media"
            try FileManager.default.createDirectory(atPath: media, withIntermediateDirectories: true)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder)
            where name.hasPrefix("runs.db") {
                if state == "left in WAL mode", name != "runs.db" { continue }
                try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(media)/\(name)")
                chmod("\(media)/\(name)", 0o444)
            }
            writer = nil
            chmod(media, 0o555)
            chmod(folder, 0o755)
            defer { chmod(media, 0o755) }
            let words = [
                "sql", media + "/runs.db", "SELECT count(*) AS n FROM v_execution", "--format", "csv",
            ]
            // The superuser may write everywhere: then nobody reads.
            let process = Tool.process(words)
            if getuid() == 0 {
                process.executableURL = URL(filePath: "/usr/bin/setpriv")
                process.arguments = ["--reuid=65534", "--regid=65534", "--clear-groups", Tool.path] + words
            }
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            let count = expected.count { $0.hasPrefix("v_execution: ") }
            #expect(text.filter { !$0.isWhitespace } == "n\(count)", "\(text)")
        }
    }
}

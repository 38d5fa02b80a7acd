import FlyteArchive
import Foundation
import Tables
import TestSupport
import Testing

/// Files beside an archive, and those made of it: who else may lay, move or read them.
struct FileSafetyTests {
    private static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    private static func withCopy(_ body: (_ folder: String, _ path: String) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            try FileManager.default.copyItem(atPath: SharedArchive.path, toPath: folder + "/runs.db")
            try Data("precious\n".utf8).write(to: URL(filePath: folder + "/precious"))
            try body(folder, folder + "/runs.db")
            #expect(try String(contentsOfFile: folder + "/precious", encoding: .utf8) == "precious\n")
        }
    }

    // MARK: Links that somebody laid

    @Test(arguments: ["a link", "a second name", "a folder", "a pipe"])
    func aLockIsAFileOfItsOwn(kind: String) throws {
        try Self.withCopy { folder, path in
            let lock = path + ".lock"
            switch kind {
            case "a link": #expect(symlink(folder + "/precious", lock) == 0)
            case "a second name": #expect(link(folder + "/precious", lock) == 0)
            case "a folder": #expect(mkdir(lock, 0o700) == 0)
            default: #expect(mkfifo(lock, 0o600) == 0)
            }
            let result = try Tool.run("compact", path)
            #expect(result.code == 1 && result.err.contains("'\(lock)' cannot be written"), "\(result.err)")
        }
    }

    @Test func whatIsMadeIsNotWrittenThroughALink() throws {
        try Self.withCopy { folder, path in
            for name in ["new.db.partial", "page.html", "plan.sql"] {
                #expect(symlink(folder + "/precious", folder + "/" + name) == 0)
            }
            let extract = try Tool.run("extract", path, folder + "/new.db", "--project", "vision")
            #expect(extract.code == 0, "\(extract.err)")
            #expect(try Tool.run("report", "weekly", path, "--out", folder + "/page.html").code == 0)
            #expect(
                try Tool.run("prune-plan", path, "--format", "sql", "--out", folder + "/plan.sql").code != 1)
            // SQLite takes no link for its own files, either.
            for ending in ["-wal", "-journal"] {
                #expect(symlink(folder + "/precious", path + ending) == 0)
                #expect(try Tool.run("forget", path, "--variable", "region", "--yes").code == 1)
                unlink(path + ending)
            }
        }
    }

    // MARK: An archive that goes away

    @Test(arguments: [false, true]) func anArchiveThatIsMovedInMidHarvestEndsIt(isReplaced: Bool) throws {
        let server = Tool.process(["serve", "--sample", "--port", "0", "--latency", "20"])
        let line = Pipe()
        server.standardOutput = line
        server.standardError = FileHandle.nullDevice
        try server.run()
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        let address = String(decoding: line.fileHandleForReading.availableData, as: UTF8.self).dropLast()
        try TemporaryFolder.with { folder in
            let path = folder + "/runs.db"
            let harvest = Tool.process(["harvest", path, "--endpoint", String(address), "--jobs", "4"])
            let errors = Pipe()
            harvest.standardError = errors
            try harvest.run()
            while harvest.isRunning,
                (try? Archive(path: path, mode: .readOnly).query("SELECT count(*) FROM v_execution"))?
                    .rows[0][0].integer ?? 0 < 5
            { usleep(20_000) }
            // Whoever comes second learns who was first.
            let second = try Tool.run("compact", path)
            #expect(
                second.code == 75
                    && second.err.contains(
                        "held by 'flightlog harvest' (process \(harvest.processIdentifier)"),
                "\(second.err)")
            try FileManager.default.moveItem(atPath: path, toPath: folder + "/elsewhere.db")
            if isReplaced { try FileManager.default.copyItem(atPath: SharedArchive.path, toPath: path) }
            let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            harvest.waitUntilExit()
            #expect(harvest.terminationStatus == 1, "\(said)")
            #expect(
                said.contains("was moved, removed or replaced") && !said.contains(" new and "), "\(said)")
            if isReplaced {
                #expect(
                    FileManager.default.contentsEqual(atPath: path, andPath: SharedArchive.path))
            }
        }
    }

    @Test func whatCannotBeReadIsNotCalledUnwritable() throws {
        try TemporaryFolder.with { folder in
            #expect(symlink("b.db", folder + "/a.db") == 0 && symlink("a.db", folder + "/b.db") == 0)
            let result = try Tool.run("status", folder + "/a.db")
            #expect(result.code == 1 && result.err.contains("/a.db' cannot be read: "), "\(result.err)")
        }
    }

    // MARK: Who may read

    @Test func whatIsMadeOfAnArchiveIsForWhomTheArchiveIs() throws {
        try Self.withCopy { folder, path in
            let page = folder + "/page.html"
            func write(_ more: String...) throws -> mode_t? {
                let result = try Tool.run(["report", "weekly", path, "--out", page] + more)
                #expect(result.code == 0, "\(result.err)")
                return Self.mode(page)
            }
            #expect(chmod(path, 0o600) == 0)
            #expect(try write() == 0o600)
            // What is there already has the permissions that somebody gave it.
            #expect(chmod(page, 0o604) == 0)
            #expect(try write() == 0o604)
            #expect(try write("--file-mode", "644") == 0o644)
            #expect(unlink(page) == 0 && chmod(path, 0o640) == 0)
            #expect(try write() == 0o640)
            #expect(try Tool.run("report", "weekly", path, "--out", folder + "/tables/").code == 0)
            #expect(Self.mode(folder + "/tables") == 0o750)
            let tables = try FileManager.default.contentsOfDirectory(atPath: folder + "/tables")
            #expect(tables.count > 3 && tables.allSatisfy { Self.mode("\(folder)/tables/\($0)") == 0o640 })
            try Tool.run("prune-plan", path, "--format", "sql", "--out", folder + "/plan.sql")
            #expect(Self.mode(folder + "/plan.sql") == 0o640)
            // Metrics are written also of a harvest that fails; what is yet to be made is for its owner.
            let nowhere = "http://127.0.0.1:\(try RawServer.closedPort())"
            for (archive, mode) in [(path, 0o640), (folder + "/new.db", 0o600)] as [(String, mode_t)] {
                let metrics = archive + ".prom"
                try Tool.run("harvest", archive, "--endpoint", nowhere, "--metrics", metrics)
                #expect(Self.mode(metrics) == mode)
                try Tool.run(
                    "harvest", archive, "--endpoint", nowhere, "--metrics", metrics, "--file-mode", "644")
                #expect(Self.mode(metrics) == 0o644)
            }
            let wrong = try Tool.run("report", "weekly", path, "--out", page, "--file-mode", "0777")
            #expect(wrong.code == 64 && wrong.err.contains("'0777' is no file mode"), "\(wrong.err)")
        }
    }

    @Test(arguments: [0o600, 0o640, 0o644] as [mode_t]) func aSecretThatAllCanReadIsWarnedOf(mode: mode_t)
        throws
    {
        try TemporaryFolder.with { folder in
            let nowhere = "http://127.0.0.1:\(try RawServer.closedPort())"
            for (name, settings) in [
                ("secret", "auth: {type: client-secret, client-id: a, client-secret-file: secret}"),
                ("key", "headers: {X-Key: {file: key}}"),
            ] {
                try Data("open-sesame\n".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
                #expect(chmod("\(folder)/\(name)", mode) == 0)
                let file = "\(folder)/\(name).yaml"
                try Data("sources: [{name: s, endpoint: \"\(nowhere)\", \(settings)}]\n".utf8)
                    .write(to: URL(filePath: file))
                let result = try Tool.run("harvest", folder + "/runs.db", "--settings", file)
                #expect(result.code == 1 && !result.err.contains("sesame"), "\(result.err)")
                #expect(
                    result.err.contains("warning: '\(folder)/\(name)' has a secret in it") == (mode == 0o644),
                    "\(result.err)")
            }
        }
    }
}

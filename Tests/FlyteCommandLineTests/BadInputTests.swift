import FlyteArchive
import FlyteServer
import Foundation
import Tables
import TestSupport
import Testing

/// Bad input gets one clear sentence, the right exit code, and leaves everything as it was.
struct BadInputTests {
    /// Expects a failure with one line that says all of the words.
    private func expectFailure(
        _ result: Tool.Result, code: Int32, _ words: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(result.code == code, "\(result.err)", sourceLocation: sourceLocation)
        #expect(result.out.isEmpty, sourceLocation: sourceLocation)
        for word in words {
            #expect(result.err.contains(word), "\(result.err)", sourceLocation: sourceLocation)
        }
        if code == 1 {
            #expect(
                result.err.hasPrefix("flightlog: ") && result.err.hasSuffix("\n"),
                sourceLocation: sourceLocation)
            #expect(
                result.err.split(separator: "\n").count == 1, "\(result.err)", sourceLocation: sourceLocation)
        }
    }

    /// Harvests into an archive that exists and one that does not: neither has more of it than a row of the journal, with
    /// the sentence that was told.
    private func expectRowOfJournal(
        _ endpoint: String, _ words: [String], comparesAll: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try TemporaryFolder.with { folder in
            let (old, new) = (folder + "/old.db", folder + "/new.db")
            try FileManager.default.copyItem(atPath: SharedArchive.path, toPath: old)
            for path in [old, new] {
                let result = try Tool.run("harvest", path, "--endpoint", endpoint, "--source", "nightly")
                expectFailure(result, code: 1, words, sourceLocation: sourceLocation)
                let archive = try Archive(path: path, mode: .readOnly)
                let row = try archive.query(
                    """
                    SELECT outcome, ended_at IS NOT NULL, executions_new, 'flightlog: ' || reason || char(10)
                    FROM v_harvest WHERE source = 'nightly'
                    """
                ).rows
                #expect(
                    row == [[.text("failed"), .integer(1), .integer(0), .text(result.err)]],
                    sourceLocation: sourceLocation)
                #expect(try archive.lastSuccess(of: "nightly") == nil, sourceLocation: sourceLocation)
            }
            // The seals hold.
            #expect(try Tool.run("verify", new).code == 0, sourceLocation: sourceLocation)
            if comparesAll {
                // Nothing else has changed.
                let untouched = try ViewDump.lines(of: try Archive(path: SharedArchive.path, mode: .readOnly))
                let own = try ViewDump.lines(of: try Archive(path: old, mode: .readOnly))
                #expect(own == untouched, sourceLocation: sourceLocation)
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                    == ["new.db", "new.db.lock", "old.db", "old.db.lock"], sourceLocation: sourceLocation)
        }
    }

    /// Harvests into an archive that exists and one that does not: neither is touched.
    private func expectUntouched(
        _ endpoint: String, code: Int32 = 1, _ words: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try TemporaryFolder.with { folder in
            let archive = folder + "/old.db"
            try FileManager.default.copyItem(atPath: SharedArchive.path, toPath: archive)
            let before = FileManager.default.contents(atPath: archive)
            expectFailure(
                try Tool.run("harvest", archive, "--endpoint", endpoint), code: code, words,
                sourceLocation: sourceLocation)
            #expect(FileManager.default.contents(atPath: archive) == before, sourceLocation: sourceLocation)
            expectFailure(
                try Tool.run("harvest", folder + "/new.db", "--endpoint", endpoint), code: code, words,
                sourceLocation: sourceLocation)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder) == ["old.db"],
                sourceLocation: sourceLocation)
        }
    }

    @Test func anUnknownHost() throws {
        try expectRowOfJournal("no-such-host.invalid", ["no-such-host.invalid", "cannot be resolved"])
    }

    @Test func aRefusedConnection() throws {
        let port = try RawServer.closedPort()
        try expectRowOfJournal(
            "http://127.0.0.1:\(port)", ["refuses connections", "\(port)"], comparesAll: true)
    }

    @Test func aPortThatSpeaksGRPC() throws {
        // What a gRPC server says first: an HTTP/2 SETTINGS frame.
        let server = try RawServer { _ in .bytes([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100]) }
        defer { server.stop() }
        try expectRowOfJournal(server.base, ["does not answer in HTTP", "gRPC"])
    }

    @Test(arguments: [
        (Faults.Fault.html, ["is not Flyte's", "Check that the endpoint is a Flyte Admin API"]),
        (.refuseAsFlyte(code: 16, message: "token is expired"), ["401", "Log in"]),
        (.refuseAsFlyte(code: 7, message: "no"), ["403", "ask for the permission"]),
        (
            .redirect(status: 302, to: "https://login.example.com/?token=abc"),
            ["redirects", "login.example.com"]
        ),
        (.contentType("application/grpc"), ["is not Flyte's"]),
    ])
    func somethingElseThanAnAPI(fault: Faults.Fault, words: [String]) throws {
        let server = try AdminServer(
            StoredInstallation(),
            options: {
                var options = AdminServer.Options()
                options.faults = Faults([.init(fault)])
                return options
            }())
        defer { server.stop() }
        try expectRowOfJournal(server.address, words)
    }

    @Test func anAddressThatIsNone() throws {
        try expectUntouched("http://exa mple:80", ["exa mple"])
        try expectUntouched("ftp://flyte.example.com", ["ftp://flyte.example.com"])
    }

    @Test func whatTheServerDoesNotHave() throws {
        let server = try AdminServer(StoredInstallation())
        defer { server.stop() }
        try TemporaryFolder.with { folder in
            let path = folder + "/x.db"
            expectFailure(
                try Tool.run("harvest", path, "--endpoint", server.address, "--execution", "a/b/nobody"),
                code: 1,
                ["no execution 'a/b/nobody'"])
            expectFailure(
                try Tool.run("harvest", path, "--endpoint", server.address, "--project", "slaes"), code: 1,
                ["no project 'slaes'"])
            let rows = try Archive(path: path, mode: .readOnly).query(
                "SELECT outcome, reason FROM v_harvest ORDER BY harvest_id"
            ).rows
            #expect(rows.map(\.[0]) == [.text("failed"), .text("failed")])
            #expect(rows[0][1].text?.hasPrefix("The server has no execution 'a/b/nobody'") == true)
            #expect(rows[1][1].text?.hasPrefix("The server has no project 'slaes'") == true)
        }
    }

    @Test func aFileThatIsNoArchive() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/notes.db"
            try Data("Dear diary\n".utf8).write(to: URL(filePath: path))
            for arguments in [
                ["status", path], ["query", path], ["sql", path, "SELECT 1"], ["show", path, "x"],
                ["report", "weekly", path],
                ["harvest", path, "--endpoint", "127.0.0.1:1"],
            ] {
                expectFailure(try Tool.run(arguments), code: 1, ["'\(path)' is not an archive"])
            }
            #expect(FileManager.default.contents(atPath: path) == Data("Dear diary\n".utf8))
            expectFailure(
                try Tool.run("status", folder + "/none.db"), code: 1, ["There is no archive", "harvest"])
            expectFailure(try Tool.run("status", folder), code: 1, ["is not an archive"])
        }
    }

    @Test func aFileFromANewerVersion() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/newer.db"
            var bytes = try Data(contentsOf: URL(filePath: SharedArchive.path))
            // user_version, in SQLite's file header.
            bytes.replaceSubrange(60..<64, with: [0, 0, 0, 99])
            try bytes.write(to: URL(filePath: path))
            expectFailure(try Tool.run("status", path), code: 1, ["schema version 99", "reads up to "])
            expectFailure(
                try Tool.run("harvest", path, "--endpoint", "127.0.0.1:1"), code: 1, ["schema version 99"])
            #expect(FileManager.default.contents(atPath: path) == bytes)
        }
    }

    @Test func aPathThatCannotBeWritten() throws {
        expectFailure(
            try Tool.run("harvest", "/proc/none/x.db", "--endpoint", "127.0.0.1:1"), code: 1,
            ["There is no folder '/proc/none' for '/proc/none/x.db'"])
        expectFailure(
            try Tool.run("report", "weekly", SharedArchive.path, "--out", "/proc/none.html"), code: 1,
            ["'/proc/none.html' cannot be written"])
        expectFailure(try Tool.run("demo", "/proc/none/demo"), code: 1, ["cannot be made"])
    }

    @Test(arguments: [
        (["report", "weekly", "X", "--from", "yesturday"], ["'yesturday' is no time", "now-7d"]),
        (["report", "weekly", "X", "--from", "2026-02-30"], ["'2026-02-30' is no time"]),
        (["report", "weekly", "X", "--from", "now", "--to", "now-7d"], ["--from is not before --to"]),
        (["query", "X", "outcomes", "--param", "since=soon"], ["'soon' is no time"]),
        (["query", "X", "outcomes", "--param", "sinse=now"], ["no parameter 'sinse'", "since"]),
        (["query", "X", "outcome"], ["Did you mean 'outcomes'?"]),
        (["harvst"], ["Unknown command 'harvst'", "Did you mean 'harvest'?"]),
        (["harvest"], ["Missing argument 'ARCHIVE'"]),
        (["harvest", "X", "--job", "4"], ["--job", "--jobs"]),
        (["harvest", "X", "--jobs", "many"], ["'many'"]),
        (["harvest", "X", "--execution", "a8s7"], ["'a8s7' is no execution"]),
        (["sql", "X", "SELECT :a", "--param", "b=1"], ["no parameter ':b'"]),
        (["serve"], ["serve --sample"]),
        (["literals", "X", "a", "--raw"], ["--direction"]),
        (["sql", "X", "SELECT 1", "--limit", "-1"], ["'-1' is no number of rows"]),
        (["sql", "X", "SELECT 1", "--timeout", "0"], ["'0' is no number of seconds"]),
    ])
    func aWrongCommandLine(arguments: [String], words: [String]) throws {
        let arguments = arguments.map { $0 == "X" ? SharedArchive.path : $0 }
        expectFailure(try Tool.run(arguments), code: 64, words)
    }

    @Test func whatTheArchiveDoesNotHave() throws {
        for command in ["show", "path", "literals"] {
            expectFailure(
                try Tool.run(command, SharedArchive.path, "nobody"), code: 1, ["no execution 'nobody'"])
        }
    }

    @Test(arguments: [
        ("DELETE FROM execution", "Only reading is allowed"),
        ("PRAGMA user_version = 9", "Only reading is allowed"),
        ("ATTACH '/tmp/flightlog-attached.db' AS x", "Only reading is allowed"),
        ("SELECT load_extension('x')", "Only reading is allowed"),
        ("SELEC 1", "syntax error"), ("SELECT 1; SELECT 2", "one at a time"), ("", "There is no statement"),
        ("SELECT nosuch FROM v_execution", "There is no column 'nosuch'"),
        ("VACUUM INTO '/tmp/flightlog-attached.db'", "Only reading is allowed"),
        ("CREATE TEMP TABLE x (y)", "Only reading is allowed"), ("BEGIN", "Only reading is allowed"),
        ("SELECT fts3_tokenizer('x')", "Only reading is allowed"),
        ("PRAGMA journal_mode = DELETE", "Only reading is allowed"),
        ("PRAGMA writable_schema = 1", "Only reading is allowed"),
        ("INSERT INTO error_search (error_search) VALUES ('rebuild')", "Only reading is allowed"),
        ("UPDATE sqlite_schema SET sql = 'x'", "may not be modified"),
        ("SELECT writefile('/tmp/flightlog-attached.db', 'x')", "no such function: writefile"),
        ("SELECT readfile('/etc/passwd')", "no such function: readfile"),
        ("SELECT zeroblob(1000000000)", "A value is larger than 100 MB"),
        ("SELECT length(randomblob(1e9))", "A value is larger than 100 MB"),
        (
            "SELECT " + (1...16).map { "hex(randomblob(45000000)) AS a\($0)" }.joined(separator: ", "),
            "The answer takes more than 1024 MiB of memory"
        ),
        ("SELECT 'a' LIKE printf('%.*c', 5000, '%')", "pattern too complex"),
        ("SELECT " + String(repeating: "(", count: 5000) + "1", "parser stack overflow"),
        ("SELECT 1" + String(repeating: "+1", count: 5000), "Expression tree is too large"),
        ("SELECT unzstd(x'28b52ffd')", "no whole zstd frame"),
        ("SELECT raw_json(x'ff', 'admin.Execution')", "its bytes are no message"),
        ("SELECT raw_json(x'', 'admin.Executioner')", "Flyte has no message"),
    ])
    func sqlThatWritesOrIsWrong(sql: String, words: String) throws {
        let before = FileManager.default.contents(atPath: SharedArchive.path)
        expectFailure(try Tool.run("sql", SharedArchive.path, sql), code: 1, [words])
        #expect(FileManager.default.contents(atPath: SharedArchive.path) == before)
        #expect(!FileManager.default.fileExists(atPath: "/tmp/flightlog-attached.db"))
    }

    @Test(arguments: [
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        "SELECT count(*) FROM v_literal, v_literal, v_literal",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(length(randomblob(1000000))) FROM n",
        // A single call that takes hours.
        "SELECT instr(a || 'b', substr(a, 1, 25000000) || 'c') FROM (SELECT hex(zeroblob(25000000)) AS a)",
    ]) func aStatementThatNeverEnds(sql: String) throws {
        expectFailure(try Tool.run("sql", SharedArchive.path, sql, "--timeout", "0.2"), code: 1, ["0.2"])
    }
}

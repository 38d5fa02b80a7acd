import FlyteArchive
import FlyteServer
import Foundation
import Tables
import TestSupport
import Testing

/// The main job, as users run it.
struct MainJobTests {
    @Test func demoLeavesAnArchiveAndReports() throws {
        try TemporaryFolder.with { folder in
            let result = try Tool.run("demo", "here", in: folder)
            #expect(result.code == 0, "\(result.err)")
            let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/here").sorted()
            #expect(files.filter { !$0.hasSuffix(".lock") } == ["sample.db", "weekly.html", "weekly.md"])
            for word in ["here/weekly.html", "here/sample.db", "flightlog show", "flightlog harvest runs.db"]
            {
                #expect(result.out.contains(word))
            }
            // Only the owner may read what may hold secrets.
            let mode = try FileManager.default.attributesOfItem(atPath: folder + "/here/sample.db")[
                .posixPermissions]
            #expect(mode as? Int == 0o600)
            #expect(try Tool.run("demo", "here", in: folder).code == 0)
        }
    }

    @Test func aSecondHarvestWritesNothingAndSaysSo() throws {
        try Tool.serving { address in
            try TemporaryFolder.with { folder in
                let path = folder + "/runs.db"
                let first = try Tool.run("harvest", path, "--endpoint", address)
                #expect(
                    first.code == 0 && first.err.contains(" new and 0 changed executions"), "\(first.err)")
                #expect(first.out.isEmpty)
                let once = try ViewDump.lines(of: try Archive(path: path, mode: .readOnly))
                let second = try Tool.run("harvest", path, "--endpoint", address)
                #expect(second.code == 0 && second.err.contains("Nothing new"), "\(second.err)")
                #expect(try ViewDump.lines(of: try Archive(path: path, mode: .readOnly)) == once)
            }
        }
    }

    @Test func aSecondHarvesterIsTurnedAway() throws {
        try Tool.serving { address in
            try TemporaryFolder.with { folder in
                let path = folder + "/runs.db"
                let lock = try ArchiveLock(archive: path, who: "process 42")
                let result = try Tool.run("harvest", path, "--endpoint", address)
                #expect(result.code == 75, "\(result.err)")
                #expect(result.err.contains("held by process 42"))
                withExtendedLifetime(lock) {}
            }
        }
    }

    @Test func aHarvestThatIsAskedToStopEndsWell() throws {
        try Tool.serving { address in
            try TemporaryFolder.with { folder in
                let path = folder + "/runs.db"
                let process = Tool.process(["harvest", path, "--endpoint", address, "--rate", "300"])
                let pipe = Pipe()
                process.standardError = pipe
                try process.run()
                Thread.sleep(forTimeInterval: 1.5)
                process.interrupt()
                process.waitUntilExit()
                let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                #expect(process.terminationStatus == 0 && said.contains("Stopped before the end"), "\(said)")
                let archive = try Archive(path: path, mode: .readOnly)
                #expect(try archive.query("SELECT outcome FROM v_harvest").rows == [[.text("stopped")]])
            }
        }
    }

    // MARK: Answers

    @Test(arguments: ["csv", "md", "html", "json", "ndjson", "table"]) func answersComeInEveryFormat(
        format: String
    ) throws {
        let result = try Tool.run("query", SharedArchive.path, "failure-rate-by-workflow", "--format", format)
        #expect(result.code == 0 && result.err.isEmpty)
        #expect(result.out.contains("etl.load"))
    }

    @Test func sqlBindsParameters() throws {
        let result = try Tool.run(
            "sql", SharedArchive.path, "SELECT count(*) AS n, :b AS b FROM v_execution WHERE project = :p",
            "--param",
            "p=vision", "--param", "b=2", "--format", "json")
        #expect(result.code == 0 && result.out.contains("\"b\":2"), "\(result.out) \(result.err)")
    }

    @Test func errorsAreFoundByTheirWords() throws {
        func found(_ text: String) throws -> [String] {
            let result = try Tool.run(
                "query", SharedArchive.path, "search-errors", "--param", "text=\(text)", "--format", "ndjson")
            #expect(result.code == 0, "\(result.err)")
            return result.out.split(separator: "\n").map(String.init)
        }
        let killed = try found("pod  OOMKilled")
        #expect(!killed.isEmpty && killed.allSatisfy { $0.contains("OOMKilled") && $0.contains("Pod") })
        #expect(try found("oomkilled POD") == killed)
        // What would be search syntax is not.
        for text in ["can't \" (", "nosuchword", "*", "NEAR(", ""] { #expect(try found(text).isEmpty) }
        let all = try Tool.run("query", SharedArchive.path, "search-errors", "--param", "limit=1000")
        #expect(all.out.utf8.count { $0 == 0x0A } > killed.count)
    }

    @Test func leavesOfValuesAreRows() throws {
        let archive = try Archive(path: SharedArchive.path, mode: .readOnly)
        let leaves = try archive.query(
            """
            SELECT path, type, value_number, value_text FROM v_literal_leaf
            WHERE execution = (SELECT min(execution) FROM v_literal WHERE name = 'a_dataclass')
                AND name = 'a_dataclass' AND direction = 'input' AND node_id IS NULL ORDER BY path
            """)
        #expect(
            leaves.rows == [
                [.text("$.epochs"), .text("integer"), .integer(3), .null],
                [.text("$.rate"), .text("real"), .real(0.5), .null],
                [.text("$.tags[0]"), .text("text"), .null, .text("a")],
            ])
        // Every value that is JSON has its leaves, and no leaf is a list or an object.
        #expect(
            try archive.query("SELECT DISTINCT type FROM v_literal_leaf ORDER BY 1").rows.compactMap {
                $0[0].text
            }
                == ["false", "integer", "null", "real", "text", "true"])
    }

    @Test func sqlHasTheFunctionsOfTheExtension() throws {
        let result = try Tool.run(
            "sql", SharedArchive.path,
            """
            SELECT literals_json(input_map_id) = (
                SELECT json_group_object(name, json(value_json)) FROM (
                    SELECT name, value_json FROM v_literal l
                    WHERE l.execution = e.name AND node_id IS NULL AND direction = 'input' ORDER BY name)) AS same
            FROM v_execution e WHERE workflow = 'etl.load' AND input_map_id IS NOT NULL GROUP BY same
            """, "--format", "ndjson")
        #expect(result.out == "{\"same\":1}\n" && result.code == 0, "\(result)")
    }

    private static let rows =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000) SELECT i FROM n"

    @Test(arguments: ["csv", "ndjson", "table"]) func aLimitedAnswerSaysSo(format: String) throws {
        let few = try Tool.run(
            "sql", SharedArchive.path, Self.rows, "--limit", "7", "--format", format)
        #expect(few.code == 0 && few.err.contains("more than these 7 rows; '--limit 0' shows all"))
        #expect(few.out.contains("7") && !few.out.contains("8"))
        for arguments in [["--limit", "3000"], ["--limit", "0"], []] {
            let all = try Tool.run(["sql", SharedArchive.path, Self.rows, "--format", format] + arguments)
            #expect(all.code == 0 && all.err.isEmpty && all.out.contains("3000"))
        }
    }

    @Test func aTerminalGetsAThousandRows() throws {
        let process = Process()
        // A terminal of its own, in which the tool runs.
        process.executableURL = URL(filePath: "/usr/bin/script")
        process.arguments = [
            "-qec", "'\(Tool.path)' sql '\(SharedArchive.path)' '\(Self.rows)' --no-pager", "/dev/null",
        ]
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(said.contains("\n1000\r\n") && !said.contains("1001"))
        #expect(said.contains("There are more than these 1000 rows; '--limit 0' shows all of them."))
    }

    @Test func showTellsWhoIsToBlame() throws {
        let name = try #require(
            try Archive(path: SharedArchive.path, mode: .readOnly).query(
                "SELECT name FROM v_execution WHERE cause_code = 'OOMKilled' ORDER BY name LIMIT 1"
            ).rows.first?.first?.text)
        let result = try Tool.run("show", SharedArchive.path, name)
        #expect(result.code == 0)
        for word in [
            "FAILED", "OOMKilled", "terminated with exit code (137)", "attempt 0: FAILED",
            "log        Kubernetes Logs", "asked for  ", "image      registry.example.com/",
        ] {
            #expect(result.out.contains(word), "\(word) is missing in \(result.out)")
        }
        // Also by the console's address.
        let url =
            "https://flyte.example.com/console/projects/vision/domains/production/executions/\(name)?x=1"
        let byURL = try Tool.run("show", SharedArchive.path, url)
        #expect(byURL.out == result.out || byURL.code == 1)
        #expect(try Tool.run("path", SharedArchive.path, name, "--format", "csv").out.contains("retry"))
    }

    @Test func literalsAreReadInFull() throws {
        let archive = try Archive(path: SharedArchive.path, mode: .readOnly)
        let name = try #require(
            try archive.query(
                """
                SELECT execution FROM v_literal WHERE name = 'large' AND type = 'string' AND node_id IS NULL
                ORDER BY execution LIMIT 1
                """
            ).rows.first?.first?.text)
        #expect(
            try archive.query(
                "SELECT DISTINCT value_json FROM v_literal WHERE execution = '\(name)' AND name = 'large'"
            ).rows
                == [[.null]])
        let whole = try Tool.run("literals", SharedArchive.path, name, "--var", "large")
        #expect(whole.code == 0 && whole.out.utf8.count > 3_000_000 && whole.out.hasPrefix("\"all work"))
        let raw = try Tool.run("literals", SharedArchive.path, name, "--direction", "output", "--raw")
        #expect(raw.code == 0 && raw.out.utf8.count > 3_000_000)
        let table = try Tool.run(
            "literals", SharedArchive.path, name, "n0", "--attempt", "0", "--format", "csv")
        #expect(table.code == 0 && table.out.contains("output,large,string,,,"))
    }

    @Test func hostileTextsDoNotReachTheTerminal() throws {
        let name = try #require(
            try Archive(path: SharedArchive.path, mode: .readOnly).query(
                "SELECT name FROM v_execution WHERE workflow = 'types.hostile_texts' AND phase = 'FAILED' ORDER BY 1 LIMIT 1"
            ).rows.first?.first?.text)
        for arguments in [
            ["show", SharedArchive.path, name], ["literals", SharedArchive.path, name, "--format", "table"],
            ["query", SharedArchive.path, "top-errors", "--format", "table"],
        ] {
            let out = try Tool.run(arguments).out
            #expect(
                !out.unicodeScalars.contains {
                    $0.value < 32 && $0 != "\n" || $0.value == 0x202E || $0.value == 127
                })
        }
        let page = try Tool.run(
            "report", "weekly", SharedArchive.path, "--from", "2025-12-01", "--to", "2026-03-05", "--format",
            "html"
        ).out
        #expect(page.contains("&lt;script&gt;alert") && !page.contains("<script"))
    }

    @Test(arguments: AnswerFormatName.allCases.map(\.rawValue))
    func aClosedPipeIsNoFailure(format: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [
            "-c",
            "set -o pipefail; \"$0\" sql \"$1\" 'SELECT * FROM v_literal' --format \"$2\" | head -1 >/dev/null",
            Tool.path, SharedArchive.path, format,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func theSameArchiveAndWindowGiveTheSameBytes() throws {
        let arguments = ["report", "weekly", SharedArchive.path, "--from", "2026-02-23", "--format", "html"]
        #expect(try Tool.run(arguments).out == (try Tool.run(arguments).out))
    }

    @Test func everyCommandTeachesByExample() throws {
        let help = try Tool.run("--help")
        #expect(help.code == 0)
        for command in [
            "demo", "harvest", "status", "query", "sql", "show", "path", "literals", "report", "serve",
        ] {
            #expect(help.out.contains(command))
            let own = try Tool.run(command, "--help")
            #expect(
                own.code == 0 && own.out.contains("flightlog \(command)") && own.out.contains("Examples"),
                "\(own.out)")
        }
    }
}

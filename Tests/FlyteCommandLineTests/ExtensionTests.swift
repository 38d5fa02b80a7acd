import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

/// The loadable extension, where people load it: the stock shell and Debian's Python.
struct ExtensionTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Built as 'make extension' builds it; '.load' takes it without its ending.
    static let library: String = {
        _ = try? output("/usr/bin/make", ["-s", "-C", root, "extension"])
        return root + "/.build/libflightlog_sqlite"
    }()

    private static func output(_ program: String, _ arguments: [String], input: String = "") throws -> String
    {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let (into, from) = (Pipe(), Pipe())
        process.standardInput = into
        process.standardOutput = from
        try process.run()
        into.fileHandleForWriting.write(Data(input.utf8))
        try into.fileHandleForWriting.close()
        let text = String(decoding: from.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(program)")
        return text
    }

    /// What the tool makes of the inputs of some executions, ordered by their names.
    private static let expected = Result { () -> [String] in
        let archive = try Archive(path: SharedArchive.path, mode: .readOnly)
        return try archive.query("\(ask) LIMIT 50").rows.map { row in
            let bytes = try #require(try archive.literalMap(row[0].integer ?? 0))
            return try LiteralJSON.text(ofMap: bytes) ?? ""
        }
    }
    private static let ask =
        "SELECT input_map_id FROM v_execution WHERE input_map_id IS NOT NULL ORDER BY name"

    @Test func theStockShellReadsALiteralMap() throws {
        let lines = try Self.output(
            "/usr/bin/sqlite3", ["-readonly", SharedArchive.path],
            input: """
                .load \(Self.library)
                SELECT literals_json(input_map_id) FROM (\(Self.ask) LIMIT 50);
                """
        ).split(separator: "\n").map(String.init)
        #expect(try lines == Self.expected.get() && lines.count == 50)
    }

    /// A frame of one byte that needs dictionary 1.
    private static let frame = "unzstd(x'28B52FFD210101090000' || x'41')"

    @Test(arguments: [
        "CREATE VIEW dictionary AS SELECT 1 AS id, \(frame) AS data; SELECT \(frame);",
        """
        CREATE VIEW execution AS SELECT 0 AS id, 0 AS key, raw(0) AS name; CREATE TABLE message (execution_id, number);
        CREATE VIEW name AS SELECT raw(0) AS id, raw(0) AS value; SELECT raw_json(0);
        """,
    ]) func tablesThatCallWhatReadsThemAreRefused(sql: String) throws {
        let text = try StockShell.answer(".load \(Self.library)\n\(sql)\nSELECT 'alive';\n")
        #expect(text.contains("no archive of flightlog's") && text.hasSuffix("alive\n"), "\(text)")
    }

    /// What reads the archive is for statements, not for views and triggers that somebody put there.
    @Test func viewsCannotCallWhatReadsTheArchive() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/hostile.db"
            try FileManager.default.copyItem(atPath: SharedArchive.path, toPath: path)
            let made = try StockShell.answer(
                "CREATE VIEW v_hostile AS SELECT \(Self.frame) AS a; CREATE VIEW v_mild AS SELECT median(1) AS a;",
                path)
            #expect(made.isEmpty)
            let refused = try Tool.run("sql", path, "SELECT a FROM v_hostile")
            #expect(refused.code == 1 && refused.err.contains("unsafe use of unzstd()"), "\(refused.err)")
            #expect(try Tool.run("sql", path, "SELECT a FROM v_mild").code == 0)
        }
    }

    @Test func pythonReadsALiteralMap() throws {
        let script = """
            import sqlite3, sys
            archive = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
            archive.enable_load_extension(True)
            archive.load_extension(sys.argv[2])
            for row in archive.execute("SELECT literals_json(input_map_id) FROM (\(Self.ask) LIMIT 50)"):
                print(row[0])
            archive.close()
            """
        let lines = try Self.output("/usr/bin/python3", ["-c", script, SharedArchive.path, Self.library])
            .split(separator: "\n").map(String.init)
        #expect(try lines == Self.expected.get())
    }

    @Test func itNeedsNothingButZstd() throws {
        let needed = try Self.output("/usr/bin/ldd", [Self.library + ".so"])
        #expect(needed.contains("libzstd"))
        for other in ["libsqlite3", "swift", "libcurl", "not found"] { #expect(!needed.contains(other)) }
    }

    @Test func theSchemaExplainsItself() throws {
        let schema = try Self.output("/usr/bin/sqlite3", ["-readonly", SharedArchive.path, ".schema"])
        for words in [
            "-- A workflow execution: the newest that was seen of it.",
            "-- One row a variable of the inputs or outputs",
            "raw_json(message_id)",
        ] {
            #expect(schema.contains(words), "\(words)")
        }
    }

    /// Every kind of literal and of message, as the sample installation has them.
    @Test func allOfTheSampleIsPrintedAsTheToolPrintsIt() throws {
        let archive = try Archive(path: SharedArchive.path, mode: .readOnly)
        let maps = try archive.query(
            """
            SELECT DISTINCT map, literals_json(map) FROM (
                SELECT input_map_id AS map FROM v_execution UNION SELECT output_map_id FROM v_execution
                UNION SELECT input_map_id FROM v_task_execution UNION SELECT output_map_id FROM v_task_execution
            ) WHERE map IS NOT NULL
            """
        ).rows
        #expect(maps.count > 1000)
        for map in maps {
            let bytes = try #require(try archive.literalMap(map[0].integer ?? 0))
            if try LiteralJSON.text(ofMap: bytes) != map[1].text { Issue.record("map \(map[0])") }
        }
    }
}

import FlyteAdmin
import FlyteAnalysis
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteArchive
@testable import FlyteCommandLine

/// What an archive holds and how fresh it is, in every format.
struct StatusTests {
    private static let partNames = [
        "verdict", "sources", "freshness", "coverage", "coverage_by_week", "harvests", "open_executions",
        "zombies",
        "problems", "rebuild_due",
    ]

    private func status(_ format: String) throws -> String {
        let result = try Tool.run("status", SharedArchive.path, "--format", format)
        #expect(result.code == 0 && result.err.isEmpty)
        return result.out
    }

    @Test func jsonIsOneDocument() throws {
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(try status("json").utf8))
                as? [String: [[String: Any]]])
        #expect(object.keys.sorted() == Self.partNames.sorted())
        #expect(object["sources"]?.first?["source"] as? String == "sample")
        #expect(object["sources"]?.first?["archive_bytes"] as? Int ?? 0 > 100_000)
        #expect(object["freshness"]?.count == 4)
        #expect(object["problems"]?.isEmpty == true)
        let executions = object["sources"]?.first?["executions"] as? Int ?? -1
        for part in ["coverage", "coverage_by_week"] {
            let counts = (object[part] ?? []).compactMap { $0["executions"] as? Int }
            #expect(counts.reduce(0, +) == executions)
        }
        // Open executions are counted alike wherever they are.
        let open = object["open_executions"]?.count
        #expect((object["coverage_by_week"] ?? []).compactMap { $0["open"] as? Int }.reduce(0, +) == open)
    }

    @Test func ndjsonIsOneObjectALineThatNamesItsPart() throws {
        var parts: Set<String> = []
        for line in try status("ndjson").split(separator: "\n") {
            let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            parts.insert(try #require(row["part"] as? String))
        }
        #expect(parts == Set(Self.partNames).subtracting(["problems", "rebuild_due"]))
        #expect(parts.contains("verdict"))
    }

    @Test func csvNamesItsPartInEachRowAndHasNothingBetween() throws {
        let blocks = try status("csv").components(separatedBy: "\n\n")
        #expect(blocks.count == Self.partNames.count)
        for (block, name) in zip(blocks, Self.partNames) {
            let lines = block.components(separatedBy: "\n").filter { !$0.isEmpty }
            #expect(lines[0].hasPrefix(name == "rebuild_due" ? "part,rows_of," : "part,source,"))
            #expect(lines.dropFirst().allSatisfy { $0.hasPrefix(name + ",") })
        }
    }

    @Test(arguments: [
        ("table", "Open executions\n"), ("md", "## Open executions\n"), ("html", "<h2>Open executions</h2>"),
    ])
    func peopleGetTitles(format: String, title: String) throws {
        let text = try status(format)
        #expect(text.contains(title))
        #expect(format != "html" || text.components(separatedBy: "<html").count == 2)
        // A table is what one gets without a terminal as well.
        if format == "table" {
            #expect(try Tool.run("status", SharedArchive.path).out.components(separatedBy: "\n").count > 20)
        }
    }

    @Test func whatIsMissingIsCountedByWeekAndReason() throws {
        let archive = try Archive(path: SharedArchive.path, mode: .readOnly)
        let weeks = try #require(NamedQuery.named("coverage-by-week")).run(on: archive)
        let withheld = try #require(weeks.index(of: "withheld"))
        let share = try #require(weeks.index(of: "complete_share"))
        var byState: [String: Int64] = [:]
        for row in weeks.rows {
            // A week that lacks something says what.
            #expect(row[share].real == 1 || row[withheld].text != nil)
            for said in (row[withheld].text ?? "").components(separatedBy: ", ") where !said.isEmpty {
                let words = said.split(separator: " ")
                byState[String(words[0]), default: 0] += Int64(words[1]) ?? 0
            }
        }
        let expected = try archive.query("SELECT state, count(*) FROM v_capture GROUP BY state").rows
        #expect(!expected.isEmpty)
        #expect(
            byState
                == Dictionary(uniqueKeysWithValues: expected.map { ($0[0].text ?? "", $0[1].integer ?? 0) }))
    }

    /// A source that is fine, one whose server has been down for three nights, and one that is behind in one place.
    @Test(arguments: [20, 80, 100, 120]) func theVerdictLooksAsItDid(width: Int) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/made.db"
            try MadeRuns.archive(
                of: [
                    MadeRuns("etl.load", "2026-02-28", 2, "RUNNING", seconds: nil),
                    MadeRuns("etl.load", "2026-02-27", 3, source: 2),
                ], at: path)
            try SQLiteFile.run(
                path,
                """
                INSERT INTO scope VALUES (3, 1, 'q', 'd');
                INSERT INTO harvest (source_id, started_at, ended_at, outcome, tool_version, executions_new, problems, reason)
                SELECT 1, at, at + 190000000000, 'problems', '1', 12, 1, NULL
                FROM (SELECT unixepoch('2026-03-04 02:30:00') * 1000000000 AS at)
                UNION ALL SELECT 2, at, at + 60000000000, 'done', '1', 3, 0, NULL
                FROM (SELECT unixepoch('2026-03-01 02:30:00') * 1000000000 AS at)
                UNION ALL SELECT 2, at, at + 1200000000, 'failed', '1', 0, 0,
                    'GET https://west/api/v1/projects: the server refuses connections. Is the endpoint right, and does it run?'
                FROM (SELECT unixepoch('2026-03-02 02:30:00') * 1000000000 + value * 86400000000000 AS at
                    FROM generate_series(0, 2));
                INSERT INTO watermark (scope_id, updated_at)
                VALUES (1, unixepoch('2026-03-04 02:30:00') * 1000000000),
                    (3, unixepoch('2026-03-01 02:30:00') * 1000000000),
                    (2, unixepoch('2026-03-01 02:30:00') * 1000000000);
                INSERT INTO problem (source_id, project, domain, route, status, message, tries, first_seen_at, last_seen_at)
                VALUES (1, 'q', 'd', 'GET executions', 500, 'no', 3, 1, 2);
                """)
            let now = try #require(Timestamp("2026-03-04T08:00:00Z"))
            var verdict = try ArchiveVerdict(
                of: Archive(path: path, mode: .readOnly), at: now, maxAge: ArchiveVerdict.usualAge)
            verdict.path = "/var/lib/flightlog/runs.db"
            (verdict.bytes, verdict.freeBytes) = (1_288_490_189, 42_949_672_960)
            let text = verdict.text(width: width, colors: TerminalColors(isOn: false))
            for line in text.split(separator: "\n") { #expect(DisplayWidth.of(line) <= width) }
            let difference = try Snapshot.difference(of: text, from: "status/verdict-\(width).txt")
            #expect(difference == nil)
        }
    }

    @Test func anEmptyArchiveHasEmptyParts() throws {
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/empty.db", mode: .readWrite)
            let json = ByteBuffer()
            let answer = AnswerWriter(.json, to: json, title: "", hasParts: true)
            try ArchiveStatus(archive: archive, now: .now).write(weeks: nil, to: answer)
            try answer.end()
            let parts = try #require(
                try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: [Int]])
            #expect(parts.keys.sorted() == Self.partNames.sorted())
            #expect(parts.values.allSatisfy { $0.isEmpty })
        }
    }

    /// JSON that lets something happen before its third part.
    private struct InterruptedFormat: AnswerFormat {
        var json = JSONFormat()
        var parts = 0
        let happens: @Sendable () throws -> Void

        var lookahead: Lookahead { .none }
        mutating func begin(_ answer: AnswerHead, to output: inout [UInt8]) {
            json.begin(answer, to: &output)
        }
        mutating func beginTable(_ table: TableHead, first: [[Cell]], to output: inout [UInt8]) {
            parts += 1
            if parts == 3 {
                do { try happens() } catch { Issue.record(error) }
            }
            json.beginTable(table, first: first, to: &output)
        }
        mutating func row(_ cells: [Cell], to output: inout [UInt8]) { json.row(cells, to: &output) }
        mutating func endTable(to output: inout [UInt8]) { json.endTable(to: &output) }
        mutating func end(to output: inout [UInt8]) { json.end(to: &output) }
    }

    @Test func theAnswerIsOfOneMomentAlthoughSomebodyWrites() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try FileManager.default.copyItem(atPath: SharedArchive.path, toPath: path)
            // As a harvest has it open.
            let writer = try Archive(path: path, mode: .readWrite)
            let reader = try Archive(path: path, mode: .readOnly)
            func sources() throws -> Set<String> {
                let json = ByteBuffer()
                let format = InterruptedFormat {
                    // Another connection, which commits.
                    try Database(path: path, mode: .readWrite)
                        .execute("UPDATE source SET name = name || ' later'")
                }
                let answer = AnswerWriter(format, to: json, title: "", hasParts: true)
                try ArchiveStatus(archive: reader, now: .now).write(weeks: nil, to: answer)
                try answer.end()
                let parts = try #require(
                    try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: [[String: Any]]])
                return Set(parts.values.joined().compactMap { $0["source"] as? String })
            }
            #expect(try sources() == ["sample"])
            #expect(try sources() == ["sample later"])
            withExtendedLifetime(writer) {}
        }
    }
}

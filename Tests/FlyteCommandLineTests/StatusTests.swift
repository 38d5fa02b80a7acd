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
        "sources", "freshness", "coverage", "coverage_by_week", "harvests", "open_executions", "zombies",
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

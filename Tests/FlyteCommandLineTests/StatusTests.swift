import FlyteAdmin
import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteCommandLine

/// What an archive holds and how fresh it is, in every format.
struct StatusTests {
    private static let partNames = [
        "sources", "freshness", "coverage", "coverage_by_week", "harvests", "open_executions", "problems",
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
        #expect(parts == Set(Self.partNames).subtracting(["problems"]))
    }

    @Test func csvNamesItsPartInEachRowAndHasNothingBetween() throws {
        let blocks = try status("csv").components(separatedBy: "\r\n\r\n")
        #expect(blocks.count == Self.partNames.count)
        for (block, name) in zip(blocks, Self.partNames) {
            let lines = block.components(separatedBy: "\r\n").filter { !$0.isEmpty }
            #expect(lines[0].hasPrefix("part,source,"))
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
        let weeks = try ArchiveStatus(archive: archive, now: .now).parts(weeks: nil)[3].table
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
            let parts = try ArchiveStatus(archive: archive, now: .now).parts(weeks: nil)
            #expect(parts.map(\.name) == Self.partNames)
            #expect(parts.allSatisfy { $0.table.rows.isEmpty })
            let json = TableText.text(of: parts, as: "json", width: nil, title: "")
            #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: [Int]] != nil)
        }
    }
}

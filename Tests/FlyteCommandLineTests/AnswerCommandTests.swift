import FlyteArchive
import Foundation
import Tables
import TestSupport
import Testing

/// `path` as it is drawn, and `prices`.
struct AnswerCommandTests {
    private static func names(_ condition: String) throws -> [String] {
        try Archive(path: SharedArchive.path, mode: .readOnly).query(
            "SELECT project || '/' || domain || '/' || name FROM v_execution WHERE \(condition) ORDER BY node_count DESC, name LIMIT 5"
        ).rows.compactMap { $0[0].text }
    }

    /// The default width, where no terminal is, is 100.
    @Test func aPathIsDrawnToScaleAndFits() throws {
        for name in try Self.names("wall_s > 0 AND phase = 'SUCCEEDED'") + Self.names("retry_count > 1")
            + Self.names("phase = 'FAILED' AND node_count > 3")
        {
            let said = try Tool.run("path", SharedArchive.path, name, "--format", "table")
            #expect(said.code == 0 && said.err.isEmpty)
            let lines = said.out.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            #expect(lines.allSatisfy { DisplayWidth.of($0) <= 100 && !$0.hasSuffix(" ") }, "\(said.out)")
            #expect(lines[0].hasPrefix(name) && said.out.contains("\nnode "))
            // One bar goes on where the one before ended, but for the column that both are in.
            let head = try #require(lines.firstIndex { $0.hasPrefix("node ") })
            let bars = lines[(head + 1)...].prefix { !$0.isEmpty }
            let title = lines[head]
            let left =
                title.distance(
                    from: title.startIndex, to: try #require(title.range(of: "  0 ")?.upperBound)) - 2
            var end = 0
            for bar in bars {
                let text = String(bar.dropFirst(left))
                let begin = text.prefix { $0 == " " }.count
                #expect(abs(begin - end) <= 1, "\(said.out)")
                end = text.count
            }
            #expect(abs(end - (100 - left)) <= 1)
        }
    }

    @Test func thePathOfHostileNamesIsSafe() throws {
        for name in try Self.names("workflow LIKE '%hostile%'") {
            let said = try Tool.run("path", SharedArchive.path, name, "--format", "table")
            #expect(!said.out.contains("\u{1B}") && !said.out.contains("\u{202E}"))
        }
    }

    private func prices(_ yaml: String, _ check: (Tool.Result, String) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let archive = folder + "/a.db"
            try FileManager.default.copyItem(atPath: SharedArchive.path, toPath: archive)
            try Data(yaml.utf8).write(to: URL(filePath: folder + "/prices.yaml"))
            try check(try Tool.run("prices", "a.db", "prices.yaml", in: folder), archive)
        }
    }

    @Test func aBookIsPutInAndShown() throws {
        let yaml = """
            currency: EUR
            prices:
              - from: 2020-01-01
                until: 2026-02-01
                core-hour: 0.03
                gib-hour: 0.004
                gpu-hour: 2
              - from: 2026-02-01
                core-hour: 0.05
                gib-hour: 0
                gpu-hour: 1.5
              - from: 2026-02-10T00:00+01:00
                core-hour: 0.04
                gib-hour: 0
                gpu-hour: 1.5
            """
        try prices(yaml) { said, archive in
            #expect(said.code == 0 && said.out.isEmpty)
            #expect(said.err.contains("Prices 2 and 3 of 'prices.yaml' hold at once in the same place"))
            #expect(said.err.contains("'a.db' has 3 prices."))
            let shown = try Tool.run("prices", archive, "--format", "csv").out
            #expect(
                shown.contains("2026-02-09T23:00:00.000000Z")
                    && shown.split(whereSeparator: \.isNewline).count == 4)
            let cost = try Tool.run("query", archive, "cost", "--param", "by=domain", "--format", "csv")
            #expect(cost.code == 0 && cost.out.contains("EUR"))
        }
    }

    @Test(arguments: [
        ("prices: []\nprice: 1", "has no key 'price'"), ("currency: EUR", "A price book needs 'prices'."),
        ("prices:\n  - from: 2026-01-01\n    core-hour: 1", "A price needs a 'currency'"),
        ("currency: EUR\nprices:\n  - core-hour: 1", "prices.yaml:3:5: A price needs a 'from'"),
        ("currency: EUR\nprices:\n  - from: 2026-01-01", "'core-hour', 'gib-hour' and 'gpu-hour'"),
        (
            "currency: EUR\nprices:\n  - from: 2026-01-01\n    core-hour: -1",
            "'core-hour' is a number from 0."
        ),
        ("currency: EUR\nprices:\n  - from: now-7d\n    core-hour: 1", "'from' is a day or a moment"),
        (
            "currency: EUR\nprices:\n  - from: 2026-02-01\n    until: 2026-02-01\n    core-hour: 1",
            "'until' is not after"
        ),
    ])
    func aBookWithAMistakeIsNotPutIn(yaml: String, words: String) throws {
        try prices(yaml) { said, archive in
            #expect(said.code == 1 && said.err.contains(words), "\(said.err)")
            let shown = try Tool.run("prices", archive)
            #expect(shown.code == 1 && shown.err.contains("has no prices."))
        }
    }
}

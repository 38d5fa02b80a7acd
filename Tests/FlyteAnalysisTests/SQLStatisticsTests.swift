import FlyteAnalysis
import FlyteArchive
import Tables
import TestSupport
import Testing

/// What SQL computes with the functions of the extension is what the reports say.
struct SQLStatisticsTests {
    private func row(_ sql: String, _ parameters: [String: Cell] = [:]) throws -> [Cell] {
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            return try #require(try archive.query(sql, parameters).rows.first)
        }
    }

    @Test func percentilesAreTheNearestRank() throws {
        var random = SeededRandom(seed: 7)
        for count in [1, 2, 3, 10, 99, 100, 101] {
            let values = (0..<count).map { _ in Double(Int.random(in: -50...50, using: &random)) / 4 }
            let list = values.map { "(\($0))" }.joined(separator: ",")
            for percent in [0.0, 1, 7, 25, 50, 90, 95, 99, 99.9, 100] {
                let found = try row(
                    "SELECT percentile(column1, \(percent)), median(column1) FROM (VALUES \(list))")
                #expect(found[0].real == Statistics.quantile(percent / 100, of: values))
                #expect(found[1].real == Statistics.quantile(0.5, of: values))
            }
        }
    }

    @Test func integersStayExactAndNullsAreLeftOut() throws {
        #expect(
            try row(
                "SELECT percentile(x, 50), median(y) FROM (SELECT 9223372036854775807 AS x, NULL AS y UNION ALL SELECT 9223372036854775806, NULL UNION ALL SELECT NULL, NULL)"
            ) == [.integer(9_223_372_036_854_775_806), .null])
        #expect(try row("SELECT median(1) WHERE 0") == [.null])
    }

    @Test func intervalsAreWilsons() throws {
        for (k, n) in [
            (0, 1), (0, 10), (1, 10), (5, 10), (10, 10), (81, 263), (15, 148), (999, 1000), (1, 1_000_000),
        ] {
            let interval = try #require(Proportion(k, of: n)).wilsonInterval()
            let found = try row("SELECT wilson_low(\(k), \(n)), wilson_high(\(k), \(n))").map(\.real)
            for (found, expected) in zip(found, [interval.low, interval.high]) {
                #expect(abs((found ?? .nan) - expected) <= 1e-13)
            }
        }
    }
}

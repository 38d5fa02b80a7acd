import FlyteArchive
import Foundation
import TestSupport
import Testing

/// Under each table stands the command line that gives its figures: each is run as it is printed.
@Suite struct ReceiptTests {
    /// An archive, and a window of it.
    private struct Corpus {
        var path: String
        var options: [String]
    }

    private static let names = ["sample", "sample, children", "recorded", "made", "two installations"]

    private func corpus(_ name: String, in folder: String) throws -> Corpus {
        let path = folder + "/it's a.db"
        switch name {
        case "sample": return Corpus(path: SharedArchive.path, options: ["--from", "2026-02-23"])
        case "sample, children":
            return Corpus(
                path: SharedArchive.path,
                options: [
                    "--from", "2026-01-19T13:00", "--to", "2026-03-02", "--children", "--project", "sales",
                ])
        case "recorded":
            try Fixtures.unpackArchive(version: 3, to: path)
            _ = try Archive(path: path, mode: .readWrite)
            return Corpus(path: path, options: ["--from", "2026-08-24", "--to", "2026-09-21"])
        default:
            let source = name == "made" ? 1 : 2
            let runs = (0..<120).flatMap { number in
                [
                    MadeRuns("w\(number)", "2026-01-06", 6, source: 1 + number % source),
                    MadeRuns("w\(number)", "2026-01-13", 5, source: 1 + number % source),
                    MadeRuns(
                        "w\(number)", "2026-01-13", 2, "FAILED", error: 1 + number % 2,
                        source: 1 + number % source),
                ]
            }
            try MadeRuns.archive(of: runs + [MadeRuns("gone", "2026-01-07", 9)], at: path)
            return Corpus(path: path, options: ["--from", "2026-01-12"])
        }
    }

    /// By section: which query's column a figure is, of the row with the same names.
    private static let figures: [String: [(query: String, keys: [String], columns: [(String, String)])]] = [
        "workflows": [
            (
                "failure-rate-by-workflow", ["source", "place", "workflow"],
                [
                    ("ended", "ended"), ("aborted", "aborted"), ("user_failures", "user_failures"),
                    ("failure_rate", "failure_rate"), ("failure_rate_low", "rate_low"),
                    ("failure_rate_high", "rate_high"), ("aborted_rate", "aborted_rate"),
                ]
            ),
            (
                "duration-percentiles-by-workflow", ["source", "place", "workflow"],
                [
                    ("p50_s", "p50_s"), ("p95_s", "p95_s"), ("unknown_durations", "unknown"),
                    ("censored", "censored"), ("longest_execution", "longest_execution"),
                ]
            ),
        ],
        "failures": [
            (
                "top-errors", ["source", "fingerprint"],
                [("executions", "executions"), ("tasks", "tasks"), ("novelty", "novelty")]
            )
        ],
        "overcome": [
            (
                "retried-errors", ["source", "fingerprint"],
                [("attempts", "attempts"), ("retried", "retried"), ("tasks", "tasks")]
            )
        ],
        "slowest-nodes": [
            (
                "slowest-nodes", ["source", "place", "workflow", "node_path"],
                [("p50_s", "p50_s"), ("p90_s", "p90_s"), ("runs", "runs"), ("failed", "failed")]
            )
        ],
        "critical-nodes": [
            (
                "critical-nodes", ["source", "place", "workflow", "node_path"],
                [("criticality", "criticality"), ("total_s", "total_s")]
            )
        ],
        "time": [
            (
                "time-by-class", ["source", "class"],
                [("share", "share"), ("time_s", "total_s"), ("unseen_share", "unseen_share")]
            )
        ],
        "requested": [
            (
                "requested-resources", ["source", "place", "workflow"],
                [
                    ("core_hours", "core_hours"), ("core_hours_low", "core_hours_low"),
                    ("child_core_hours", "child_core_hours"),
                ]
            )
        ],
        "coverage": [
            (
                "coverage", ["source", "project", "domain"],
                [("executions", "executions"), ("withheld", "withheld"), ("problems", "problems")]
            )
        ],
    ]

    private typealias Row = [String: Any]

    private func key(_ row: Row, _ keys: [String]) -> [String] {
        keys.map { key in
            if let value = row[key] as? String { return value }
            guard key == "place" else { return "–" }
            return "\(row["project"] ?? "")/\(row["domain"] ?? "")"
        }
    }

    private func isAlike(_ a: Any?, _ b: Any?) -> Bool {
        switch (a, b) {
        case (let a as String, let b as String): a == b
        case (let a as Double, let b as Double): abs(a - b) <= 1e-9 * max(1, abs(a))
        default: (a == nil || a is NSNull) == (b == nil || b is NSNull) && !(a is Double) && !(b is Double)
        }
    }

    private func answer(_ command: String, _ path: String) throws -> [Row] {
        #expect(command.hasPrefix("flightlog query ARCHIVE "))
        let words = command.replacingOccurrences(of: "flightlog query ARCHIVE", with: "\"$0\" query \"$1\"")
        let result = try Tool.run(
            ["-c", words + " --format json", Tool.path, path], program: "/bin/sh")
        #expect(result.code == 0, "\(command): \(result.err)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [Row], "\(command)")
    }

    @Test(arguments: names) func eachGivesThePagesFigure(name: String) throws {
        try TemporaryFolder.with { folder in
            let corpus = try corpus(name, in: folder)
            func report(_ format: String) throws -> String {
                let result = try Tool.run(
                    ["report", "weekly", corpus.path, "--format", format] + corpus.options)
                #expect(result.code == 0, "\(result.err)")
                return result.out
            }
            let page = try report("md").components(separatedBy: "\n## ").dropFirst()
            let object = try JSONSerialization.jsonObject(with: Data(try report("json").utf8)) as? Row
            let sections = try #require(object?["sections"] as? [Row])
            #expect(page.count == sections.count)
            var compared = 0
            for (text, section) in zip(page, sections) {
                let commands = text.matches(of: /From `(.*)`/).map { String($0.1) }
                #expect(!commands.isEmpty && Set(commands).count == commands.count)
                let answers = try commands.map { (command: $0, rows: try answer($0, corpus.path)) }
                let id = section["id"] as? String ?? ""
                let rows = section["rows"] as? [Row] ?? []
                if id == "headline" { try headline(rows, answers) }
                for (query, keys, columns) in Self.figures[id] ?? [] {
                    // That of the window itself comes first.
                    let found = try #require(answers.first { $0.command.contains(" \(query)") })
                    let byKey = Dictionary(grouping: found.rows) { key($0, keys) }
                    for row in rows where row["ended"] as? Int != 0 {
                        guard let match = byKey[key(row, keys)]?.first else {
                            #expect(row["workflow"] as? String == "All workflows", "\(id): \(row)")
                            continue
                        }
                        for (mine, theirs) in columns {
                            #expect(
                                isAlike(row[mine], match[theirs]),
                                "\(id), \(mine): \(row[mine] ?? "–") and \(match[theirs] ?? "–")")
                            compared += 1
                        }
                    }
                    // Nothing that it gives is missing on the page.
                    let named = rows.filter {
                        $0["workflow"] as? String != "All workflows" && $0["ended"] as? Int != 0
                    }
                    #expect(named.count == found.rows.count, "\(id)")
                }
            }
            #expect(compared > 100)
        }
    }

    private func headline(_ rows: [Row], _ answers: [(command: String, rows: [Row])]) throws {
        func figure(_ key: String, _ column: String = "this_week") -> Int? {
            rows.first { $0["key"] as? String == key }?[column] as? Int
        }
        func sum(_ query: String, _ column: String, _ place: Int = 0) throws -> Int {
            let asked = answers.filter { $0.command.contains(" \(query)") }
            return try #require(asked.dropFirst(place).first).rows.reduce(0) {
                $0 + ($1[column] as? Int ?? 0)
            }
        }
        for key in [
            "ended", "succeeded", "failed", "timed_out", "aborted", "user_failures", "rejected_failures",
        ] {
            #expect(try figure(key) == sum("outcomes", key), "\(key)")
            if let before = figure(key, "week_before") { #expect(try before == sum("outcomes", key, 1)) }
        }
        #expect(try figure("retries") == sum("retries", "retried_attempts"))
        #expect(try figure("cache_hits") == sum("cache-hits", "hits"))
        let errors = try #require(answers.first { $0.command.contains(" top-errors") }).rows
        #expect(figure("new_failures") == errors.count { $0["novelty"] as? String == "new" })
        #expect(try (figure("failed") ?? 0) + (figure("timed_out") ?? 0) == sum("top-errors", "executions"))
    }
}

import FlyteAnalysis
import FlyteArchive
import Foundation
import Tables
import TestSupport
import Testing

/// No question of `queries/` reads a large table from its beginning to its end when indexes lead to what it asks for.
struct QueryPlanTests {
    /// What many rows share, and what grows with harvests rather than with executions.
    private static let small: Set = [
        "source", "scope", "name", "text", "error", "definition", "harvest", "problem", "watermark",
        "change", "change_series", "price", "schedule_series", "schedule_gap",
    ]

    /// Large tables that a question reads whole all the same.
    private static let exceptions: [String: Set<String>] = [
        // They count executions as they were made, usually all of them: led by an index on that, the usual question
        // takes 1.0 s in place of 0.6 s at 86,000 executions. The ledger holds only what is missing.
        "coverage": ["execution", "capture", "lost_row", "unreadable"],
        "coverage-by-week": ["execution", "capture", "lost_row", "unreadable"],
        // SQLite makes a view that is a union whole before it joins it.
        "executions-by-input": ["execution", "literal", "node", "attempt"],
        // The same; and what was there before, and what came after, lies outside of the window.
        "cache-misses": ["execution", "literal", "node", "attempt"],
        "flaky-executions": ["execution", "literal", "node", "attempt"],
        // Which reads there are is told by no index but that of addresses.
        "data-read": ["lineage"],
        "withheld": ["capture", "lost_row", "unreadable"],
    ]

    @Test(arguments: NamedQuery.all.map(\.name)) func readsNoLargeTableWhole(name: String) throws {
        let query = try #require(NamedQuery.named(name))
        let archive = try Archive(path: SharedArchive.path, mode: .readOnly)
        let values = query.parameters.map { parameter -> (String, Cell) in
            let value: Cell =
                switch parameter.kind {
                case .text: .text("x")
                case .clock: .null
                case .integer: .integer(10)
                case .real: .real(1)
                case .time: .text(parameter.name == "since" ? "2026-01-01" : "2026-02-01")
                }
            return (parameter.name, value)
        }
        let scans = try Self.scans(
            of: query.sql, Dictionary(uniqueKeysWithValues: values), archive)
        let allowed = Self.small.union(Self.exceptions[name] ?? [])
        #expect(scans.subtracting(allowed) == [])
    }

    @Test func aScanIsSeen() throws {
        let archive = try Archive(path: SharedArchive.path, mode: .readOnly)
        #expect(try Self.scans(of: "SELECT sum(attempt) FROM v_task_execution", [:], archive) == ["attempt"])
        #expect(try Self.scans(of: "SELECT count(*) FROM node", [:], archive) == ["node"])
        #expect(try Self.scans(of: "SELECT * FROM node ORDER BY execution_id DESC", [:], archive) == ["node"])
        #expect(try Self.scans(of: "SELECT phase FROM node WHERE execution_id = 3", [:], archive) == [])
    }

    @Test func everyExceptionIsAQuestion() {
        #expect(Set(Self.exceptions.keys).isSubset(of: NamedQuery.all.map(\.name)))
    }

    /// The tables that a statement goes through whole, by their rows or by an index: as SQLite's own program says.
    /// An index with a condition holds only what is asked for.
    private static func scans(
        of sql: String, _ values: [String: Cell], _ archive: Archive
    ) throws -> Set<String> {
        let trees = try archive.query(
            "SELECT rootpage, tbl_name, sql LIKE 'CREATE INDEX%) WHERE %' FROM sqlite_schema WHERE rootpage > 0"
        ).rows
        let tables = Dictionary(
            uniqueKeysWithValues: trees.filter { $0[2] != .integer(1) }.map { ($0[0], $0[1].text ?? "") })
        var scanned: Set<String> = []
        var open: [Cell: String] = [:]
        let steps = try archive.query("EXPLAIN " + sql, values).rows
        for step in steps {
            guard let code = step[1].text, code.hasPrefix("Open") || code == "ReopenIdx" else { continue }
            // Of the file itself, not of what a statement makes for itself.
            let isOfFile = ["OpenRead", "ReopenIdx"].contains(code) && step[4] == .integer(0)
            open[step[2]] = isOfFile ? tables[step[3]] : nil
        }
        for step in steps where ["Rewind", "Last", "Count"].contains(step[1].text) {
            if let table = open[step[2]] { scanned.insert(table) }
        }
        return scanned
    }
}

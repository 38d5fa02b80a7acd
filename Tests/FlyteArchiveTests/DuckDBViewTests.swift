import FlyteArchive
import Foundation
import Tables
import TestSupport
import Testing

/// `notebooks-export/duckdb.sql`: DuckDB's SQLite reader takes what views compute for text, so each column is told its type.
struct DuckDBViewTests {
    private static let file = URL(filePath: #filePath).appending(
        path: "../../../notebooks-export/duckdb.sql"
    ).standardized

    /// What a column of a view holds, by its declaration, or, where it is computed, by its name.
    private static func type(of column: String, declared: String) -> String {
        switch declared {
        case "TEXT": "VARCHAR"
        case "INTEGER": "BIGINT"
        case "REAL": "DOUBLE"
        default:
            if column.hasSuffix("_at") || column == "at" {
                "TIMESTAMP"
            } else if column.hasSuffix("_s") || column.hasSuffix("_hours") || column.hasSuffix("_hours_low")
                || realNumbers.contains(column)
            {
                "DOUBLE"
            } else if column.hasPrefix("is_") || column.hasSuffix("_map_id") || column.hasSuffix("_bytes")
                || wholeNumbers.contains(column)
            {
                "BIGINT"
            } else {
                "VARCHAR"
            }
        }
    }

    private static let realNumbers: Set = [
        "value_number", "cpu_request", "gpu_request", "share", "seconds_low", "seconds_high", "cost",
        "cost_low",
    ]
    private static let wholeNumbers: Set = ["attempt", "fingerprint_rule", "message_id", "replicas"]

    private static func views(_ archive: Archive) throws -> [(
        name: String, columns: [(name: String, type: String)]
    )] {
        try ViewContract.views.map(\.name).filter { $0.hasPrefix("v_") }.map { view in
            let columns = try archive.query("SELECT name, type FROM pragma_table_xinfo('\(view)')").rows
            return (
                view,
                columns.map { row in
                    let name = row[0].text ?? ""
                    return (name, type(of: name, declared: row[1].text ?? ""))
                }
            )
        }
    }

    private static func text(_ archive: Archive) throws -> String {
        var text = """
            -- The views of an archive for DuckDB, with the types of their columns. A test writes and checks this file.
            --
            --     SET sqlite_all_varchar = true;
            --     ATTACH 'runs.db' AS flightlog (TYPE sqlite, READ_ONLY);
            --     .read notebooks-export/duckdb.sql
            --
            -- DuckDB's reader takes what a view computes for text, and refuses a column whose values are of several types; so it
            -- is told to take all for text, before the archive is attached, and the views here say what is what. Times are in UTC.

            """
        for view in try views(archive) {
            let columns = view.columns.map { column in
                column.type == "VARCHAR"
                    ? "    \"\(column.name)\""
                    : "    CAST(\"\(column.name)\" AS \(column.type)) AS \"\(column.name)\""
            }
            text +=
                "\nCREATE OR REPLACE VIEW \(view.name) AS SELECT\n\(columns.joined(separator: ",\n"))\nFROM flightlog.main.\(view.name);\n"
        }
        return text
    }

    /// `RECORD=1 swift test --filter DuckDBViewTests` writes it anew.
    @Test func theFileHasEveryViewWithItsTypes() throws {
        try TemporaryFolder.with { folder in
            let text = try Self.text(try Archive(path: folder + "/a.db", mode: .readWrite))
            if ProcessInfo.processInfo.environment["RECORD"] == "1" {
                try text.write(to: Self.file, atomically: true, encoding: .utf8)
                Issue.record("The file was written; look at the difference, and run again without RECORD.")
            }
            #expect(try String(contentsOf: Self.file, encoding: .utf8) == text)
        }
    }

    /// No value of the fixtures is of another type than its column is said to have.
    @Test(arguments: 1..<Migration.newest) func theTypesAreThoseOfTheValues(version: Int) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Fixtures.unpackArchive(version: version, to: path)
            _ = try Archive(path: path, mode: .readWrite)
            let archive = try Archive(path: path, mode: .readOnly)
            let allowed = [
                "BIGINT": ["integer"], "DOUBLE": ["real", "integer"], "VARCHAR": ["text"],
                "TIMESTAMP": ["text"],
            ]
            for view in try Self.views(archive) {
                for column in view.columns {
                    let found = try archive.query(
                        "SELECT DISTINCT typeof(\"\(column.name)\") FROM \(view.name) WHERE \"\(column.name)\" IS NOT NULL"
                    ).rows.compactMap { $0[0].text }
                    #expect(
                        found.allSatisfy { allowed[column.type]?.contains($0) == true },
                        "\(view.name).\(column.name) is \(found), not \(column.type)")
                }
            }
        }
    }

    /// What DuckDB would write otherwise than SQLite reads it, as the step that took it out of the views says.
    @Test func noViewHasWhatDuckDBCannotHandOn() throws {
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            for row in try archive.query("SELECT name, sql FROM sqlite_schema WHERE type = 'view'").rows {
                let name = row[0].text ?? ""
                let sql = (row[1].text ?? "").replacing(/--[^\n]*/, with: "")
                for word in [" LIKE ", " GLOB ", "char("] { #expect(!sql.contains(word), "\(name): \(word)") }
                // It has one argument or is ltrim() or rtrim().
                #expect(sql.firstMatch(of: /[^lr]trim\(/) == nil, "\(name)")
                // What SQLite alone can compute stands in no union.
                let isUnion = sql.contains("UNION")
                #expect(!isUnion || !(sql.contains("strftime(") || sql.contains("->>")), "\(name)")
            }
        }
    }
}

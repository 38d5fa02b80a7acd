import FlyteArchive
import Foundation
import Tables
import TestSupport
import Testing

/// The names of the views and their columns are what people's SQL depends on.
struct ViewTests {
    @Test func haveExactlyTheColumnsThatAreDocumented() throws {
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let views = try archive.query("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name")
            #expect(views.rows.compactMap { $0[0].text } == ViewContract.views.map(\.name).sorted())
            for (view, columns) in ViewContract.views {
                let found = try archive.query("SELECT * FROM \(view)").columns.map(\.name)
                #expect(found == columns, "\(view)")
            }
        }
    }

    @Test func everyTableAndColumnHasAComment() throws {
        try TemporaryFolder.with { folder in
            let archive = try Archive(path: folder + "/a.db", mode: .readWrite)
            let tables = try archive.query(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' AND name NOT LIKE 'error_search%'"
            )
            #expect(tables.rows.count > 20)
            for row in tables.rows {
                let (name, sql) = (row[0].text ?? "", row[1].text ?? "")
                let columns = try archive.query("SELECT name FROM pragma_table_info('\(name)')").rows
                    .compactMap { $0[0].text }
                let lines = sql.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                #expect(lines.count > 1 && lines[1].hasPrefix("--"), "table \(name)")
                for column in columns {
                    // That of a later step stands behind its type.
                    let isLater = sql.contains(try Regex(", \(column) [A-Z]+( REFERENCES \\w+)? /\\*"))
                    let index = lines.firstIndex { $0.hasPrefix(column + " ") }
                    #expect(
                        isLater || index.map { lines[$0 - 1].hasPrefix("--") } == true, "\(name).\(column)")
                }
            }
        }
    }
}

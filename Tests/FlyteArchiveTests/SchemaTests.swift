@testable import FlyteArchive
import Foundation
import TestSupport
import Testing

struct SchemaTests {
    @Test func anOlderSQLiteIsNamedBeforeAnythingIsMade() throws {
        let error = #expect(throws: ArchiveError.self) {
            try SQLiteVersion.check(for: "runs.db", found: 3_037_002)
        }
        #expect(
            error?.description
                == "SQLite 3.37.2 is installed here, and archives need 3.38.0 or later: install a newer libsqlite3. 'runs.db' was not touched."
        )
        try SQLiteVersion.check(for: "runs.db", found: 3_038_000)
    }

    private static let folder = URL(filePath: #filePath).appending(path: "../../../schema").standardized

    private static func page() throws -> SchemaPage {
        try TemporaryFolder.with { folder in
            try SchemaPage(
                try Archive(path: folder + "/a.db", mode: .readWrite),
                viewColumns: String(
                    contentsOf: Self.folder.appending(path: "view-columns.txt"), encoding: .utf8))
        }
    }

    @Test func everyTableViewAndColumnHasItsText() throws {
        let page = try Self.page()
        #expect(page.things.count > 40)
        for thing in page.things {
            #expect(!thing.text.isEmpty, "\(thing.name)")
            // The search index has its tables' columns.
            for column in thing.columns where thing.name != "error_search" {
                #expect(!column.text.isEmpty, "\(thing.name).\(column.name)")
            }
        }
    }

    /// With RECORD=1 they are written anew; so that nobody takes that for a pass, the test fails then.
    @Test(arguments: ["README.md", "current.sql"]) func theFilesMadeOfTheSchemaAreCurrent(name: String) throws
    {
        let page = try Self.page()
        let text = name == "README.md" ? page.markdown : page.sql
        let file = Self.folder.appending(path: name)
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("wrote \(file.path)")
        }
        let isCurrent = (try? String(contentsOf: file, encoding: .utf8)) == text
        #expect(isCurrent, "schema/\(name) is not what the steps say; RECORD=1 writes it anew")
    }

    @Test func theStockShellBuildsTheSameFromTheWholeAsFromTheSteps() throws {
        try TemporaryFolder.with { folder in
            let whole = folder + "/whole.db"
            try SQLiteFile.run(
                whole, try String(contentsOf: Self.folder.appending(path: "current.sql"), encoding: .utf8))
            let archive = try Archive(path: whole, mode: .readOnly)
            #expect(archive.missingSteps.isEmpty)
            let page = try SchemaPage(archive, viewColumns: "")
            #expect(page.sql == (try Self.page()).sql)
        }
    }
}

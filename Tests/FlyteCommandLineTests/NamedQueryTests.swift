import FlyteAnalysis
import FlyteArchive
import Foundation
import Tables
import TestSupport
import Testing

/// Every question of `queries/`, asked of the harvested sample.
@Suite struct NamedQueryTests {
    static let names = NamedQuery.all.map(\.name)

    private func query(_ name: String) throws -> NamedQuery { try #require(NamedQuery.named(name)) }

    private var archive: Archive {
        get throws { try Archive(path: SharedArchive.path, mode: .readOnly) }
    }

    /// The answer of the stock shell: names of columns, then values, as text.
    private func shell(_ database: String, _ sql: String) throws -> [[String]] {
        try StockShell.answer(sql, "-readonly", "-ascii", "-header", database).split(separator: "\u{1E}").map
        {
            $0.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// Numbers are told by 15 digits, and sums by their order in the last of them.
    private func isAlike(_ a: [[String]], _ b: [[String]]) -> Bool {
        func isAlike(_ a: String, _ b: String) -> Bool {
            guard a != b else { return true }
            guard let a = Double(a), let b = Double(b) else { return false }
            return abs(a - b) <= 1e-12 * max(abs(a), abs(b))
        }
        return a.count == b.count
            && zip(a, b).allSatisfy { $0.count == $1.count && zip($0, $1).allSatisfy { isAlike($0, $1) } }
    }

    private func text(_ table: Table) -> [[String]] {
        let rows = table.rows.map { row in
            row.map { cell in
                switch cell {
                case .null: ""
                case .integer(let value): String(value)
                case .real(let value): String(value)
                // The shell ends a text at its first zero byte.
                case .text(let value): String(value.prefix { $0 != "\0" })
                case .blob(let bytes): "\(bytes)"
                }
            }
        }
        return rows.isEmpty ? [] : [table.columns.map(\.name)] + rows
    }

    @Test(arguments: names) func answersAlikeInTheStockShellAndThroughTheTool(name: String) throws {
        let query = try query(name)
        let table = try query.run(on: archive)
        #expect(isAlike(try shell(SharedArchive.path, query.sql), text(table)))
        let tool = try Tool.run("query", SharedArchive.path, name, "--format", "csv")
        #expect(tool.code == 0 && tool.out == CSVFormat(lineEnd: .lf).text(of: table), "\(tool.err)")
    }

    @Test(arguments: names) func answersAlikeWhateverTheOrderOfRows(name: String) throws {
        let query = try query(name)
        #expect(isAlike(try shell(Self.reversed.get(), query.sql), text(try query.run(on: archive))))
    }

    /// The rows of all views as tables, last first.
    private static let reversed = Result {
        let path = SharedArchive.folder + "/reversed.db"
        let views = ViewContract.views.map { view in
            let columns = view.columns.map { "\"\($0)\"" }.joined(separator: ", ")
            return """
                CREATE TABLE \(view.name) AS SELECT * FROM archive.\(view.name) LIMIT 0;
                INSERT INTO \(view.name) SELECT \(columns) FROM archive.\(view.name) ORDER BY row_number() OVER () DESC;
                """
        }
        let said = try StockShell.answer(
            """
            ATTACH '\(SharedArchive.path)' AS archive;
            \(views.joined(separator: "\n"))
            -- Searching takes words, which no view has.
            CREATE TABLE error AS SELECT * FROM archive.error;
            CREATE VIRTUAL TABLE error_search USING fts5(code, message, content = 'error', content_rowid = 'id');
            """, path)
        #expect(said.isEmpty)
        return path
    }

    @Test(arguments: names) func isDocumentedByItsHeader(name: String) throws {
        let query = try query(name)
        #expect(!query.title.isEmpty && !query.title.hasSuffix(".") && query.summary.hasSuffix("."))
        #expect(query.parameters.allSatisfy { $0.help.hasSuffix(".") })
        #expect(Set(try archive.parameterNames(of: query.sql)) == Set(query.parameters.map(\.name)))
    }

    @Test(arguments: names) func aHostileValueIsOnlyAValue(name: String) throws {
        let query = try query(name)
        let whole = try query.run(on: archive)
        for parameter in query.parameters where parameter.kind == .text {
            let answer = try query.run(on: archive, [parameter.name: .text("' OR 1=1 --")])
            #expect(answer.columns.map(\.name) == whole.columns.map(\.name))
            #expect(answer.rows.isEmpty, "\(parameter.name)")
        }
    }

    @Test(arguments: names) func aLimitIsAPrefixOfTheWhole(name: String) throws {
        let query = try query(name)
        guard query.parameters.contains(where: { $0.name == "limit" }) else { return }
        let whole = try query.run(on: archive, ["limit": .integer(-1)])
        for limit in [0, 1, 3] {
            let answer = try query.run(on: archive, ["limit": .integer(Int64(limit))])
            #expect(answer.rows == Array(whole.rows.prefix(limit)))
        }
    }

    /// What no window holds is in no answer, and a window that holds all changes none.
    @Test(arguments: names) func windowsLimit(name: String) throws {
        let query = try query(name)
        guard query.parameters.contains(where: { $0.name == "since" }) else { return }
        let whole = try query.run(on: archive)
        let all = try query.run(on: archive, ["since": .text("2000"), "until": .text("2100")])
        #expect(isAlike(text(all), text(whole)))
        for empty in [["since": Cell.text("2100")], ["until": .text("2000")]] {
            let answer = try query.run(on: archive, empty)
            // The problems that stand do so in every window.
            #expect(answer.rows.allSatisfy { row in row.contains(.integer(0)) }, "\(empty)")
        }
    }
}

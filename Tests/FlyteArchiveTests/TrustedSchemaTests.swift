import FlyteArchive
import Foundation
import TestSupport
import Testing

/// Why views and triggers are trusted: what SQLite refuses in an archive where they are not.
struct TrustedSchemaTests {
    /// With 3.40, which Debian 12 has. Later ones count JSON's functions among the harmless.
    private static let refused = [
        "sealed: unsafe use of json_array()", "v_failure: unsafe use of ->>()",
        "v_literal: unsafe use of ->>()",
        "v_literal_leaf: unsafe use of ->>()", "error: unsafe use of virtual table \"error_search\"",
    ]

    /// When nothing is refused any more by what people have, `Database` is to switch it off.
    @Test func theseAloneNeedTrust() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do { try RecordedArchive.make(path, Array(RecordedArchive.captures().prefix(5))).settle() }
            let views = try SQLiteFile.run(
                path, "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY 1;"
            )
            .split(separator: "\n")
            #expect(views.count > 20)
            func reason(_ name: some StringProtocol, _ sql: String) throws -> String? {
                let said = try StockShell.answer("PRAGMA trusted_schema = OFF;\n\(sql)\n", path)
                return said.firstMatch(of: #/unsafe use of [^\n]*?(?:\(\)|"\w+")/#).map {
                    "\(name): \($0.output)"
                }
            }
            var found = try views.compactMap { try reason($0, "SELECT * FROM \($0) LIMIT 1;") }
            found += try [reason("error", "DELETE FROM error;")].compactMap { $0 }
            #expect(Set(found).isSubset(of: Self.refused))
            let version = try StockShell.answer("SELECT sqlite_version();")
            if version.hasPrefix("3.40.") { #expect(Set(found) == Set(Self.refused)) }
        }
    }

    /// What would do harm needs no trust to be refused.
    @Test(arguments: [
        "load_extension('x')", "fts3_tokenizer('simple')", "unzstd(x'00')", "raw(1)", "raw_json(1)",
        "literals_json(1)", "literal(1, 'x')",
    ])
    func whatDoesHarmIsCalledByNoView(call: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            do { try Archive(path: path, mode: .readWrite).settle() }
            try SQLiteFile.run(path, "CREATE VIEW v_hostile AS SELECT \(call) AS a;")
            let archive = try Archive(path: path, mode: .readOnly)
            #expect {
                try archive.userQuery("SELECT a FROM v_hostile")
            } throws: { error in
                ["unsafe use of", "Only reading is allowed"].contains { "\(error)".contains($0) }
            }
        }
    }
}

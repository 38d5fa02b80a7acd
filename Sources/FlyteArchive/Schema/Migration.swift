import EmbeddedFiles
import Tables

/// How an archive was brought to the newest schema, with a copy of it as it was.
public struct Migration: Hashable, Sendable {
    public var from: Int
    public var to: Int
    /// The file that has what the archive was before.
    public var copy: String

    /// A step of the archive's schema. Steps are only ever added.
    public struct Step: Hashable, Sendable {
        /// The version that it makes.
        public var version: Int
        var sql: String

        package init(version: Int, sql: String) {
            self.version = version
            self.sql = sql
        }

        // Read where they are wanted: each command that opens an archive has all steps.

        /// What it is for, in a sentence: its first line.
        public var purpose: String { lines.first.map { String($0.drop { $0 == "-" || $0 == " " }) } ?? "" }

        /// What it makes, such as `TABLE vanished`.
        public var makes: [String] {
            lines.filter { $0.hasPrefix("CREATE ") }.map { line in
                line.dropFirst("CREATE ".count).split(separator: " ").prefix(2).joined(separator: " ")
            }
        }

        private var lines: [Substring] { sql.split(separator: "\n") }
    }

    static let applicationID: Int64 = 0x464C_4F47  // "FLOG"

    package static let steps: [Step] = EmbeddedFile.schema.enumerated().map { index, file in
        Step(version: index + 1, sql: file.text)
    }

    /// The version that this tool writes.
    public static var newest: Int { steps.count }

    /// What the steps build: type, name, table and SQL of each thing, by name.
    static func schema(of steps: [Step]) throws(ArchiveError) -> [[Cell]] {
        let database = try Database(path: ":memory:", mode: .readWrite)
        for step in steps { try database.execute(step.sql) }
        return try database.rows(schemaQuery)
    }

    static let schemaQuery = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name, type"
}

import EmbeddedFiles
import Tables

/// A step of the archive's schema. Steps are only ever added.
enum Migration {
    static let applicationID: Int64 = 0x464C_4F47  // "FLOG"
    static let steps = EmbeddedFile.schema

    /// The version that this tool writes.
    static var newest: Int { steps.count }

    /// What the steps build: type, name, table and SQL of each thing, by name.
    static func schema() throws(ArchiveError) -> [[Cell]] {
        let database = try Database(path: ":memory:", mode: .readWrite)
        for step in steps { try database.execute(step.text) }
        return try database.rows(schemaQuery)
    }

    static let schemaQuery = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name, type"
}

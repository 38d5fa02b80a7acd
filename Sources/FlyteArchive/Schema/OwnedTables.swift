import Tables

/// The tables whose rows belong to a row of another, and go with it, as the file's own foreign keys tell.
///
/// Whatever is added to the schema with `REFERENCES execution ON DELETE CASCADE` is therefore derived, compared, made
/// again and removed with its execution, unless it is named here as something else.
struct OwnedTables {
    struct Owned: Hashable {
        var name: String
        /// The column with the owner's id.
        var column: String
    }

    /// What was read: messages, and what the server or the archive's owner kept out of them. A rebuild starts from it.
    let read: [Owned]
    /// What is known beside the reading, and outlives it.
    let marks: [Owned]
    /// What follows from what was read.
    let derived: [Owned]

    private static let readTables: Set = ["message", "capture", "redaction", "definition_redaction"]
    private static let markTables: Set = ["vanished", "erasure"]

    /// - Parameter owner: `execution` or `definition`.
    init(of owner: String, in database: Database) throws(ArchiveError) {
        let owned = try database.rows(
            """
            SELECT t.name, f."from" FROM main.sqlite_schema t JOIN pragma_foreign_key_list(t.name, 'main') f
            WHERE t.type = 'table' AND f."table" = ? AND f.on_delete = 'CASCADE' ORDER BY t.rowid
            """, [.text(owner)]
        ).map { Owned(name: $0[0].text ?? "", column: $0[1].text ?? "") }
        read = owned.filter { Self.readTables.contains($0.name) }
        marks = owned.filter { Self.markTables.contains($0.name) }
        derived = owned.filter { !Self.readTables.contains($0.name) && !Self.markTables.contains($0.name) }
    }

    /// The columns of these tables, and of the owner's own, that refer to another table.
    static func references(
        to table: String, from tables: [Owned], in database: Database
    ) throws(ArchiveError) -> [(owned: Owned, column: String)] {
        var references: [(Owned, String)] = []
        for owned in tables {
            for row in try database.rows(
                "SELECT \"from\" FROM pragma_foreign_key_list(?, 'main') WHERE \"table\" = ? ORDER BY id DESC",
                [.text(owned.name), .text(table)])
            {
                if let column = row[0].text { references.append((owned, column)) }
            }
        }
        return references
    }
}

import FlyteIDL
import FlyteModel
import Tables

/// The columns and edges of an archive's definitions made again from their messages, beside those of the file.
final class DefinitionRederivation {
    private let archive: Archive
    private let shadow: ComparisonTables
    private var database: Database { archive.database }

    init(_ archive: Archive) throws {
        self.archive = archive
        let edges = try OwnedTables(of: "definition", in: archive.database).derived.map(\.name)
        shadow = try ComparisonTables(["definition"] + edges, in: archive.database)
        // What follows from the messages is made anew.
        let given = ArchiveTable.definition.others.joined(separator: ", ")
        try database.run(
            "INSERT INTO temp.definition (\(given)) SELECT \(given) FROM main.definition")
    }

    func close() throws {
        try shadow.close()
        // Rows that only the copies had.
        archive.interned = InternedTexts()
    }

    /// Makes all of them, and tells which rows differ from the file's.
    ///
    /// - Parameter failed: Called with each definition that cannot be read.
    func differences(failed: (DefinitionID, any Error) throws -> Void) throws -> [ComparisonTables.Difference]
    {
        let rows = try database.rows(
            """
            SELECT d.id, s.id, s.name, c.project, c.domain, d.kind, d.name, d.version, d.pack_id, m.sha256
            FROM definition d JOIN main.definition m ON m.id = d.id
            JOIN scope c ON c.id = d.scope_id JOIN source s ON s.id = c.source_id
            WHERE d.pack_id IS NOT NULL ORDER BY d.id
            """)
        for row in rows {
            guard let kind = row[5].text.flatMap(DefinitionID.Kind.init), let number = row[0].integer,
                let source = row[1].integer, let pack = row[8].integer
            else { continue }
            let id = DefinitionID(
                kind: kind, project: row[3].text ?? "", domain: row[4].text ?? "", name: row[6].text ?? "",
                version: row[7].text ?? "")
            do {
                let bytes = try archive.packer.content(pack)
                let sha256 = SHA256.hash(bytes)
                guard row[9] == .blob(sha256) else { throw damaged("its message does not have its hash") }
                try archive.fillColumns(
                    of: DefinitionContent(of: CapturedDefinition(id: id, bytes: bytes)), sha256: sha256,
                    row: number, source: SourceID(id: source, name: row[2].text ?? ""))
            } catch {
                try failed(id, error)
            }
        }
        return try shadow.tables.flatMap { try shadow.differences(in: $0) }
    }

    /// Puts what was made in the place of what the file has, within a transaction.
    func replace() throws {
        try database.run("INSERT OR IGNORE INTO main.definition SELECT * FROM temp.definition")
        for table in shadow.tables {
            if table.name == "definition" { try shadow.update(table) } else { try shadow.replace(table) }
        }
    }

    private func damaged(_ detail: String) -> ArchiveError {
        ArchiveError(.damaged, path: archive.path, detail: detail)
    }
}

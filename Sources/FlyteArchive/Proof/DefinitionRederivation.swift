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
    func differences(failed: (KeptDefinition, any Error) throws -> Void) throws -> [ComparisonTables
        .Difference]
    {
        for kept in try archive.keptDefinitions() {
            do {
                let (content, sha256) = try archive.provenContent(of: kept)
                try archive.fillColumns(of: content, sha256: sha256, row: kept.row, source: kept.source)
            } catch {
                try failed(kept, error)
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
}

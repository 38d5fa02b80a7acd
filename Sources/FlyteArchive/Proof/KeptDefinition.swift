import FlyteModel
import Tables

/// A definition whose message an archive has.
struct KeptDefinition {
    var row: Int64
    var id: DefinitionID
    var source: SourceID
    var pack: Int64
    /// As the file has it.
    var sha256: Cell
}

extension Archive {
    /// - Parameter condition: Over the columns of `d`, the table.
    func keptDefinitions(where condition: String = "TRUE") throws(ArchiveError) -> [KeptDefinition] {
        try database.rows(
            """
            SELECT d.id, s.id, s.name, c.project, c.domain, d.kind, d.name, d.version, d.pack_id, d.sha256
            FROM main.definition d JOIN scope c ON c.id = d.scope_id JOIN source s ON s.id = c.source_id
            WHERE d.pack_id IS NOT NULL AND (\(condition)) ORDER BY d.id
            """
        ).compactMap { row in
            guard let kind = row[5].text.flatMap(DefinitionID.Kind.init), let number = row[0].integer,
                let source = row[1].integer, let pack = row[8].integer
            else { return nil }
            let id = DefinitionID(
                kind: kind, project: row[3].text ?? "", domain: row[4].text ?? "", name: row[6].text ?? "",
                version: row[7].text ?? "")
            return KeptDefinition(
                row: number, id: id, source: SourceID(id: source, name: row[2].text ?? ""), pack: pack,
                sha256: row[9])
        }
    }

    /// What a definition's message says, when it has its hash.
    func provenContent(of kept: KeptDefinition) throws -> (DefinitionContent, sha256: [UInt8]) {
        let bytes = try packer.content(kept.pack)
        let sha256 = SHA256.hash(bytes)
        guard kept.sha256 == .blob(sha256) else {
            throw ArchiveError(.damaged, path: path, detail: "its message does not have its hash")
        }
        return (try DefinitionContent(of: CapturedDefinition(id: kept.id, bytes: bytes)), sha256)
    }
}

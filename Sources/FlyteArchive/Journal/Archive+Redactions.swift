import FlyteModel
import Tables

// What was replaced before it was written.
extension Archive {
    func writeRedactions(
        _ redactions: PlacedList<Redaction>, execution id: Int64, source: SourceID
    ) throws {
        let place = RowPlace(archive: self, source: source, owner: id)
        for (index, redaction) in redactions.enumerated() {
            try ArchiveTable.redaction.insert(redaction, at: place.numbered(index + 1))
        }
    }

    func writeRedactions(_ redactions: [Redaction], definition id: Int64, source: SourceID) throws {
        let place = RowPlace(archive: self, source: source, owner: id)
        for (index, redaction) in redactions.enumerated() {
            try ArchiveTable.definitionRedaction.insert(redaction, at: place.numbered(index + 1))
        }
    }

    func redactions(ofExecution id: Cell) throws(ArchiveError) -> [Redaction] {
        guard version >= 2 else { return [] }
        return try database.rows(
            """
            SELECT n.value, r.attempt, r.field, k.value, r.rule, r.token, r.count FROM redaction r
            LEFT JOIN name n ON n.id = r.node_id LEFT JOIN name k ON k.id = r.name_id
            WHERE r.execution_id = ? ORDER BY r.number
            """, [id]
        ).map(redaction)
    }

    func redactions(ofDefinition id: Cell) throws(ArchiveError) -> [Redaction] {
        guard version >= 2 else { return [] }
        return try database.rows(
            """
            SELECT NULL, NULL, r.field, k.value, r.rule, r.token, r.count FROM definition_redaction r
            LEFT JOIN name k ON k.id = r.name_id WHERE r.definition_id = ? ORDER BY r.number
            """, [id]
        ).map(redaction)
    }

    private func redaction(_ row: [Cell]) -> Redaction {
        Redaction(
            place: CapturePlace(
                nodeID: row[0].text, attempt: row[1].integer.map { UInt32(truncatingIfNeeded: $0) }),
            field: row[2].text ?? "", name: row[3].text, rule: row[4].text ?? "", token: row[5].text ?? "",
            count: Int(row[6].integer ?? 0))
    }
}

import FlyteModel
import Tables

/// A message, and where it was put.
struct MessageRow {
    let message: CapturedMessage
    let place: Packer.Place
    let sha256: [UInt8]
}

extension ArchiveTable {
    static let message = RowTable<MessageRow>(
        "message",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "number": { place, _ in .integer(place.number) },
            "kind_id": { place, row in try place.name(row.message.kind.rawValue) },
            "node_id": { place, row in try place.name(row.message.place.nodeID) },
            "attempt": { _, row in Cell(row.message.place.attempt) },
            "task_id": { place, row in try place.definition(row.message.place.task) },
            "parent_id": { place, row in try place.name(row.message.parentNodeID) },
            "direction": { _, row in Cell(row.message.direction?.rawValue) },
            "uri": { _, row in Cell(row.message.uri) },
            "pack_id": { _, row in .integer(row.place.pack) },
            "offset": { _, row in Cell(row.place.offset) },
            "length": { _, row in Cell(row.message.content.count) },
            "sha256": { _, row in .blob(row.sha256) },
        ])

    static let capture = RowTable<CaptureRow>(
        "capture",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "number": { place, _ in .integer(place.number) },
            "node_id": { place, row in try place.name(row.withheld.place.nodeID) },
            "attempt": { _, row in Cell(row.withheld.place.attempt) },
            "task_id": { place, row in try place.definition(row.withheld.place.task) },
            "field": { _, row in .text(row.withheld.field) },
            "state": { _, row in .text(row.withheld.state.rawValue) },
            "detail_id": { place, row in try place.text(row.withheld.detail) },
            "seen_at": { _, row in Cell(row.observedAt) },
        ])

    static let redaction = RowTable<Redaction>(
        "redaction",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "number": { place, _ in .integer(place.number) },
            "node_id": { place, redaction in try place.name(redaction.place.nodeID) },
            "attempt": { _, redaction in Cell(redaction.place.attempt) },
        ], and: redacted.columns)

    static let definitionRedaction = RowTable<Redaction>(
        "definition_redaction",
        [
            "definition_id": { place, _ in .integer(place.owner) },
            "number": { place, _ in .integer(place.number) },
        ], and: redacted.columns)

    /// What both kinds of redactions say.
    private static let redacted = RowTable<Redaction>(
        "redaction",
        [
            "field": { _, redaction in .text(redaction.field) },
            "name_id": { place, redaction in try place.filledName(redaction.name) },
            "rule": { _, redaction in .text(redaction.rule) },
            "token": { _, redaction in .text(redaction.token) },
            "count": { _, redaction in Cell(redaction.count) },
        ])
}

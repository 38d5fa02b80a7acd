import FlyteModel
import Tables

extension ArchiveTable {
    static let unreadable = RowTable<Unreadable>(
        "unreadable",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "number": { place, _ in .integer(place.number) },
            "node_id": { place, row in try place.name(row.place.nodeID) },
            "attempt": { _, row in row.place.attempt.map { .integer(Int64($0)) } ?? .null },
            "field": { _, row in .text(row.field) },
            "detail_id": { place, row in try place.text(row.detail) },
        ])
}

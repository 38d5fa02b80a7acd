import FlyteModel
import Tables

/// Something that an execution, a node or an attempt read or wrote.
struct LineageRow {
    /// Who did it, seen from there.
    enum Level: Int64 {
        /// The place itself.
        case own
        /// Something that ran inside of it.
        case inner
        /// An execution that it launched.
        case child
    }

    /// The number of the node; nil for the execution's own.
    let node: Int?
    let attempt: UInt32?
    let isWrite: Bool
    /// The variable, and where in it.
    let name: String
    let kind: LiteralAddress.Kind
    /// In its canonical form.
    let address: String
    let format: String?
    let at: Timestamp?
    let level: Level
}

extension ArchiveTable {
    static let lineage = RowTable<LineageRow>(
        "lineage",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "number": { place, _ in .integer(place.number) },
            "node": { _, row in Cell(row.node.map { Int64($0) }) },
            "attempt": { _, row in Cell(row.attempt) },
            "is_write": { _, row in Cell(row.isWrite) },
            "name_id": { place, row in try place.name(row.name) },
            "kind_id": { place, row in try place.name(row.kind.rawValue) },
            "address_id": { place, row in try place.name(row.address) },
            "format_id": { place, row in try place.filledName(row.format) },
            "at": { _, row in Cell(row.at) },
            "level": { _, row in .integer(row.level.rawValue) },
        ])
}

import FlyteModel
import FlyteTrace
import Tables

/// Something that the server did not hand over, and when it was found missing.
struct CaptureRow {
    let withheld: Withheld
    let observedAt: Timestamp
}

extension ArchiveTable {
    static let lostRow = RowTable<LostRow>(
        "lost_row",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "number": { place, _ in .integer(place.number) },
            "node_id": { place, row in try place.name(row.place.nodeID) },
            "field": { _, row in .text(row.field) },
            "detail_id": { place, row in try place.text(row.detail) },
        ])

    /// The number of the row of capture is the row's own.
    static let neverWritten = RowTable<Void>(
        "never_written",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "number": { place, _ in .integer(place.number) },
        ])
}

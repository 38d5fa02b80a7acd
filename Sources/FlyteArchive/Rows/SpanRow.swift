import FlyteModel
import Tables

/// What the archive keeps of a metric span.
struct SpanRow: Hashable {
    /// 1, 2, …, a parent before its children.
    var number: Int64
    var parent: Int64?
    var depth: Int
    var nodeID: String?
    var attempt: Int64?
    /// Flyte's id, such as `NODE_SETUP`.
    var operation: String?
    var start: Timestamp
    /// In nanoseconds; may be negative, as clocks differ.
    var duration: Int64
}

extension ArchiveTable {
    /// A row's parent is its origin.
    static let span = RowTable<SpanRow>(
        "metric_span",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "origin": { place, _ in .integer(place.parent) },
            "number": { _, row in .integer(row.number) },
            "parent": { _, row in Cell(row.parent) },
            "depth": { _, row in Cell(row.depth) },
            "node_id": { place, row in try place.name(row.nodeID) },
            "attempt": { _, row in Cell(row.attempt) },
            "operation_id": { place, row in try place.name(row.operation) },
            "start_at": { _, row in Cell(row.start) },
            "duration_ns": { _, row in .integer(row.duration) },
        ])
}

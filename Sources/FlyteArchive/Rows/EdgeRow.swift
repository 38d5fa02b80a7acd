import FlyteModel
import Tables

/// An edge of a workflow's graph.
struct EdgeRow {
    /// The row of the workflow.
    let definition: Int64
    let upstream: String
    let downstream: String
}

extension ArchiveTable {
    /// As compiled; a workflow brings those that it uses.
    static let edge = RowTable<EdgeRow>(
        "edge", skipsKnown: true, [:], and: graph.columns)

    /// A row's parent is the dynamic node.
    static let dynamicEdge = RowTable<EdgeRow>(
        "dynamic_edge", skipsKnown: true,
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "node": { place, _ in .integer(place.parent) },
        ], and: graph.columns)

    private static let graph = RowTable<EdgeRow>(
        "edge",
        [
            "definition_id": { _, row in .integer(row.definition) },
            "upstream_id": { place, row in try place.name(row.upstream) },
            "downstream_id": { place, row in try place.name(row.downstream) },
        ])
}

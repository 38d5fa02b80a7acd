import FlyteModel
import FlyteTrace
import Tables

/// A node with what its row says.
struct NodeRow {
    let node: ExecutionTree.Node
    let execution: NodeExecution
    /// The ids in the template from the top down to it.
    let path: String
    /// The numbers of its maps.
    let inputs: Int64?
    let outputs: Int64?
    /// The execution that it launched, as rows write it.
    let child: String?
    /// nil where nothing can be said of it.
    let slack: NodeSlack?
    /// Whether a step of the critical path is at it or inside of it; nil where there is no path.
    let isOnPath: Bool?
}

extension ArchiveTable {
    static let node = RowTable<NodeRow>(
        "node",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "number": { place, _ in .integer(place.number) },
            "node_id": { place, row in try place.name(row.node.id) },
            "spec_node_id": { place, row in try place.filledName(row.execution.specNodeID) },
            "name_id": { place, row in try place.filledName(row.node.spec?.name) },
            "parent": { _, row in Cell(row.node.parent.map { Int64($0 + 1) }) },
            "depth": { _, row in Cell(row.node.depth) },
            "kind": { _, row in .text(row.node.kind.rawValue) },
            "retry_group": { _, row in Cell(filled: row.execution.retryGroup) },
            "phase": { _, row in .text(row.execution.phase.rawValue) },
            "task_id": { place, row in try place.definition(row.node.task) },
            "task_type_id": { place, row in try place.filledName(row.node.taskType) },
            "cache_status_id": { place, row in try place.filledName(row.execution.cacheStatus.rawValue) },
            "created_at": { _, row in Cell(row.execution.lifetime.createdAt) },
            "started_at": { _, row in Cell(row.execution.lifetime.startedAt) },
            "duration_ns": { _, row in Cell(row.execution.lifetime.duration) },
            "updated_at": { _, row in Cell(row.execution.lifetime.updatedAt) },
            "ended_at": { _, row in Cell(row.execution.lifetime.endedAt) },
            "attempt_count": { _, row in Cell(row.node.attempts.count) },
            "error_id": { place, row in try place.error(row.execution.error) },
            "child": { _, row in Cell(row.child) },
            "input_map": { _, row in Cell(row.inputs) },
            "output_map": { _, row in Cell(row.outputs) },
            "path_id": { place, row in try place.name(row.path) },
            "deck_uri": { _, row in Cell(filled: row.execution.deckURI) },
            "slack_ns": { _, row in Cell(row.slack?.slack) },
            "drag_ns": { _, row in Cell(row.slack?.drag) },
            "is_on_path": { _, row in row.isOnPath.map { Cell($0) } ?? .null },
        ])
}

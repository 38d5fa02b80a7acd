import FlyteModel
import FlyteTrace
import Tables

/// An execution with what its row says.
struct ExecutionRow {
    let prepared: PreparedExecution
    let scope: Int64
    /// When it is to be read again.
    let reread: Cell
    let cause: CauseRow
    let isComplete: Bool
    let attempts: Int
    let retries: Int
    /// The executions that launched it and that it repeats, as rows write them.
    let parent: String?
    let reference: String?
    /// The numbers of its maps.
    let inputs: Int64?
    let outputs: Int64?

    var execution: Execution { prepared.tree.execution }
    var own: ExecutionID { prepared.tree.capture.id }

    init(
        _ prepared: PreparedExecution, scope: Int64, reread: Cell, cause: CauseRow, isComplete: Bool,
        parent: String?, reference: String?
    ) {
        (self.prepared, self.scope, self.reread, self.cause) = (prepared, scope, reread, cause)
        (self.isComplete, self.parent, self.reference) = (isComplete, parent, reference)
        attempts = prepared.tree.nodes.lazy.map(\.attempts.count).reduce(0, +)
        retries = prepared.tree.nodes.lazy.map { $0.attempts.count { $0.retryAttempt > 0 } }.reduce(0, +)
        var maps = prepared.maps.inOrder
        inputs = maps.next()?.number
        outputs = maps.next()?.number
    }
}

extension ArchiveTable {
    /// All but what names an execution. A row's owner is itself.
    static let execution = RowTable<ExecutionRow>(
        "execution", others: ["id"] + executionIdentity.columnNames,
        [
            "launch_plan_id": { place, row in try place.definition(row.execution.launchPlan) },
            "workflow_id": { place, row in try place.definition(row.execution.workflow) },
            "phase": { _, row in .text(row.execution.phase.rawValue) },
            "mode": { _, row in .text(row.execution.mode.rawValue) },
            "principal_id": { place, row in try place.filledName(row.execution.principal) },
            "cluster_id": { place, row in try place.filledName(row.execution.cluster) },
            "nesting": { _, row in Cell(row.execution.nesting) },
            "created_at": { _, row in Cell(row.execution.lifetime.createdAt) },
            "started_at": { _, row in Cell(row.execution.lifetime.startedAt) },
            "duration_ns": { _, row in Cell(row.execution.lifetime.duration) },
            "updated_at": { _, row in Cell(row.execution.lifetime.updatedAt) },
            "ended_at": { _, row in Cell(row.execution.lifetime.endedAt) },
            "scheduled_at": { _, row in Cell(row.execution.scheduledAt) },
            "error_id": { place, row in try place.error(row.execution.error) },
            "abort_cause_id": { place, row in try place.filledText(row.execution.abort?.cause) },
            "abort_principal_id": { place, row in try place.filledName(row.execution.abort?.principal) },
            "parent": { _, row in Cell(row.parent) },
            "parent_node_id": { place, row in try place.filledName(row.execution.parent?.nodeID) },
            "reference": { _, row in Cell(row.reference) },
            "is_archived": { _, row in Cell(row.execution.isArchived) },
            "node_count": { _, row in Cell(row.prepared.tree.nodes.count) },
            "attempt_count": { _, row in Cell(row.attempts) },
            "retry_count": { _, row in Cell(row.retries) },
            "input_map": { _, row in Cell(row.inputs) },
            "output_map": { _, row in Cell(row.outputs) },
            "is_complete": { _, row in Cell(row.isComplete) },
            "observed_at": { _, row in Cell(row.prepared.tree.capture.observedAt) },
            "reread_at": { _, row in row.reread },
            "digest": { _, row in .blob(row.prepared.digest) },
        ], and: cause.columns { $0.cause })

    /// What follows from other executions as well.
    static let cause = RowTable<CauseRow>(
        "execution",
        [
            "cause_id": { place, row in try place.error(row.cause?.error) },
            "cause_execution": { _, row in
                Cell(row.cause.map { Archive.reference($0.execution, from: row.own) })
            },
            "cause_node_id": { place, row in try place.filledName(row.cause?.nodeID) },
            "cause_attempt": { _, row in Cell(row.cause?.attempt) },
            "cause_class": { _, row in Cell(row.causeClass?.rawValue) },
        ])

    /// What names an execution, and never changes.
    private static let executionIdentity = RowTable<ExecutionRow>(
        "execution",
        [
            "key": { place, row in .integer(try place.archive.freeKey(row.own, place.source)) },
            "scope_id": { _, row in .integer(row.scope) },
            "name": { _, row in .text(row.own.name) },
        ])

    /// A row for an execution that has none.
    static let newExecution = RowTable<ExecutionRow>(
        "execution", [:], and: executionIdentity.columns + execution.columns)

    static let tag = RowTable<TagRow>(
        "execution_tag",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "number": { place, _ in .integer(place.number) },
            "kind": { _, row in .text(row.kind) },
            "key_id": { place, row in try place.name(row.key) },
            "value_id": { place, row in try row.value.map { try place.text($0) } ?? .null },
        ])

    static let signal = RowTable<SignalRow>(
        "signal",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "number": { place, _ in .integer(place.number) },
            "signal_id": { place, row in try place.name(row.signal.id) },
            "type_id": { place, row in try place.name(row.signal.type) },
            "value_json": { _, row in Cell(row.signal.valueJSON) },
            "seen_at": { _, row in Cell(row.observedAt) },
        ])
}

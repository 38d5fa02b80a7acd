import FlyteModel
import FlyteTrace
import Tables

/// An attempt with what its row says.
struct AttemptRow {
    let execution: TaskExecution
    let requests: ResourceRequests?
    /// nil when the task's definition is unknown.
    let replicas: Int?
    /// Whether it only stands for the elements of a map: they count as its node's own attempt has them.
    let isPhantom: Bool
    /// nil while it goes on, and for a phantom's.
    let outcome: WorkOutcome?
    /// The numbers of its maps.
    let inputs: Int64?
    let outputs: Int64?
}

extension ArchiveTable {
    /// A row's parent is its node.
    static let attempt = RowTable<AttemptRow>(
        "attempt",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "number": { place, _ in .integer(place.number) },
            "node": { place, _ in .integer(place.parent) },
            "attempt": { _, row in Cell(row.execution.retryAttempt) },
            "task_id": { place, row in
                .integer(try place.archive.definitionID(row.execution.task, source: place.source))
            },
            "task_type_id": { place, row in try place.filledName(row.execution.taskType) },
            "phase": { _, row in .text(row.execution.phase.rawValue) },
            "created_at": { _, row in Cell(row.execution.lifetime.createdAt) },
            "started_at": { _, row in Cell(row.execution.lifetime.startedAt) },
            "duration_ns": { _, row in Cell(row.execution.lifetime.duration) },
            "updated_at": { _, row in Cell(row.execution.lifetime.updatedAt) },
            "ended_at": { _, row in Cell(row.execution.lifetime.endedAt) },
            "error_id": { place, row in try place.error(row.execution.error) },
            "reason_id": { place, row in try place.filledText(row.execution.reason) },
            "cpu_request": { _, row in Cell(row.requests?.cpu) },
            "memory_request_bytes": { _, row in Cell(row.requests?.memoryBytes) },
            "gpu_request": { _, row in Cell(row.requests?.gpu) },
            "pod": { _, row in Cell(filled: row.execution.generatedName) },
            "input_map": { _, row in Cell(row.inputs) },
            "output_map": { _, row in Cell(row.outputs) },
            "elements": { _, row in Cell(row.isPhantom ? 0 : row.execution.elements) },
            "replicas": { _, row in Cell(row.replicas.map { Int64($0) }) },
            "had_container": { _, row in Cell(!row.isPhantom && row.execution.hadContainer) },
            "outcome": { _, row in Cell(row.outcome?.rawValue) },
        ])

    /// A row's parent is its attempt, as that of the next two.
    static let subtask = RowTable<TaskExecution.ExternalResource>(
        "subtask",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "attempt": { place, _ in .integer(place.parent) },
            "number": { place, _ in .integer(place.number) },
            "element": { _, resource in Cell(resource.index) },
            "retry": { _, resource in Cell(resource.retryAttempt) },
            "phase": { _, resource in .text(resource.phase.rawValue) },
            "cache_status_id": { place, resource in try place.filledName(resource.cacheStatus.rawValue) },
            "external_id": { _, resource in Cell(filled: resource.externalID) },
        ])

    static let reason = RowTable<TaskExecution.Reason>(
        "reason",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "attempt": { place, _ in .integer(place.parent) },
            "number": { place, _ in .integer(place.number) },
            "at": { _, reason in Cell(reason.at) },
            "text_id": { place, reason in try place.text(reason.message) },
        ])

    static let log = RowTable<TaskExecution.TaskLog>(
        "log",
        [
            "execution_id": { place, _ in .integer(place.owner) },
            "attempt": { place, _ in .integer(place.parent) },
            "number": { place, _ in .integer(place.number) },
            "name_id": { place, log in try place.name(log.name) },
            "uri": { _, log in .text(log.uri) },
        ])
}

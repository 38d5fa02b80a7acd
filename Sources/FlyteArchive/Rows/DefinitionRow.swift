import FlyteModel
import Tables

/// A definition's message with what its row says of it.
struct DefinitionRow {
    let sha256: [UInt8]
    let createdAt: Timestamp?
    private(set) var task: TaskTemplate?
    private(set) var launchPlan: LaunchPlan?

    init(_ content: DefinitionContent, sha256: [UInt8]) {
        self.sha256 = sha256
        switch content {
        case .task(let task):
            createdAt = task.createdAt
            self.task = task
        case .launchPlan(let plan):
            createdAt = plan.createdAt
            launchPlan = plan
        case .workflow(let closure): createdAt = closure.createdAt
        case .unreadable: createdAt = nil
        }
    }
}

extension ArchiveTable {
    /// What follows from a definition's message. Others make its row, and say where the message lies.
    static let definition = RowTable<DefinitionRow>(
        "definition", others: ["id", "scope_id", "kind", "name", "version", "pack_id"],
        [
            "sha256": { _, row in .blob(row.sha256) },
            "created_at": { _, row in Cell(row.createdAt) },
            "task_type": { _, row in Cell(row.task?.type) },
            "image": { _, row in Cell(row.task?.image) },
            "is_cacheable": { _, row in row.task.map { Cell($0.isCacheable) } ?? .null },
            "cache_version": { _, row in Cell(row.task?.cacheVersion) },
            "retries": { _, row in Cell(row.task?.retries) },
            "timeout_ns": { _, row in Cell(row.task?.timeout) },
            "cpu_request": { _, row in Cell(row.task?.requests.cpu) },
            "memory_request_bytes": { _, row in Cell(row.task?.requests.memoryBytes) },
            "gpu_request": { _, row in Cell(row.task?.requests.gpu) },
            "schedule": { _, row in Cell(row.launchPlan?.schedule) },
        ])
}

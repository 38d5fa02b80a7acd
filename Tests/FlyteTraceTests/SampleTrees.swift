import FlyteIDL
import FlyteModel
import FlyteServer

/// The executions of the sample installation as captures, put together without asking a server.
enum SampleTrees {
    static let all: Result<[ExecutionTree], any Error> = Result {
        try trees(of: SampleInstallation(.init(end: Timestamp(nanoseconds: 1_772_625_600_000_000_000))))
    }

    private static func trees(of sample: SampleInstallation) throws -> [ExecutionTree] {
        let installation = sample.installation
        var closures: [DefinitionID: WorkflowClosure] = [:]
        var tasks: [DefinitionID: TaskTemplate] = [:]
        var ids: [ExecutionID] = []
        for project in ["sales", "vision"] {
            for domain in ["development", "production"] {
                for row in installation.definitions(.workflow, project: project, domain: domain) {
                    let closure = try WorkflowClosure(workflow: row.message)
                    closures[closure.primary.id] = closure
                }
                for row in installation.definitions(.task, project: project, domain: domain) {
                    let task = try TaskTemplate(decoding: row.message)
                    tasks[task.id] = task
                }
                for row in installation.executions(project: project, domain: domain) {
                    ids.append(try Execution(decoding: row.message).id)
                }
            }
        }
        let definitions = ExecutionTree.Definitions(workflow: { closures[$0] }, task: { tasks[$0] })
        return try ids.map { try ExecutionTree(capture($0, in: installation), definitions: definitions) }
    }

    private static func capture(_ id: ExecutionID, in installation: StoredInstallation) throws
        -> ExecutionCapture
    {
        var capture = ExecutionCapture(id: id, observedAt: Timestamp(nanoseconds: 0))
        guard let execution = installation.execution(id) else { return capture }
        capture.messages.append(CapturedMessage(kind: .execution, bytes: execution.message))
        var below: [Int64: [StoredRow]] = [:]
        for row in installation.nodes(of: id) {
            if case .integer(let parent) = row["parent_id"] {
                below[parent, default: []].append(row)
            } else {
                below[-1, default: []].append(row)
            }
        }
        func add(below number: Int64, _ parent: String?) throws {
            for row in below[number] ?? [] {
                let node = try NodeExecution(decoding: row.listed).id.nodeID
                capture.messages.append(
                    CapturedMessage(kind: .node, place: .node(node), parentNodeID: parent, bytes: row.listed))
                if let closure = installation.dynamicWorkflow(of: node, of: id) {
                    var writer = WireWriter()
                    writer.field(1, closure)
                    capture.messages.append(
                        CapturedMessage(kind: .dynamicWorkflow, place: .node(node), bytes: writer.bytes))
                }
                for row in installation.attempts(of: node, of: id) {
                    let attempt = try TaskExecution(decoding: row.listed)
                    let place = CapturePlace(nodeID: node, attempt: attempt.retryAttempt, task: attempt.task)
                    capture.messages.append(CapturedMessage(kind: .attempt, place: place, bytes: row.listed))
                }
                if case .integer(let own) = row["id"] { try add(below: own, node) }
            }
        }
        try add(below: -1, nil)
        return capture
    }
}

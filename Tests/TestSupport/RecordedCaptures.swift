import FlyteIDL
public import FlyteModel

/// The executions of a recorded set as captures, put together without a client: what a complete harvest
/// would bring.
public struct RecordedCaptures: Sendable {
    public var captures: [ExecutionID: ExecutionCapture] = [:]
    /// `admin.Task`, `admin.Workflow` and `admin.LaunchPlan` by id.
    public var definitions: [DefinitionID: [UInt8]] = [:]

    public init(_ set: RecordedExchange.Set) throws {
        var lists: [String: [[UInt8]]] = [:]
        var single: [String: [UInt8]] = [:]
        var executions: [[UInt8]] = []
        for exchange in RecordedExchange.all(set) where exchange.status == 200 && exchange.isProtobuf {
            switch exchange.rpc {
            case "GetExecution", "GetExecutionData", "GetNodeExecutionData", "GetTaskExecutionData",
                "GetExecutionMetrics", "GetDynamicNodeWorkflow", "GetTask", "GetWorkflow", "GetLaunchPlan",
                "GetNodeExecution":
                let isNew = single.updateValue(exchange.body ?? [], forKey: exchange.path) == nil
                if exchange.rpc == "GetExecution", isNew { executions.append(exchange.body ?? []) }
                try remember(exchange)
            case "ListNodeExecutions", "ListNodeExecutionsForTask", "ListTaskExecutions", "ListSignals":
                // All pages of a list, which the recording asked for in order.
                let parent = exchange.query.split(separator: "&").first { $0.hasPrefix("unique_parent_id=") }
                let list = try Message(
                    decoding: exchange.body ?? [], as: String(exchange.messageType.dropFirst(9)))
                let items = list.type.fields.first.map { list.messages($0.name).map { $0.encoded() } } ?? []
                lists[exchange.path + "?" + (parent ?? ""), default: []] += items
            default: break
            }
        }
        for bytes in executions {
            let execution = try Execution(decoding: bytes)
            let id = execution.id
            let tail = "\(id.project)/\(id.domain)/\(id.name)"
            var capture = ExecutionCapture(id: id, observedAt: Timestamp(nanoseconds: 0))
            capture.messages.append(CapturedMessage(kind: .execution, bytes: bytes))
            func add(_ kind: CapturedMessage.Kind, _ place: CapturePlace, _ path: String) {
                guard let bytes = single["/api/v1/" + path] else { return }
                capture.messages.append(CapturedMessage(kind: kind, place: place, bytes: bytes))
            }
            add(.data, .execution, "data/executions/\(tail)")
            add(.metrics, .execution, "metrics/executions/\(tail)")
            for signal in lists["/api/v1/signals/\(tail)?"] ?? [] {
                capture.messages.append(CapturedMessage(kind: .signal, bytes: signal))
            }
            var seen: Set<String> = []
            func addNodes(parent: String?) throws {
                try addNodes(
                    "/api/v1/node_executions/\(tail)?" + (parent.map { "unique_parent_id=" + $0 } ?? ""),
                    parent)
            }
            func addNodes(_ key: String, _ parent: String?) throws {
                for item in lists[key] ?? [] {
                    let node = try NodeExecution(decoding: item)
                    guard seen.insert(node.id.nodeID).inserted else { continue }
                    let place = CapturePlace.node(node.id.nodeID)
                    // The single answer has the whole error, the list the flags.
                    var bytes = item
                    if node.error != nil,
                        let whole = single["/api/v1/node_executions/\(tail)/\(node.id.nodeID)"]
                    {
                        bytes = whole
                    }
                    capture.messages.append(
                        CapturedMessage(kind: .node, place: place, parentNodeID: parent, bytes: bytes))
                    add(.data, place, "data/node_executions/\(tail)/\(node.id.nodeID)")
                    add(.dynamicWorkflow, place, "node_executions/\(tail)/\(node.id.nodeID)/dynamic_workflow")
                    for item in lists["/api/v1/task_executions/\(tail)/\(node.id.nodeID)?"] ?? [] {
                        let attempt = try TaskExecution(decoding: item)
                        let place = CapturePlace(
                            nodeID: node.id.nodeID, attempt: attempt.retryAttempt, task: attempt.task)
                        capture.messages.append(CapturedMessage(kind: .attempt, place: place, bytes: item))
                        let task = attempt.task
                        let path =
                            "\(tail)/\(node.id.nodeID)/\(task.project)/\(task.domain)/\(task.name)/\(task.version)/\(attempt.retryAttempt)"
                        add(.data, place, "data/task_executions/\(path)")
                        // So it was before event version 1.
                        if attempt.isParent {
                            try addNodes("/api/v1/children/task_executions/\(path)?", node.id.nodeID)
                        }
                    }
                    try addNodes(parent: node.id.nodeID)
                }
            }
            try addNodes(parent: nil)
            captures[id] = capture
        }
    }

    private mutating func remember(_ exchange: RecordedExchange) throws {
        let kinds: [String: DefinitionID.Kind] = [
            "GetTask": .task, "GetWorkflow": .workflow, "GetLaunchPlan": .launchPlan,
        ]
        guard let kind = kinds[exchange.rpc], let bytes = exchange.body else { return }
        let message = try Message(decoding: bytes, as: String(exchange.messageType.dropFirst(9)))
        guard let id = message.message("id") else { return }
        definitions[
            DefinitionID(
                kind: kind, project: id.string("project"), domain: id.string("domain"),
                name: id.string("name"),
                version: id.string("version"))] = bytes
    }

    /// The captures as trees, with the recorded definitions.
    public func trees() throws -> [ExecutionID: ExecutionTree] {
        var closures: [DefinitionID: WorkflowClosure] = [:]
        var tasks: [DefinitionID: TaskTemplate] = [:]
        for (id, bytes) in definitions {
            switch id.kind {
            case .task: tasks[id] = try TaskTemplate(decoding: bytes)
            case .workflow: closures[id] = try WorkflowClosure(workflow: bytes)
            case .launchPlan: break
            }
        }
        let known = ExecutionTree.Definitions(workflow: { closures[$0] }, task: { tasks[$0] })
        return try captures.mapValues { try ExecutionTree($0, definitions: known) }
    }
}

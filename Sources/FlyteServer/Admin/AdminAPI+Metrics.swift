import FlyteIDL
import FlyteModel
import FlyteTrace

// Metric spans, by the rules of flyteadmin.
extension AdminAPI {
    func metrics(_ call: Call) throws(Refusal) -> Answer {
        let depth = try call.parameters(["depth": .int32]).number("depth")
        _ = try execution(call.parts)
        let span = try span(of: executionID(call.parts), depth: depth)
        var writer = WireWriter()
        writer.field(1, span.encoded())
        return Answer(bytes: writer.bytes, type: "admin.WorkflowExecutionGetMetricsResponse")
    }

    private func span(of id: ExecutionID, depth: Int64) throws(Refusal) -> Message {
        guard let row = installation.execution(id) else {
            throw .notFound("missing entity of type execution with identifier \(id)")
        }
        if let workflow = row.references.workflow, depth != 0, installation.definition(workflow) == nil {
            throw .notFound(
                "missing entity of type WORKFLOW with identifier project:\"\(workflow.project)\" domain:\"\(workflow.domain)\" name:\"\(workflow.name)\" version:\"\(workflow.version)\""
            )
        }
        let tree: ExecutionTree
        do {
            tree = try ExecutionTree(capture(id, row), definitions: definitions)
        } catch {
            throw .internal(error.description)
        }
        // One look-up that fails fails the whole.
        if depth != 0, let failure = tree.nodes.first(where: { $0.kind == .failure }),
            let workflow = tree.execution.workflow
        {
            throw .internal(
                "failed to discover workflow node '\(failure.specID)' in workflow 'resource_type:WORKFLOW project:\"\(workflow.project)\" domain:\"\(workflow.domain)\" name:\"\(workflow.name)\" version:\"\(workflow.version)\"'"
            )
        }
        let span = SpanBuilder.span(of: tree) { child in
            installation.execution(child).flatMap { try? Execution(decoding: $0.message).lifetime }
        }
        return try message(span, depth: depth, isRoot: true)
    }

    private func message(_ span: Span, depth: Int64, isRoot: Bool) throws(Refusal) -> Message {
        if !isRoot, case .execution(let child) = span.entity { return try self.span(of: child, depth: depth) }
        var result = Message("core.Span")
        if let start = span.start { result["start_time"] = .message(Message(start)) }
        if let end = span.end { result["end_time"] = .message(Message(end)) }
        switch span.entity {
        case .execution(let id): result["workflow_id"] = .message(Message(id))
        case .node(let node): result["node_id"] = .message(Message(node: node.nodeID, of: node.execution))
        case .attempt(let node, let task, let attempt):
            result["task_id"] = [
                "task_id": [
                    "resource_type": "TASK", "project": .string(task.project), "domain": .string(task.domain),
                    "name": .string(task.name), "version": .string(task.version),
                ],
                "node_execution_id": .message(Message(node: node.nodeID, of: node.execution)),
                "retry_attempt": .int64(Int64(attempt)),
            ]
        case .operation(let name): result["operation_id"] = .string(name)
        case .unknown: break
        }
        guard depth != 0 else { return result }
        var inner: [Value] = []
        for child in span.spans {
            inner.append(.message(try message(child, depth: depth - 1, isRoot: false)))
        }
        result["spans"] = .list(inner)
        return result
    }

    /// What a client would have read of an execution.
    private func capture(_ id: ExecutionID, _ row: StoredRow) -> ExecutionCapture {
        var capture = ExecutionCapture(id: id, observedAt: Timestamp(nanoseconds: 0))
        capture.messages.append(CapturedMessage(kind: .execution, bytes: row.message))
        let rows = installation.nodes(of: id)
        var nameByID: [ColumnValue: String] = [:]
        for row in rows { nameByID[row["id"]] = row.text("node_id") }
        let rowsByParent = Dictionary(grouping: rows) { $0["parent_id"] }
        func add(parent: ColumnValue) {
            for row in rowsByParent[parent] ?? [] {
                let node = row.text("node_id")
                capture.messages.append(
                    CapturedMessage(
                        kind: .node, place: .node(node), parentNodeID: nameByID[parent], bytes: row.listed))
                for attempt in installation.attempts(of: node, of: id).reversed() {
                    capture.messages.append(
                        CapturedMessage(
                            kind: .attempt,
                            place: CapturePlace(
                                nodeID: node, attempt: UInt32(attempt.integer("retry_attempt")),
                                task: attempt.references.task), bytes: attempt.message))
                }
                if let closure = installation.dynamicWorkflow(of: node, of: id) {
                    var writer = WireWriter()
                    writer.field(1, closure)
                    capture.messages.append(
                        CapturedMessage(kind: .dynamicWorkflow, place: .node(node), bytes: writer.bytes))
                }
                add(parent: row["id"])
            }
        }
        add(parent: .null)
        return capture
    }

    private var definitions: ExecutionTree.Definitions {
        ExecutionTree.Definitions(
            workflow: { id in
                installation.definition(id).flatMap { try? WorkflowClosure(workflow: $0.message) }
            },
            task: { id in installation.definition(id).flatMap { try? TaskTemplate(decoding: $0.message) } })
    }
}

import FlyteIDL
import FlyteModel

// A node: who runs it, how it ends, and its row.
extension SampleEngine {
    struct NodeOutcome {
        var end: Timestamp?
        var error: SampleFailure.Texts?
        var cause: (kind: String, code: String, node: String?)?
        var wasAborted = false
    }

    mutating func runNode(
        _ node: SampleWorkflow.Node, _ workflow: SampleWorkflow, _ id: ExecutionID, _ place: SamplePlace,
        _ plan: Plan,
        path: String, nodeID: String, parent: String?, group: String, at created: Timestamp,
        limit: Timestamp?,
        siblingFailure: Timestamp?
    ) -> NodeOutcome {
        let cut = [limit, siblingFailure].compactMap { $0 }.min()
        let context = SampleNodeContext(
            spec: node, workflow: workflow, id: id, place: place, plan: plan, path: path, nodeID: nodeID,
            parent: parent,
            group: group, created: created, limit: limit, cut: cut)
        if plan.recovered.contains(path) { return recover(context) }
        switch node.target {
        case .task(let task): return runTask(task, context)
        case .map(let task, let count, let version):
            return version == 0 ? runMap(task, count, context) : runFullMap(task, count, context)
        case .dynamic(let task, let child, let count): return runDynamic(task, child, count, context)
        case .sub(let sub): return runSub(sub, context)
        case .branch(let first, let second): return runBranch(first, second, context)
        case .approve, .signal, .sleep: return runGate(context)
        case .plan(let child): return runPlan(child, context)
        }
    }

    mutating func recover(_ context: SampleNodeContext) -> NodeOutcome {
        let updated = context.created + Self.nanoseconds(random.between(0.005, 0.02))
        let values = ["o0": SampleValue.integer(1)]
        var fields = closure(
            "RECOVERED", created: context.created, started: nil, ended: nil, updated: updated)
        let place = uris(context, attempt: 0)
        fields["output_uri"] = .string(place.outputs)
        add(
            SampleNodeRows(
                message: nodeMessage(
                    context.id, context.nodeID, context.spec.id, context.group, fields, isParent: false,
                    inputURI: place.inputs),
                parent: context.parent, inputs: Self.map(["x": .integer(1)]), outputs: Self.map(values)))
        record(["x": .integer(1)], "input", context.id, node: context.nodeID, attempt: nil)
        record(values, "output", context.id, node: context.nodeID, attempt: nil)
        recordNode(context, "task", "RECOVERED", started: nil, ended: updated, attempts: 0)
        return NodeOutcome(end: updated)
    }

    /// Writes a node that ran attempts, and says how it ended.
    mutating func conclude(
        _ context: SampleNodeContext, kind: String, started: Timestamp?, attempts: [SampleAttempt],
        failure: SampleFailure?,
        extra: [String: Value], inputs: [String: SampleValue], outputs: [String: SampleValue]?,
        isParent: Bool = false,
        isDynamic: Bool = false, isArray: Bool = false, endAt: Timestamp? = nil,
        error given: SampleFailure.Texts? = nil,
        cause givenCause: (kind: String, code: String, node: String?)? = nil, dynamic: Message? = nil,
        at index: Int? = nil
    ) -> NodeOutcome {
        let last = attempts.last
        var outcome = NodeOutcome()
        var phase = "SUCCEEDED"
        var nodeError: SampleFailure.Texts?
        let noticed =
            (endAt ?? last?.updated ?? context.created) + Self.nanoseconds(random.between(0.008, 0.04))
        var updated = noticed
        let isCut =
            last?.isOpen == true
            || context.cut.map { (endAt ?? last?.updated ?? context.created) >= $0 } ?? false
        if isCut {
            if context.plan.abortAfter == nil && context.cut == context.limit {
                phase = "RUNNING"
                updated = started ?? context.created
            } else {
                phase = "ABORTED"
                nodeError = SampleFailure.Texts(
                    kind: "UNKNOWN", code: "NodeAborted",
                    message: context.cut == context.limit
                        ? "Workflow aborted." : "Some node execution failed, auto-abort.")
                outcome.wasAborted = true
            }
        } else if let given {
            phase = "FAILED"
            outcome.error = given
            outcome.cause = givenCause ?? (given.kind, given.code, context.nodeID)
            outcome.end = noticed
            nodeError = given
        } else if let failure {
            let attempt = failure.attempt(
                pod: "\(context.id.name)-\(context.nodeID)-\(attempts.count - 1)", task: taskName(context))
            let whole = failure.execution(attempt, attempts: attempts.count)
            phase = failure == .timeout ? "TIMED_OUT" : "FAILED"
            outcome.error = whole
            outcome.cause = (attempt?.kind ?? whole.kind, attempt?.code ?? whole.code, context.nodeID)
            outcome.end = noticed
            if failure.isOnNode { nodeError = whole }
        } else {
            outcome.end = noticed
        }
        let isTerminal = phase != "RUNNING"
        var fields = closure(
            phase, created: context.created, started: started, ended: isTerminal ? noticed : nil,
            updated: updated)
        if !isTerminal { fields["updated_at"] = .message(Message(updated)) }
        for (key, value) in extra { fields[key] = value }
        let place = uris(context, attempt: max(0, attempts.count - 1))
        if phase == "SUCCEEDED", outputs != nil { fields["output_uri"] = .string(place.outputs) }
        if let nodeError { fields["error"] = .message(nodeError.asMessage) }
        let succeededOutputs = phase == "SUCCEEDED" ? outputs : nil
        let node = SampleNodeRows(
            message: nodeMessage(
                context.id, context.nodeID, context.spec.id, context.group, fields, isParent: isParent,
                isDynamic: isDynamic,
                isArray: isArray, inputURI: place.inputs),
            parent: context.parent, inputs: Self.map(inputs), outputs: succeededOutputs.map(Self.map),
            dynamic: dynamic,
            attempts: attempts.map {
                (
                    $0.message, Self.map(inputs),
                    $0.succeeded && outputs != nil ? Self.map(outputs ?? [:]) : nil
                )
            })
        if let index {
            attemptCount += node.attempts.count
            pending[index] = node
        } else {
            add(node)
        }
        record(inputs, "input", context.id, node: context.nodeID, attempt: nil)
        if let succeededOutputs {
            record(succeededOutputs, "output", context.id, node: context.nodeID, attempt: nil)
        }
        recordNode(
            context, kind, phase, started: started,
            ended: isTerminal ? (started != nil ? noticed : updated) : nil, attempts: attempts.count)
        return outcome
    }

    func taskName(_ context: SampleNodeContext) -> String {
        switch context.spec.target {
        case .task(let task), .map(let task, _, _), .dynamic(let task, _, _): task.name
        default: context.spec.name
        }
    }

    /// Keeps a place for a parent node, which is written before its children and known after them.
    mutating func reserve(_ context: SampleNodeContext) -> Int {
        add(
            SampleNodeRows(
                message: nodeMessage(
                    context.id, context.nodeID, context.spec.id, context.group, [:], isParent: false,
                    inputURI: nil)))
        return pending.count - 1
    }

    func nodeMessage(
        _ id: ExecutionID, _ nodeID: String, _ spec: String, _ group: String, _ closure: [String: Value],
        isParent: Bool,
        isDynamic: Bool = false, isArray: Bool = false, inputURI: String?
    ) -> Message {
        var metadata: [String: Value] = ["spec_node_id": .string(spec)]
        if !group.isEmpty { metadata["retry_group"] = .string(group) }
        if isParent { metadata["is_parent_node"] = true }
        if isDynamic { metadata["is_dynamic"] = true }
        if isArray { metadata["is_array"] = true }
        var fields: [String: Value] = [
            "id": .message(Message(node: nodeID, of: id)), "closure": .map(ValueMap(closure)),
            "metadata": .map(ValueMap(metadata)),
        ]
        if let inputURI { fields["input_uri"] = .string(inputURI) }
        return Message("admin.NodeExecution", fields)
    }

    func uris(_ context: SampleNodeContext, attempt: Int) -> (inputs: String, outputs: String) {
        let base = "\(installation.objects(of: context.id))/\(context.nodeID)/data"
        return ("\(base)/inputs.pb", "\(base)/\(attempt)/outputs.pb")
    }

    func closure(
        _ phase: String, created: Timestamp, started: Timestamp?, ended: Timestamp?, updated: Timestamp
    ) -> [String: Value] {
        var closure: [String: Value] = [
            "phase": .string(phase), "created_at": .message(Message(created)),
            "updated_at": .message(Message(updated)),
        ]
        if let started {
            closure["started_at"] = .message(Message(started))
            if let ended { closure["duration"] = .message(Message(duration: ended - started)) }
        }
        return closure
    }

    mutating func recordNode(
        _ context: SampleNodeContext, _ kind: String, _ phase: String, started: Timestamp?, ended: Timestamp?,
        attempts: Int
    ) {
        truth.nodes.append(
            .init(
                context.id.project, context.id.domain, context.id.name, context.nodeID, context.parent, kind,
                phase,
                text(context.created), text(started), text(ended), String(attempts)))
    }
}

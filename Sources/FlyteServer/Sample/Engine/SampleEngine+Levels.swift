import FlyteIDL
import FlyteModel

// The nodes between a start node and an end node: of a workflow, or of a node that holds one.
extension SampleEngine {
    struct LevelOutcome {
        /// nil while it runs, or when it was cut off.
        var end: Timestamp?
        var error: SampleFailure.Texts?
        var cause: (kind: String, code: String, node: String?)?
    }

    mutating func runLevel(
        _ workflow: SampleWorkflow, _ id: ExecutionID, _ place: SamplePlace, _ plan: Plan, path: String,
        parent: String?,
        parentAttempt: Int, at start: Timestamp, limit: Timestamp?, inputs: [String: SampleValue],
        outputs: [String: SampleValue]
    ) -> LevelOutcome {
        func nodeID(_ spec: String) -> String {
            SampleNodeID.id(parent: parent, attempt: parentAttempt, spec: spec)
        }
        let group = parent == nil ? "" : String(parentAttempt)
        if let limit, start >= limit { return LevelOutcome() }
        addSystemNode("start-node", nodeID("start-node"), id, parent, group, at: start, outputs: inputs)
        var ends: [String: Timestamp] = [:]
        var failed: (node: String, outcome: NodeOutcome)?
        var running: [Timestamp?] = []
        var aborted: [(SampleWorkflow.Node, Timestamp)] = []
        for node in workflow.nodes {
            guard node.upstream.allSatisfy({ ends[$0] != nil }) else { continue }
            take(chancesOf: "\(id.name)/\(path)\(node.id)")
            let released = node.upstream.compactMap { ends[$0] }.max() ?? start
            let created = released + transition()
            // What a sibling's failure comes before does not begin.
            if let failure = failed?.outcome.end, created >= failure, !plan.finishesOthers { continue }
            if let limit, created >= limit { continue }
            let outcome = runNode(
                node, workflow, id, place, plan, path: path + node.id, nodeID: nodeID(node.id),
                parent: parent, group: group,
                at: created, limit: limit, siblingFailure: plan.finishesOthers ? nil : failed?.outcome.end)
            if outcome.error != nil {
                if failed == nil || (outcome.end ?? created) < (failed?.outcome.end ?? created) {
                    failed = (node.id, outcome)
                }
            } else if let end = outcome.end {
                ends[node.id] = end
            } else {
                running.append(nil)
            }
            if outcome.wasAborted { aborted.append((node, created)) }
        }
        if let failed {
            var end = (failed.outcome.end ?? start)
            if plan.finishesOthers { end = max(end, ends.values.max() ?? end) }
            if plan.finishesOthers {
                addSystemNode(
                    "end-node", nodeID("end-node"), id, parent, group, at: end + transition(), outputs: [:],
                    phase: "SKIPPED")
            }
            if let task = workflow.failureTask, parent == nil {
                let node = SampleWorkflow.Node(id: "efn", name: task.name, target: .task(task), upstream: [])
                let outcome = runNode(
                    node, workflow, id, place, Plan(), path: path + "efn", nodeID: "efn", parent: nil,
                    group: "",
                    at: end + transition(), limit: nil, siblingFailure: nil)
                end = outcome.end ?? end
            }
            return LevelOutcome(
                end: end + transition(), error: failed.outcome.error, cause: failed.outcome.cause)
        }
        guard running.isEmpty, ends.count == workflow.nodes.count else { return LevelOutcome() }
        take(chancesOf: "\(id.name)/\(path)end")
        let end = (ends.values.max() ?? start) + transition()
        addSystemNode("end-node", nodeID("end-node"), id, parent, group, at: end, outputs: [:])
        return LevelOutcome(end: end + Self.nanoseconds(0.00002))
    }

    mutating func addSystemNode(
        _ spec: String, _ nodeID: String, _ id: ExecutionID, _ parent: String?, _ group: String,
        at time: Timestamp,
        outputs: [String: SampleValue], phase: String = "SUCCEEDED"
    ) {
        let updated = time + Self.nanoseconds(random.between(0.00001, 0.0001))
        var closure: [String: Value] = [
            "phase": .string(phase), "created_at": .message(Message(time)),
            "updated_at": .message(Message(updated)),
        ]
        let isStart = spec == "start-node"
        if isStart {
            closure["output_uri"] = .string("\(installation.objects(of: id))/\(nodeID)/data/0/outputs.pb")
        }
        add(
            SampleNodeRows(
                message: nodeMessage(id, nodeID, spec, group, closure, isParent: false, inputURI: nil),
                parent: parent,
                outputs: isStart ? Self.map(outputs) : nil))
        if isStart { record(outputs, "output", id, node: nodeID, attempt: nil) }
        truth.nodes.append(
            .init(
                id.project, id.domain, id.name, nodeID, parent, isStart ? "start" : "end", phase, text(time),
                nil,
                text(updated), "0"))
    }
}

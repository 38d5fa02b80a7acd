import FlyteIDL
import FlyteModel

// What is known once an execution has run becomes rows, objects, and the truth.
extension SampleEngine {
    mutating func finish(
        _ workflow: SampleWorkflow, _ id: ExecutionID, _ place: SamplePlace, _ plan: Plan, _ outcome: Outcome,
        started: Timestamp?, updated: Timestamp
    ) {
        let launched =
            plan.isSingleTask
            ? workflow.tasks[0].id(place, workflow.version) : workflow.planID(place)
        var metadata: [String: Value] = [
            "mode": .string(plan.mode), "principal": .string(plan.principal),
            "nesting": .int64(plan.parent?.nesting ?? 0),
            "system_metadata": ["namespace": .string("\(place.project)-\(place.domain)")],
        ]
        if let time = plan.scheduledAt { metadata["scheduled_at"] = .message(Message(time)) }
        if let reference = plan.reference { metadata["reference_execution"] = .message(Message(reference)) }
        if let parent = plan.parent {
            metadata["parent_node_execution"] = .message(Message(node: parent.node, of: parent.id))
        }
        func map(_ pairs: [(String, String)]) -> Value {
            .map(
                ValueMap(
                    Dictionary(pairs.map { ($0.0, Value.string($0.1)) }) { $1 }.map {
                        (key: $0.key, value: $0.value)
                    }))
        }
        var spec: [String: Value] = [
            "launch_plan": .message(Message(launched)), "metadata": .map(ValueMap(metadata)),
            "disable_all": true,
            "security_context": ["run_as": [:]], "max_parallelism": .int64(plan.isSingleTask ? 0 : 25),
        ]
        if let given = plan.spec { spec = Self.fields(of: given, metadata, spec) }
        if !plan.labels.isEmpty { spec["labels"] = ["values": map(plan.labels)] }
        if !plan.annotations.isEmpty { spec["annotations"] = ["values": map(plan.annotations)] }
        if !plan.environment.isEmpty {
            spec["envs"] = [
                "values": .list(plan.environment.map { ["key": .string($0.0), "value": .string($0.1)] })
            ]
        }
        if !plan.tags.isEmpty { spec["tags"] = .list(plan.tags.map { .string($0) }) }
        var closure: [String: Value] = [
            "phase": .string(outcome.phase), "created_at": .message(Message(outcome.created)),
            "updated_at": .message(Message(updated)), "workflow_id": .message(Message(workflow.id(place))),
        ]
        if let started { closure["started_at"] = .message(Message(started)) }
        var ended: Timestamp?
        if let end = outcome.ended {
            ended = end
            if let started { closure["duration"] = .message(Message(duration: end - started)) }
        }
        if let error = outcome.error { closure["error"] = .message(error.asMessage) }
        if outcome.phase == "ABORTED" || outcome.phase == "ABORTING" {
            closure["abort_metadata"] = [
                "cause": .string(plan.abortCause), "principal": .string(plan.abortPrincipal),
            ]
        }
        closure["state_change_details"] = [
            "state": .string(plan.isArchived ? "EXECUTION_ARCHIVED" : "EXECUTION_ACTIVE"),
            "occurred_at": .message(Message(outcome.created)),
        ]
        let outputs = outcome.phase == "SUCCEEDED" ? plan.outputs : [:]
        installation.add(
            execution: Message(
                "admin.Execution",
                [
                    "id": .message(Message(id)), "spec": .map(ValueMap(spec)),
                    "closure": .map(ValueMap(closure)),
                ]),
            // The closure's time is that of an event of the engine; the server writes a row whenever somebody acts.
            columns: HiddenColumns(updatedAt: plan.termination.map { max($0.time, updated) }),
            inputs: Self.map(plan.inputs), outputs: outcome.phase == "SUCCEEDED" ? Self.map(outputs) : nil)
        for node in pending {
            installation.add(
                node: node.message, parent: node.parent, inputs: node.inputs, outputs: node.outputs,
                dynamicWorkflow: node.dynamic)
            for attempt in node.attempts {
                installation.add(attempt: attempt.message, inputs: attempt.inputs, outputs: attempt.outputs)
            }
        }
        truth.executions.append(
            .init(
                id.project, id.domain, id.name, outcome.phase, plan.mode, launched.name, workflow.name,
                workflow.version,
                text(outcome.created), text(started), text(ended), outcome.error?.code, outcome.cause?.kind,
                outcome.cause?.code, outcome.cause?.node, outcome.phase == "ABORTED" ? plan.abortCause : nil,
                String(nodeCount), String(attemptCount)))
        for (kind, pairs) in [
            ("label", plan.labels), ("annotation", plan.annotations), ("env", plan.environment),
        ] {
            for pair in pairs {
                truth.tags.append(.init(id.project, id.domain, id.name, kind, pair.0, pair.1))
            }
        }
        for tag in plan.tags { truth.tags.append(.init(id.project, id.domain, id.name, "tag", tag, nil)) }
        record(plan.inputs, "input", id, node: nil, attempt: nil)
        record(outputs, "output", id, node: nil, attempt: nil)
    }

    /// Somebody's spec with what the server writes into it: the rest of these, where theirs says nothing.
    private static func fields(
        of spec: Message, _ metadata: [String: Value], _ usual: [String: Value]
    ) -> [String: Value] {
        var fields = Dictionary(uniqueKeysWithValues: spec.setFields.map { ($0.field.name, $0.value) })
        var own = Dictionary(
            uniqueKeysWithValues: (spec.message("metadata")?.setFields ?? []).map {
                ($0.field.name, $0.value)
            })
        for name in ["mode", "principal", "system_metadata"] { own[name] = metadata[name] }
        fields["metadata"] = .map(ValueMap(own))
        fields["launch_plan"] = usual["launch_plan"]
        for name in ["security_context", "max_parallelism"] where fields[name] == nil {
            fields[name] = usual[name]
        }
        return fields
    }

    static func map(_ values: [String: SampleValue]) -> Message {
        Message(
            "core.LiteralMap",
            ["literals": .map(ValueMap(values.map { (key: $0.key, value: Value.message($0.value.literal)) }))]
        )
    }

    mutating func record(
        _ values: [String: SampleValue], _ direction: String, _ id: ExecutionID, node: String?, attempt: Int?
    ) {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            truth.literals.append(
                .init(
                    id.project, id.domain, id.name, node, attempt.map(String.init), direction, name,
                    value.type,
                    value.json.utf8.count > 65_536 ? nil : value.json))
        }
    }
}

import FlyteIDL
import FlyteModel

// Pods, and the nodes of tasks that run them.
extension SampleEngine {
    /// Runs a pod. `failure` nil: it succeeds, unless it is cut off.
    mutating func runAttempt(
        _ task: SampleTask, _ number: Int, _ context: SampleNodeContext, at created: Timestamp,
        failure: SampleFailure?,
        outputs: [String: SampleValue], custom: (inout [String: Value]) -> Void = { _ in }
    ) -> SampleAttempt {
        let slowness = context.plan.slowness[context.path] ?? 1
        // Logarithms of durations are about normal.
        var bell = 0.0
        for _ in 0..<6 { bell += random.between(-0.5, 0.5) }
        var factor = 1.0
        for _ in 0..<8 { factor *= 1 + bell * 0.06 }
        let seconds = max(0.2, task.seconds * slowness * factor)
        let containerStart = created + Self.nanoseconds(random.between(0.9, 3.5))
        let containerEnd = containerStart + Self.nanoseconds(seconds)
        var noticed = containerEnd + Self.nanoseconds(random.between(0.2, 1.4))
        var phase = failure == nil ? "SUCCEEDED" : "FAILED"
        var seen = seconds > 2 || random.chance(0.3)
        if case .imagePull = failure { seen = false }
        var isCut = false
        if case .timeout = failure { phase = "ABORTED" }
        if let cut = context.cut, noticed > cut {
            isCut = true
            noticed = cut + Self.nanoseconds(random.between(0.02, 0.3))
            phase = context.plan.abortAfter == nil && context.cut == context.limit ? "RUNNING" : "ABORTED"
            seen = wholeSecond(containerStart) < cut
        }
        let pod = "\(context.id.name)-\(context.nodeID)-\(number)"
        let started = seen ? wholeSecond(containerStart) : nil
        // Still running: what the engine last told.
        let isOpen = phase == "RUNNING"
        if isOpen { noticed = max(created, containerStart + Self.nanoseconds(0.4)) }
        if isOpen, started == nil { phase = "QUEUED" }
        let end = isCut ? noticed : wholeSecond(containerEnd)
        var fields: [String: Value] = [
            "phase": .string(phase), "created_at": .message(Message(created)),
            "updated_at": .message(Message(noticed)),
            "task_type": .string(task.type), "event_version": 1,
        ]
        let reasons: [(Timestamp, String)] = [
            (created, "task submitted to K8s"),
            (wholeSecond(created), "[ContainersNotReady|ContainerCreating]: |"),
        ]
        fields["reason"] = .string(reasons[1].1)
        fields["reasons"] = .list(
            reasons.map { ["occurred_at": .message(Message($0.0)), "message": .string($0.1)] })
        let log = (
            name: "Kubernetes Logs (User)",
            uri: "http://logs.example.com/#!/log/\(context.place.project)-\(context.place.domain)/\(pod)/pod"
        )
        if seen {
            fields["logs"] = [["uri": .string(log.uri), "name": .string(log.name), "message_format": "JSON"]]
        }
        var duration: Int64?
        if let started {
            fields["started_at"] = .message(Message(started))
            if !isOpen {
                duration = end - started
                fields["duration"] = .message(Message(duration: end - started))
            }
        }
        let texts = isCut || phase == "ABORTED" ? nil : failure?.attempt(pod: pod, task: task.name)
        if let texts { fields["error"] = .message(texts.asMessage) }
        let succeeded = phase == "SUCCEEDED"
        let place = uris(context, attempt: number)
        if succeeded { fields["output_uri"] = .string(place.outputs) }
        var metadata: [String: Value] = ["generated_name": .string(pod), "plugin_identifier": "container"]
        custom(&metadata)
        fields["metadata"] = .map(ValueMap(metadata))
        let message = Message(
            "admin.TaskExecution",
            [
                "id": [
                    "task_id": .message(Message(task.id(context.place, context.workflow.version))),
                    "node_execution_id": .message(Message(node: context.nodeID, of: context.id)),
                    "retry_attempt": .int64(Int64(number)),
                ],
                "input_uri": .string(place.inputs), "closure": .map(ValueMap(fields)),
            ])
        let key = (context.id.project, context.id.domain, context.id.name)
        let ended: Timestamp? =
            started.flatMap { start in duration.map { start + $0 } }
            ?? (isOpen || phase == "QUEUED" ? nil : noticed)
        truth.attempts.append(
            .init(
                key.0, key.1, key.2, context.nodeID, String(number), task.name, phase, text(created),
                text(started),
                text(ended), texts?.kind, texts?.code, pod))
        for reason in reasons {
            truth.reasons.append(
                .init(key.0, key.1, key.2, context.nodeID, String(number), text(reason.0), reason.1))
        }
        if seen {
            truth.logs.append(.init(key.0, key.1, key.2, context.nodeID, String(number), log.name, log.uri))
        }
        record(inputs(of: task, context), "input", context.id, node: context.nodeID, attempt: number)
        if succeeded { record(outputs, "output", context.id, node: context.nodeID, attempt: number) }
        return SampleAttempt(
            message: message, started: started, updated: noticed, succeeded: succeeded, isOpen: isOpen)
    }

    func inputs(of task: SampleTask, _ context: SampleNodeContext) -> [String: SampleValue] {
        var values: [String: SampleValue] = [:]
        for name in task.inputs {
            values[name] = context.plan.inputs[name] ?? .integer(Int64(context.spec.id.utf8.count))
        }
        return values
    }

    mutating func outputs(of task: SampleTask, _ context: SampleNodeContext) -> [String: SampleValue] {
        var values: [String: SampleValue] = [:]
        for name in task.outputs {
            values[name] = context.plan.outputs[name] ?? .integer(Int64(random.integer(0..<1000)))
        }
        return values
    }

    mutating func runTask(_ task: SampleTask, _ context: SampleNodeContext) -> NodeOutcome {
        let id = context.id
        let outputs = outputs(of: task, context)
        let inputs = inputs(of: task, context)
        let place0 = uris(context, attempt: 0)
        var cache: [String: Value] = [
            "checkpoint_uri": .string(
                "\(installation.objects(of: id))/\(context.nodeID)/data/0/_flytecheckpoints")
        ]
        if task.cacheVersion != nil {
            let isHit = context.plan.cached.contains(context.path)
            cache["cache_status"] = isHit ? "CACHE_HIT" : "CACHE_POPULATED"
            cache["catalog_key"] = [
                "dataset_id": [
                    "resource_type": "DATASET", "project": .string(id.project), "domain": .string(id.domain),
                    "name": .string("flyte_task-\(task.name)"), "version": "1.0-abc",
                ]
            ]
        }
        if context.plan.cached.contains(context.path), task.cacheVersion != nil {
            let updated = context.created + Self.nanoseconds(random.between(0.01, 0.08))
            var fields = closure(
                "SUCCEEDED", created: context.created, started: nil, ended: nil, updated: updated)
            fields["output_uri"] = .string(place0.outputs)
            fields["task_node_metadata"] = .map(ValueMap(cache))
            let attempts = reportsCacheHits ? [hit(of: task, context, updated, inputs, outputs)] : []
            add(
                SampleNodeRows(
                    message: nodeMessage(
                        id, context.nodeID, context.spec.id, context.group, fields, isParent: false,
                        inputURI: place0.inputs),
                    parent: context.parent, inputs: Self.map(inputs), outputs: Self.map(outputs),
                    attempts: attempts.map { ($0, Self.map(inputs), Self.map(outputs)) }))
            record(inputs, "input", id, node: context.nodeID, attempt: nil)
            record(outputs, "output", id, node: context.nodeID, attempt: nil)
            recordNode(
                context, "task", "SUCCEEDED", started: nil, ended: updated, attempts: attempts.count)
            return NodeOutcome(end: updated)
        }
        let failure = context.plan.failures[context.path]
        let flaky = context.plan.flaky[context.path] ?? 0
        let count = failure?.attempts(retries: task.retries) ?? flaky + 1
        var attempts: [SampleAttempt] = []
        var time = context.created + Self.nanoseconds(random.between(0.02, 0.06))
        for number in 0..<count {
            if let cut = context.cut, time >= cut { break }
            let isLast = number == count - 1
            let fails =
                failure ?? (isLast ? nil : SampleFailure.recoverable(message: "HTTP 503 from feature store"))
            let result = runAttempt(task, number, context, at: time, failure: fails, outputs: outputs)
            attempts.append(result)
            time = result.updated + Self.nanoseconds(random.between(0.5, 2))
            if let cut = context.cut, result.updated >= cut || result.isOpen { break }
        }
        let last = attempts.last
        let kind = context.spec.id == "efn" ? "failure" : "task"
        let started = attempts.first?.started.map { _ in context.created + Self.nanoseconds(0.05) }
        let result = conclude(
            context, kind: kind, started: started, attempts: attempts, failure: failure,
            extra: ["task_node_metadata": .map(ValueMap(cache))],
            inputs: inputs, outputs: last?.succeeded == true ? outputs : nil)
        return result
    }

    /// The attempt that an engine of before 2024 reports for what it found in a cache.
    private mutating func hit(
        of task: SampleTask, _ context: SampleNodeContext, _ updated: Timestamp,
        _ inputs: [String: SampleValue], _ outputs: [String: SampleValue]
    ) -> Message {
        let id = context.id
        let place = uris(context, attempt: 0)
        truth.attempts.append(
            .init(
                id.project, id.domain, id.name, context.nodeID, "0", task.name, "SUCCEEDED",
                text(context.created), nil, text(updated), nil, nil, nil))
        record(inputs, "input", id, node: context.nodeID, attempt: 0)
        record(outputs, "output", id, node: context.nodeID, attempt: 0)
        return Message(
            "admin.TaskExecution",
            [
                "id": [
                    "task_id": .message(Message(task.id(context.place, context.workflow.version))),
                    "node_execution_id": .message(Message(node: context.nodeID, of: id)),
                    "retry_attempt": 0,
                ],
                "input_uri": .string(place.inputs),
                "closure": [
                    "phase": "SUCCEEDED", "created_at": .message(Message(context.created)),
                    "updated_at": .message(Message(updated)), "task_type": .string(task.type),
                    "output_uri": .string(place.outputs),
                ],
            ])
    }
}

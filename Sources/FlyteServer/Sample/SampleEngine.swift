import FlyteIDL
import FlyteModel

/// Runs workflows of the sample installation as an engine and a cluster would: rounds, queues, containers whose
/// times are whole seconds, attempts that nobody saw running, retries, failures.
struct SampleEngine {
    /// What happens to one run.
    struct Plan {
        /// Nodes that fail, by path of spec ids, such as `n1` or `n0/n1`.
        var failures: [String: SampleFailure] = [:]
        /// Nodes whose first attempts fail and whose last succeeds: how often they fail.
        var flaky: [String: Int] = [:]
        /// Run time of a task's runs, times this.
        var slowness: [String: Double] = [:]
        var cached: Set<String> = []
        /// Elements of a map task that fail for good, and whether the node stands it.
        var brokenElements: [String: (elements: [Int], isTolerated: Bool)] = [:]
        /// After so many seconds somebody terminates the run.
        var abortAfter: Double?
        var abortCause = ""
        var abortPrincipal = ""
        /// Gates that nobody answers, and approvals that are refused.
        var unanswered: Set<String> = []
        var refused: Set<String> = []
        /// The cluster refuses the workflow.
        var isRejected = false
        var takesElse = false
        var inputs: [String: SampleValue] = [:]
        var outputs: [String: SampleValue] = [:]
        var mode = "MANUAL"
        var principal = "ada@example.com"
        var labels: [(String, String)] = []
        var annotations: [(String, String)] = []
        var environment: [(String, String)] = []
        var tags: [String] = []
        var isArchived = false
        var scheduledAt: Timestamp?
        var reference: ExecutionID?
        /// Nodes whose outputs a recovery takes over.
        var recovered: Set<String> = []
        var parent: (id: ExecutionID, node: String, nesting: Int64)?
        /// A single task is run.
        var isSingleTask = false
        /// Still running at the end of the history: nothing later than this has happened.
        var until: Timestamp?
        /// The workflow goes on after a failure, as far as it can.
        var finishesOthers = false

        init() {}
    }

    struct Outcome {
        var phase: String
        var created: Timestamp
        var ended: Timestamp?
        var error: SampleFailure.Texts?
        /// Who is to blame: kind, code, node.
        var cause: (kind: String, code: String, node: String?)?
    }

    let installation: StoredInstallation
    var truth: SampleTruth
    var random: SampleRandom
    /// When set, each node has chances of its own: what is cut off by the end of the history then moves nothing
    /// else, and goes on as if it had not been.
    var ownChances: UInt64?
    private var pending: [PendingNode] = []
    private var nodeCount = 0
    private var attemptCount = 0

    private struct PendingNode {
        var message: Message
        var parent: String?
        var inputs: Message?
        var outputs: Message?
        var dynamic: Message?
        var attempts: [(message: Message, inputs: Message?, outputs: Message?)] = []
    }

    init(installation: StoredInstallation, seed: UInt64) {
        self.installation = installation
        truth = SampleTruth()
        random = SampleRandom(seed: seed)
    }

    // MARK: Time

    private static func nanoseconds(_ seconds: Double) -> Int64 { Int64(seconds * 1e9) }

    /// Begins the chances of something anew by its name (FNV-1a), if everything has its own.
    private mutating func take(chancesOf name: String) {
        guard let ownChances else { return }
        random = SampleRandom(
            seed: name.utf8.reduce(0xCBF2_9CE4_8422_2325 ^ ownChances) {
                ($0 ^ UInt64($1)) &* 0x100_0000_01B3
            })
    }

    private func wholeSecond(_ time: Timestamp) -> Timestamp {
        Timestamp(
            nanoseconds: time.nanoseconds - (time.nanoseconds % 1_000_000_000 + 1_000_000_000) % 1_000_000_000
        )
    }

    /// The engine's next round: mostly some milliseconds, now and then a second.
    private mutating func transition() -> Int64 {
        random.chance(0.08)
            ? Self.nanoseconds(random.between(0.8, 1.3)) : Self.nanoseconds(random.between(0.01, 0.06))
    }

    private func text(_ time: Timestamp?) -> String? { time?.microsecondText }

    // MARK: An execution

    mutating func run(
        _ workflow: SampleWorkflow, as name: String, in place: SamplePlace, at created: Timestamp,
        _ plan: Plan
    ) -> Outcome {
        let id = ExecutionID(project: place.project, domain: place.domain, name: name)
        pending = []
        (nodeCount, attemptCount) = (0, 0)
        var outcome = Outcome(phase: "SUCCEEDED", created: created)
        take(chancesOf: name)
        let started = created + Self.nanoseconds(random.between(0.4, 1.4))
        if plan.isRejected {
            outcome.phase = "FAILED"
            outcome.error = SampleFailure.Texts(
                kind: "SYSTEM", code: "Internal",
                message:
                    "failed to create workflow in propeller Internal error occurred: etcdserver: request timed out while creating \"\(name)\""
            )
            outcome.cause = ("SYSTEM", "Internal", nil)
            outcome.ended = created
            finish(workflow, id, place, plan, outcome, started: nil, updated: created)
            return outcome
        }
        let limit = plan.abortAfter.map { created + Self.nanoseconds($0) } ?? plan.until
        let level = runLevel(
            workflow, id, place, plan, path: "", parent: nil, parentAttempt: 0, at: started + transition(),
            limit: limit,
            inputs: plan.inputs, outputs: plan.outputs)
        var updated = started
        if let end = level.end {
            outcome.error = level.error
            outcome.cause = level.cause
            outcome.phase = level.error == nil ? "SUCCEEDED" : "FAILED"
            outcome.ended = end + transition()
            updated = outcome.ended ?? started
        } else if plan.abortAfter != nil, let limit {
            outcome.phase = "ABORTED"
            outcome.ended = limit + Self.nanoseconds(random.between(0.2, 1.5))
            updated = outcome.ended ?? started
        } else {
            outcome.phase = "RUNNING"
        }
        finish(workflow, id, place, plan, outcome, started: started, updated: updated)
        return outcome
    }

    private mutating func finish(
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
        if outcome.phase == "ABORTED" {
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

    static func map(_ values: [String: SampleValue]) -> Message {
        Message(
            "core.LiteralMap",
            ["literals": .map(ValueMap(values.map { (key: $0.key, value: Value.message($0.value.literal)) }))]
        )
    }

    private mutating func record(
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

    // MARK: A level

    struct LevelOutcome {
        /// nil while it runs, or when it was cut off.
        var end: Timestamp?
        var error: SampleFailure.Texts?
        var cause: (kind: String, code: String, node: String?)?
    }

    private mutating func runLevel(
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

    private mutating func addSystemNode(
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
            PendingNode(
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

    private mutating func add(_ node: PendingNode) {
        nodeCount += 1
        attemptCount += node.attempts.count
        pending.append(node)
    }

    private func nodeMessage(
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

    // MARK: A node

    struct NodeOutcome {
        var end: Timestamp?
        var error: SampleFailure.Texts?
        var cause: (kind: String, code: String, node: String?)?
        var wasAborted = false
    }

    private struct NodeContext {
        var spec: SampleWorkflow.Node
        var workflow: SampleWorkflow
        var id: ExecutionID
        var place: SamplePlace
        var plan: Plan
        var path: String
        var nodeID: String
        var parent: String?
        var group: String
        var created: Timestamp
        var limit: Timestamp?
        /// The earlier of the end of the run and a sibling's failure.
        var cut: Timestamp?

    }

    private mutating func runNode(
        _ node: SampleWorkflow.Node, _ workflow: SampleWorkflow, _ id: ExecutionID, _ place: SamplePlace,
        _ plan: Plan,
        path: String, nodeID: String, parent: String?, group: String, at created: Timestamp,
        limit: Timestamp?,
        siblingFailure: Timestamp?
    ) -> NodeOutcome {
        let cut = [limit, siblingFailure].compactMap { $0 }.min()
        let context = NodeContext(
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

    private func uris(_ context: NodeContext, attempt: Int) -> (inputs: String, outputs: String) {
        let base = "\(installation.objects(of: context.id))/\(context.nodeID)/data"
        return ("\(base)/inputs.pb", "\(base)/\(attempt)/outputs.pb")
    }

    private func closure(
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

    private mutating func recordNode(
        _ context: NodeContext, _ kind: String, _ phase: String, started: Timestamp?, ended: Timestamp?,
        attempts: Int
    ) {
        truth.nodes.append(
            .init(
                context.id.project, context.id.domain, context.id.name, context.nodeID, context.parent, kind,
                phase,
                text(context.created), text(started), text(ended), String(attempts)))
    }

    private mutating func recover(_ context: NodeContext) -> NodeOutcome {
        let updated = context.created + Self.nanoseconds(random.between(0.005, 0.02))
        let values = ["o0": SampleValue.integer(1)]
        var fields = closure(
            "RECOVERED", created: context.created, started: nil, ended: nil, updated: updated)
        let place = uris(context, attempt: 0)
        fields["output_uri"] = .string(place.outputs)
        add(
            PendingNode(
                message: nodeMessage(
                    context.id, context.nodeID, context.spec.id, context.group, fields, isParent: false,
                    inputURI: place.inputs),
                parent: context.parent, inputs: Self.map(["x": .integer(1)]), outputs: Self.map(values)))
        record(["x": .integer(1)], "input", context.id, node: context.nodeID, attempt: nil)
        record(values, "output", context.id, node: context.nodeID, attempt: nil)
        recordNode(context, "task", "RECOVERED", started: nil, ended: updated, attempts: 0)
        return NodeOutcome(end: updated)
    }

    // MARK: Attempts

    private struct AttemptResult {
        var message: Message
        var started: Timestamp?
        var updated: Timestamp
        var succeeded: Bool
        /// It had not ended when the history did.
        var isOpen = false
    }

    /// Runs a pod. `failure` nil: it succeeds, unless it is cut off.
    private mutating func runAttempt(
        _ task: SampleTask, _ number: Int, _ context: NodeContext, at created: Timestamp,
        failure: SampleFailure?,
        outputs: [String: SampleValue], custom: (inout [String: Value]) -> Void = { _ in }
    ) -> AttemptResult {
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
        return AttemptResult(
            message: message, started: started, updated: noticed, succeeded: succeeded, isOpen: isOpen)
    }

    private func inputs(of task: SampleTask, _ context: NodeContext) -> [String: SampleValue] {
        var values: [String: SampleValue] = [:]
        for name in task.inputs {
            values[name] = context.plan.inputs[name] ?? .integer(Int64(context.spec.id.utf8.count))
        }
        return values
    }

    private mutating func outputs(of task: SampleTask, _ context: NodeContext) -> [String: SampleValue] {
        var values: [String: SampleValue] = [:]
        for name in task.outputs {
            values[name] = context.plan.outputs[name] ?? .integer(Int64(random.integer(0..<1000)))
        }
        return values
    }

    private mutating func runTask(_ task: SampleTask, _ context: NodeContext) -> NodeOutcome {
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
            add(
                PendingNode(
                    message: nodeMessage(
                        id, context.nodeID, context.spec.id, context.group, fields, isParent: false,
                        inputURI: place0.inputs),
                    parent: context.parent, inputs: Self.map(inputs), outputs: Self.map(outputs)))
            record(inputs, "input", id, node: context.nodeID, attempt: nil)
            record(outputs, "output", id, node: context.nodeID, attempt: nil)
            recordNode(context, "task", "SUCCEEDED", started: nil, ended: updated, attempts: 0)
            return NodeOutcome(end: updated)
        }
        let failure = context.plan.failures[context.path]
        let flaky = context.plan.flaky[context.path] ?? 0
        let count = failure?.attempts(retries: task.retries) ?? flaky + 1
        var attempts: [AttemptResult] = []
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

    /// Writes a node that ran attempts, and says how it ended.
    private mutating func conclude(
        _ context: NodeContext, kind: String, started: Timestamp?, attempts: [AttemptResult],
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
        let node = PendingNode(
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

    private func taskName(_ context: NodeContext) -> String {
        switch context.spec.target {
        case .task(let task), .map(let task, _, _), .dynamic(let task, _, _): task.name
        default: context.spec.name
        }
    }

    /// Keeps a place for a parent node, which is written before its children and known after them.
    private mutating func reserve(_ context: NodeContext) -> Int {
        add(
            PendingNode(
                message: nodeMessage(
                    context.id, context.nodeID, context.spec.id, context.group, [:], isParent: false,
                    inputURI: nil)))
        return pending.count - 1
    }

    // MARK: Map tasks

    private mutating func runMap(_ task: SampleTask, _ count: Int, _ context: NodeContext) -> NodeOutcome {
        let broken = context.plan.brokenElements[context.path]
        var mapped = task
        mapped.type = "container_array"
        let isTolerated = broken?.isTolerated ?? true
        let elements = broken?.elements ?? []
        let list = SampleValue(
            [
                "collection": [
                    "literals": .list((0..<count).map { .message(SampleValue.integer(Int64($0)).literal) })
                ]
            ], "list",
            "[" + (0..<count).map(String.init).joined(separator: ",") + "]")
        let outputs = ["o0": list]
        let texts = SampleFailure.Texts(
            kind: "UNKNOWN", code: "", message: elements.map { "[\($0)]: element \($0) is broken\n" }.joined()
        )
        var resources: [Value] = []
        for index in 0..<count {
            let isBroken = elements.contains(index)
            let tries = isBroken && task.retries > 0 ? Int(task.retries) + 1 : 1
            for retry in 0..<tries {
                let phase = isBroken ? "FAILED" : "SUCCEEDED"
                resources.append([
                    "external_id": .string("\(context.id.name)-\(context.nodeID)-0-n\(index)-\(retry)"),
                    "index": .int64(Int64(index)), "retry_attempt": .int64(Int64(retry)),
                    "phase": .string(phase),
                ])
                truth.subtasks.append(
                    .init(
                        context.id.project, context.id.domain, context.id.name, context.nodeID, "0",
                        String(index),
                        String(retry), phase))
            }
        }
        let created = context.created + Self.nanoseconds(random.between(0.02, 0.06))
        var result = runAttempt(
            mapped, 0, context, at: created, failure: nil, outputs: isTolerated ? outputs : [:]
        ) {
            $0["external_resources"] = .list(resources)
            $0["plugin_identifier"] = "k8s-array"
        }
        let isBroken = !isTolerated && result.succeeded
        if isBroken {
            // The array's one attempt carries the messages of its elements.
            var closure = result.message.message("closure") ?? Message("admin.TaskExecutionClosure")
            closure["error"] = .message(texts.asMessage)
            closure["phase"] = "FAILED"
            result.message["closure"] = .message(closure)
            result.succeeded = false
            amendLastAttempt(phase: "FAILED", texts, outputsOf: context, count: outputs.count)
        }
        return conclude(
            context, kind: "array", started: context.created + Self.nanoseconds(0.05), attempts: [result],
            failure: nil,
            extra: [:], inputs: inputs(of: task, context), outputs: isTolerated ? outputs : nil,
            isArray: true,
            error: isBroken ? texts : nil)
    }

    /// Corrects the truth of an attempt that turned out to have failed.
    private mutating func amendLastAttempt(
        phase: String, _ texts: SampleFailure.Texts, outputsOf context: NodeContext, count: Int
    ) {
        guard var row = truth.attempts.popLast() else { return }
        row.values[6] = phase
        row.values[10] = texts.kind
        row.values[11] = texts.code
        truth.attempts.append(row)
    }

    /// Event version 1: each element is a node, and beside each stands one that nobody ever ends.
    private mutating func runFullMap(_ task: SampleTask, _ count: Int, _ context: NodeContext) -> NodeOutcome
    {
        let index = reserve(context)
        var end = context.created
        for element in 0..<count {
            let elementID = SampleNodeID.id(parent: context.nodeID, attempt: 0, spec: "n\(element)")
            let node = SampleWorkflow.Node(
                id: "n\(element)", name: context.spec.name, target: .task(task), upstream: [])
            let outcome = runNode(
                node, context.workflow, context.id, context.place, Plan(),
                path: context.path + "/n\(element)",
                nodeID: elementID, parent: context.nodeID, group: "0",
                at: context.created + Self.nanoseconds(random.between(0.1, 0.5)), limit: nil,
                siblingFailure: nil)
            end = max(end, outcome.end ?? end)
            let phantom = "\(context.nodeID)-n\(element)"
            let queued = context.created + Self.nanoseconds(0.2)
            add(
                PendingNode(
                    message: nodeMessage(
                        context.id, phantom, "", "",
                        closure("QUEUED", created: queued, started: nil, ended: nil, updated: queued),
                        isParent: false, inputURI: nil), parent: nil))
            truth.nodes.append(
                .init(
                    context.id.project, context.id.domain, context.id.name, phantom, nil, "unknown", "QUEUED",
                    text(queued), nil,
                    nil, "0"))
        }
        let values = inputs(of: task, context)
        let list = SampleValue(["collection": [:]], "list", "[]")
        return conclude(
            context, kind: "array", started: context.created + Self.nanoseconds(0.05), attempts: [],
            failure: nil, extra: [:],
            inputs: values, outputs: ["o0": list], isParent: true, isArray: true, endAt: end + transition(),
            at: index)
    }

    // MARK: Parents

    private mutating func runDynamic(
        _ task: SampleTask, _ child: SampleTask, _ count: Int, _ context: NodeContext
    ) -> NodeOutcome {
        let index = reserve(context)
        let outputs = outputs(of: task, context)
        let created = context.created + Self.nanoseconds(random.between(0.02, 0.06))
        let attempt = runAttempt(task, 0, context, at: created, failure: nil, outputs: outputs)
        var dynamic = SampleWorkflow(
            "dynamic_\(context.nodeID)", version: "\(context.id.name)-\(context.nodeID)", inputs: [],
            outputs: ["o0"],
            (0..<count).map { ("dn\($0)", .task(child), $0 == 0 ? [] : ["dn\($0 - 1)"]) })
        // Its tasks are those of the workflow that made it.
        dynamic.version = context.workflow.version
        let closure = dynamic.closure(context.place)
        let level = runLevel(
            dynamic, context.id, context.place, context.plan, path: context.path + "/",
            parent: context.nodeID,
            parentAttempt: 0, at: attempt.updated + transition(), limit: context.cut, inputs: [:],
            outputs: [:])
        return conclude(
            context, kind: "dynamic", started: context.created + Self.nanoseconds(0.05), attempts: [attempt],
            failure: nil,
            extra: [
                "dynamic_job_spec_uri": .string(
                    "\(installation.objects(of: context.id))/\(context.nodeID)/data/0/futures.pb")
            ],
            inputs: inputs(of: task, context), outputs: outputs, isParent: true, isDynamic: true,
            endAt: level.end ?? context.cut ?? attempt.updated, error: level.error, cause: level.cause,
            dynamic: closure, at: index)
    }

    private mutating func runSub(_ sub: SampleWorkflow, _ context: NodeContext) -> NodeOutcome {
        let index = reserve(context)
        let values = Dictionary(
            uniqueKeysWithValues: sub.inputs.map { ($0, context.plan.inputs[$0] ?? .integer(1)) })
        let outputs = Dictionary(uniqueKeysWithValues: sub.outputs.map { ($0, SampleValue.integer(2)) })
        let started = context.created + Self.nanoseconds(0.03)
        let level = runLevel(
            sub, context.id, context.place, context.plan, path: context.path + "/", parent: context.nodeID,
            parentAttempt: 0,
            at: started + transition(), limit: context.cut, inputs: values, outputs: outputs)
        return conclude(
            context, kind: "workflow", started: started, attempts: [], failure: nil, extra: [:],
            inputs: values,
            outputs: outputs, isParent: true, endAt: level.end ?? context.cut ?? started, error: level.error,
            cause: level.cause,
            at: index)
    }

    private mutating func runBranch(_ first: SampleTask, _ second: SampleTask, _ context: NodeContext)
        -> NodeOutcome
    {
        let index = reserve(context)
        let number = context.plan.takesElse ? 1 : 0
        let task = number == 0 ? first : second
        let armID = SampleNodeID.id(parent: context.nodeID, attempt: 0, spec: "\(context.spec.id)-n\(number)")
        let arm = SampleWorkflow.Node(
            id: "\(context.spec.id)-n\(number)", name: task.name, target: .task(task), upstream: [])
        let started = context.created + Self.nanoseconds(0.02)
        let outcome = runNode(
            arm, context.workflow, context.id, context.place, context.plan,
            path: context.path + "/n\(number)", nodeID: armID,
            parent: context.nodeID, group: "0", at: started + transition(), limit: context.limit,
            siblingFailure: context.cut == context.limit ? nil : context.cut)
        return conclude(
            context, kind: "branch", started: started, attempts: [], failure: nil, extra: [:],
            inputs: ["x": .integer(5)], outputs: ["o0": .integer(6)], isParent: true,
            endAt: outcome.end ?? context.cut ?? started, error: outcome.error, cause: outcome.cause,
            at: index)
    }

    private mutating func runGate(_ context: NodeContext) -> NodeOutcome {
        let started = context.created + Self.nanoseconds(random.between(0.01, 0.05))
        let wait = Self.nanoseconds(random.between(30, 5000))
        var end = context.plan.unanswered.contains(context.path) ? nil : Optional(started + wait)
        if case .sleep = context.spec.target { end = started + Self.nanoseconds(60 + random.between(0, 1)) }
        let isRefused = context.plan.refused.contains(context.path)
        var values: [String: SampleValue] = [:]
        switch context.spec.target {
        case .approve(let signal), .signal(let signal):
            let isApproval = if case .approve = context.spec.target { true } else { false }
            var fields: [String: Value] = [
                "id": ["signal_id": .string(signal), "execution_id": .message(Message(context.id))],
                "type": ["simple": .string(isApproval ? "BOOLEAN" : "INTEGER")],
            ]
            var json: String?
            if end != nil {
                let value =
                    isApproval
                    ? SampleValue(
                        ["scalar": ["primitive": ["boolean": .bool(!isRefused)]]], "boolean",
                        isRefused ? "false" : "true")
                    : SampleValue.integer(7)
                fields["value"] = .message(value.literal)
                json = value.json
                values = ["o0": value]
            }
            installation.add(signal: Message("admin.Signal", fields))
            truth.signals.append(
                .init(
                    context.id.project, context.id.domain, context.id.name, signal,
                    isApproval ? "BOOLEAN" : "INTEGER", json))
        default: break
        }
        let texts = SampleFailure.Texts(
            kind: "USER", code: "ReceivedRejectSignal",
            message: "received a reject signal to disapprove the node input values")
        // A gate that nobody answers is cut off by whatever ends the run.
        var own = context
        if end == nil, own.cut == nil { own.cut = started; own.limit = started }
        return conclude(
            own, kind: "gate", started: started, attempts: [], failure: nil, extra: [:], inputs: [:],
            outputs: values.isEmpty || isRefused ? nil : values, endAt: end ?? own.cut ?? started,
            error: isRefused ? texts : nil)
    }

    private mutating func runPlan(_ child: SampleWorkflow, _ context: NodeContext) -> NodeOutcome {
        let started = context.created + Self.nanoseconds(0.04)
        let name = SampleNodeID.id(
            parent: context.id.name, attempt: 0, spec: context.nodeID, isExecution: true)
        var plan = Plan()
        plan.mode = "CHILD_WORKFLOW"
        plan.principal = context.plan.principal
        plan.parent = (context.id, context.nodeID, (context.plan.parent?.nesting ?? 0) + 1)
        plan.labels = [
            ("domain", context.place.domain), ("execution-id", context.id.name),
            ("project", context.place.project),
            ("workflow-name", context.id.name),
        ]
        plan.inputs = Dictionary(uniqueKeysWithValues: child.inputs.map { ($0, SampleValue.integer(3)) })
        plan.outputs = Dictionary(uniqueKeysWithValues: child.outputs.map { ($0, SampleValue.integer(4)) })
        let prefix = context.path + "/"
        for (path, failure) in context.plan.failures where path.hasPrefix(prefix) {
            plan.failures[String(path.dropFirst(prefix.count))] = failure
        }
        if let cut = context.cut, context.plan.abortAfter != nil || context.cut != context.limit {
            plan.abortAfter = Double(cut - started) / 1e9 + 0.5
            plan.abortCause =
                "cascading abort as parent execution id [\(context.id.name)] aborted, reason [\(context.plan.abortCause)]"
        } else {
            plan.until = context.cut
        }
        // The child's rows are its own.
        let (kept, nodes, attempts) = (pending, nodeCount, attemptCount)
        let outcome = run(
            child, as: name, in: context.place, at: started + Self.nanoseconds(random.between(0.05, 0.4)),
            plan)
        (pending, nodeCount, attemptCount) = (kept, nodes, attempts)
        // Children are looked at every 30 seconds.
        let end = outcome.ended.map { $0 + Self.nanoseconds(random.between(0.3, 30)) }
        let childID = ExecutionID(project: context.place.project, domain: context.place.domain, name: name)
        return conclude(
            context, kind: "launch_plan", started: started, attempts: [], failure: nil,
            extra: ["workflow_node_metadata": ["executionId": .message(Message(childID))]],
            inputs: plan.inputs,
            outputs: outcome.phase == "SUCCEEDED" ? plan.outputs : nil, endAt: end ?? context.cut ?? started,
            error: outcome.phase == "FAILED" ? outcome.error : nil, cause: outcome.cause)
    }
}

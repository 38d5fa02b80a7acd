import FlyteIDL
import FlyteModel
import FlyteTrace

/// An execution made by hand for a test. Times are whole seconds; it is created at 0.
struct MadeExecution {
    struct Attempt {
        var created: Int64
        var started: Int64?
        var ended: Int64?
        /// When the engine noticed; nil: when it ended.
        var updated: Int64?
        var phase = "SUCCEEDED"
        var error = ""
        var kind = "USER"
        var message: String?
        var taskType = ""
        /// Seconds and texts.
        var reasons: [(Int64, String)] = []
        var hasLogs = false
        /// Counts by itself, where nil.
        var number: UInt32?
        /// Whether it tells that it has nodes of its own.
        var isParent = false
    }

    struct Row {
        var id: String
        var spec: String
        var parent: String?
        var retryGroup = ""
        var phase = "SUCCEEDED"
        var created: Int64
        var started: Int64?
        /// The last update: the end, when the phase is a last one.
        var updated: Int64
        var attempts: [Attempt] = []
        var cache = "CACHE_DISABLED"
        var child: String?
        var isDynamic = false
        var isArray = false
        var error = ""

        init(
            _ id: String, _ created: Int64, _ updated: Int64, spec: String? = nil, parent: String? = nil,
            retryGroup: String = "", phase: String = "SUCCEEDED", started: Int64? = nil,
            attempts: [Attempt] = [], cache: String = "CACHE_DISABLED", child: String? = nil,
            isDynamic: Bool = false, isArray: Bool = false, error: String = ""
        ) {
            (self.id, self.created, self.updated, self.spec) = (id, created, updated, spec ?? id)
            (self.parent, self.retryGroup, self.phase, self.started) = (parent, retryGroup, phase, started)
            (self.attempts, self.cache, self.child) = (attempts, cache, child)
            (self.isDynamic, self.isArray, self.error) = (isDynamic, isArray, error)
        }
    }

    enum Target {
        case task
        case workflow(String)
        case launchPlan
        case branch([String])
        case gate
        case array(String)
        /// A task, with what the node asks for in its place.
        case overridden([String: Value])
    }

    struct Workflow {
        /// Whom each node waits for; the end is `end-node`.
        var upstream: [String: [String]]
        /// Tasks, where it does not say.
        var targets: [String: Target] = [:]
        var failureNode: String?

        init(_ upstream: [String: [String]], _ targets: [String: Target] = [:], failureNode: String? = nil) {
            (self.upstream, self.targets, self.failureNode) = (upstream, targets, failureNode)
        }
    }

    var workflow: Workflow?
    var subWorkflows: [String: Workflow] = [:]
    /// The closures of dynamic nodes, by node id.
    var dynamic: [String: Workflow] = [:]
    var phase = "SUCCEEDED"
    var end: Int64
    var rows: [Row]
    var withheld: [Withheld] = []
    var error = ""

    init(
        _ workflow: Workflow?, phase: String = "SUCCEEDED", end: Int64, _ rows: [Row],
        subWorkflows: [String: Workflow] = [:], dynamic: [String: Workflow] = [:],
        withheld: [Withheld] = [], error: String = ""
    ) {
        (self.workflow, self.phase, self.end, self.rows) = (workflow, phase, end, rows)
        (self.subWorkflows, self.dynamic, self.withheld) = (subWorkflows, dynamic, withheld)
        self.error = error
    }

    static let id = ExecutionID(project: "p", domain: "d", name: "made")
    private static let workflowID = DefinitionID(
        kind: .workflow, project: "p", domain: "d", name: "wf", version: "1")

    func tree() throws -> ExecutionTree {
        let closure = try workflow.map { try WorkflowClosure(workflow: workflowMessage($0).encoded()) }
        let definitions = ExecutionTree.Definitions(
            workflow: { $0 == Self.workflowID ? closure : nil }, task: { _ in nil })
        return try ExecutionTree(capture, definitions: definitions)
    }

    /// The workflow's message; empty without one.
    func workflowBytes() -> [UInt8] { workflow.map { workflowMessage($0).encoded() } ?? [] }

    /// The path, a line a step: `2…5 n0 #0 user_code`.
    func path(child: (ExecutionID) -> [PathStep]? = { _ in nil }) throws -> String {
        let tree = try tree()
        guard let steps = CriticalPath.steps(of: tree, child: child) else { return "none" }
        let findings = PathCheck.findings(steps, of: tree)
        return (steps.map(Self.line) + findings).joined(separator: "\n")
    }

    static func line(_ step: PathStep) -> String {
        let attempt = step.attempt.map { " #\($0)" } ?? ""
        return
            "\(seconds(step.start))…\(seconds(step.end)) \(step.nodeID ?? "-")\(attempt) \(step.kind.rawValue)"
    }

    private static func seconds(_ time: Timestamp) -> Int64 { time.nanoseconds / 1_000_000_000 }

    // MARK: Messages

    var capture: ExecutionCapture {
        var capture = ExecutionCapture(
            id: Self.id, observedAt: Timestamp(nanoseconds: 0), withheld: withheld)
        capture.messages = [CapturedMessage(kind: .execution, bytes: executionMessage.encoded())]
        for row in rows {
            capture.messages.append(
                CapturedMessage(
                    kind: .node, place: .node(row.id), parentNodeID: row.parent,
                    bytes: Self.message(row).encoded()))
            for (number, attempt) in row.attempts.enumerated() {
                let number = attempt.number ?? UInt32(number)
                capture.messages.append(
                    CapturedMessage(
                        kind: .attempt, place: CapturePlace(nodeID: row.id, attempt: number),
                        bytes: Self.message(attempt, number, row).encoded()))
            }
            if let made = dynamic[row.id] {
                capture.messages.append(
                    CapturedMessage(
                        kind: .dynamicWorkflow, place: .node(row.id),
                        bytes: Message(
                            "admin.DynamicNodeWorkflowResponse", ["compiled_workflow": closure(made, "dyn")]
                        ).encoded()))
            }
        }
        return capture
    }

    private static func time(_ seconds: Int64?) -> Value? {
        seconds.map { .map(["seconds": .int64($0)]) }
    }

    private static func identifier(_ name: String) -> Value {
        ["project": "p", "domain": "d", "name": .string(name), "version": "1"]
    }

    private static func fields(_ fields: [String: Value?]) -> Value {
        .map(ValueMap(fields.compactMap { key, value in value.map { (key: key, value: $0) } }))
    }

    private static func errorValue(
        _ code: String, _ message: String? = nil, _ kind: String = "USER"
    ) -> Value? {
        code.isEmpty
            ? nil : ["code": .string(code), "message": .string(message ?? code), "kind": .string(kind)]
    }

    private var executionMessage: Message {
        Message(
            "admin.Execution",
            [
                "id": ["project": "p", "domain": "d", "name": "made"],
                "closure": Self.fields([
                    "phase": .string(phase), "created_at": Self.time(0), "updated_at": Self.time(end),
                    "workflow_id": Self.identifier("wf"), "error": Self.errorValue(error),
                ]),
            ])
    }

    private static func message(_ row: Row) -> Message {
        let isTerminal = NodePhase(rawValue: row.phase).isTerminal
        return Message(
            "admin.NodeExecution",
            [
                "id": [
                    "node_id": .string(row.id),
                    "execution_id": ["project": "p", "domain": "d", "name": "made"],
                ],
                "metadata": [
                    "spec_node_id": .string(row.spec), "retry_group": .string(row.retryGroup),
                    "is_dynamic": .bool(row.isDynamic), "is_array": .bool(row.isArray),
                ],
                "closure": fields([
                    "phase": .string(row.phase), "created_at": time(row.created),
                    "started_at": time(row.started), "updated_at": time(row.updated),
                    "duration": isTerminal ? time(row.started.map { row.updated - $0 }) : nil,
                    "error": errorValue(row.error),
                    "workflow_node_metadata": row.child.map {
                        ["executionId": ["project": "p", "domain": "d", "name": .string($0)]]
                    },
                    "task_node_metadata": row.child == nil ? ["cache_status": .string(row.cache)] : nil,
                ]),
            ])
    }

    private static func message(_ attempt: Attempt, _ number: UInt32, _ row: Row) -> Message {
        Message(
            "admin.TaskExecution",
            [
                "id": [
                    "task_id": identifier("task"), "retry_attempt": .uint32(number),
                    "node_execution_id": ["node_id": .string(row.id)],
                ],
                "is_parent": .bool(attempt.isParent),
                "closure": fields([
                    "phase": .string(attempt.phase), "created_at": time(attempt.created),
                    "task_type": .string(attempt.taskType),
                    "logs": .list(attempt.hasLogs ? [["name": "log", "uri": "https://log"]] : []),
                    "reasons": .list(
                        attempt.reasons.map { at, text in
                            fields(["occurred_at": time(at), "message": .string(text)])
                        }),
                    "started_at": time(attempt.started),
                    "duration": time(attempt.started.flatMap { start in attempt.ended.map { $0 - start } }),
                    "updated_at": time(attempt.updated ?? attempt.ended ?? attempt.created),
                    "error": errorValue(attempt.error, attempt.message, attempt.kind),
                ]),
            ])
    }

    private func workflowMessage(_ workflow: Workflow) -> Message {
        Message(
            "admin.Workflow",
            [
                "id": Self.identifier("wf"),
                "closure": ["compiled_workflow": closure(workflow, "wf")],
            ])
    }

    private func closure(_ workflow: Workflow, _ name: String) -> Value {
        [
            "primary": Self.compiled(workflow, name),
            "sub_workflows": .list(
                subWorkflows.sorted { $0.key < $1.key }.map { Self.compiled($0.value, $0.key) }),
        ]
    }

    private static func compiled(_ workflow: Workflow, _ name: String) -> Value {
        let nodes = workflow.upstream.keys.sorted().map { node($0, workflow) } + [["id": "start-node"]]
        return [
            "template": fields([
                "id": identifier(name), "nodes": .list(nodes),
                "failure_node": workflow.failureNode.map { node($0, workflow) },
            ]),
            "connections": [
                "upstream": fields(
                    workflow.upstream.mapValues { ["ids": .list($0.sorted().map { .string($0) })] })
            ],
        ]
    }

    private static func node(_ id: String, _ workflow: Workflow) -> Value {
        if id == "end-node" { return ["id": "end-node"] }
        switch workflow.targets[id] ?? .task {
        case .task: return ["id": .string(id), "task_node": ["reference_id": identifier("task")]]
        case .workflow(let name):
            return ["id": .string(id), "workflow_node": ["sub_workflow_ref": identifier(name)]]
        case .launchPlan:
            return ["id": .string(id), "workflow_node": ["launchplan_ref": identifier("lp")]]
        case .branch(let arms):
            let nodes = arms.map { node($0, workflow) }
            return [
                "id": .string(id),
                "branch_node": [
                    "if_else": [
                        "case": ["then_node": nodes[0]],
                        "other": .list(nodes.dropFirst().map { ["then_node": $0] }),
                    ]
                ],
            ]
        case .overridden(let resources):
            let overrides: Value = ["resources": .map(ValueMap(resources.map { (key: $0, value: $1) }))]
            return [
                "id": .string(id),
                "task_node": ["reference_id": identifier("task"), "overrides": overrides],
            ]
        case .gate: return ["id": .string(id), "gate_node": ["sleep": [:]]]
        case .array(let inner): return ["id": .string(id), "array_node": ["node": node(inner, workflow)]]
        }
    }
}

import FlyteIDL
import FlyteModel

/// A workflow of the sample installation: nodes in an order in which each comes after those it waits for.
struct SampleWorkflow: Hashable, Sendable {
    struct Node: Hashable, Sendable {
        var id: String
        var name: String
        var target: Target
        /// Ids; empty for a node that only waits for the start.
        var upstream: [String]
    }

    indirect enum Target: Hashable, Sendable {
        case task(SampleTask)
        /// Runs a workflow inside of its parent.
        case sub(SampleWorkflow)
        /// Takes one of two arms.
        case branch(SampleTask, SampleTask)
        /// A task that makes this many more nodes of the other task.
        case dynamic(SampleTask, SampleTask, count: Int)
        /// A task for each of so many elements; with event version 1 the elements are nodes of their own.
        case map(SampleTask, count: Int, eventVersion: Int)
        case approve(String)
        case signal(String)
        case sleep
        /// Launches another workflow's plan.
        case plan(SampleWorkflow)
    }

    var name: String
    var version = "v1"
    var nodes: [Node]
    var failureTask: SampleTask?
    var inputs: [String] = ["x"]
    var outputs: [String] = ["o0"]
    var schedule: String?

    init(
        _ name: String, version: String = "v1", inputs: [String] = ["x"], outputs: [String] = ["o0"],
        schedule: String? = nil, failureTask: SampleTask? = nil, _ nodes: [(String, Target, [String])]
    ) {
        self.name = name
        self.version = version
        self.inputs = inputs
        self.outputs = outputs
        self.schedule = schedule
        self.failureTask = failureTask
        self.nodes = nodes.map { Node(id: $0.0, name: "\(name).\($0.0)", target: $0.1, upstream: $0.2) }
    }

    func id(_ place: SamplePlace) -> DefinitionID {
        DefinitionID(
            kind: .workflow, project: place.project, domain: place.domain, name: name, version: version)
    }

    func planID(_ place: SamplePlace) -> DefinitionID {
        DefinitionID(
            kind: .launchPlan, project: place.project, domain: place.domain, name: name, version: version)
    }

    /// Nodes that none waits for.
    var leaves: [String] {
        let awaited = Set(nodes.flatMap(\.upstream))
        return nodes.map(\.id).filter { !awaited.contains($0) }
    }

    /// The same with so many nodes for each that runs a task, and so in the workflows that it launches. The others stand
    /// beside the first one, and nothing waits for them.
    func widened(_ times: Int) -> SampleWorkflow {
        // The server's own skeleton for the run of one task has that one alone.
        guard times > 1, !name.hasPrefix(".") else { return self }
        var wide = self
        var copies: [Node] = []
        for (index, node) in nodes.enumerated() {
            switch node.target {
            case .task:
                for _ in 1..<times {
                    let id = "n\(nodes.count + copies.count)"
                    copies.append(
                        Node(id: id, name: "\(name).\(id)", target: node.target, upstream: node.upstream))
                }
            case .plan(let workflow): wide.nodes[index].target = .plan(workflow.widened(times))
            default: break
            }
        }
        wide.nodes += copies
        return wide
    }

    var tasks: [SampleTask] {
        nodes.flatMap { node -> [SampleTask] in
            switch node.target {
            case .task(let task), .map(let task, _, _): [task]
            case .sub(let workflow): workflow.tasks
            case .branch(let a, let b): [a, b]
            case .dynamic(let task, let child, _): [task, child]
            case .approve, .signal, .sleep, .plan: []
            }
        } + [failureTask].compactMap { $0 }
    }

    var subWorkflows: [SampleWorkflow] {
        nodes.flatMap { node -> [SampleWorkflow] in
            if case .sub(let workflow) = node.target { return [workflow] + workflow.subWorkflows }
            return []
        }
    }

    var plans: [SampleWorkflow] {
        nodes.flatMap { node -> [SampleWorkflow] in
            switch node.target {
            case .plan(let workflow): [workflow] + workflow.plans
            case .sub(let workflow): workflow.plans
            default: []
            }
        }
    }

    // MARK: Messages

    /// A `core.CompiledWorkflow`.
    func compiled(_ place: SamplePlace) -> Message {
        var messages = [
            Message("core.Node", ["id": "start-node"]),
            Message("core.Node", ["id": "end-node"]),
        ]
        messages += nodes.map { message($0, place) }
        var upstream: [String: Value] = [:]
        for node in nodes {
            upstream[node.id] = [
                "ids": .list(
                    (node.upstream.isEmpty ? ["start-node"] : node.upstream.sorted()).map { .string($0) })
            ]
        }
        upstream["end-node"] = ["ids": .list(leaves.sorted().map { .string($0) })]
        var template: [String: Value] = [
            "id": .message(Message(id(place))),
            "interface": .message(SampleInterface.message(inputs, outputs)),
            "nodes": .list(messages.map { .message($0) }),
        ]
        if let failureTask {
            template["failure_node"] = [
                "id": "efn", "metadata": ["name": .string(failureTask.name)],
                "task_node": ["reference_id": .message(Message(failureTask.id(place, version)))],
            ]
        }
        return Message(
            "core.CompiledWorkflow",
            ["template": .map(ValueMap(template)), "connections": ["upstream": .map(ValueMap(upstream))]])
    }

    private func message(_ node: Node, _ place: SamplePlace) -> Message {
        func task(_ task: SampleTask) -> Value {
            ["reference_id": .message(Message(task.id(place, version)))]
        }
        func arm(_ number: Int, _ armTask: SampleTask) -> Value {
            [
                "id": .string("\(node.id)-n\(number)"), "metadata": ["name": .string(armTask.name)],
                "task_node": task(armTask),
            ]
        }
        var fields: [String: Value] = ["id": .string(node.id), "metadata": ["name": .string(node.name)]]
        switch node.target {
        case .task(let one), .dynamic(let one, _, _): fields["task_node"] = task(one)
        case .sub(let workflow):
            fields["workflow_node"] = ["sub_workflow_ref": .message(Message(workflow.id(place)))]
        case .plan(let workflow):
            fields["workflow_node"] = ["launchplan_ref": .message(Message(workflow.planID(place)))]
        case .branch(let a, let b):
            fields["branch_node"] = ["if_else": ["case": ["then_node": arm(0, a)], "else_node": arm(1, b)]]
        case .map(let one, _, _):
            fields["array_node"] = ["node": ["id": .string(node.id), "task_node": task(one)]]
        case .approve(let signal): fields["gate_node"] = ["approve": ["signal_id": .string(signal)]]
        case .signal(let signal):
            fields["gate_node"] = [
                "signal": [
                    "signal_id": .string(signal), "type": ["simple": "INTEGER"], "output_variable_name": "o0",
                ]
            ]
        case .sleep: fields["gate_node"] = ["sleep": ["duration": ["seconds": 60]]]
        }
        return Message("core.Node", fields)
    }

    /// A `core.CompiledWorkflowClosure`.
    func closure(_ place: SamplePlace) -> Message {
        var seen: Set<String> = []
        let tasks = tasks.filter { seen.insert($0.name).inserted }
        return Message(
            "core.CompiledWorkflowClosure",
            [
                "primary": .message(compiled(place)),
                "sub_workflows": .list(subWorkflows.map { .message($0.compiled(place)) }),
                "tasks": .list(tasks.map { .map(["template": .message($0.template(place, version))]) }),
            ])
    }

    func definition(_ place: SamplePlace, at time: Timestamp) -> Message {
        Message(
            "admin.Workflow",
            [
                "id": .message(Message(id(place))),
                "closure": [
                    "compiled_workflow": .message(closure(place)), "created_at": .message(Message(time)),
                ],
            ])
    }

    func plan(_ place: SamplePlace, at time: Timestamp) -> Message {
        var spec: [String: Value] = ["workflow_id": .message(Message(id(place)))]
        if let schedule {
            spec["entity_metadata"] = ["schedule": ["cron_schedule": ["schedule": .string(schedule)]]]
        }
        return Message(
            "admin.LaunchPlan",
            [
                "id": .message(Message(planID(place))), "spec": .map(ValueMap(spec)),
                "closure": [
                    "state": "ACTIVE", "created_at": .message(Message(time)),
                    "updated_at": .message(Message(time)),
                ],
            ])
    }
}

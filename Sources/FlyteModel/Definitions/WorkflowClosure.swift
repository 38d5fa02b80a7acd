import FlyteIDL

/// A compiled workflow with the sub-workflows and tasks that it uses: Flyte's `core.CompiledWorkflowClosure`.
public struct WorkflowClosure: Hashable, Sendable {
    public var primary: CompiledWorkflow
    public var subWorkflows: [DefinitionID: CompiledWorkflow] = [:]
    public var tasks: [DefinitionID: TaskTemplate] = [:]
    /// Of the `admin.Workflow`; nil for a dynamic one.
    public var createdAt: Timestamp?

    /// Reads an `admin.Workflow`.
    public init(workflow bytes: [UInt8]) throws(ModelError) {
        let workflow = try Message.decoded(bytes, as: "admin.Workflow")
        let closure = workflow.message("closure")
        self.init(closure?.message("compiled_workflow") ?? Message("core.CompiledWorkflowClosure"))
        if let id = workflow.message("id") { primary.id = DefinitionID(id, default: .workflow) }
        createdAt = closure?.message("created_at").map(Timestamp.init)
    }

    /// Reads the closure that an `admin.NodeExecutionGetDataResponse` carries for a dynamic node; nil without one.
    public init?(nodeData bytes: [UInt8]) throws(ModelError) {
        var metadata: Range<Int>?
        do {
            try decodeFields(WireReader(bytes)) { tag, reader throws(WireError) in
                guard tag == WireTag(number: 16, kind: .lengthDelimited) else { return false }
                metadata = try reader.range()
                return true
            }
        } catch {
            throw ModelError(message: "admin.NodeExecutionGetDataResponse", reason: error)
        }
        guard let metadata else { return nil }
        let dynamic = try Message.decoded(Array(bytes[metadata]), as: "admin.DynamicWorkflowNodeMetadata")
        guard let closure = dynamic.message("compiled_workflow") else { return nil }
        self.init(closure)
    }

    /// Reads an `admin.DynamicNodeWorkflowResponse`.
    public init(dynamic bytes: [UInt8]) throws(ModelError) {
        let answer = try Message.decoded(bytes, as: "admin.DynamicNodeWorkflowResponse")
        self.init(answer.message("compiled_workflow") ?? Message("core.CompiledWorkflowClosure"))
    }

    init(_ closure: Message) {
        primary = CompiledWorkflow(closure.message("primary") ?? Message("core.CompiledWorkflow"))
        for sub in closure.messages("sub_workflows").map(CompiledWorkflow.init) { subWorkflows[sub.id] = sub }
        for task in closure.messages("tasks") {
            let template = TaskTemplate(task.message("template") ?? Message("core.TaskTemplate"))
            tasks[template.id] = template
        }
    }

    /// The primary workflow and the sub-workflows, in the order of their ids.
    public var workflows: [CompiledWorkflow] {
        [primary] + subWorkflows.values.sorted { $0.id.description < $1.id.description }
    }

    /// Whether one of its workflows has a gate, be it in an arm of a branch.
    public var hasGates: Bool { primary.hasGates || subWorkflows.values.contains(where: \.hasGates) }
}

/// One workflow of a closure: its nodes and the edges between them.
public struct CompiledWorkflow: Hashable, Sendable {
    public var id: DefinitionID
    /// With `start-node` and `end-node`; without the failure node and what lies inside branches.
    private let nodes: [KeyBytes: SharedBox<SpecNode>]
    /// For each node the ids of those it waits for: data and explicit dependencies together.
    public var upstream: [KeyBytes: [String]] = [:]
    private let sharedFailureNode: SharedBox<SpecNode>?
    public var interface: Interface

    init(_ workflow: Message) {
        let template = workflow.message("template") ?? Message("core.WorkflowTemplate")
        id = DefinitionID(template.message("id") ?? Message("core.Identifier"), default: .workflow)
        nodes = Dictionary(
            template.messages("nodes").map(SpecNode.init).map { (KeyBytes($0.id), SharedBox($0)) },
            uniquingKeysWith: { $1 })
        sharedFailureNode = template.message("failure_node").map { SharedBox(SpecNode($0)) }
        interface = Interface(template.message("interface"))
        for (node, list) in workflow.message("connections")?.map("upstream") ?? [:] {
            if case .message(let ids) = list { upstream[node] = ids.strings("ids") }
        }
    }

    public var failureNode: SpecNode? { sharedFailureNode?.value }

    /// The ids of its nodes, without the failure node's, sorted.
    public var nodeIDs: [String] { nodes.keys.sorted().map(\.text) }

    /// Whether it has a node, beside the failure node.
    public func hasNode(_ id: String) -> Bool { nodes[id] != nil }

    /// Whether all of its nodes, beside the failure node, do something.
    public func allNodes(_ condition: (String) -> Bool) -> Bool {
        nodes.keys.allSatisfy { condition($0.text) }
    }

    /// A node, or the failure node, by its id.
    func node(_ id: String) -> SharedBox<SpecNode>? {
        nodes[id] ?? sharedFailureNode.flatMap { $0.value.id.hasSameBytes(as: id) ? $0 : nil }
    }

    var hasGates: Bool {
        (Array(nodes.values.map(\.value)) + [failureNode].compactMap { $0 }).contains(where: \.hasGate)
    }

    /// The edges, in the order of their ends.
    public var edges: [(upstream: String, downstream: String)] {
        upstream.sorted { $0.key < $1.key }.flatMap { node, before in
            before.sortedByBytes().map { (upstream: $0, downstream: node.text) }
        }
    }
}

/// A node of a workflow's template: Flyte's `core.Node`.
public struct SpecNode: Hashable, Sendable {
    public indirect enum Target: Hashable, Sendable {
        case task(DefinitionID, overrides: ContainerResources?)
        case launchPlan(DefinitionID)
        case workflow(DefinitionID)
        /// The nodes of the arms, in order, the default last.
        case branch([SpecNode])
        case gate(Gate)
        case array(SpecNode)
        /// `start-node` and `end-node`.
        case none
    }
    public enum Gate: Hashable, Sendable {
        case approve(signal: String)
        case signal(String)
        case sleep
        case unknown
    }

    public var id: String
    public var name: String
    public var target: Target

    /// Whether it is a gate, or one lies in it.
    var hasGate: Bool {
        switch target {
        case .gate: true
        case .branch(let arms): arms.contains(where: \.hasGate)
        case .array(let node): node.hasGate
        case .task, .launchPlan, .workflow, .none: false
        }
    }

    init(_ node: Message) {
        id = node.string("id")
        name = node.message("metadata")?.string("name") ?? ""
        if let task = node.message("task_node") {
            target = .task(
                DefinitionID(task.message("reference_id") ?? Message("core.Identifier"), default: .task),
                overrides: task.message("overrides")?.message("resources").map { ContainerResources($0) })
        } else if let workflow = node.message("workflow_node") {
            if let plan = workflow.message("launchplan_ref") {
                target = .launchPlan(DefinitionID(plan, default: .launchPlan))
            } else {
                target = .workflow(
                    DefinitionID(
                        workflow.message("sub_workflow_ref") ?? Message("core.Identifier"), default: .workflow
                    ))
            }
        } else if let branch = node.message("branch_node") {
            let block = branch.message("if_else")
            let arms = [block?.message("case")].compactMap { $0 } + (block?.messages("other") ?? [])
            target = .branch(
                (arms.map { $0.message("then_node") } + [block?.message("else_node")]).compactMap { $0 }
                    .map(SpecNode.init))
        } else if let gate = node.message("gate_node") {
            if let approve = gate.message("approve") {
                target = .gate(.approve(signal: approve.string("signal_id")))
            } else if let signal = gate.message("signal") {
                target = .gate(.signal(signal.string("signal_id")))
            } else {
                target = .gate(gate.message("sleep") == nil ? .unknown : .sleep)
            }
        } else if let array = node.message("array_node") {
            target = .array(SpecNode(array.message("node") ?? Message("core.Node")))
        } else {
            target = .none
        }
    }
}

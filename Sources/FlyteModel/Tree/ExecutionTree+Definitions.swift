import FlyteIDL

// What the definitions say of nodes and attempts.
extension ExecutionTree {
    /// The closures in which a tree's sub-workflows and tasks are found.
    private struct Closures {
        private struct Key: Hashable {
            var closure: Int
            var id: DefinitionID?
        }
        private let definitions: Definitions
        private var all: [WorkflowClosure?]
        private var workflows: [Key: SharedBox<CompiledWorkflow>?] = [:]
        private var templates: [Key: SharedBox<TaskTemplate>?] = [:]

        init(top: WorkflowClosure?, _ definitions: Definitions) {
            (all, self.definitions) = ([top], definitions)
        }

        /// The number of a closure from now on; the execution's own has 0.
        mutating func add(_ closure: WorkflowClosure) -> Int {
            all.append(closure)
            return all.count - 1
        }

        /// A sub-workflow; nil for the closure's own.
        mutating func workflow(_ id: DefinitionID?, in closure: Int) -> SharedBox<CompiledWorkflow>? {
            let key = Key(closure: closure, id: id)
            if let known = workflows[key] { return known }
            var found = all[closure]?.primary
            if let id { found = all[closure]?.subWorkflows[id] }
            let shared = found.map { SharedBox($0) }
            workflows[key] = .some(shared)
            return shared
        }

        mutating func template(of task: DefinitionID, in closure: Int) -> SharedBox<TaskTemplate>? {
            let key = Key(closure: closure, id: task)
            if let known = templates[key] { return known }
            let shared = (all[closure]?.tasks[task] ?? definitions.task(task)).map { SharedBox($0) }
            templates[key] = .some(shared)
            return shared
        }
    }

    /// Finds the specification of each node and the template of each attempt, and the kinds that follow.
    // From the top down, since a level's workflow is named by its parent's node.
    public mutating func tie(to definitions: Definitions) {
        var closures = Closures(top: execution.workflow.flatMap(definitions.workflow), definitions)
        // Which of them each node is in, and which runs inside of it.
        var outer: [Int32] = Array(repeating: 0, count: nodes.count)
        var dynamic: [Int: Int] = [:]
        // What the elements of each array run.
        var elements: [Int: SharedBox<SpecNode>] = [:]
        for index in nodes.indices {
            var closure = 0
            var workflow: SharedBox<CompiledWorkflow>?
            var arms: [SharedBox<SpecNode>] = []
            if let parent = nodes[index].parent {
                closure = Int(outer[parent])
                if let known = dynamicClosures[nodes[parent].id] {
                    closure = dynamic[parent] ?? closures.add(known)
                    dynamic[parent] = closure
                    workflow = closures.workflow(nil, in: closure)
                } else {
                    switch nodes[parent].spec?.target {
                    case .workflow(let id): workflow = closures.workflow(id, in: closure)
                    case .branch(let nodes): arms = nodes.map { SharedBox($0) }
                    case .array(let node):
                        arms = [elements[parent] ?? SharedBox(node)]
                        elements[parent] = arms[0]
                    default: break
                    }
                }
            } else {
                workflow = closures.workflow(nil, in: closure)
            }
            outer[index] = Int32(closure)
            levels[nodes[index].level].sharedWorkflow = workflow
            let specID = nodes[index].specID
            nodes[index].sharedSpec =
                workflow?.value.node(specID) ?? arms.first { $0.value.id.hasSameBytes(as: specID) }
            if nodes[index].sharedSpec == nil, arms.count == 1,
                nodes[index].parent.map({ nodes[$0].isArray }) == true
            {
                // Elements of an array run the one node that it wraps, under ids of their own.
                nodes[index].sharedSpec = arms[0]
            }
            nodes[index].kind = kind(of: index, in: workflow?.value)
            nodes[index].template =
                nodes[index].attempts.isEmpty
                ? nodes[index].task.flatMap { closures.template(of: $0, in: closure) } : nil
            for attempt in nodes[index].attempts.indices {
                nodes[index].attempts[attempt].template = closures.template(
                    of: nodes[index].attempts[attempt].task, in: closure)
            }
        }
    }

    package static func task(_ spec: SpecNode?) -> DefinitionID? {
        switch spec?.target {
        case .task(let id, _): id
        case .array(let node): task(node)
        default: nil
        }
    }

    static func overrides(_ spec: SpecNode?) -> ContainerResources? {
        switch spec?.target {
        case .task(_, let overrides): overrides
        case .array(let node): overrides(node)
        default: nil
        }
    }

    private func kind(of index: Int, in workflow: CompiledWorkflow?) -> NodeKind {
        let node = nodes[index]
        if node.specID == "start-node" { return .start }
        if node.specID == "end-node" { return .end }
        if workflow?.failureNode?.id.hasSameBytes(as: node.specID) == true
            || (workflow == nil && node.specID == "efn")
        {
            return .failure
        }
        if node.isDynamic || dynamicClosures[node.id] != nil { return .dynamic }
        if node.isArray { return .array }
        if node.hasChild { return .launchPlan }
        switch node.spec?.target {
        // An engine before event version 1 did not flag them.
        case .task: return node.levels.isEmpty ? .task : .dynamic
        case .launchPlan: return .launchPlan
        case .workflow: return .workflow
        case .branch: return .branch
        case .gate: return .gate
        case .array: return .array
        case .some(.none), nil: break
        }
        if !node.attempts.isEmpty { return node.levels.isEmpty ? .task : .dynamic }
        // Without a definition the children tell: a workflow has a start node, a branch one taken arm.
        let children = children(of: index)
        if children.contains(where: { nodes[$0].specID == "start-node" }) { return .workflow }
        return children.count == 1 ? .branch : .unknown
    }
}

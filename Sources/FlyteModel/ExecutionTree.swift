import FlyteIDL

/// An execution with all that lies in it, decoded from a capture and tied together by the definitions.
public struct ExecutionTree: Sendable {
    public let capture: ExecutionCapture
    public var execution = Execution()
    public var inputs: MapPlace?
    public var outputs: MapPlace?
    /// Parents before their children, else as captured.
    public var nodes: [Node] = []
    /// The nodes that run side by side, level 0 first.
    public var levels: [Level] = []
    public var signals: [Signal] = []
    /// The server's metric spans; nil when they were not harvested.
    public var serverSpan: Span?
    /// The closures of dynamic nodes, by node id.
    public var dynamicClosures: [String: WorkflowClosure] = [:]

    /// Where a literal map lies within the capture's messages.
    public struct MapPlace: Hashable, Sendable {
        /// An index into `capture.messages`.
        public var message: Int
        /// Of the bare `core.LiteralMap`.
        public var range: Range<Int>
    }

    public struct Node: Sendable {
        public var execution: NodeExecution
        /// An index into `nodes`; nil at level 0.
        public var parent: Int?
        /// 0 at level 0.
        public var depth = 0
        /// An index into `levels`.
        public var level = 0
        public var kind = NodeKind.unknown
        /// nil when the workflow's definition is unknown or does not have the node.
        public var spec: SpecNode?
        public var children: [Int] = []
        /// Indices into `levels` of the runs inside this node, the last generation last.
        public var levels: [Int] = []
        /// By attempt, then by creation.
        public var attempts: [Attempt] = []
        /// What it runs: its last attempt's task, else the one that its definition names.
        public var task: DefinitionID?
        /// The type of that task; nil when nothing tells it.
        public var taskType: String?
        public var inputs: MapPlace?
        public var outputs: MapPlace?

        public var id: String { execution.id.nodeID }
        /// The id in the workflow's template; rows without one, as in single-task runs, have their own id.
        public var specID: String { execution.specNodeID.isEmpty ? id : execution.specNodeID }
    }

    public struct Attempt: Sendable {
        public var execution: TaskExecution
        public var inputs: MapPlace?
        public var outputs: MapPlace?
        /// What the attempt asked for, with the node's overrides; nil when the task's definition is unknown.
        public var requests: ResourceRequests?
    }

    /// The nodes with the same parent and the same `retry_group`: one run of one workflow.
    public struct Level: Sendable {
        public var parent: Int?
        public var retryGroup: String
        /// nil inside branches and arrays, and when the definition is unknown.
        public var workflow: CompiledWorkflow?
        public var nodes: [Int] = []
        /// The nodes by their ids in the workflow's template; of several with one id, the first.
        public var bySpecID: [String: Int] = [:]
    }

    /// Where an execution's definitions come from. Both give nil for what is unknown.
    public struct Definitions {
        public var workflow: (DefinitionID) -> WorkflowClosure?
        public var task: (DefinitionID) -> TaskTemplate?

        public init(
            workflow: @escaping (DefinitionID) -> WorkflowClosure?,
            task: @escaping (DefinitionID) -> TaskTemplate?
        ) {
            self.workflow = workflow
            self.task = task
        }

        public static var none: Definitions { Definitions(workflow: { _ in nil }, task: { _ in nil }) }
    }

    public init(_ capture: ExecutionCapture, definitions: Definitions) throws(ModelError) {
        self.capture = capture
        try decodeMessages()
        try linkNodes()
        tieToDefinitions(definitions)
    }

    private var indexByNodeID: [String: Int] = [:]

    /// The index of a node by its id.
    public func node(_ id: String) -> Int? { indexByNodeID[id] }

    /// The run of the execution's own workflow; nil when it has no nodes.
    public var topLevel: Level? {
        // A row that names a parent's attempt, but whose parent is unknown, does not belong there.
        levels.first { $0.parent == nil && $0.retryGroup.isEmpty } ?? levels.first { $0.parent == nil }
    }

    // MARK: Decoding

    private mutating func decodeMessages() throws(ModelError) {
        var parents: [String?] = []
        for message in capture.messages {
            switch message.kind {
            case .execution: execution = try Execution(decoding: message.bytes)
            case .node:
                var node = Node(execution: try NodeExecution(decoding: message.bytes))
                if let id = message.place.nodeID { node.execution.id.nodeID = id }
                guard indexByNodeID[node.id] == nil else { continue }
                indexByNodeID[node.id] = nodes.count
                nodes.append(node)
                parents.append(message.parentNodeID)
            case .signal: signals.append(try Signal(decoding: message.bytes))
            case .metrics: serverSpan = try Span.decode(metrics: message.bytes)
            case .dynamicWorkflow:
                if let node = message.place.nodeID {
                    dynamicClosures[node] = try WorkflowClosure(dynamic: message.bytes)
                }
            case .data where message.place.attempt == nil:
                if let node = message.place.nodeID, dynamicClosures[node] == nil {
                    dynamicClosures[node] = try WorkflowClosure(nodeData: message.bytes)
                }
            case .attempt, .data, .literalMap, .literal: break
            }
        }
        for (index, parent) in parents.enumerated() {
            nodes[index].parent = parent.flatMap { indexByNodeID[$0] }
        }
        for message in capture.messages where message.kind == .attempt {
            let attempt = Attempt(execution: try TaskExecution(decoding: message.bytes))
            let id = message.place.nodeID ?? attempt.execution.node.nodeID
            if let node = indexByNodeID[id] { nodes[node].attempts.append(attempt) }
        }
        for index in nodes.indices {
            nodes[index].attempts.sort {
                let (a, b) = ($0.execution, $1.execution)
                return (a.retryAttempt, a.lifetime.createdAt?.nanoseconds ?? 0, a.task.description)
                    < (b.retryAttempt, b.lifetime.createdAt?.nanoseconds ?? 0, b.task.description)
            }
        }
        try findLiteralMaps()
    }

    private mutating func findLiteralMaps() throws(ModelError) {
        // Maps fetched by a URL come second, and so take the place of what an answer held inline.
        for (index, message) in capture.messages.enumerated() where message.kind == .data {
            do {
                try decodeFields(WireReader(message.bytes)) { tag, reader throws(WireError) in
                    guard tag.kind == .lengthDelimited, tag.number == 3 || tag.number == 4 else {
                        return false
                    }
                    let place = MapPlace(message: index, range: try reader.range())
                    setMap(place, tag.number == 3 ? .input : .output, at: message.place)
                    return true
                }
            } catch {
                throw ModelError(message: "GetDataResponse", reason: error)
            }
        }
        for (index, message) in capture.messages.enumerated() where message.kind == .literalMap {
            guard let direction = message.direction else { continue }
            setMap(MapPlace(message: index, range: 0..<message.content.count), direction, at: message.place)
        }
        shareMapsWithAttempts()
        // An empty map whose content was withheld is unknown, not empty.
        for gap in capture.withheld where gap.field == "inputs" || gap.field == "outputs" {
            let direction: CapturedMessage.Direction = gap.field == "inputs" ? .input : .output
            if let place = map(direction, at: gap.place), place.range.isEmpty {
                setMap(nil, direction, at: gap.place)
            }
        }
    }

    /// An attempt whose data was not asked for, because its URIs are those of its node, has the node's maps.
    private mutating func shareMapsWithAttempts() {
        for index in nodes.indices {
            let node = nodes[index]
            for attempt in node.attempts.indices {
                let row = node.attempts[attempt].execution
                if node.attempts[attempt].inputs == nil, row.inputURI == node.execution.inputURI {
                    nodes[index].attempts[attempt].inputs = node.inputs
                }
                if node.attempts[attempt].outputs == nil, let uri = row.outputURI, !uri.isEmpty,
                    uri == node.execution.outputURI
                {
                    nodes[index].attempts[attempt].outputs = node.outputs
                }
            }
        }
    }

    private func attemptIndex(_ place: CapturePlace) -> (node: Int, attempt: Int)? {
        guard let node = place.nodeID.flatMap({ indexByNodeID[$0] }), let attempt = place.attempt,
            let index = nodes[node].attempts.firstIndex(where: {
                $0.execution.retryAttempt == attempt && (place.task == nil || $0.execution.task == place.task)
            })
        else { return nil }
        return (node, index)
    }

    private func map(_ direction: CapturedMessage.Direction, at place: CapturePlace) -> MapPlace? {
        if place.attempt != nil {
            guard let (node, attempt) = attemptIndex(place) else { return nil }
            let found = nodes[node].attempts[attempt]
            return direction == .input ? found.inputs : found.outputs
        }
        guard let id = place.nodeID else { return direction == .input ? inputs : outputs }
        guard let node = indexByNodeID[id] else { return nil }
        return direction == .input ? nodes[node].inputs : nodes[node].outputs
    }

    private mutating func setMap(
        _ map: MapPlace?, _ direction: CapturedMessage.Direction, at place: CapturePlace
    ) {
        if place.attempt != nil {
            guard let (node, attempt) = attemptIndex(place) else { return }
            if direction == .input {
                nodes[node].attempts[attempt].inputs = map
            } else {
                nodes[node].attempts[attempt].outputs = map
            }
        } else if let id = place.nodeID {
            guard let node = indexByNodeID[id] else { return }
            if direction == .input { nodes[node].inputs = map } else { nodes[node].outputs = map }
        } else if direction == .input {
            inputs = map
        } else {
            outputs = map
        }
    }

    // MARK: Structure

    private mutating func linkNodes() throws(ModelError) {
        for index in nodes.indices {
            if let parent = nodes[index].parent, parent < index {
                nodes[parent].children.append(index)
                nodes[index].depth = nodes[parent].depth + 1
                guard nodes[index].depth < Message.depthLimit else {
                    throw ModelError(message: "admin.NodeExecutionList", reason: .tooDeep)
                }
            } else {
                // A parent that comes later, or is the node itself, is none: circles end here.
                nodes[index].parent = nil
            }
        }
        struct Key: Hashable {
            var parent: Int?
            var retryGroup: String
        }
        var levelByKey: [Key: Int] = [:]
        for index in nodes.indices {
            let key = Key(parent: nodes[index].parent, retryGroup: nodes[index].execution.retryGroup)
            let level: Int
            if let known = levelByKey[key] {
                level = known
            } else {
                level = levels.count
                levelByKey[key] = level
                levels.append(Level(parent: key.parent, retryGroup: key.retryGroup))
                if let parent = key.parent { nodes[parent].levels.append(level) }
            }
            levels[level].nodes.append(index)
            if levels[level].bySpecID[nodes[index].specID] == nil {
                levels[level].bySpecID[nodes[index].specID] = index
            }
            nodes[index].level = level
        }
        for index in nodes.indices where nodes[index].levels.count > 1 {
            nodes[index].levels.sort { a, b in
                let groups = (levels[a].retryGroup, levels[b].retryGroup)
                return (Int(groups.0) ?? 0, groups.0) < (Int(groups.1) ?? 0, groups.1)
            }
        }
    }

    /// Walks from the top down, since a level's workflow is named by its parent's node.
    private mutating func tieToDefinitions(_ definitions: Definitions) {
        let top = execution.workflow.flatMap(definitions.workflow)
        // The closure in which each node's sub-workflows and tasks are found.
        var closures: [WorkflowClosure?] = Array(repeating: nil, count: nodes.count)
        for index in nodes.indices {
            var closure = top
            var workflow = top?.primary
            var arms: [SpecNode] = []
            if let parent = nodes[index].parent {
                closure = closures[parent]
                workflow = nil
                if let dynamic = dynamicClosures[nodes[parent].id] {
                    closure = dynamic
                    workflow = dynamic.primary
                } else {
                    switch nodes[parent].spec?.target {
                    case .workflow(let id): workflow = closure?.subWorkflows[id]
                    case .branch(let nodes): arms = nodes
                    case .array(let node): arms = [node]
                    default: break
                    }
                }
            }
            closures[index] = closure
            levels[nodes[index].level].workflow = workflow
            let specID = nodes[index].specID
            nodes[index].spec =
                workflow?.nodes[specID] ?? arms.first { $0.id == specID }
                ?? workflow?.failureNode.flatMap { $0.id == specID ? $0 : nil }
            if nodes[index].spec == nil, arms.count == 1,
                nodes[index].parent.map({ nodes[$0].execution.isArray }) == true
            {
                // Elements of an array run the one node that it wraps, under ids of their own.
                nodes[index].spec = arms[0]
            }
            nodes[index].kind = kind(of: nodes[index], in: workflow)
            if let attempt = nodes[index].attempts.last?.execution {
                (nodes[index].task, nodes[index].taskType) = (attempt.task, attempt.taskType)
            } else if let task = Self.task(nodes[index].spec) {
                nodes[index].task = task
                nodes[index].taskType = (closure?.tasks[task] ?? definitions.task(task))?.type
            }
            for attempt in nodes[index].attempts.indices {
                let task = nodes[index].attempts[attempt].execution.task
                let template = closure?.tasks[task] ?? definitions.task(task)
                nodes[index].attempts[attempt].requests = template?.requests.overridden(
                    by: Self.overrides(nodes[index].spec))
            }
        }
    }

    private static func task(_ spec: SpecNode?) -> DefinitionID? {
        switch spec?.target {
        case .task(let id, _): id
        case .array(let node): task(node)
        default: nil
        }
    }

    private static func overrides(_ spec: SpecNode?) -> ResourceRequests? {
        switch spec?.target {
        case .task(_, let overrides): overrides
        case .array(let node): overrides(node)
        default: nil
        }
    }

    private func kind(of node: Node, in workflow: CompiledWorkflow?) -> NodeKind {
        let row = node.execution
        if node.specID == "start-node" { return .start }
        if node.specID == "end-node" { return .end }
        if workflow?.failureNode?.id == node.specID || (workflow == nil && node.specID == "efn") {
            return .failure
        }
        if row.isDynamic || dynamicClosures[node.id] != nil { return .dynamic }
        if row.isArray { return .array }
        if row.child != nil { return .launchPlan }
        switch node.spec?.target {
        case .task: return .task
        case .launchPlan: return .launchPlan
        case .workflow: return .workflow
        case .branch: return .branch
        case .gate: return .gate
        case .array: return .array
        case .some(.none), nil: break
        }
        if !node.attempts.isEmpty { return .task }
        // Without a definition the children tell: a workflow has a start node, a branch one taken arm.
        if node.children.contains(where: { nodes[$0].specID == "start-node" }) { return .workflow }
        return node.children.count == 1 ? .branch : .unknown
    }
}

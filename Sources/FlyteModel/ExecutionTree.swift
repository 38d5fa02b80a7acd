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
    /// The answer with the server's metric spans; nil when they were not harvested.
    public private(set) var metrics: KeptMessage?
    /// The closures of dynamic nodes, by node id.
    public var dynamicClosures: [String: WorkflowClosure] = [:]

    /// Where a literal map lies within the capture's messages.
    public struct MapPlace: Hashable, Sendable {
        private let number: UInt32
        private let start: UInt32
        private let count: UInt32

        init(message: Int, range: Range<Int>) {
            number = UInt32(message)
            start = UInt32(range.lowerBound)
            count = UInt32(range.count)
        }

        /// An index into `capture.messages`.
        public var message: Int { Int(number) }
        /// Of the bare `core.LiteralMap`.
        public var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
    }

    /// A decoded message: in memory where its bytes are, too; of those put aside, it is decoded when it is asked for.
    fileprivate enum Row<Value: Sendable>: Sendable {
        case decoded(Shared<Value>)
        case aside(KeptMessage)

        init(_ value: Value, of message: KeptMessage) {
            self = message.isHeld ? .decoded(Shared(value)) : .aside(message)
        }

        func value(_ decode: ([UInt8]) -> Value?) -> Value? {
            switch self {
            case .decoded(let shared): shared.value
            case .aside(let message): decode(message.bytes)
            }
        }
    }

    /// A node, by what all of a tree is asked for; the rest is in its row.
    public struct Node: Sendable {
        fileprivate let row: Row<NodeExecution>
        public let id: String
        /// The id in the workflow's template; rows without one, as in single-task runs, have their own id.
        public let specID: String
        public let lifetime: Lifetime
        public let hasSucceeded: Bool
        /// Or timed out.
        public let hasFailed: Bool
        public let isSkipped: Bool
        public let isParent: Bool
        public let isArray: Bool
        public let isCacheHit: Bool
        fileprivate let isDynamic: Bool
        fileprivate let hasChild: Bool
        public fileprivate(set) var kind = NodeKind.unknown
        fileprivate var parentNumber: Int32 = -1
        fileprivate var levelNumber: Int32 = 0
        fileprivate var depthNumber: UInt16 = 0
        fileprivate var sharedSpec: Shared<SpecNode>?
        fileprivate var template: Shared<TaskTemplate>?
        /// Indices into `levels` of the runs inside this node, the last generation last.
        public fileprivate(set) var levels: [Int] = []
        /// By attempt, then by creation.
        public fileprivate(set) var attempts: [Attempt] = []
        public fileprivate(set) var inputs: MapPlace?
        public fileprivate(set) var outputs: MapPlace?

        fileprivate init(_ row: NodeExecution, id: String, message: KeptMessage) {
            self.row = Row(row, of: message)
            self.id = id
            specID = row.specNodeID.isEmpty ? id : row.specNodeID
            lifetime = row.lifetime
            hasSucceeded = row.phase == .succeeded
            hasFailed = row.phase == .failed || row.phase == .timedOut
            isSkipped = row.phase == .skipped
            (isParent, isArray, isDynamic) = (row.isParent, row.isArray, row.isDynamic)
            isCacheHit = row.cacheStatus == .hit
            hasChild = row.child != nil
        }

        /// The whole row.
        public var execution: NodeExecution {
            var row = row.value { try? NodeExecution(decoding: $0) } ?? NodeExecution()
            row.id.nodeID = id
            return row
        }

        /// The execution that a launch-plan node started.
        public var child: ExecutionID? { hasChild ? execution.child : nil }
        /// An index into `nodes`; nil at level 0.
        public var parent: Int? { parentNumber < 0 ? nil : Int(parentNumber) }
        /// 0 at level 0.
        public var depth: Int { Int(depthNumber) }
        /// An index into `levels`.
        public var level: Int { Int(levelNumber) }
        /// nil when the workflow's definition is unknown or does not have the node.
        public var spec: SpecNode? { sharedSpec?.value }
        /// What it runs: its last attempt's task, else the one that its definition names.
        public var task: DefinitionID? { attempts.last?.task ?? ExecutionTree.task(spec) }
        /// The type of that task; nil when nothing tells it.
        public var taskType: String? { attempts.last?.taskType ?? template?.value.type }
    }

    fileprivate struct AttemptTask: Hashable, Sendable {
        var id: DefinitionID
        var type: String
    }

    public struct Attempt: Sendable {
        fileprivate let row: Row<TaskExecution>
        public let retryAttempt: UInt32
        public let lifetime: Lifetime
        fileprivate let sharedTask: Shared<AttemptTask>
        fileprivate var template: Shared<TaskTemplate>?
        public fileprivate(set) var inputs: MapPlace?
        public fileprivate(set) var outputs: MapPlace?

        public var task: DefinitionID { sharedTask.value.id }
        /// As the attempt's row has it; empty when it does not say.
        public var taskType: String { sharedTask.value.type }

        /// The whole row.
        public var execution: TaskExecution {
            row.value { try? TaskExecution(decoding: $0) } ?? TaskExecution()
        }

        /// What it asked for, with the overrides of its node; nil when the task's definition is unknown.
        public func requests(in node: Node) -> ResourceRequests? {
            template?.value.requests.overridden(by: ExecutionTree.overrides(node.spec))
        }
    }

    /// The nodes with the same parent and the same `retry_group`: one run of one workflow.
    public struct Level: Sendable {
        public let parent: Int?
        public let retryGroup: String
        fileprivate var sharedWorkflow: Shared<CompiledWorkflow>?
        public fileprivate(set) var nodes: [Int] = []
        /// The nodes by their ids in the workflow's template, where there are many.
        fileprivate var bySpecID: [String: Int] = [:]

        fileprivate static let manyNodes = 16

        fileprivate init(parent: Int?, retryGroup: String) {
            (self.parent, self.retryGroup) = (parent, retryGroup)
        }

        /// nil inside branches and arrays, and when the definition is unknown.
        public var workflow: CompiledWorkflow? { sharedWorkflow?.value }
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
        try self.init(decoding: capture)
        tie(to: definitions)
    }

    /// A tree without its definitions: `tie(to:)` adds them.
    public init(decoding capture: ExecutionCapture) throws(ModelError) {
        self.capture = capture
        try decodeMessages()
    }

    private var index = TextIndex()

    /// The index of a node by its id.
    public func node(_ id: String) -> Int? { index.find(id) { nodes[$0].id } }

    /// The server's metric spans; nil when they were not harvested.
    public var serverSpan: Span? { metrics.flatMap { try? Span.decode(metrics: $0.bytes) } }

    /// The node of a level with an id of the workflow's template; of several with one id, the first.
    public func node(_ specID: String, in level: Level) -> Int? {
        level.bySpecID.isEmpty
            ? level.nodes.first { nodes[$0].specID == specID } : level.bySpecID[specID]
    }

    /// The nodes right below a node.
    public func children(of index: Int) -> [Int] {
        let levels = nodes[index].levels
        return levels.count == 1
            ? self.levels[levels[0]].nodes : levels.flatMap { self.levels[$0].nodes }.sorted()
    }

    /// The run of the execution's own workflow; nil when it has no nodes.
    public var topLevel: Level? {
        // A row that names a parent's attempt, but whose parent is unknown, does not belong there.
        levels.first { $0.parent == nil && $0.retryGroup.isEmpty } ?? levels.first { $0.parent == nil }
    }

    // MARK: Decoding

    private mutating func decodeMessages() throws(ModelError) {
        // Each message may lie in a file: it is read as seldom as can be.
        var attempts: [Int] = []
        var data: [Int] = []
        var maps: [Int] = []
        var topLevels: [Int] = []
        for (index, message) in capture.messages.enumerated() {
            switch message.kind {
            case .execution: execution = try Execution(decoding: message.bytes)
            case .node: try addNode(message, capture.messages.kept(at: index), &topLevels)
            case .attempt: attempts.append(index)
            case .signal: signals.append(try Signal(decoding: message.bytes))
            // Of a large tree they are more than memory should hold decoded: see `Span.walk`.
            case .metrics: metrics = capture.messages.kept(at: index)
            case .dynamicWorkflow:
                if let node = message.place.nodeID {
                    dynamicClosures[node] = try WorkflowClosure(dynamic: message.bytes)
                }
            case .data:
                data.append(index)
                if message.place.attempt == nil, let node = message.place.nodeID,
                    dynamicClosures[node] == nil
                {
                    dynamicClosures[node] = try WorkflowClosure(nodeData: message.bytes)
                }
            case .literalMap: maps.append(index)
            case .literal: break
            }
        }
        sortLevels()
        try addAttempts(attempts)
        try findLiteralMaps(data, maps)
    }

    /// A parent comes before its children. One that comes later, or is the node itself, is none: circles end here.
    private mutating func addNode(
        _ message: CapturedMessage, _ kept: KeptMessage, _ topLevels: inout [Int]
    ) throws(ModelError) {
        let row = try NodeExecution(decoding: message.bytes)
        let id = message.place.nodeID ?? row.id.nodeID
        guard self.node(id) == nil else { return }
        let index = nodes.count
        var node = Node(row, id: id, message: kept)
        let parent = message.parentNodeID.flatMap { self.node($0) }
        if let parent {
            node.parentNumber = Int32(parent)
            node.depthNumber = nodes[parent].depthNumber + 1
            guard node.depth < Message.depthLimit else {
                throw ModelError(message: "admin.NodeExecutionList", reason: .tooDeep)
            }
        }
        let siblings = parent.map { nodes[$0].levels } ?? topLevels
        if let level = siblings.first(where: { levels[$0].retryGroup == row.retryGroup }) {
            node.levelNumber = Int32(level)
        } else {
            node.levelNumber = Int32(levels.count)
            if let parent {
                nodes[parent].levels.append(levels.count)
            } else {
                topLevels.append(levels.count)
            }
            levels.append(Level(parent: parent, retryGroup: row.retryGroup))
        }
        levels[node.level].nodes.append(index)
        nodes.append(node)
        self.index.add(index) { nodes[$0].id }
    }

    private mutating func sortLevels() {
        for index in levels.indices where levels[index].nodes.count > Level.manyNodes {
            for node in levels[index].nodes.reversed() { levels[index].bySpecID[nodes[node].specID] = node }
        }
        for index in nodes.indices where nodes[index].levels.count > 1 {
            nodes[index].levels.sort { a, b in
                let groups = (levels[a].retryGroup, levels[b].retryGroup)
                return (Int(groups.0) ?? 0, groups.0) < (Int(groups.1) ?? 0, groups.1)
            }
        }
    }

    private mutating func addAttempts(_ messages: [Int]) throws(ModelError) {
        var tasks: [AttemptTask: Shared<AttemptTask>] = [:]
        for index in messages {
            let message = capture.messages[index]
            let row = try TaskExecution(decoding: message.bytes)
            guard let node = node(message.place.nodeID ?? row.node.nodeID) else { continue }
            let own = AttemptTask(id: row.task, type: row.taskType)
            let task = tasks[own] ?? Shared(own)
            tasks[own] = task
            nodes[node].attempts.append(
                Attempt(
                    row: Row(row, of: capture.messages.kept(at: index)), retryAttempt: row.retryAttempt,
                    lifetime: row.lifetime, sharedTask: task))
        }
        for index in nodes.indices where nodes[index].attempts.count > 1 {
            nodes[index].attempts.sort { a, b in
                (a.retryAttempt, a.lifetime.createdAt?.nanoseconds ?? 0, a.task.description)
                    < (b.retryAttempt, b.lifetime.createdAt?.nanoseconds ?? 0, b.task.description)
            }
        }
    }

    private mutating func findLiteralMaps(_ data: [Int], _ maps: [Int]) throws(ModelError) {
        // Maps fetched by a URL come second, and so take the place of what an answer held inline.
        for index in data {
            let message = capture.messages[index]
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
        for index in maps {
            let message = capture.messages[index]
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
            for number in node.attempts.indices {
                let attempt = node.attempts[number]
                guard
                    attempt.inputs == nil && node.inputs != nil
                        || attempt.outputs == nil && node.outputs != nil
                else { continue }
                let (row, own) = (attempt.execution, node.execution)
                if attempt.inputs == nil, row.inputURI == own.inputURI {
                    nodes[index].attempts[number].inputs = node.inputs
                }
                if attempt.outputs == nil, let uri = row.outputURI, !uri.isEmpty, uri == own.outputURI {
                    nodes[index].attempts[number].outputs = node.outputs
                }
            }
        }
    }

    private func attemptIndex(_ place: CapturePlace) -> (node: Int, attempt: Int)? {
        guard let node = place.nodeID.flatMap({ self.node($0) }), let attempt = place.attempt,
            let index = nodes[node].attempts.firstIndex(where: {
                $0.retryAttempt == attempt && (place.task == nil || $0.task == place.task)
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
        guard let node = node(id) else { return nil }
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
            guard let node = node(id) else { return }
            if direction == .input { nodes[node].inputs = map } else { nodes[node].outputs = map }
        } else if direction == .input {
            inputs = map
        } else {
            outputs = map
        }
    }

    // MARK: Definitions

    /// The closures in which a tree's sub-workflows and tasks are found.
    private struct Closures {
        private struct Key: Hashable {
            var closure: Int
            var id: DefinitionID?
        }
        private let definitions: Definitions
        private var all: [WorkflowClosure?]
        private var workflows: [Key: Shared<CompiledWorkflow>?] = [:]
        private var templates: [Key: Shared<TaskTemplate>?] = [:]

        init(top: WorkflowClosure?, _ definitions: Definitions) {
            (all, self.definitions) = ([top], definitions)
        }

        /// The number of a closure from now on; the execution's own has 0.
        mutating func add(_ closure: WorkflowClosure) -> Int {
            all.append(closure)
            return all.count - 1
        }

        /// A sub-workflow; nil for the closure's own.
        mutating func workflow(_ id: DefinitionID?, in closure: Int) -> Shared<CompiledWorkflow>? {
            let key = Key(closure: closure, id: id)
            if let known = workflows[key] { return known }
            var found = all[closure]?.primary
            if let id { found = all[closure]?.subWorkflows[id] }
            let shared = found.map { Shared($0) }
            workflows[key] = .some(shared)
            return shared
        }

        mutating func template(of task: DefinitionID, in closure: Int) -> Shared<TaskTemplate>? {
            let key = Key(closure: closure, id: task)
            if let known = templates[key] { return known }
            let shared = (all[closure]?.tasks[task] ?? definitions.task(task)).map { Shared($0) }
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
        var elements: [Int: Shared<SpecNode>] = [:]
        for index in nodes.indices {
            var closure = 0
            var workflow: Shared<CompiledWorkflow>?
            var arms: [Shared<SpecNode>] = []
            if let parent = nodes[index].parent {
                closure = Int(outer[parent])
                if let known = dynamicClosures[nodes[parent].id] {
                    closure = dynamic[parent] ?? closures.add(known)
                    dynamic[parent] = closure
                    workflow = closures.workflow(nil, in: closure)
                } else {
                    switch nodes[parent].spec?.target {
                    case .workflow(let id): workflow = closures.workflow(id, in: closure)
                    case .branch(let nodes): arms = nodes.map { Shared($0) }
                    case .array(let node):
                        arms = [elements[parent] ?? Shared(node)]
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
            nodes[index].sharedSpec = workflow?.value.node(specID) ?? arms.first { $0.value.id == specID }
            if nodes[index].sharedSpec == nil, arms.count == 1,
                nodes[index].parent.map({ nodes[$0].isArray }) == true
            {
                // Elements of an array run the one node that it wraps, under ids of their own.
                nodes[index].sharedSpec = arms[0]
            }
            nodes[index].kind = kind(of: index, in: workflow?.value)
            if nodes[index].attempts.isEmpty, let task = nodes[index].task {
                nodes[index].template = closures.template(of: task, in: closure)
            }
            for attempt in nodes[index].attempts.indices {
                nodes[index].attempts[attempt].template = closures.template(
                    of: nodes[index].attempts[attempt].task, in: closure)
            }
        }
    }

    fileprivate static func task(_ spec: SpecNode?) -> DefinitionID? {
        switch spec?.target {
        case .task(let id, _): id
        case .array(let node): task(node)
        default: nil
        }
    }

    fileprivate static func overrides(_ spec: SpecNode?) -> ResourceRequests? {
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
        if workflow?.failureNode?.id == node.specID || (workflow == nil && node.specID == "efn") {
            return .failure
        }
        if node.isDynamic || dynamicClosures[node.id] != nil { return .dynamic }
        if node.isArray { return .array }
        if node.hasChild { return .launchPlan }
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
        let children = children(of: index)
        if children.contains(where: { nodes[$0].specID == "start-node" }) { return .workflow }
        return children.count == 1 ? .branch : .unknown
    }
}

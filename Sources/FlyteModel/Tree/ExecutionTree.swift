import FlyteIDL

/// An execution with all that lies in it, decoded from a capture and tied together by the definitions.
public struct ExecutionTree: Sendable {
    /// What it was made of.
    public internal(set) var capture: ExecutionCapture
    public var execution = Execution()
    public var inputs: MapPlace?
    public var outputs: MapPlace?
    /// Parents before their children, else as captured.
    public var nodes: [Node] = []
    /// The nodes that run side by side, level 0 first.
    public var levels: [Level] = []
    public var signals: [Signal] = []
    /// The answer with the server's metric spans; nil when they were not harvested.
    public internal(set) var metrics: KeptMessage?
    /// The closures of dynamic nodes, by node id.
    public var dynamicClosures: [KeyBytes: WorkflowClosure] = [:]
    /// Messages that are here and that our reader cannot take.
    public internal(set) var unreadable: [Unreadable] = []
    /// The executions that its nodes and attempts launched.
    public internal(set) var launched: [ExecutionID] = []
    /// Whether some of its nodes were taken over from an earlier execution.
    public internal(set) var hasRecovered = false
    /// Rows that name a node for their owner or their parent which has no row before them: that node's id, and the id of the
    /// node that was listed below it; nil for an attempt.
    package internal(set) var homeless: [(owner: String, node: String?)] = []
    /// What its attempts run, each once.
    public internal(set) var attemptTasks: [DefinitionID] = []

    /// Deeper in each other nodes are not read: more than any workflow has.
    public static let deepestLevel = 100

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

    /// What a message says. Where the message is in memory, it stays decoded; where it was put aside, it is decoded each
    /// time it is asked for.
    enum Row<Value: Sendable>: Sendable {
        case decoded(SharedBox<Value>)
        case aside(KeptMessage)

        init(_ value: SharedBox<Value>, of message: KeptMessage) {
            self = message.isHeld ? .decoded(value) : .aside(message)
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
        let row: Row<NodeExecution>
        public let id: String
        /// The id in the workflow's template; rows without one, as in single-task runs, have their own id.
        public internal(set) var specID: String
        /// Whether the row told it.
        package let hasSpecID: Bool
        /// A row beside an element of a map, which is no node that ran or will run: never count it, its
        /// attempts or its time, and never take it for open.
        public internal(set) var isPhantom = false
        public let lifetime: Lifetime
        public let hasSucceeded: Bool
        /// Or timed out.
        public let hasFailed: Bool
        public let hasTimedOut: Bool
        /// Taken over from the execution that this one recovered.
        public let isRecovered: Bool
        public let isSkipped: Bool
        public let isParent: Bool
        public let isArray: Bool
        public let isCacheHit: Bool
        public let isDynamic: Bool
        /// Whether it started another execution.
        public let hasChild: Bool
        /// Whether its row calls it the start or the end of its workflow.
        public let isStartOrEnd: Bool
        public internal(set) var kind = NodeKind.unknown
        var parentNumber: Int32 = -1
        var levelNumber: Int32 = 0
        var depthNumber: UInt16 = 0
        var sharedSpec: SharedBox<SpecNode>?
        var template: SharedBox<TaskTemplate>?
        /// Indices into `levels` of the runs inside this node, the last generation last.
        public internal(set) var levels: [Int] = []
        /// By attempt, then by creation.
        public internal(set) var attempts: [Attempt] = []
        public internal(set) var inputs: MapPlace?
        public internal(set) var outputs: MapPlace?

        init(_ shared: SharedBox<NodeExecution>, id: String, message: KeptMessage) {
            self.row = Row(shared, of: message)
            let row = shared.value
            self.id = id
            specID = row.specNodeID.isEmpty ? id : row.specNodeID
            hasSpecID = !row.specNodeID.isEmpty
            lifetime = row.lifetime
            hasSucceeded = row.phase == .succeeded
            hasFailed = row.phase == .failed || row.phase == .timedOut
            hasTimedOut = row.phase == .timedOut
            isRecovered = row.phase == .recovered
            isSkipped = row.phase == .skipped
            (isParent, isArray, isDynamic) = (row.isParent, row.isArray, row.isDynamic)
            isCacheHit = row.cacheStatus == .hit
            hasChild = row.child != nil
            isStartOrEnd = row.isStartOrEnd
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

    struct AttemptTask: Hashable, Sendable {
        var id: DefinitionID
        var type: String
    }

    public struct Attempt: Sendable {
        let row: Row<TaskExecution>
        public let retryAttempt: UInt32
        public let lifetime: Lifetime
        let sharedTask: SharedBox<AttemptTask>
        var template: SharedBox<TaskTemplate>?
        public internal(set) var inputs: MapPlace?
        public internal(set) var outputs: MapPlace?

        public var task: DefinitionID { sharedTask.value.id }
        /// As the attempt's row has it; empty when it does not say.
        public var taskType: String { sharedTask.value.type }

        /// The whole row.
        public var execution: TaskExecution {
            row.value { try? TaskExecution(decoding: $0) } ?? TaskExecution()
        }

        /// What each pod of it asked for, with the overrides of its node; nil when the task's definition is
        /// unknown.
        public func requests(in node: Node) -> ResourceRequests? {
            template?.value.requests(overriddenBy: ExecutionTree.overrides(node.spec))
        }

        /// How many pods it had side by side, were it run as its task says: 1 for what is not distributed,
        /// nil when the task's definition is unknown.
        public var replicas: Int? { template?.value.replicas }
    }

    /// The nodes with the same parent and the same `retry_group`: one run of one workflow.
    public struct Level: Sendable {
        public let parent: Int?
        public let retryGroup: String
        var sharedWorkflow: SharedBox<CompiledWorkflow>?
        public internal(set) var nodes: [Int] = []
        /// The nodes by their ids in the workflow's template, of several with one id the first; nil where there are few.
        var bySpecID: TextIndex?

        private static let manyNodes = 16

        init(parent: Int?, retryGroup: String) {
            (self.parent, self.retryGroup) = (parent, retryGroup)
        }

        /// - Parameter nodes: The tree's.
        mutating func indexNodes(_ all: [Node]) {
            guard nodes.count > Self.manyNodes else { return bySpecID = nil }
            var index = TextIndex()
            for node in nodes where index.find(all[node].specID, textOf: { all[$0].specID }) == nil {
                index.add(node) { all[$0].specID }
            }
            bySpecID = index
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
        self = try TreeBuilder(capture).finished()
    }

    init(of capture: ExecutionCapture) { self.capture = capture }

    /// Gives it the name that an archive has for it.
    package mutating func rename(_ id: ExecutionID) { capture.id = id }

    var index = TextIndex()

    /// The index of a node by its id.
    public func node(_ id: String) -> Int? { index.find(id) { nodes[$0].id } }

    /// The ids in the template from the top down to a node, with `/` between them: the same in every run of a version,
    /// whichever attempt the node belongs to. What has no id there, such as an element of a map, has its own.
    public func path(of index: Int) -> String {
        var ids = [nodes[index].specID]
        var next = nodes[index].parent
        while let parent = next {
            ids.append(nodes[parent].specID)
            next = nodes[parent].parent
        }
        return ids.count == 1 ? ids[0] : ids.reversed().joined(separator: "/")
    }

    /// The server's metric spans; nil when they were not harvested.
    public var serverSpan: Span? { metrics.flatMap { try? Span.decode(metrics: $0.bytes) } }

    /// The node of a level with an id of the workflow's template; of several with one id, the first.
    public func node(_ specID: String, in level: Level) -> Int? {
        level.bySpecID.map { $0.find(specID) { nodes[$0].specID } }
            ?? level.nodes.first { nodes[$0].specID.hasSameBytes(as: specID) }
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
}

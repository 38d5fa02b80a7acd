import FlyteIDL

/// Makes a tree of an execution's messages: all at once, or as more of them come. A message that brings the row it was
/// decoded into is not decoded again.
public struct TreeBuilder: Sendable {
    /// What the messages so far say. Before `finished()` not all of its literal maps are known.
    public private(set) var tree: ExecutionTree

    private var topLevels: [Int] = []
    private var tasks: [ExecutionTree.AttemptTask: SharedBox<ExecutionTree.AttemptTask>] = [:]
    /// Maps that an answer held, of what was not known yet.
    private var openMaps: [(place: ExecutionTree.MapPlace, direction: CapturedMessage.Direction)] = []
    /// Messages that are a whole map.
    private var mapMessages: [Int] = []

    /// What has inputs and outputs.
    private enum Owner {
        case execution
        case node(Int)
        case attempt(Int, Int)
    }

    /// Reads the messages of a capture. Throws when one of them cannot be understood.
    public init(_ capture: ExecutionCapture) throws(ModelError) {
        tree = ExecutionTree(of: capture)
        try read(from: 0)
    }

    /// Adds messages behind those that are there.
    public mutating func append(_ messages: CapturedMessages) throws(ModelError) {
        guard !messages.isEmpty else { return }
        let start = tree.capture.messages.count
        tree.capture.messages += messages
        try read(from: start)
    }

    /// What the server did not hand over.
    public var withheld: PlacedList<Withheld> {
        get { tree.capture.withheld }
        _modify { yield &tree.capture.withheld }
    }

    /// Finds the specification of each node so far: see `ExecutionTree.tie(to:)`.
    public mutating func tie(to definitions: ExecutionTree.Definitions) { tree.tie(to: definitions) }

    /// The tree, with its literal maps, and with what only all of its rows together say.
    public consuming func finished() -> ExecutionTree {
        findLiteralMaps()
        tree.markPhantoms()
        tree.readUntoldGenerations()
        return tree
    }

    // MARK: Messages

    private mutating func read(from start: Int) throws(ModelError) {
        // Each message may lie in a file: it is read as seldom as can be.
        var attempts: [Int] = []
        let nodesBefore = tree.nodes.count
        for index in start..<tree.capture.messages.count {
            let kept = tree.capture.messages.kept(at: index)
            let message = kept.message
            switch message.kind {
            case .execution:
                if case .execution(let row) = kept.row?.content {
                    tree.execution = row
                } else {
                    tree.execution = try Execution(decoding: message.bytes)
                }
            case .node: try addNode(message, kept)
            case .attempt: attempts.append(index)
            case .signal:
                let signal = understood(message, "signals") { (bytes) throws(ModelError) in
                    try Signal(decoding: bytes)
                }
                if let signal { tree.signals.append(signal) }
            // Of a large tree they are more than memory should hold decoded: see `Span.walk`.
            case .metrics: tree.metrics = kept
            case .dynamicWorkflow:
                if let node = message.place.nodeID {
                    tree.dynamicClosures[node] =
                        understood(message, "dynamic_workflow") { (bytes) throws(ModelError) in
                            try WorkflowClosure(dynamic: bytes)
                        } ?? tree.dynamicClosures[node]
                }
            case .data:
                if message.place.attempt == nil, let node = message.place.nodeID,
                    tree.dynamicClosures[node] == nil
                {
                    tree.dynamicClosures[node] =
                        understood(message, "dynamic_workflow") { (bytes) throws(ModelError) in
                            try WorkflowClosure(nodeData: bytes)
                        } ?? nil
                }
                do {
                    try noteMaps(of: message, at: index)
                } catch {
                    tree.unreadable.append(
                        Unreadable(place: message.place, field: "data", reason: error.reason))
                }
            case .literalMap: mapMessages.append(index)
            case .literal: break
            }
        }
        if tree.nodes.count > nodesBefore { sortLevels() }
        if !attempts.isEmpty { try addAttempts(attempts) }
    }

    /// Reads what a tree can do without; what our reader cannot take is told.
    private mutating func understood<Value>(
        _ message: CapturedMessage, _ field: String, _ read: ([UInt8]) throws(ModelError) -> Value
    ) -> Value? {
        do {
            return try read(message.bytes)
        } catch {
            tree.unreadable.append(Unreadable(place: message.place, field: field, reason: error.reason))
            return nil
        }
    }

    /// A parent comes before its children. One that comes later, or is the node itself, is none: circles end here.
    private mutating func addNode(_ message: CapturedMessage, _ kept: KeptMessage) throws(ModelError) {
        let row: SharedBox<NodeExecution>
        if case .node(let known) = kept.row?.content {
            row = known
        } else {
            row = SharedBox(try NodeExecution(decoding: message.bytes))
        }
        if row.value.phase == .recovered { tree.hasRecovered = true }
        if let child = row.value.child { tree.launched.append(child) }
        let id = message.place.nodeID ?? row.value.id.nodeID
        guard tree.node(id) == nil else { return }
        let index = tree.nodes.count
        var node = ExecutionTree.Node(row, id: id, message: kept)
        let parent = message.parentNodeID.flatMap { tree.node($0) }
        if parent == nil, let owner = message.parentNodeID { tree.homeless.append((owner, id)) }
        if let parent {
            node.parentNumber = Int32(parent)
            node.depthNumber = tree.nodes[parent].depthNumber + 1
            guard node.depth < ExecutionTree.deepestLevel else {
                throw ModelError(message: "admin.NodeExecutionList", reason: .tooDeep)
            }
        }
        let siblings = parent.map { tree.nodes[$0].levels } ?? topLevels
        let group = row.value.retryGroup
        if let level = siblings.first(where: { tree.levels[$0].retryGroup.hasSameBytes(as: group) }) {
            node.levelNumber = Int32(level)
        } else {
            node.levelNumber = Int32(tree.levels.count)
            if let parent {
                tree.nodes[parent].levels.append(tree.levels.count)
            } else {
                topLevels.append(tree.levels.count)
            }
            tree.levels.append(ExecutionTree.Level(parent: parent, retryGroup: group))
        }
        tree.levels[node.level].nodes.append(index)
        tree.nodes.append(node)
        tree.index.add(index) { tree.nodes[$0].id }
    }

    private mutating func sortLevels() {
        for index in tree.levels.indices { tree.levels[index].indexNodes(tree.nodes) }
        for index in tree.nodes.indices where tree.nodes[index].levels.count > 1 {
            let levels = tree.levels
            tree.nodes[index].levels.sort { a, b in
                let groups = (levels[a].retryGroup, levels[b].retryGroup)
                return (Int(groups.0) ?? 0, groups.0) < (Int(groups.1) ?? 0, groups.1)
            }
        }
    }

    private mutating func addAttempts(_ messages: [Int]) throws(ModelError) {
        for index in messages {
            let kept = tree.capture.messages.kept(at: index)
            let message = kept.message
            let row: SharedBox<TaskExecution>
            if case .attempt(let known) = kept.row?.content {
                row = known
            } else {
                row = SharedBox(try TaskExecution(decoding: message.bytes))
            }
            for resource in row.value.externalResources {
                if let child = resource.child { tree.launched.append(child) }
            }
            let owner = message.place.nodeID ?? row.value.node.nodeID
            guard let node = tree.node(owner) else {
                tree.homeless.append((owner, nil))
                continue
            }
            tree.nodes[node].attempts.append(
                ExecutionTree.Attempt(
                    row: ExecutionTree.Row(row, of: kept), retryAttempt: row.value.retryAttempt,
                    lifetime: row.value.lifetime, sharedTask: task(of: row.value)))
        }
        for index in tree.nodes.indices where tree.nodes[index].attempts.count > 1 {
            tree.nodes[index].attempts.sort { a, b in
                (a.retryAttempt, a.lifetime.createdAt?.nanoseconds ?? 0, a.task.description)
                    < (b.retryAttempt, b.lifetime.createdAt?.nanoseconds ?? 0, b.task.description)
            }
        }
    }

    private mutating func task(of row: TaskExecution) -> SharedBox<ExecutionTree.AttemptTask> {
        let own = ExecutionTree.AttemptTask(id: row.task, type: row.taskType)
        if let known = tasks[own] { return known }
        let shared = SharedBox(own)
        tasks[own] = shared
        if !tree.attemptTasks.contains(own.id) { tree.attemptTasks.append(own.id) }
        return shared
    }

    // MARK: Literal maps

    private mutating func noteMaps(of message: CapturedMessage, at index: Int) throws(ModelError) {
        let place = message.place
        // Attempts are known behind the last message.
        let owner: Owner? =
            if place.attempt != nil {
                nil
            } else if let id = place.nodeID {
                tree.node(id).map { .node($0) }
            } else {
                .execution
            }
        do {
            var reader = WireReader(message.bytes)
            while let tag = try reader.next() {
                guard tag.kind == .lengthDelimited, tag.number == 3 || tag.number == 4 else {
                    try reader.skip(tag)
                    continue
                }
                let map = ExecutionTree.MapPlace(message: index, range: try reader.range())
                let direction: CapturedMessage.Direction = tag.number == 3 ? .input : .output
                if let owner {
                    setMap(map, direction, of: owner)
                } else {
                    openMaps.append((map, direction))
                }
            }
        } catch {
            throw ModelError(message: "GetDataResponse", reason: error)
        }
    }

    private mutating func findLiteralMaps() {
        for map in openMaps {
            let owner = owner(at: tree.capture.messages[map.place.message].place)
            if let owner { setMap(map.place, map.direction, of: owner) }
        }
        // Maps fetched by a URL come second, and so take the place of what an answer held inline.
        for index in mapMessages {
            let message = tree.capture.messages[index]
            guard let direction = message.direction, let owner = owner(at: message.place) else { continue }
            setMap(
                ExecutionTree.MapPlace(message: index, range: 0..<message.content.count), direction,
                of: owner)
        }
        shareMapsWithAttempts()
        // An empty map whose content was withheld is unknown, not empty.
        for gap in withheld where gap.field == "inputs" || gap.field == "outputs" {
            let direction: CapturedMessage.Direction = gap.field == "inputs" ? .input : .output
            if let owner = owner(at: gap.place), let place = map(direction, of: owner), place.range.isEmpty {
                setMap(nil, direction, of: owner)
            }
        }
    }

    /// An attempt whose data was not asked for, because its URIs are those of its node, has the node's maps.
    private mutating func shareMapsWithAttempts() {
        for index in tree.nodes.indices where !tree.nodes[index].attempts.isEmpty {
            let (inputs, outputs) = (tree.nodes[index].inputs, tree.nodes[index].outputs)
            guard inputs != nil || outputs != nil else { continue }
            var own: SharedBox<NodeExecution>?
            for number in tree.nodes[index].attempts.indices {
                let attempt = tree.nodes[index].attempts[number]
                guard attempt.inputs == nil && inputs != nil || attempt.outputs == nil && outputs != nil
                else { continue }
                let node = own ?? SharedBox(tree.nodes[index].execution)
                own = node
                let row = attempt.execution
                if attempt.inputs == nil, row.inputURI == node.value.inputURI {
                    tree.nodes[index].attempts[number].inputs = inputs
                }
                if attempt.outputs == nil, let uri = row.outputURI, !uri.isEmpty,
                    uri == node.value.outputURI
                {
                    tree.nodes[index].attempts[number].outputs = outputs
                }
            }
        }
    }

    private func owner(at place: CapturePlace) -> Owner? {
        guard let id = place.nodeID else { return place.attempt == nil ? .execution : nil }
        guard let node = tree.node(id) else { return nil }
        guard let attempt = place.attempt else { return .node(node) }
        return tree.nodes[node].attempts.firstIndex {
            $0.retryAttempt == attempt && (place.task == nil || $0.task == place.task)
        }.map { .attempt(node, $0) }
    }

    private func map(_ direction: CapturedMessage.Direction, of owner: Owner) -> ExecutionTree.MapPlace? {
        let isInput = direction == .input
        return switch owner {
        case .execution: isInput ? tree.inputs : tree.outputs
        case .node(let node): isInput ? tree.nodes[node].inputs : tree.nodes[node].outputs
        case .attempt(let node, let attempt):
            isInput
                ? tree.nodes[node].attempts[attempt].inputs : tree.nodes[node].attempts[attempt].outputs
        }
    }

    private mutating func setMap(
        _ map: ExecutionTree.MapPlace?, _ direction: CapturedMessage.Direction, of owner: Owner
    ) {
        switch (owner, direction) {
        case (.execution, .input): tree.inputs = map
        case (.execution, .output): tree.outputs = map
        case (.node(let node), .input): tree.nodes[node].inputs = map
        case (.node(let node), .output): tree.nodes[node].outputs = map
        case (.attempt(let node, let attempt), .input): tree.nodes[node].attempts[attempt].inputs = map
        case (.attempt(let node, let attempt), .output): tree.nodes[node].attempts[attempt].outputs = map
        }
    }
}

import FlyteIDL

// What the messages say, before any definition is asked.
extension ExecutionTree {
    mutating func decodeMessages() throws(ModelError) {
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
        var tasks: [AttemptTask: SharedBox<AttemptTask>] = [:]
        for index in messages {
            let message = capture.messages[index]
            let row = try TaskExecution(decoding: message.bytes)
            guard let node = node(message.place.nodeID ?? row.node.nodeID) else { continue }
            let own = AttemptTask(id: row.task, type: row.taskType)
            let task = tasks[own] ?? SharedBox(own)
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
}

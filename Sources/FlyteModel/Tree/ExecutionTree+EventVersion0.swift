// Engines before event version 1 tell of a dynamic node's children neither whose attempt they belong to nor their ids in
// the workflow that the attempt made: both are in the children's own ids.
extension ExecutionTree {
    mutating func readUntoldGenerations() {
        for index in levels.indices {
            guard let parent = levels[index].parent, levels[index].retryGroup.isEmpty,
                levels[index].nodes.contains(where: { !nodes[$0].hasSpecID && !nodes[$0].isPhantom })
            else { continue }
            readUntoldGenerations(of: index, in: parent)
        }
    }

    private mutating func readUntoldGenerations(of level: Int, in parent: Int) {
        var attempts = Set(nodes[parent].attempts.map { Int($0.retryAttempt) })
        if attempts.isEmpty { attempts = [0] }
        let parentID = nodes[parent].id
        // Long ids are hashes: only the workflow's ids tell what they are of.
        var known: [KeyBytes: (attempt: Int, spec: String)] = [:]
        for spec in dynamicClosures[parentID]?.primary.nodeIDs ?? [] {
            for attempt in attempts {
                known[EngineNodeID.node(spec, in: parentID, attempt: attempt)] = (attempt, spec)
            }
        }
        var generations: [Int: [Int]] = [:]
        for node in levels[level].nodes {
            let found = known[nodes[node].id] ?? Self.parts(of: nodes[node].id, in: parentID)
            if let found, attempts.contains(found.attempt) {
                if !nodes[node].hasSpecID { nodes[node].specID = found.spec }
                generations[found.attempt, default: []].append(node)
            }
        }
        let placed = generations.values.reduce(0) { $0 + $1.count }
        guard placed == levels[level].nodes.count else { return }
        var own: [Int] = []
        for (number, attempt) in generations.keys.sorted().enumerated() {
            var next = Level(parent: parent, retryGroup: "\(attempt)")
            next.sharedWorkflow = levels[level].sharedWorkflow
            next.nodes = generations[attempt] ?? []
            next.indexNodes(nodes)
            let place = number == 0 ? level : levels.count
            if number == 0 { levels[level] = next } else { levels.append(next) }
            for node in next.nodes { nodes[node].levelNumber = Int32(place) }
            own.append(place)
        }
        // Those whose children say where they belong stand behind: a node has children of one kind.
        nodes[parent].levels = own + nodes[parent].levels.filter { $0 != level }
    }

    /// `<parent>-<attempt>-<spec>`.
    private static func parts(of id: String, in parent: String) -> (attempt: Int, spec: String)? {
        let dash = UInt8(ascii: "-")
        let bytes = id.utf8
        guard bytes.starts(with: parent.utf8) else { return nil }
        let behind = bytes.dropFirst(parent.utf8.count)
        guard behind.first == dash else { return nil }
        let rest = behind.dropFirst()
        guard let end = rest.firstIndex(of: dash), let attempt = Int(Substring(rest[..<end])), attempt >= 0
        else { return nil }
        let spec = String(Substring(rest[end...].dropFirst()))
        return spec.isEmpty ? nil : (attempt, spec)
    }
}

// What a retry made good, and rows that no node ever had.
extension ExecutionTree {
    /// The last run inside a node, an index into `levels`: what came of the node came of this one. nil when nothing
    /// ran inside of it, and when its last attempt began nothing: what an earlier one began is overcome.
    public func lastLevel(of index: Int) -> Int? {
        let node = nodes[index]
        let last = node.levels.last { level in levels[level].nodes.contains { !nodes[$0].isPhantom } }
        guard let last else { return nil }
        if let group = Int(levels[last].retryGroup), let attempt = node.attempts.last, !isArray(index),
            group < attempt.retryAttempt
        {
            return nil
        }
        return last
    }

    /// The nodes of the last run inside a node, phantoms left out.
    public func lastChildren(of index: Int) -> [Int] {
        lastLevel(of: index).map { levels[$0].nodes.filter { !nodes[$0].isPhantom } } ?? []
    }

    /// Whether a node belongs to a run that a later one took the place of: its own parent's, or that of one above.
    public func isOvercome(_ index: Int) -> Bool {
        var next = index
        while let parent = nodes[next].parent {
            // Elements of an array all belong to its one run.
            if !isArray(parent), lastLevel(of: parent) != nodes[next].level { return true }
            next = parent
        }
        return false
    }

    private func isArray(_ index: Int) -> Bool { nodes[index].isArray || nodes[index].kind == .array }

    /// Marks the rows that stand beside the elements of a map with array event version 1: `n0-n<i>`, by no id of the
    /// workflow's, queued for ever, with an attempt of the array plugin that never began.
    mutating func markPhantoms() {
        var arrays: Set<KeyBytes> = []
        for node in nodes where node.isArray { arrays.formUnion([KeyBytes(node.id), KeyBytes(node.specID)]) }
        guard !arrays.isEmpty else { return }
        for index in nodes.indices where !nodes[index].hasSpecID {
            let node = nodes[index]
            guard !node.lifetime.isTerminal, node.lifetime.startedAt == nil, node.levels.isEmpty,
                let dash = node.id.utf8.lastIndex(of: UInt8(ascii: "-")),
                arrays.contains(String(node.id[..<dash]))
            else { continue }
            let element = node.id.utf8[dash...].dropFirst()
            guard element.count > 1, element.first == UInt8(ascii: "n"),
                element.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }),
                node.attempts.allSatisfy({ $0.taskType == "k8s-array" && $0.lifetime.startedAt == nil })
            else { continue }
            nodes[index].isPhantom = true
        }
    }
}

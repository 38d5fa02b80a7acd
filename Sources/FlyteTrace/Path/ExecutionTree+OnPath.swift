public import FlyteModel

extension ExecutionTree {
    /// The nodes that a step of a path is at, and those that they lie in: indices into `nodes`.
    public func nodes(onPath path: [PathStep]) -> Set<Int> {
        var found: Set<Int> = []
        for step in path {
            var next = step.nodeID.flatMap { node($0) }
            while let index = next, found.insert(index).inserted { next = nodes[index].parent }
        }
        return found
    }
}

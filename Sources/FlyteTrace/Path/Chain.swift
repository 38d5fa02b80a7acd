import FlyteModel

/// The nodes of one level that its critical path goes through.
struct Chain {
    struct Link {
        /// An index into the tree's nodes.
        var node: Int
        /// Whether all are known that this node waited for.
        var isReleaseKnown: Bool
    }

    /// In the order of the path, without the start node and the end node.
    private(set) var links: [Link] = []
    /// Whether all are known that the level's end waited for.
    let isEndKnown: Bool

    init(_ releases: Releases) {
        let tree = releases.tree
        let before = releases.beforeEnd
        var next = Self.latest(before.rows, in: tree)
        isEndKnown = releases.hasSucceeded ? before.isWhole : next != nil
        // A circle, which only a hostile definition has, ends where it closes.
        var visited: Set<Int> = []
        while let index = next, visited.insert(index).inserted, tree.nodes[index].kind != .start {
            let before = releases.before(index)
            next = Self.latest(before.rows, in: tree)
            let isKnown = tree.nodes[index].kind == .failure ? next != nil : before.isWhole
            links.append(Link(node: index, isReleaseKnown: isKnown))
        }
        links.reverse()
    }

    /// The one that ended last, the first of them at a tie. What has not ended, inside of what has, was
    /// running to the end.
    private static func latest(_ rows: [Int], in tree: ExecutionTree) -> Int? {
        var best: (index: Int, end: Timestamp)?
        for index in rows where tree.nodes[index].kind != .end && !tree.nodes[index].isPhantom {
            let end = Self.end(of: tree.nodes[index]) ?? Timestamp(nanoseconds: .max)
            if best.map({ end > $0.end }) ?? true { best = (index, end) }
        }
        return best?.index
    }

    /// When the engine knew that a node had ended, which is what releases the next; nil before.
    static func end(of node: ExecutionTree.Node) -> Timestamp? {
        node.lifetime.isTerminal ? node.lifetime.updatedAt : nil
    }
}

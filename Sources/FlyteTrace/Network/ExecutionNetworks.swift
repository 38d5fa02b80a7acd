public import FlyteModel

/// The activity networks of an execution that has ended: that of its own workflow, and of each run inside a node that it
/// waited for. What nodes mean and what an execution could have done without both follow from them.
public struct ExecutionNetworks {
    struct Level {
        /// The node that it lies in; nil for the execution's own.
        var parent: Int?
        var network: ActivityNetwork
        var start: Timestamp
    }

    /// Outer ones before those that lie in them.
    private(set) var levels: [Level] = []
    /// Nodes in which others ran whose network is not known.
    private(set) var unknown: Set<Int> = []

    let tree: ExecutionTree
    private let causes: Set<Int>
    private let withheld: Set<KeyBytes>

    /// None for an execution that has not ended.
    public init(of tree: ExecutionTree) {
        self.tree = tree
        causes = Set(FailureCause.failedPath(in: tree))
        let gaps = tree.capture.withheld.filter { $0.field == "nodes" && $0.place.attempt == nil }
        withheld = Set(gaps.compactMap { $0.place.nodeID.map { KeyBytes($0) } })
        let times = tree.execution.lifetime
        guard times.isTerminal, let start = times.createdAt, let end = times.endedAt, end > start,
            !Timestamp.isTooFar(from: start, to: end), let top = tree.topLevel,
            !gaps.contains(where: { $0.place.nodeID == nil })
        else { return }
        let isSuccess = tree.execution.phase == .succeeded
        guard let network = network(of: top, hasSucceeded: isSuccess, from: start, to: end) else { return }
        levels.append(Level(parent: nil, network: network, start: start))
        var next = 0
        while next < levels.count {
            addLevels(inside: levels[next])
            next += 1
        }
    }

    private mutating func addLevels(inside level: Level) {
        let ends = level.network.ends(\.duration)
        for (place, activity) in level.network.activities.enumerated() {
            let index = activity.node
            guard let inner = tree.lastLevel(of: index) else { continue }
            let end = level.start + ends[place]
            let start = end - activity.duration
            let node = tree.nodes[index]
            let network: ActivityNetwork?
            switch node.kind {
            case .workflow, .dynamic:
                network = self.network(
                    of: tree.levels[inner], hasSucceeded: node.hasSucceeded, from: start, to: end)
            case .branch, .array:
                network = ActivityNetwork(
                    sideBySide: tree.lastChildren(of: index), of: tree, from: start, to: end)
            default: network = nil
            }
            if let network, !withheld.contains(node.id) {
                levels.append(Level(parent: index, network: network, start: start))
            } else {
                unknown.insert(index)
            }
        }
    }

    private func network(
        of level: ExecutionTree.Level, hasSucceeded: Bool, from start: Timestamp, to end: Timestamp
    ) -> ActivityNetwork? {
        level.workflow.flatMap {
            ActivityNetwork(
                Releases(
                    level: level, workflow: $0, tree: tree, hasSucceeded: hasSucceeded, causes: causes),
                from: start, to: end)
        }
    }
}

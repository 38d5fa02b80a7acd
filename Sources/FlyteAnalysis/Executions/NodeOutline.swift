public import FlyteModel

/// An execution's nodes as people can take them in: nodes of a level that are alike are one item, and what failed stands
/// by itself.
///
/// Of a small execution each node is an item.
public struct NodeOutline: Sendable {
    public struct Item: Sendable {
        /// 0 for the outermost.
        public var depth: Int
        /// Whose nodes they are.
        public var execution: ExecutionID
        /// By their places in the execution's list: one, or those that are told together.
        public var nodes: [Int]
        /// Told together because there are so many, and not because they are alike.
        public var isRest = false
        /// Nodes inside of them that are in no item.
        public var hidden = 0

        /// The only node; nil for several.
        public var single: Int? { nodes.count == 1 ? nodes.first : nil }
    }

    /// Each before those inside of it, by time.
    public var items: [Item] = []

    /// Up to so many nodes nothing is told together.
    static let wholeUpTo = 60
    /// Fewer that are alike are told one by one.
    private static let fewestAlike = 4
    /// Of a level: failed ones by themselves, others that did not go as planned, and items at all.
    private static let (mostFailed, mostOthers, mostOfLevel) = (50, 15, 80)

    /// - Parameters:
    ///   - seconds: How long nodes are on the critical path, by their ids: those that are long are told by themselves.
    ///   - most: About how many items there are at most.
    public init(of details: ExecutionDetails, pathSeconds seconds: [KeyBytes: Double], atMost most: Int = 250)
    {
        struct Draft {
            var item: Item
            var inside: [Int] = []
        }
        struct Level {
            var parent: Int?
            var execution: ExecutionID
            var nodes: [Int]
        }
        let all = details.children.values.reduce(details.nodes.count) { $0 + $1.nodes.count }
        var drafts: [Draft] = []
        var top: [Int] = []
        var levels = [Level(parent: nil, execution: details.id, nodes: details.roots)]
        var seen: Set<ExecutionID> = [details.id]
        var next = 0
        // Outer levels first: they are what is told when there is no room for all.
        while next < levels.count {
            let level = levels[next]
            next += 1
            guard let execution = details[level.execution] else { continue }
            let nodes = level.nodes.filter { !execution.nodes[$0].isMarker }
            if nodes.isEmpty { continue }
            let isOwn = level.execution == details.id
            let parts =
                all <= Self.wholeUpTo
                ? nodes.map { (nodes: [$0], isRest: false) }
                : Self.parts(nodes, of: execution, isOwn ? seconds : [:])
            if let parent = level.parent, drafts.count + parts.count > most {
                drafts[parent].item.hidden += Self.count(nodes, of: execution)
                continue
            }
            let depth = level.parent.map { drafts[$0].item.depth + 1 } ?? 0
            for part in parts {
                let number = drafts.count
                drafts.append(
                    Draft(
                        item: Item(
                            depth: depth, execution: level.execution, nodes: part.nodes, isRest: part.isRest))
                )
                if let parent = level.parent {
                    drafts[parent].inside.append(number)
                } else {
                    top.append(number)
                }
                let inside = part.nodes.flatMap { execution.nodes[$0].children }
                if !inside.isEmpty {
                    levels.append(Level(parent: number, execution: level.execution, nodes: inside))
                }
                // Of several that launched something each is told on a page of its own.
                if part.nodes.count == 1, let child = execution.nodes[part.nodes[0]].child,
                    let launched = details[child], !launched.nodes.isEmpty, seen.insert(child).inserted
                {
                    levels.append(Level(parent: number, execution: child, nodes: launched.roots))
                }
            }
        }
        var open = Array(top.reversed())
        while let number = open.popLast() {
            items.append(drafts[number].item)
            open += drafts[number].inside.reversed()
        }
    }

    /// How many nodes these are with all that is inside of them.
    private static func count(_ nodes: [Int], of execution: ExecutionDetails) -> Int {
        var open = nodes
        var count = 0
        while let place = open.popLast() {
            guard !execution.nodes[place].isMarker else { continue }
            count += 1
            open += execution.nodes[place].children
        }
        return count
    }

    /// What nodes have to have in common to be told together.
    private struct Likeness: Hashable {
        var kind: NodeKind
        var task: KeyBytes
        var phase: String
        var isRetried: Bool
        var isCached: Bool
    }

    private static func parts(
        _ nodes: [Int], of execution: ExecutionDetails, _ seconds: [KeyBytes: Double]
    ) -> [(nodes: [Int], isRest: Bool)] {
        let groups = Dictionary(grouping: nodes) { place -> Likeness in
            let node = execution.nodes[place]
            return Likeness(
                kind: node.kind, task: KeyBytes(node.task?.name ?? ""), phase: node.phase.rawValue,
                isRetried: node.attempts.count > 1
                    || (node.hasSucceeded && node.attempts.contains(where: \.hasFailed)),
                isCached: node.cacheStatus == CacheStatus.hit.rawValue)
        }
        func onPath(_ place: Int) -> Double { seconds[KeyBytes(execution.nodes[place].id)] ?? 0 }
        func start(_ place: Int) -> Int64 {
            (execution.nodes[place].times.createdAt ?? execution.nodes[place].times.startedAt)?.nanoseconds
                ?? .max
        }
        var parts: [(nodes: [Int], isRest: Bool)] = []
        var alone: [Int] = []
        for (likeness, group) in groups {
            guard group.count >= fewestAlike else {
                alone += group
                continue
            }
            let first = execution.nodes[group[0]]
            let isPlain = first.hasSucceeded && !likeness.isRetried
            let most = first.hasFailed ? mostFailed : isPlain ? 3 : mostOthers
            // Of failures the first is the likeliest cause; of all else what the execution waited for matters.
            let sorted =
                first.hasFailed
                ? group.sorted {
                    (execution.nodes[$0].times.endedAt?.nanoseconds ?? .max, $0)
                        < (execution.nodes[$1].times.endedAt?.nanoseconds ?? .max, $1)
                }
                : group.sorted { (-onPath($0), start($0), $0) < (-onPath($1), start($1), $1) }
            var told = Array(sorted.prefix(most))
            if isPlain { told = told.filter { onPath($0) > 0 } }
            let rest = sorted.dropFirst(told.count)
            if rest.count < 2 {
                alone += sorted
            } else {
                alone += told
                parts.append((rest.sorted(), false))
            }
        }
        if alone.count + parts.count > mostOfLevel {
            let sorted = alone.sorted {
                let (a, b) = (execution.nodes[$0], execution.nodes[$1])
                return (a.hasFailed ? 0 : a.hasSucceeded ? 2 : 1, -onPath($0), -(a.times.seconds ?? 0), $0)
                    < (b.hasFailed ? 0 : b.hasSucceeded ? 2 : 1, -onPath($1), -(b.times.seconds ?? 0), $1)
            }
            alone = Array(sorted.prefix(max(0, mostOfLevel - parts.count)))
            let others = sorted.dropFirst(alone.count)
            if !others.isEmpty { parts.append((others.sorted(), true)) }
        }
        parts += alone.map { ([$0], false) }
        return parts.sorted {
            let (a, b) = ($0.nodes.map(start).min() ?? .max, $1.nodes.map(start).min() ?? .max)
            return (a, $0.nodes[0]) < (b, $1.nodes[0])
        }
    }
}

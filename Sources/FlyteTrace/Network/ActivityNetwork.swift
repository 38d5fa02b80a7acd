import FlyteModel

/// The nodes of one level as an activity network: what each took, and how long after the last of those that it waited for
/// it began.
///
/// Times are nanoseconds from the level's begin and lie within it. Where clocks disagree an activity begins no earlier
/// than those ended that it waited for, as on the critical path: so no gap and no duration is negative, and the longest
/// way through the network is the level's length.
struct ActivityNetwork {
    struct Activity {
        /// An index into the tree's nodes.
        var node: Int
        /// From the last of those ends to its begin.
        var gap: Int64
        var duration: Int64
    }

    /// Each after those that it waited for.
    private(set) var activities: [Activity] = []
    /// Of each the places of the activities that it waited for.
    private(set) var before = PlaceLists()
    /// Those that the level's end waited for.
    private(set) var last: [Int] = []
    /// From the last of their ends to the level's.
    private(set) var lastGap: Int64 = 0

    /// nil where not all are known that were waited for, and where they waited for each other in a circle.
    init?(_ releases: Releases, from start: Timestamp, to end: Timestamp) {
        let (tree, level) = (releases.tree, releases.level)
        let beforeEnd = releases.beforeEnd
        guard beforeEnd.isWhole else { return nil }
        var rows: [Int] = []
        for index in level.nodes {
            let node = tree.nodes[index]
            guard node.kind != .start, node.kind != .end, !node.isPhantom,
                node.kind == .failure || releases.workflow.hasNode(node.specID),
                // Of several rows for one node of the definition the first stands for it.
                tree.node(node.specID, in: level) == index
            else { continue }
            rows.append(index)
        }
        let places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
        var before = PlaceLists(capacity: rows.count)
        for index in rows {
            let waited = releases.before(index)
            guard waited.isWhole else { return nil }
            before.append(waited.rows.lazy.compactMap { places[$0] })
        }
        self.init(
            rows, before: before, last: beforeEnd.rows.compactMap { places[$0] }, of: tree, from: start,
            to: end)
    }

    /// Of nodes that ran side by side, and were all waited for.
    init?(sideBySide rows: [Int], of tree: ExecutionTree, from start: Timestamp, to end: Timestamp) {
        self.init(
            rows, before: PlaceLists(emptyOnes: rows.count), last: Array(rows.indices), of: tree, from: start,
            to: end)
    }

    /// - Parameters:
    ///   - before: Of each row the places of those that it waited for.
    ///   - last: The places of those that the end waited for.
    private init?(
        _ rows: [Int], before waits: PlaceLists, last: [Int], of tree: ExecutionTree, from start: Timestamp,
        to end: Timestamp
    ) {
        guard let order = waits.order else { return nil }
        var numbers = Array(repeating: 0, count: rows.count)
        for (number, place) in order.enumerated() { numbers[place] = number }
        let length = max(0, end - start)
        func within(_ time: Timestamp) -> Int64 { min(max(time, start), end) - start }
        var ends: [Int64] = []
        ends.reserveCapacity(rows.count)
        activities.reserveCapacity(rows.count)
        before = PlaceLists(capacity: rows.count)
        for place in order {
            let node = tree.nodes[rows[place]]
            guard let created = node.lifetime.createdAt else { return nil }
            before.append(waits[place].lazy.map { numbers[$0] })
            let released = before[ends.count].reduce(0) { max($0, ends[$1]) }
            let begin = max(released, within(created))
            let ended = max(begin, Chain.end(of: node).map(within) ?? length)
            activities.append(Activity(node: rows[place], gap: begin - released, duration: ended - begin))
            ends.append(ended)
        }
        self.last = last.map { numbers[$0] }
        lastGap = length - self.last.reduce(0) { max($0, ends[$1]) }
    }

    // MARK: Lengths

    /// When each activity ends, had they these durations.
    func ends(_ duration: (Activity) -> Int64) -> [Int64] {
        var ends: [Int64] = []
        ends.reserveCapacity(activities.count)
        for (place, activity) in activities.enumerated() {
            let released = before[place].reduce(0) { max($0, ends[$1]) }
            ends.append(released + activity.gap + duration(activity))
        }
        return ends
    }

    /// How long the level takes, had its activities these durations.
    func length(_ duration: (Activity) -> Int64) -> Int64 {
        let ends = ends(duration)
        return last.reduce(0) { max($0, ends[$1]) } + lastGap
    }

    // MARK: Margins

    struct Margin: Hashable {
        /// How much longer the activity could have taken without the level taking longer.
        var slack: Int64
        /// How much less the level would have taken, had the activity taken no time.
        var drag: Int64
    }

    /// Tells the margin of each activity, by its place; nil for one that the level's end did not wait for.
    func walkMargins(_ take: (Int, Margin?) -> Void) {
        let ends = ends(\.duration)
        let length = last.reduce(0) { max($0, ends[$1]) } + lastGap
        // From an activity's end to that of the level, the longest way.
        var rest: [Int64?] = Array(repeating: nil, count: activities.count)
        for place in last { rest[place] = lastGap }
        for (place, activity) in activities.enumerated().reversed() {
            guard let own = rest[place] else { continue }
            let way = activity.gap + activity.duration + own
            for earlier in before[place] { rest[earlier] = max(rest[earlier] ?? 0, way) }
        }
        let around = waysAround(ends, rest)
        for (place, activity) in activities.enumerated() {
            guard let rest = rest[place] else {
                take(place, nil)
                continue
            }
            let drag = around[place].map { min(activity.duration, length - $0) } ?? activity.duration
            take(place, Margin(slack: length - ends[place] - rest, drag: drag))
        }
    }

    /// The longest way through the network that leaves an activity out; nil where there is none.
    ///
    /// In the order of the activities a way around one has exactly one edge that leads from before it to behind it. So the
    /// longest is that of the edges over it with the longest way through them; filling places from the longest edge on
    /// visits each place once.
    private func waysAround(_ ends: [Int64], _ rest: [Int64?]) -> [Int64?] {
        let count = activities.count
        var edges: [Edge] = []
        edges.reserveCapacity(before.entries + last.count + 1)
        for (place, activity) in activities.enumerated() {
            guard let rest = rest[place] else { continue }
            let way = activity.gap + activity.duration + rest
            if before[place].isEmpty { edges.append(Edge(-1, place, way)) }
            for earlier in before[place] { edges.append(Edge(earlier, place, ends[earlier] + way)) }
        }
        if last.isEmpty { edges.append(Edge(-1, count, lastGap)) }
        for place in last { edges.append(Edge(place, count, ends[place] + lastGap)) }
        edges.sort { $0.way > $1.way }
        var ways: [Int64?] = Array(repeating: nil, count: count)
        // The next place at or behind each that has no way yet.
        var next = Array(0...Int32(count))
        func free(_ place: Int32) -> Int32 {
            var root = place
            while next[Int(root)] != root { root = next[Int(root)] }
            var here = place
            while next[Int(here)] != root, here != root { (here, next[Int(here)]) = (next[Int(here)], root) }
            return root
        }
        for edge in edges {
            var place = free(edge.from + 1)
            while place < edge.to, place < count {
                ways[Int(place)] = edge.way
                next[Int(place)] = place + 1
                place = free(place + 1)
            }
        }
        return ways
    }

    private struct Edge {
        var from: Int32
        var to: Int32
        /// How long the longest way through the network is that leads over it.
        var way: Int64

        init(_ from: Int, _ to: Int, _ way: Int64) {
            (self.from, self.to, self.way) = (Int32(from), Int32(to), way)
        }
    }
}

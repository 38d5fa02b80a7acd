/// Things and what they wait for, drawn from left to right: each stands to the right of all that it waits for.
public struct LayeredGraph: Hashable, Sendable {
    public struct Node: Hashable, Sendable {
        public var label: String
        /// Below the label.
        public var status: String
        public var tone: Tone
        /// Framed twice as thick.
        public var isMarked: Bool
        /// Shown where one points at it.
        public var title: String

        public init(_ label: String, status: String, _ tone: Tone, isMarked: Bool, title: String) {
            self.label = label
            self.status = status
            self.tone = tone
            self.isMarked = isMarked
            self.title = title
        }
    }

    public enum Tone: Hashable, Sendable {
        case plain, good, bad
        /// It never was.
        case absent
    }

    /// By places in `nodes`.
    public struct Edge: Hashable, Sendable {
        public var from: Int
        public var to: Int
        public var isMarked: Bool

        public init(from: Int, to: Int, isMarked: Bool) {
            self.from = from
            self.to = to
            self.isMarked = isMarked
        }
    }

    public var nodes: [Node]
    public var edges: [Edge]
    /// What it shows, in words.
    public var label: String

    /// - Parameter edges: Those from or to nowhere, and those that would close a circle, are left out.
    public init(nodes: [Node], edges: [Edge], label: String) {
        self.nodes = nodes
        self.edges = Self.withoutCircles(
            edges.filter { nodes.indices.contains($0.from) && nodes.indices.contains($0.to) }, nodes.count)
        self.label = label
    }

    /// Whether people can take it in: more is a table.
    public var isReadable: Bool {
        nodes.count <= 60 && edges.count <= 180 && (layers().max() ?? 0) < 24
    }

    private static func withoutCircles(_ edges: [Edge], _ count: Int) -> [Edge] {
        var next: [[Int]] = Array(repeating: [], count: count)
        for (number, edge) in edges.enumerated() { next[edge.from].append(number) }
        enum State { case unseen, open, done }
        var states = Array(repeating: State.unseen, count: count)
        var closing: Set<Int> = []
        for root in 0..<count where states[root] == .unseen {
            states[root] = .open
            var stack = [(node: root, edge: 0)]
            while let (node, edge) = stack.last {
                guard edge < next[node].count else {
                    states[node] = .done
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].edge += 1
                let number = next[node][edge]
                switch states[edges[number].to] {
                case .open: closing.insert(number)
                case .unseen:
                    states[edges[number].to] = .open
                    stack.append((edges[number].to, 0))
                case .done: break
                }
            }
        }
        return edges.enumerated().filter { !closing.contains($0.offset) }.map(\.element)
    }

    /// For each node how many stand before it on the longest way to it.
    func layers() -> [Int] {
        var layers = Array(repeating: 0, count: nodes.count)
        var waiting = Array(repeating: 0, count: nodes.count)
        var next: [[Int]] = Array(repeating: [], count: nodes.count)
        for edge in edges {
            waiting[edge.to] += 1
            next[edge.from].append(edge.to)
        }
        var ready = nodes.indices.filter { waiting[$0] == 0 }
        while let node = ready.popLast() {
            for after in next[node] {
                layers[after] = max(layers[after], layers[node] + 1)
                waiting[after] -= 1
                if waiting[after] == 0 { ready.append(after) }
            }
        }
        return layers
    }
}

extension SVG {
    private static let (box, gap) = ((width: 180.0, height: 40.0), (across: 46.0, down: 14.0))

    /// What is there to place: a node, or the way of an edge past a layer.
    private struct Place {
        var layer: Int
        var height: Double
        var order = 0.0
        var y = 0.0
    }

    /// In its own size: a page lets it scroll.
    public static func graph(_ graph: LayeredGraph) -> HTML {
        let layers = graph.layers()
        var places = layers.map { Place(layer: $0, height: box.height) }
        // Each edge as the places that it passes, from the first to the last.
        let ways = graph.edges.map { edge -> [Int] in
            var way = [edge.from]
            for layer in layers[edge.from] + 1..<max(layers[edge.to], layers[edge.from] + 1) {
                places.append(Place(layer: layer, height: 6))
                way.append(places.count - 1)
            }
            return way + [edge.to]
        }
        let rows = ordered(&places, ways)
        let heights = rows.map { row in
            row.reduce(-gap.down) { $0 + places[$1].height + gap.down }
        }
        let height = heights.max() ?? 0
        for (row, total) in zip(rows, heights) {
            var y = (height - total) / 2 + 4
            for place in row {
                places[place].y = y + places[place].height / 2
                y += places[place].height + gap.down
            }
        }
        func x(_ layer: Int) -> Double { 4 + Double(layer) * (box.width + gap.across) }
        var pieces: [HTML] = []
        for (edge, way) in zip(graph.edges, ways) {
            pieces.append(line(way.map { places[$0] }, x, isMarked: edge.isMarked))
        }
        for (node, place) in zip(graph.nodes, places) {
            pieces += drawn(node, x: x(place.layer), y: place.y - box.height / 2)
        }
        let width = x(max(0, rows.count - 1)) + box.width + 4
        return frame(Int(width), Int(height) + 8, graph.label, pieces, kind: "graph")
    }

    /// The places of each layer from top to bottom, so that few edges cross: each as near as may be to the mean of its
    /// neighbours', to and fro (Sugiyama, Tagawa and Toda 1981).
    private static func ordered(_ places: inout [Place], _ ways: [[Int]]) -> [[Int]] {
        let count = (places.map(\.layer).max() ?? -1) + 1
        var rows = (0..<count).map { layer in places.indices.filter { places[$0].layer == layer } }
        var before: [[Int]] = Array(repeating: [], count: places.count)
        var after = before
        for way in ways {
            for (a, b) in zip(way, way.dropFirst()) {
                after[a].append(b)
                before[b].append(a)
            }
        }
        for row in rows { for (order, place) in row.enumerated() { places[place].order = Double(order) } }
        for sweep in 0..<8 {
            let neighbours = sweep.isMultiple(of: 2) ? before : after
            for layer in sweep.isMultiple(of: 2) ? Array(rows.indices) : rows.indices.reversed() {
                let middles = rows[layer].map { place -> Double in
                    let near = neighbours[place]
                    guard !near.isEmpty else { return places[place].order }
                    return near.reduce(0) { $0 + places[$1].order } / Double(near.count)
                }
                let sorted = rows[layer].indices.sorted { (middles[$0], $0) < (middles[$1], $1) }
                rows[layer] = sorted.map { rows[layer][$0] }
                // From 0 to 1 in each layer, so that layers of different lengths can be compared.
                let length = Double(max(1, rows[layer].count - 1))
                for (order, place) in rows[layer].enumerated() {
                    places[place].order = rows[layer].count == 1 ? 0.5 : Double(order) / length
                }
            }
        }
        return rows
    }

    private static func line(_ way: [Place], _ x: (Int) -> Double, isMarked: Bool) -> HTML {
        var path = ""
        for (a, b) in zip(way, way.dropFirst()) {
            let (start, end) = (x(a.layer) + box.width, x(b.layer))
            let middle = number((start + end) / 2)
            let move = path.isEmpty ? "M\(number(start)) \(number(a.y))" : "H\(number(start))"
            path +=
                "\(move)C\(middle) \(number(a.y)) \(middle) \(number(b.y)) \(number(end)) \(number(b.y))"
        }
        return HTML(
            "path",
            [
                "class": isMarked ? "edge marked" : "edge", "d": path, "fill": "none",
                "stroke": isMarked ? ChartColors.marked : ChartColors.plain,
                "stroke-width": isMarked ? "3" : "1.2", "stroke-opacity": isMarked ? "1" : ".7",
            ])
    }

    private static func drawn(_ node: LayeredGraph.Node, x: Double, y: Double) -> [HTML] {
        let (name, color) =
            switch node.tone {
            case .plain: ("plain", ChartColors.plain)
            case .good: ("good", ChartColors.good)
            case .bad: ("bad", ChartColors.bad)
            case .absent: ("absent", ChartColors.plain)
            }
        var attributes = [
            HTML.Attribute("class", name), HTML.Attribute("x", number(x)), HTML.Attribute("y", number(y)),
            HTML.Attribute("width", number(box.width)), HTML.Attribute("height", number(box.height)),
            HTML.Attribute("rx", "5"), HTML.Attribute("fill", color), HTML.Attribute("fill-opacity", ".1"),
            HTML.Attribute("stroke", color), HTML.Attribute("stroke-width", node.isMarked ? "3" : "1.2"),
        ]
        if node.tone == .absent { attributes.append(HTML.Attribute("stroke-dasharray", "4 4")) }
        return [
            .element("rect", attributes, [HTML("title", [:], .text(node.title))]),
            words(
                shortened(node.label, to: 22), x: x + 9, y: y + 17, kind: "name", title: node.title),
            words(shortened(node.status, to: 26), x: x + 9, y: y + 32, kind: "mark", title: node.title),
        ]
    }
}

import Markup
import Tables

/// Things and what they wait for, such as the nodes of a workflow.
///
/// It is drawn where people can take it in; where not, and for machines, it is a list.
public struct GraphBlock: Hashable, Sendable {
    public struct Node: Hashable, Sendable {
        /// For machines; each once.
        public var id: String
        public var label: String
        /// How it stands, in a few words.
        public var status: String
        public var tone: Tone
        /// Whether it never was: drawn with a broken frame.
        public var isAbsent: Bool
        /// Drawn thicker, such as what lies on a critical path.
        public var isMarked: Bool

        public init(
            _ id: String, _ label: String, status: String, _ tone: Tone, isAbsent: Bool = false,
            isMarked: Bool = false
        ) {
            self.id = id
            self.label = label
            self.status = status
            self.tone = tone
            self.isAbsent = isAbsent
            self.isMarked = isMarked
        }
    }

    /// By places in `nodes`: the second waits for the first.
    public struct Edge: Hashable, Sendable {
        public var from: Int
        public var to: Int
        public var isMarked: Bool

        public init(from: Int, to: Int, isMarked: Bool = false) {
            self.from = from
            self.to = to
            self.isMarked = isMarked
        }
    }

    /// Its name within its section, for CSV and JSON.
    public var key: String
    public var title: String
    public var nodes: [Node]
    public var edges: [Edge]
    /// What it means to be marked.
    public var markName: String

    public init(
        key: String = "graph", _ title: String, nodes: [Node], edges: [Edge],
        markName: String = "critical path"
    ) {
        self.key = key
        self.title = title
        self.nodes = nodes
        self.edges = edges
        self.markName = markName
    }
}

extension GraphBlock {
    var drawing: LayeredGraph {
        LayeredGraph(
            nodes: nodes.map { node in
                let tone: LayeredGraph.Tone =
                    switch node.tone {
                    case _ where node.isAbsent: .absent
                    case .plain: .plain
                    case .good: .good
                    case .bad: .bad
                    }
                return LayeredGraph.Node(
                    node.label, status: node.tone.mark + node.status, tone, isMarked: node.isMarked,
                    title: node.label == node.id
                        ? "\(node.label): \(node.status)" : "\(node.label) (\(node.id)): \(node.status)")
            },
            edges: edges.map { LayeredGraph.Edge(from: $0.from, to: $0.to, isMarked: $0.isMarked) },
            label: title)
    }

    /// A row for each node, with what it waits for.
    var figures: FigureTable {
        var upstream: [[Int]] = Array(repeating: [], count: nodes.count)
        for edge in edges where nodes.indices.contains(edge.from) && nodes.indices.contains(edge.to) {
            upstream[edge.to].append(edge.from)
        }
        return FigureTable(
            columns: [
                FigureColumn("Node", "label"), FigureColumn("", "node", for: .machines),
                FigureColumn("Status", "status"),
                FigureColumn("On the \(markName)", "is_marked", for: .people),
                FigureColumn("", "is_marked", isNumber: true, for: .machines),
                FigureColumn("Waits for", "upstream", for: .people),
                FigureColumn("", "upstream", for: .machines),
            ],
            rows: nodes.enumerated().map { number, node in
                [
                    .text(node.label), .text(node.id), .verdict(node.status, node.tone),
                    node.isMarked ? .text("yes") : .blank, .count(node.isMarked ? 1 : 0),
                    .text(upstream[number].map { nodes[$0].label }.joined(separator: ", ")),
                    // Names may hold anything.
                    .text(
                        "[\(upstream[number].map { JSONFormat.quoted(nodes[$0].id) }.joined(separator: ","))]"
                    ),
                ]
            })
    }
}

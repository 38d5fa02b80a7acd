/// Things within things, such as the nodes of an execution, with how each stands.
public struct TreeBlock: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        /// 0 for the outermost. An item lies in the nearest one above it with less.
        public var depth: Int
        public var label: String
        /// How it stands, in a word or two; empty for nothing.
        public var status: String
        public var tone: Tone
        /// What else there is to say of it; empty for nothing.
        public var detail: String

        public init(
            depth: Int, _ label: String, status: String = "", _ tone: Tone = .plain, detail: String = ""
        ) {
            self.depth = depth
            self.label = label
            self.status = status
            self.tone = tone
            self.detail = detail
        }
    }

    /// Its name within its section, for CSV and JSON.
    public var key: String
    /// Each before those that lie in it.
    public var items: [Item]

    public init(key: String = "tree", _ items: [Item]) {
        self.key = key
        self.items = items
    }
}

extension TreeBlock {
    /// The items with the depth at which they are drawn: one deeper than what they lie in, and no deeper than this.
    func drawn(deepest: Int) -> [(item: Item, depth: Int)] {
        // The depths that the open items gave, outermost first.
        var open: [Int] = []
        return items.map { item in
            while let last = open.last, last >= item.depth { open.removeLast() }
            defer { open.append(item.depth) }
            return (item, min(open.count, deepest))
        }
    }

    /// A row for each item, numbered from 1, with the number of the one it lies in.
    var figures: FigureTable {
        var open: [(depth: Int, number: Int)] = []
        let rows = items.enumerated().map { index, item -> [Figure] in
            while let last = open.last, last.depth >= item.depth { open.removeLast() }
            defer { open.append((item.depth, index + 1)) }
            return [
                .count(index + 1), open.last.map { .count($0.number) } ?? .none, .count(open.count),
                .text(item.label), item.status.isEmpty ? .none : .text(item.status),
                .text(item.tone.rawValue),
                item.detail.isEmpty ? .none : .text(item.detail),
            ]
        }
        return FigureTable(
            columns: [
                FigureColumn("Number", "number", isNumber: true),
                FigureColumn("In", "parent", isNumber: true), FigureColumn("Depth", "depth", isNumber: true),
                FigureColumn("What", "label"), FigureColumn("Status", "status"), FigureColumn("", "tone"),
                FigureColumn("Detail", "detail"),
            ],
            rows: rows)
    }
}

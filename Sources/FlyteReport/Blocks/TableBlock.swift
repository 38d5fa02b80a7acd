/// A list of figures. All of its rows are there; people see the first, and unfold the others.
public struct TableBlock: Hashable, Sendable {
    /// Its name within its section, for CSV and JSON.
    public var key: String
    /// For people, where the heading does not say it; empty for nothing.
    public var title: String
    public var figures: FigureTable
    /// How many rows people see at first; nil for all.
    public var shown: Int?
    /// What stands there when there are no rows.
    public var whenEmpty: String
    /// A picture of what the rows have, drawn above them; nil for none.
    public var picture: Picture?
    /// Machines need no table whose figures another has already; for people the report may say it in other words.
    public var readers: FigureColumn.Readers

    public enum Picture: Hashable, Sendable {
        /// Parts of a whole side by side: a text that names each, and a share. A picture for each value of `group`.
        /// Names in `palette` have the same colours on each page.
        case stack(name: String, share: String, group: String? = nil, palette: [String] = [])
    }

    /// - Parameter picture: By the keys of columns.
    public init(
        key: String = "rows", _ title: String = "", columns: [FigureColumn], rows: [[Figure]],
        shown: Int? = nil,
        whenEmpty: String = "None.", picture: Picture? = nil, for readers: FigureColumn.Readers = .all
    ) {
        self.key = key
        self.title = title
        figures = FigureTable(columns: columns, rows: rows)
        self.shown = shown
        self.whenEmpty = whenEmpty
        self.picture = picture
        self.readers = readers
    }
}

extension TableBlock {
    /// How many rows people see at first. One more is not worth folding.
    var firstCount: Int {
        let all = figures.rows.count
        return shown.map { $0 + 1 < all ? $0 : all } ?? all
    }
}

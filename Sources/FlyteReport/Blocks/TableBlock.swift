/// A list of figures, with what was cut off from it.
public struct TableBlock: Hashable, Sendable {
    /// Its name within its section, for CSV and JSON.
    public var key: String
    public var figures: FigureTable
    /// How many rows there were before the list was cut.
    public var total: Int
    /// What stands there when there are no rows.
    public var whenEmpty: String
    /// A picture of what the rows have, drawn above them; nil for none.
    public var picture: Picture?

    public enum Picture: Hashable, Sendable {
        /// Parts of a whole side by side: a text that names each, and a share.
        case stack(name: String, share: String)
    }

    /// - Parameters:
    ///   - total: nil when nothing was cut.
    ///   - picture: By the keys of columns.
    public init(
        key: String = "rows", columns: [FigureColumn], rows: [[Figure]], total: Int? = nil,
        whenEmpty: String = "None.", picture: Picture? = nil
    ) {
        self.key = key
        figures = FigureTable(columns: columns, rows: rows)
        self.total = total ?? rows.count
        self.whenEmpty = whenEmpty
        self.picture = picture
    }
}

/// What a table of an answer says of itself before its first row.
public struct TableHead: Hashable, Sendable {
    /// For machines, such as `open_executions`. A table that is the whole answer needs none.
    public var name: String
    /// For people.
    public var title: String
    public var columns: [Column]
    /// Whether the first rows that a format is told (``AnswerFormat/beginTable(_:first:to:)``) are all there are.
    public internal(set) var isWhole = false

    public init(name: String = "", title: String = "", columns: [Column]) {
        self.name = name
        self.title = title
        self.columns = columns
    }
}

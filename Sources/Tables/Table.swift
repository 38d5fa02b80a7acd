/// The answer to a question: named columns and rows of cells.
///
/// Queries make tables and formats write them; neither knows the other.
public struct Table: Hashable, Sendable {
    public var columns: [Column]
    /// Each row has a cell for each column.
    public var rows: [[Cell]]

    public init(columns: [Column], rows: [[Cell]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// The place of a column by its name.
    public func index(of column: String) -> Int? { columns.firstIndex { $0.name == column } }
}

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

    /// Takes the kind of a column that was not declared, and so is text, from its first value.
    public mutating func takeKindsFromValues() {
        for (index, column) in columns.enumerated() where column.kind == .text {
            let first = rows.lazy.map { $0[index] }.first { !$0.isNull }
            switch first {
            case .integer: columns[index].kind = .integer
            case .real: columns[index].kind = .real
            default: break
            }
        }
    }

    /// The place of a column by its name.
    public func index(of column: String) -> Int? { columns.firstIndex { $0.name == column } }
}

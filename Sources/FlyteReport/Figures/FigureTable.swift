import Tables

/// Figures in rows, a figure for each column.
public struct FigureTable: Hashable, Sendable {
    public var columns: [FigureColumn]
    public var rows: [[Figure]]

    public init(columns: [FigureColumn], rows: [[Figure]]) {
        self.columns = columns
        self.rows = rows
    }

    /// The values as a plain table, for CSV and JSON.
    var table: Table {
        let figures = only(for: .machines)
        return Table(
            columns: figures.columns.flatMap(\.columns),
            rows: figures.rows.map { row in zip(figures.columns, row).flatMap { $0.cells($1) } })
    }

    /// With the columns of these readers and of all.
    func only(for readers: FigureColumn.Readers) -> FigureTable {
        let shown = columns.indices.filter { [.all, readers].contains(columns[$0].readers) }
        guard shown.count < columns.count else { return self }
        return FigureTable(
            columns: shown.map { columns[$0] }, rows: rows.map { row in shown.map { row[$0] } })
    }
}

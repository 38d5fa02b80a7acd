import Tables

/// Figures in rows, a figure for each column.
public struct FigureTable: Hashable, Sendable {
    public var columns: [FigureColumn]
    public var rows: [[Figure]]

    public init(columns: [FigureColumn], rows: [[Figure]]) {
        self.columns = columns
        self.rows = rows
    }

    /// The values as a plain table, for CSV and JSON. A rate's interval has two columns of its own.
    var table: Table {
        let hasInterval = columns.indices.map { index in
            rows.contains { if case .rate = $0[index] { true } else { false } }
        }
        var result = Table(columns: [])
        for (column, hasInterval) in zip(columns, hasInterval) {
            result.columns.append(Column(column.key, column.isNumber ? .real : .text))
            guard hasInterval else { continue }
            result.columns.append(Column(column.key + "_low", .real))
            result.columns.append(Column(column.key + "_high", .real))
        }
        result.rows = rows.map { row in
            zip(row, hasInterval).flatMap { $1 ? $0.cellsWithInterval : [$0.cell] }
        }
        return result
    }
}

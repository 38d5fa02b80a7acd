/// A format that sees one row at a time, so that an answer of any length takes no memory.
public protocol RowFormat: TableFormat {
    func writeStart(_ columns: [Column], to output: inout some TextOutputStream)
    /// Cells in the order of the columns.
    func writeRow(
        _ cells: [Cell], _ columns: [Column], isFirst: Bool, to output: inout some TextOutputStream)
    func writeEnd(isEmpty: Bool, to output: inout some TextOutputStream)
}

extension RowFormat {
    public func write(_ table: Table, to output: inout some TextOutputStream) {
        writeStart(table.columns, to: &output)
        for (index, row) in table.rows.enumerated() {
            writeRow(row, table.columns, isFirst: index == 0, to: &output)
        }
        writeEnd(isEmpty: table.rows.isEmpty, to: &output)
    }
}

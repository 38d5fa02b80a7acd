import Tables

/// Prints rows as they come where the format allows it, and all at the end where it does not.
final class RowPrinter {
    private let format: String
    private let title: String
    private let rowFormat: (any RowFormat)?
    private var table = Table(columns: [])
    private var isEmpty = true
    /// What is not printed yet: a write for each row would be slow.
    private var text = ""

    init(format: String, title: String) {
        self.format = format
        self.title = title
        rowFormat = TableText.rowFormat(format)
    }

    func start(_ columns: [Column]) throws {
        table.columns = columns
        rowFormat?.writeStart(columns, to: &text)
    }

    func take(_ row: [Cell]) throws {
        guard let rowFormat else {
            table.rows.append(row)
            return
        }
        rowFormat.writeRow(row, table.columns, isFirst: isEmpty, to: &text)
        isEmpty = false
        if text.utf8.count > 65_536 { try flush() }
    }

    func finish() throws {
        if let rowFormat {
            rowFormat.writeEnd(isEmpty: isEmpty, to: &text)
        } else {
            table.takeKindsFromValues()
            text = TableText.text(of: table, as: format, width: Terminal.width, title: title)
        }
        try flush()
    }

    private func flush() throws {
        try Terminal.print(text)
        text = ""
    }
}

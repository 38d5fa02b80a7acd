import FlyteReport
import Tables

/// A table in a format by its name.
enum TableText {
    static func text(of table: Table, as format: String, width: Int?, title: String) -> String {
        switch format {
        case "md": MarkdownFormat().text(of: table)
        case "html": HTMLTable.text(of: table, title: title)
        default: rowFormat(format)?.text(of: table) ?? TerminalFormat(width: width).text(of: table)
        }
    }

    /// nil for a format that has to see the whole table.
    static func rowFormat(_ format: String) -> (any RowFormat)? {
        switch format {
        case "csv": CSVFormat()
        case "json": JSONFormat()
        case "ndjson": JSONFormat(isLines: true)
        default: nil
        }
    }

    /// A part of an answer that is several tables.
    struct Part {
        /// For machines, such as `open_executions`.
        var name: String
        var title: String
        var table: Table

        /// The table with the part's name before each row.
        fileprivate var named: Table {
            Table(
                columns: [Column("part")] + table.columns, rows: table.rows.map { [.text(name)] + $0 })
        }
    }

    /// Several tables as one answer: one JSON object with an array a part, one page, or lines that begin with
    /// the part's name.
    static func text(of parts: [Part], as format: String, width: Int?, title: String) -> String {
        switch format {
        case "csv": return parts.map { CSVFormat().text(of: $0.named) }.joined(separator: "\r\n")
        case "ndjson": return parts.map { JSONFormat(isLines: true).text(of: $0.named) }.joined()
        case "html": return HTMLTable.text(of: parts.map { ($0.title, $0.table) }, title: title)
        case "json":
            let members = parts.map { part in
                JSONFormat.quoted(part.name) + ":" + JSONFormat().text(of: part.table).dropLast()
            }
            return "{\n" + members.joined(separator: ",\n") + "\n}\n"
        default:
            let mark = format == "md" ? "## " : ""
            return parts.map { part in
                let rows =
                    part.table.rows.isEmpty
                    ? "none\n" : text(of: part.table, as: format, width: width, title: part.title)
                return mark + part.title + (format == "md" ? "\n\n" : "\n") + rows
            }.joined(separator: "\n")
        }
    }
}

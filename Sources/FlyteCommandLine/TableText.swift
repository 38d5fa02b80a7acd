import FlyteReport
import Tables

/// A table in a format by its name.
enum TableText {
    static func text(of table: Table, as format: String, width: Int?, title: String) -> String {
        switch format {
        case "csv": CSVFormat().text(of: table)
        case "md": MarkdownFormat().text(of: table)
        case "html": HTMLTable.text(of: table, title: title)
        case "json": JSONFormat().text(of: table)
        case "ndjson": JSONFormat(isLines: true).text(of: table)
        default: TerminalFormat(width: width).text(of: table)
        }
    }
}

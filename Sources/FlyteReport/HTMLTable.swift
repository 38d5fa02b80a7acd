import EmbeddedFiles
import Markup
public import Tables

/// One table as an HTML page in the style of the reports.
public enum HTMLTable {
    public static func text(of table: Table, title: String) -> String {
        let head = HTML(
            "tr", [:],
            table.columns.map {
                HTML("th", ["scope": "col", "class": isNumber($0) ? "number" : ""], .text($0.name))
            })
        let rows = table.rows.map { row in
            HTML(
                "tr", [:],
                zip(table.columns, row).map { column, cell in
                    HTML("td", ["class": isNumber(column) ? "number" : ""], .text(text(cell)))
                })
        }
        let style = EmbeddedFile.assets.first { $0.name == "report" }?.text ?? ""
        return HTMLDocument(
            title: title, style: style,
            body: [
                HTML("h1", [:], .text(title)),
                HTML(
                    "div", ["class": "scroll"],
                    HTML("table", [:], HTML("thead", [:], head), HTML("tbody", [:], rows))),
            ]
        ).text
    }

    private static func isNumber(_ column: Column) -> Bool { column.kind == .integer || column.kind == .real }

    private static func text(_ cell: Cell) -> String {
        switch cell {
        case .null: ""
        case .integer(let value): String(value)
        case .real(let value): NumberText.exact(value)
        case .text(let value): value
        case .blob(let bytes): "\(bytes.count) bytes"
        }
    }
}

import EmbeddedFiles
import Markup
public import Tables

/// One table as an HTML page in the style of the reports.
public enum HTMLTable {
    public static func text(of table: Table, title: String) -> String {
        page(title, [HTML("h1", [:], .text(title)), html(of: table)])
    }

    /// Several tables on one page, each below its own title.
    public static func text(of tables: [(title: String, table: Table)], title: String) -> String {
        page(
            title,
            [HTML("h1", [:], .text(title))]
                + tables.flatMap { [HTML("h2", [:], .text($0.title)), html(of: $0.table)] })
    }

    private static func page(_ title: String, _ body: [HTML]) -> String {
        let style = EmbeddedFile.assets.first { $0.name == "report" }?.text ?? ""
        return HTMLDocument(title: title, style: style, body: body).text
    }

    private static func html(of table: Table) -> HTML {
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
        return HTML(
            "div", ["class": "scroll"],
            HTML("table", [:], HTML("thead", [:], head), HTML("tbody", [:], rows)))
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

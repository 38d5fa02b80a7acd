import Markup

/// A page in one file with a table, or a table for each part below its title.
public struct HTMLFormat: AnswerFormat {
    /// The page's style sheet, which must not hold `</`.
    public var style: String
    private var hasParts = false
    private var columns: [Column] = []

    public init(style: String) { self.style = style }

    public var lookahead: Lookahead { .kinds }

    public mutating func begin(_ answer: AnswerHead, to output: inout [UInt8]) {
        hasParts = answer.hasParts
        output.append(HTMLDocument.opening(title: answer.title, style: style))
        output.append(HTML("h1", [:], .text(answer.title)).text)
    }

    public mutating func beginTable(_ table: TableHead, first: [[Cell]], to output: inout [UInt8]) {
        columns = table.columns
        if hasParts { output.append(HTML("h2", [:], .text(table.title)).text) }
        let head = HTML(
            "tr", [:],
            columns.map {
                HTML("th", ["scope": "col", "class": Self.isNumber($0) ? "number" : ""], .text($0.name))
            })
        output.append(
            HTML.opening("div", ["class": "scroll"]) + HTML.opening("table")
                + HTML("thead", [:], head).text + HTML.opening("tbody"))
    }

    public mutating func row(_ cells: [Cell], to output: inout [UInt8]) {
        let row = HTML(
            "tr", [:],
            zip(columns, cells).map { column, cell in
                HTML("td", ["class": Self.isNumber(column) ? "number" : ""], .text(Self.text(cell)))
            })
        output.append(row.text)
    }

    public mutating func endTable(to output: inout [UInt8]) {
        output.append(HTML.closing("tbody") + HTML.closing("table") + HTML.closing("div"))
    }

    public mutating func end(to output: inout [UInt8]) { output.append(HTMLDocument.closing) }

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

/// The formats that every answer can be had in, by the names that people write.
public enum AnswerFormatName: String, Hashable, Sendable, CaseIterable {
    case table, csv, md, html, json, ndjson

    /// - Parameters:
    ///   - width: The terminal's columns; nil where there is none.
    ///   - style: The style sheet of pages.
    ///   - isForSpreadsheets: CSV defuses what a spreadsheet would take for a formula.
    public func format(
        width: Int?, style: String, isForSpreadsheets: Bool = false
    ) -> any AnswerFormat {
        switch self {
        case .table: TerminalFormat(width: width)
        case .csv: CSVFormat(isForSpreadsheets: isForSpreadsheets)
        case .md: MarkdownFormat()
        case .html: HTMLFormat(style: style)
        case .json: JSONFormat()
        case .ndjson: JSONFormat(isLines: true)
        }
    }
}

/// The formats that every answer can be had in, by the names that people write.
public enum AnswerFormatName: String, Hashable, Sendable, CaseIterable {
    case table, records, csv, md, html, json, ndjson

    /// Whether it is read at a terminal.
    public var isForPeople: Bool { self == .table || self == .records }

    /// The endings of files that say their format.
    public static let endings = allCases.filter { !$0.isForPeople }.map { ".\($0.rawValue)" } + [".txt"]

    /// By a file's ending; nil where that says nothing.
    public init?(ofFile path: String) {
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last.map { Array($0) } ?? []
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return nil }
        let ending = String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased()
        if ending == "txt" {
            self = .table
        } else if let format = Self(rawValue: ending), !format.isForPeople {
            self = format
        } else {
            return nil
        }
    }

    /// - Parameters:
    ///   - page: The terminal that it is for; nil where there is none.
    ///   - style: The style sheet of pages.
    ///   - csv: How CSV is written.
    public func format(page: TerminalPage?, style: String, csv: CSVFormat = .csv) -> any AnswerFormat {
        switch self {
        case .table: page.map { TerminalFormat($0) } ?? AlignedFormat()
        case .records: TerminalFormat(page ?? TerminalPage(width: 100), isRecords: true)
        case .csv: csv
        case .md: MarkdownFormat()
        case .html: HTMLFormat(style: style)
        case .json: JSONFormat()
        case .ndjson: JSONFormat(isLines: true)
        }
    }
}

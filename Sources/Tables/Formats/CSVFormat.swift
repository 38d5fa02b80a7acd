/// RFC 4180: a header, `\r\n` behind each row, quotes where they are needed.
///
/// NULL is an empty field and an empty text is `""`, so that they can be told apart; blobs are hexadecimal.
/// Values are what they are, for machines first: a text that a spreadsheet would take for a formula is not
/// changed unless `isForSpreadsheets`, which puts an apostrophe before it.
public struct CSVFormat: AnswerFormat {
    /// https://owasp.org/www-community/attacks/CSV_Injection
    public var isForSpreadsheets: Bool
    private var hasParts = false
    /// The name of the part, which begins each of its rows; an empty line stands between parts.
    private var part: String?

    public init(isForSpreadsheets: Bool = false) { self.isForSpreadsheets = isForSpreadsheets }

    public var lookahead: Lookahead { .none }

    public mutating func begin(_ answer: AnswerHead, to output: inout [UInt8]) { hasParts = answer.hasParts }

    public mutating func beginTable(_ table: TableHead, first: [[Cell]], to output: inout [UInt8]) {
        let names = table.columns.map { Cell.text($0.name) }
        if part != nil { output.append("\r\n") }
        part = nil
        row(hasParts ? [.text("part")] + names : names, to: &output)
        if hasParts { part = table.name }
    }

    public mutating func row(_ cells: [Cell], to output: inout [UInt8]) {
        if let part { output.append(field(.text(part)) + (cells.isEmpty ? "" : ",")) }
        for (index, cell) in cells.enumerated() {
            if index > 0 { output.append(0x2C) }
            output.append(field(cell))
        }
        output.append("\r\n")
    }

    public mutating func endTable(to output: inout [UInt8]) {}
    public mutating func end(to output: inout [UInt8]) {}

    private func field(_ cell: Cell) -> String {
        switch cell {
        case .null: return ""
        case .integer(let value): return String(value)
        case .real(let value): return NumberText.exact(value)
        case .blob(let bytes): return Hexadecimal.text(bytes)
        case .text(let value):
            var value = value
            if isForSpreadsheets, let first = value.unicodeScalars.first,
                "=+-@\t\r".unicodeScalars.contains(first)
            {
                value = "'" + value
            }
            let needsQuotes = value.isEmpty || value.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
            guard needsQuotes else { return value }
            return value.quoted(by: UInt8(ascii: "\""))
        }
    }
}

extension AnswerFormat where Self == CSVFormat {
    public static var csv: Self { CSVFormat() }
}

enum Hexadecimal {
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

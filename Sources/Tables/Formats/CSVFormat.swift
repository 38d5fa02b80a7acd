/// RFC 4180: a header, quotes where they are needed; behind each row `\r\n`, as it says, or the line end of pipes.
///
/// NULL is an empty field and an empty text is `""`, so that they can be told apart; blobs are hexadecimal. Numbers are
/// numbers. Texts are what they are, for machines, unless `isForSpreadsheets`: then those that a spreadsheet would take
/// for a formula have an apostrophe before them, which it takes for "this is text". Whoever reads such a file takes one
/// apostrophe away from each text that begins with apostrophes and then one of `=`, `+`, `-`, `@`, tab, CR or LF: those
/// that had one already have got another.
public struct CSVFormat: AnswerFormat {
    /// https://owasp.org/www-community/attacks/CSV_Injection
    public var isForSpreadsheets: Bool
    public var lineEnd: LineEnd
    private var hasParts = false
    /// The name of the part, which begins each of its rows; an empty line stands between parts.
    private var part: String?

    /// What ends a row.
    public enum LineEnd: String, Hashable, Sendable, CaseIterable {
        /// As programs in pipes expect it.
        case lf
        /// As RFC 4180 has it.
        case crlf

        var text: String { self == .lf ? "\n" : "\r\n" }
    }

    public init(isForSpreadsheets: Bool = false, lineEnd: LineEnd = .crlf) {
        self.isForSpreadsheets = isForSpreadsheets
        self.lineEnd = lineEnd
    }

    public var lookahead: Lookahead { .none }

    public mutating func begin(_ answer: AnswerHead, to output: inout [UInt8]) { hasParts = answer.hasParts }

    public mutating func beginTable(_ table: TableHead, first: [[Cell]], to output: inout [UInt8]) {
        let names = table.columns.map { Cell.text($0.name) }
        if part != nil { output.append(lineEnd.text) }
        part = nil
        row(hasParts ? [.text("part")] + names : names, to: &output)
        if hasParts { part = table.name }
    }

    public mutating func row(_ cells: [Cell], to output: inout [UInt8]) {
        if let part {
            field(.text(part), to: &output)
            if !cells.isEmpty { output.append(Self.comma) }
        }
        for (index, cell) in cells.enumerated() {
            if index > 0 { output.append(Self.comma) }
            field(cell, to: &output)
        }
        output.append(lineEnd.text)
    }

    public mutating func endTable(to output: inout [UInt8]) {}
    public mutating func end(to output: inout [UInt8]) {}

    private func field(_ cell: Cell, to output: inout [UInt8]) {
        switch cell {
        case .null: break
        case .integer(let value): output.append(String(value))
        case .real(let value): output.append(NumberText.exact(value))
        case .blob(let bytes): output.append(Hexadecimal.text(bytes))
        case .text(let value): field(value, to: &output)
        }
    }

    /// Byte by byte: a quote with a combining mark behind it is one character, and a quote all the same.
    private func field(_ text: String, to output: inout [UInt8]) {
        let isFormula = isForSpreadsheets && Self.isFormula(text)
        // Where the comma is the decimal point, a spreadsheet parts fields by other bytes.
        let needsQuotes =
            text.isEmpty
            || text.utf8.contains {
                switch $0 {
                case Self.quote, Self.comma, 0x0A, 0x0D: true
                case UInt8(ascii: ";"), 0x09: isForSpreadsheets
                default: false
                }
            }
        if needsQuotes { output.append(Self.quote) }
        if isFormula { output.append(Self.apostrophe) }
        for byte in text.utf8 {
            if byte == Self.quote { output.append(byte) }
            output.append(byte)
        }
        if needsQuotes { output.append(Self.quote) }
    }

    private static let (quote, comma, apostrophe) = (
        UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "'")
    )

    /// It begins with what begins a formula, or with apostrophes before that.
    private static func isFormula(_ text: String) -> Bool {
        switch text.unicodeScalars.first(where: { $0 != "'" }) {
        case "=", "+", "-", "@", "\t", "\r", "\n": true
        // The same at full width, which some take for the narrow ones.
        case "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
        default: false
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

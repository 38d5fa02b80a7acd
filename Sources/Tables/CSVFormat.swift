/// RFC 4180: a header, `\r\n` behind each row, quotes where they are needed.
///
/// NULL is an empty field and an empty text is `""`, so that they can be told apart; blobs are hexadecimal.
/// Values are what they are, for machines first: a text that a spreadsheet would take for a formula is not
/// changed unless `isForSpreadsheets`, which puts an apostrophe before it.
public struct CSVFormat: RowFormat {
    /// https://owasp.org/www-community/attacks/CSV_Injection
    public var isForSpreadsheets: Bool

    public init(isForSpreadsheets: Bool = false) { self.isForSpreadsheets = isForSpreadsheets }

    public func writeStart(_ columns: [Column], to output: inout some TextOutputStream) {
        writeRow(columns.map { .text($0.name) }, columns, isFirst: true, to: &output)
    }

    public func writeRow(
        _ cells: [Cell], _ columns: [Column], isFirst: Bool, to output: inout some TextOutputStream
    ) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { output.write(",") }
            output.write(field(cell))
        }
        output.write("\r\n")
    }

    public func writeEnd(isEmpty: Bool, to output: inout some TextOutputStream) {}

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
            return "\""
                + value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                + "\""
        }
    }
}

extension TableFormat where Self == CSVFormat {
    public static var csv: Self { CSVFormat() }
}

enum Hexadecimal {
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

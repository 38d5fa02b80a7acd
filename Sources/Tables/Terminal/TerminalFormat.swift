import Markup

/// Aligned columns for people: numbers to the right, NULL empty, controls made visible.
///
/// The first rows (``Lookahead``) decide how wide the columns are. In a longer answer a text that is wider than they
/// were is cut where the terminal has a width; what is not cut, and numbers never are, puts its own line out of order
/// and no other.
public struct TerminalFormat: AnswerFormat {
    /// The terminal's columns: longer texts are cut with `…` so that a row stays a line. nil cuts nothing.
    public var width: Int?
    private var hasParts = false
    private var isFirstPart = true
    private var columns: [Column] = []
    private var widths: [Int] = []

    public init(width: Int? = nil) { self.width = width }

    public var lookahead: Lookahead { .widths }

    public mutating func begin(_ answer: AnswerHead, to output: inout [UInt8]) { hasParts = answer.hasParts }

    public mutating func beginTable(_ table: TableHead, first: [[Cell]], to output: inout [UInt8]) {
        columns = table.columns
        if hasParts {
            output.append((isFirstPart ? "" : "\n") + table.title + "\n")
            isFirstPart = false
            if first.isEmpty {
                output.append("none\n")
                return
            }
        }
        widths = columns.map { DisplayWidth.of(Self.visible($0.name)) }
        for row in first {
            for (index, cell) in row.enumerated() {
                widths[index] = max(widths[index], DisplayWidth.of(Self.cell(cell)))
            }
        }
        shrink(&widths, columns)
        line(columns.map { Self.visible($0.name) }, to: &output)
        output.append(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ") + "\n")
    }

    public mutating func row(_ cells: [Cell], to output: inout [UInt8]) {
        line(cells.map(Self.cell), to: &output)
    }

    public mutating func endTable(to output: inout [UInt8]) {}
    public mutating func end(to output: inout [UInt8]) {}

    /// Takes from the widest texts first, until the row fits or nothing is left to take.
    private func shrink(_ widths: inout [Int], _ columns: [Column]) {
        guard let width else { return }
        var excess = widths.reduce(0, +) + 2 * max(0, widths.count - 1) - width
        while excess > 0 {
            let texts = widths.indices.filter { columns[$0].kind == .text && widths[$0] > 12 }
            guard let widest = texts.max(by: { widths[$0] < widths[$1] }) else { return }
            let next = texts.map { widths[$0] }.filter { $0 < widths[widest] }.max() ?? 12
            let take = min(excess, max(1, widths[widest] - next))
            widths[widest] -= take
            excess -= take
        }
    }

    private func line(_ cells: [String], to output: inout [UInt8]) {
        var text = ""
        for (index, cell) in cells.enumerated() {
            let isNumber = columns[index].kind == .integer || columns[index].kind == .real
            let cut =
                width != nil && !isNumber ? ShortenedText.beginning(of: cell, width: widths[index]) : cell
            let gap = String(repeating: " ", count: max(0, widths[index] - DisplayWidth.of(cut)))
            text += (index > 0 ? "  " : "") + (isNumber ? gap + cut : cut + gap)
        }
        while text.last == " " { text.removeLast() }
        output.append(text + "\n")
    }

    private static func cell(_ cell: Cell) -> String {
        switch cell {
        case .null: ""
        case .integer(let value): String(value)
        case .real(let value): NumberText.readable(value)
        case .text(let value): visible(value)
        case .blob(let bytes): bytes.count > 32 ? "\(bytes.count) bytes" : Hexadecimal.text(bytes)
        }
    }

    /// The text without escape sequences, and with other controls and bidi overrides as pictures or code points, so
    /// that a terminal does nothing but show it.
    public static func visible(_ text: String) -> String {
        if isPlain(text) { return text }
        var result = ""
        for scalar in TerminalEscapes.removed(from: text).unicodeScalars { result += visible(scalar) }
        return result
    }

    /// Printable ASCII, which most texts are.
    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }

    static func visible(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x0A: "⏎"
        case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value).map { String($0) } ?? "␀"
        case 0x7F: "␡"
        case _ where scalar.isInvisibleControl: "<U+\(String(scalar.value, radix: 16, uppercase: true))>"
        default: String(scalar)
        }
    }
}

extension AnswerFormat where Self == TerminalFormat {
    /// For a terminal of so many columns.
    public static func terminal(width: Int?) -> Self { TerminalFormat(width: width) }
}

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
        widths = columns.map { Self.width(of: Self.visible($0.name)) }
        for row in first {
            for (index, cell) in row.enumerated() {
                widths[index] = max(widths[index], Self.width(of: Self.cell(cell)))
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
            let cut = width != nil && !isNumber ? Self.cut(cell, to: widths[index]) : cell
            let gap = String(repeating: " ", count: max(0, widths[index] - Self.width(of: cut)))
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

    /// How many columns a terminal gives a text: two for East Asian wide characters and emoji, none for
    /// marks that combine.
    static func width(of text: String) -> Int {
        if isPlain(text) { return text.utf8.count }
        return text.reduce(0) { sum, character in
            guard let first = character.unicodeScalars.first else { return sum }
            let properties = first.properties
            if properties.generalCategory == .nonspacingMark || properties.generalCategory == .enclosingMark {
                return sum
            }
            switch first.value {
            case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
                0xA000...0xA4CF,
                0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
                0x1F300...0x1FAFF,
                0x20000...0x3FFFD:
                return sum + 2
            default: return sum + 1
            }
        }
    }

    static func cut(_ text: String, to width: Int) -> String {
        guard self.width(of: text) > width else { return text }
        var result = ""
        var used = 0
        for character in text {
            let size = self.width(of: String(character))
            if used + size > width - 1 { break }
            result.append(character)
            used += size
        }
        return result + "…"
    }
}

extension AnswerFormat where Self == TerminalFormat {
    /// For a terminal of so many columns.
    public static func terminal(width: Int?) -> Self { TerminalFormat(width: width) }
}

import Markup

/// Aligned columns where no terminal is: values as they are, numbers to the right, NULL empty, controls made visible.
///
/// The first rows (``Lookahead``) decide how wide the columns are. What is wider in a longer answer puts its own line out
/// of order and no other.
public struct AlignedFormat: AnswerFormat {
    private var hasParts = false
    private var isFirstPart = true
    private var columns: [Column] = []
    private var widths: [Int] = []

    public init() {}

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
        widths = columns.map { DisplayWidth.of(TerminalFormat.visible($0.name)) }
        for row in first {
            for (index, cell) in row.enumerated() {
                widths[index] = max(widths[index], DisplayWidth.of(Self.cell(cell)))
            }
        }
        line(columns.map { TerminalFormat.visible($0.name) }, to: &output)
        output.append(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ") + "\n")
    }

    public mutating func row(_ cells: [Cell], to output: inout [UInt8]) {
        line(cells.map(Self.cell), to: &output)
    }

    public mutating func endTable(to output: inout [UInt8]) {}
    public mutating func end(to output: inout [UInt8]) {}

    private func line(_ cells: [String], to output: inout [UInt8]) {
        var text = ""
        for (index, cell) in cells.enumerated() {
            let isNumber = columns[index].kind == .integer || columns[index].kind == .real
            let gap = String(repeating: " ", count: max(0, widths[index] - DisplayWidth.of(cell)))
            text += (index > 0 ? "  " : "") + (isNumber ? gap + cell : cell + gap)
        }
        while text.last == " " { text.removeLast() }
        output.append(text + "\n")
    }

    private static func cell(_ cell: Cell) -> String {
        switch cell {
        case .null: ""
        case .integer(let value): String(value)
        case .real(let value): NumberText.readable(value)
        case .text(let value): TerminalFormat.visible(value)
        case .blob(let bytes): bytes.count > 32 ? "\(bytes.count) bytes" : Hexadecimal.text(bytes)
        }
    }
}

extension AnswerFormat where Self == AlignedFormat {
    public static var aligned: Self { AlignedFormat() }
}

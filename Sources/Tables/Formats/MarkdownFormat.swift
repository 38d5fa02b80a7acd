import Markup

/// A GitHub-flavoured table. What a cell says is text and never markup; line breaks become `<br>`.
public struct MarkdownFormat: AnswerFormat {
    private var hasParts = false
    private var isFirstPart = true

    public init() {}

    public var lookahead: Lookahead { .kinds }

    public mutating func begin(_ answer: AnswerHead, to output: inout [UInt8]) { hasParts = answer.hasParts }

    public mutating func beginTable(_ table: TableHead, first: [[Cell]], to output: inout [UInt8]) {
        if hasParts {
            output.append((isFirstPart ? "" : "\n") + "## \(table.title)\n\n")
            isFirstPart = false
            if first.isEmpty {
                output.append("none\n")
                return
            }
        }
        output.append("| " + table.columns.map { Self.escaped($0.name) }.joined(separator: " | ") + " |\n")
        output.append(
            "|" + table.columns.map { $0.kind == .text || $0.kind == .blob ? " --- |" : " ---: |" }.joined()
                + "\n")
    }

    public mutating func row(_ cells: [Cell], to output: inout [UInt8]) {
        output.append("| " + cells.map(Self.cell).joined(separator: " | ") + " |\n")
    }

    public mutating func endTable(to output: inout [UInt8]) {}
    public mutating func end(to output: inout [UInt8]) {}

    static func cell(_ cell: Cell) -> String {
        switch cell {
        case .null: ""
        case .integer(let value): String(value)
        case .real(let value): NumberText.readable(value)
        case .text(let value): escaped(value)
        case .blob(let bytes): Hexadecimal.text(bytes)
        }
    }

    /// Text that stands for itself in a Markdown table, a list or a paragraph, without what coloured it on a terminal.
    public static func escaped(_ text: String) -> String {
        var result = ""
        var isAfterReturn = false
        for scalar in TerminalEscapes.removed(from: text).unicodeScalars {
            switch scalar {
            case "\n":
                if !isAfterReturn { result += "<br>" }
            case "\r": result += "<br>"
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "$": result += "\\" + String(scalar)
            case "\t": result += " "
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.isInvisibleControl:
                result += TerminalFormat.visible(scalar)
            default: result.unicodeScalars.append(scalar)
            }
            isAfterReturn = scalar == "\r"
        }
        // What would be a link all by itself is not.
        for scheme in ["http://", "https://", "www."] {
            result = result.replacingBytes(
                of: scheme, with: scheme == "www." ? "www&#46;" : scheme.dropLast(3) + "&#58;//")
        }
        return result
    }
}

extension AnswerFormat where Self == MarkdownFormat {
    public static var markdown: Self { MarkdownFormat() }
}

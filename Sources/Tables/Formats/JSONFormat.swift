/// An array of objects, one a row, or one object a line (`isLines`, NDJSON).
///
/// Integers are exact, numbers the shortest digits that read back the same, NaN and infinities strings,
/// blobs hexadecimal strings. Keys are in the order of the columns. An answer of several parts is an object with an
/// array for each, or lines that begin with their part's name.
public struct JSONFormat: AnswerFormat {
    public var isLines: Bool
    private var hasParts = false
    private var isFirstPart = true
    private var isFirstRow = true
    /// What stands before each value: the key, and what separates it from the value before.
    private var keys: [String] = []

    public init(isLines: Bool = false) { self.isLines = isLines }

    public var lookahead: Lookahead { .none }

    public mutating func begin(_ answer: AnswerHead, to output: inout [UInt8]) {
        hasParts = answer.hasParts
        if hasParts, !isLines { output.append("{\n") }
    }

    public mutating func beginTable(_ table: TableHead, first: [[Cell]], to output: inout [UInt8]) {
        keys = table.columns.enumerated().map { ($0 > 0 ? "," : "") + Self.quoted($1.name) + ":" }
        isFirstRow = true
        if isLines {
            guard hasParts else { return }
            let part = "\"part\":\(Self.quoted(table.name))"
            if keys.isEmpty { keys = [part] } else { keys[0] = "\(part),\(keys[0])" }
        } else {
            if hasParts { output.append((isFirstPart ? "" : ",\n") + Self.quoted(table.name) + ":") }
            output.append("[")
        }
        isFirstPart = false
    }

    public mutating func row(_ cells: [Cell], to output: inout [UInt8]) {
        if !isLines { output.append(isFirstRow ? "\n" : ",\n") }
        isFirstRow = false
        output.append("{")
        for (key, cell) in zip(keys, cells) {
            output.append(key)
            output.append(Self.value(cell))
        }
        output.append(isLines ? "}\n" : "}")
    }

    public mutating func endTable(to output: inout [UInt8]) {
        guard !isLines else { return }
        output.append((isFirstRow ? "]" : "\n]") + (hasParts ? "" : "\n"))
    }

    public mutating func end(to output: inout [UInt8]) {
        if hasParts, !isLines { output.append("\n}\n") }
    }

    /// A value as JSON.
    public static func value(_ cell: Cell) -> String {
        switch cell {
        case .null: "null"
        case .integer(let value): String(value)
        case .real(let value): value.isFinite ? NumberText.exact(value) : "\"\(NumberText.exact(value))\""
        case .text(let value): quoted(value)
        case .blob(let bytes): "\"\(Hexadecimal.text(bytes))\""
        }
    }

    /// A JSON string, with all that is not printable ASCII or a letter of some script escaped.
    public static func quoted(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) {
            return "\"\(text)\""
        }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            // U+2028 and U+2029 end lines in JavaScript; bidi controls and the like mislead people.
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.isInvisibleControl:
                for unit in String(scalar).utf16 {
                    let hex = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                }
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension AnswerFormat where Self == JSONFormat {
    public static var json: Self { JSONFormat() }
    public static var ndjson: Self { JSONFormat(isLines: true) }
}

extension Unicode.Scalar {
    /// Characters without a glyph that change how the text around them looks: controls, bidi overrides,
    /// line separators, zero-width marks that join nothing.
    var isInvisibleControl: Bool {
        switch value {
        case 0x80...0x9F, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF, 0xFFF9...0xFFFB,
            0xE0000...0xE007F:
            true
        default: false
        }
    }
}

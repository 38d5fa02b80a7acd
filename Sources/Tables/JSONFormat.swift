/// An array of objects, one a row, or one object a line (`isLines`, NDJSON).
///
/// Integers are exact, numbers the shortest digits that read back the same, NaN and infinities strings,
/// blobs hexadecimal strings. Keys are in the order of the columns.
public struct JSONFormat: RowFormat {
    public var isLines: Bool

    public init(isLines: Bool = false) { self.isLines = isLines }

    public func writeStart(_ columns: [Column], to output: inout some TextOutputStream) {
        if !isLines { output.write("[") }
    }

    public func writeRow(
        _ cells: [Cell], _ columns: [Column], isFirst: Bool, to output: inout some TextOutputStream
    ) {
        if !isLines { output.write(isFirst ? "\n" : ",\n") }
        output.write("{")
        for (number, (column, cell)) in zip(columns, cells).enumerated() {
            if number > 0 { output.write(",") }
            output.write(Self.quoted(column.name) + ":" + Self.value(cell))
        }
        output.write(isLines ? "}\n" : "}")
    }

    public func writeEnd(isEmpty: Bool, to output: inout some TextOutputStream) {
        if !isLines { output.write(isEmpty ? "]\n" : "\n]\n") }
    }

    static func value(_ cell: Cell) -> String {
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

extension TableFormat where Self == JSONFormat {
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

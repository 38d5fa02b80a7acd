extension HTML {
    /// The piece as text. Equal pieces give equal bytes.
    public var text: String {
        var output = ""
        write(to: &output)
        return output
    }

    public func write(to output: inout String) {
        switch self {
        case .text(let text): Self.escape(text, to: &output, isAttribute: false)
        case .group(let pieces): for piece in pieces { piece.write(to: &output) }
        case .element(let name, let attributes, let content):
            Self.open(name, attributes, to: &output)
            if Self.voidElements.contains(name) { return }
            for piece in content { piece.write(to: &output) }
            output += Self.closing(name)
        }
    }

    private static func open(_ name: String, _ attributes: [Attribute], to output: inout String) {
        output += "<" + name
        for attribute in attributes {
            output += " \(attribute.name)=\""
            escape(attribute.value, to: &output, isAttribute: true)
            output += "\""
        }
        output += ">"
    }

    /// The beginning of an element whose content is written piece by piece, and then ``closing(_:)``.
    public static func opening(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) -> String {
        var output = ""
        open(name, attributes.map { Attribute($0.key, $0.value) }, to: &output)
        return output
    }

    /// The end of an element that is not void.
    public static func closing(_ name: String) -> String {
        blocks.contains(name) ? "</\(name)>\n" : "</\(name)>"
    }

    private static let voidElements: Set<String> = ["br", "hr", "img", "input", "link", "meta", "col", "wbr"]
    private static let blocks: Set<String> = [
        "p", "h1", "h2", "h3", "tr", "thead", "tbody", "table", "section", "header", "footer", "main", "ul",
        "li", "nav",
        "details", "summary", "figure", "dl", "dt", "dd", "div",
    ]

    /// What coloured a text on a terminal is left out. Characters of markup become references; other controls and marks that turn the text around them become
    /// visible, since HTML has no other way to show them.
    static func escape(_ text: String, to output: inout String, isAttribute: Bool) {
        for scalar in TerminalEscapes.removed(from: text).unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"" where isAttribute: output += "&quot;"
            case "'" where isAttribute: output += "&#39;"
            case "\n", "\t": output.unicodeScalars.append(scalar)
            case "\r": break
            default:
                switch scalar.value {
                case 0..<0x20:
                    if let picture = Unicode.Scalar(0x2400 + scalar.value) {
                        output.unicodeScalars.append(picture)
                    }
                case 0x7F: output += "\u{2421}"
                case 0x80...0x9F, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF,
                    0xFFF9...0xFFFB,
                    0xE0000...0xE007F:
                    output += "[U+\(String(scalar.value, radix: 16, uppercase: true))]"
                // Noncharacters are errors in HTML.
                case 0xFDD0...0xFDEF,
                    _ where scalar.value & 0xFFFE == 0xFFFE:
                    output += "\u{FFFD}"
                default: output.unicodeScalars.append(scalar)
                }
            }
        }
    }
}

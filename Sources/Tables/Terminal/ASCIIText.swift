/// A text for a terminal whose characters are not UTF-8: ASCII, a column for a column.
///
/// Lines, bars and dots have an ASCII character that looks like them; of all else a `?` stands for each column that it takes.
public enum ASCIIText {
    public static func of(_ text: String) -> String {
        var result = ""
        var before: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                result.unicodeScalars.append(scalar)
            } else {
                let width = DisplayWidth.width(scalar, after: before)
                result += width == 0 ? "" : lookalikes[scalar] ?? String(repeating: "?", count: width)
            }
            before = scalar
        }
        return result
    }

    private static let lookalikes: [Unicode.Scalar: String] = [
        "…": "~", "–": "-", "—": "-", "−": "-", "·": ".", "•": "*", "→": ">", "←": "<", "×": "x", "“": "\"",
        "”": "\"", "‘": "'", "’": "'", "─": "-", "━": "-", "│": "|", "├": "+", "└": "`", "┌": "+", "┐": "+",
        "┘": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+", "█": "#", "▓": "%", "▒": ":", "░": ".", "µ": "u",
        "\u{00A0}": " ", "\u{202F}": " ",
    ]
}

/// Texts that are made to fit so many columns of a terminal, with `…` where something was taken out.
///
/// What people read as one character is there or is not there, and never split. The result is never wider than was asked
/// for; where the next character is wide it may be narrower by one.
public enum ShortenedText {
    private static let mark = "…"

    /// Its beginning: for sentences.
    public static func beginning(of text: String, width: Int) -> String {
        guard DisplayWidth.exceeds(text, width) else { return text }
        guard width > 0 else { return "" }
        return String(head(of: text, width - 1).text) + mark
    }

    /// Its beginning and its end: for names, which differ at either.
    public static func ends(of text: String, width: Int) -> String {
        guard DisplayWidth.exceeds(text, width) else { return text }
        guard width > 0 else { return "" }
        let first = head(of: text, width / 2)
        var tail: [Character] = []
        var rest = width - 1 - first.width
        for character in text[first.text.endIndex...].reversed() {
            let size = DisplayWidth.of(character)
            if size > rest { break }
            tail.append(character)
            rest -= size
        }
        return String(first.text) + mark + String(tail.reversed())
    }

    private static func head(of text: String, _ width: Int) -> (text: Substring, width: Int) {
        var used = 0
        var end = text.startIndex
        while end < text.endIndex {
            let size = DisplayWidth.of(text[end])
            if used + size > width { break }
            used += size
            end = text.index(after: end)
        }
        return (text[..<end], used)
    }
}

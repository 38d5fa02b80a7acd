/// Texts on several lines, none of which is wider than a terminal.
public enum WrappedText {
    /// Broken between words where there are such, and between characters where a word is wider than a line.
    ///
    /// - Parameters:
    ///   - text: Without controls but for the line breaks that it has already.
    ///   - limit: At most so many lines; the last one ends with `…` when there are more.
    public static func lines(of text: String, width: Int, limit: Int = .max) -> [String] {
        guard width > 0, limit > 0 else { return [] }
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var rest = line
            repeat {
                if lines.count == limit {
                    let last = lines.removeLast()
                    lines.append(
                        ShortenedText.beginning(of: last + String(repeating: " ", count: width), width: width)
                            .trimmingBlanksBeforeMark)
                    return lines
                }
                let (head, tail) = split(rest, width)
                lines.append(head)
                rest = tail
            } while !rest.isEmpty
        }
        return lines
    }

    private static func split(_ text: Substring, _ width: Int) -> (String, Substring) {
        var used = 0
        var end = text.startIndex
        var blank: Substring.Index?
        while end < text.endIndex {
            let character = text[end]
            let size = DisplayWidth.of(character)
            if used + size > width {
                if character == " " { blank = end }
                if let blank, blank > text.startIndex {
                    return (String(text[..<blank]), text[blank...].drop { $0 == " " })
                }
                // Not even one character fits: something stands for it, so that there is an end.
                guard end > text.startIndex else { return ("…", text.dropFirst()) }
                return (String(text[..<end]), text[end...])
            }
            if character == " " { blank = end }
            used += size
            end = text.index(after: end)
        }
        return (String(text), text[text.endIndex...])
    }
}

extension String {
    /// `word   …` as `word …`.
    fileprivate var trimmingBlanksBeforeMark: String {
        guard hasSuffix("…") else { return self }
        var text = dropLast()
        while text.last == " " { text.removeLast() }
        return text + (text.isEmpty || text.utf8.count == utf8.count - "…".utf8.count ? "…" : " …")
    }
}

/// A text in lines of at most so many columns of a terminal, of which nothing is left out.
public enum WrappedText {
    /// Breaks at spaces; a word that is longer than a line is broken where the line ends.
    ///
    /// - Parameters:
    ///   - text: Without controls: ``TerminalFormat/visible(_:)-(String)`` goes first.
    ///   - width: nil for one line, however long.
    ///   - head: What the first line begins with.
    ///   - margin: What the others begin with. Where it would leave less than half of the line, there is none.
    public static func lines(
        of text: String, width: Int?, head: String = "", margin: String = ""
    ) -> [String] {
        guard let columns = width, DisplayWidth.exceeds(head + text, columns) else {
            return [trimmed(head + text)]
        }
        let width = max(1, columns)
        let margin = DisplayWidth.of(margin) * 2 > width ? "" : margin
        var head = head
        if DisplayWidth.of(head) * 2 > width, head.first == " " { head = String(head.drop { $0 == " " }) }
        if DisplayWidth.of(head) >= width { head = ShortenedText.beginning(of: head, width: width / 2) }
        var lines: [String] = []
        var line = head
        var used = DisplayWidth.of(head)
        // Whether the line has no word yet.
        var isFresh = true
        func end() {
            lines.append(trimmed(line))
            (line, used, isFresh) = (margin, DisplayWidth.of(margin), true)
        }
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let size = DisplayWidth.of(word)
            if !isFresh {
                if used + 1 + size <= width {
                    line.append(" ")
                    line.append(contentsOf: word)
                    used += 1 + size
                    continue
                }
                end()
            }
            if used + size <= width {
                line.append(contentsOf: word)
                used += size
                isFresh = false
                continue
            }
            for character in word {
                // Not even one fits: something stands for it, so that there is an end.
                let character: Character = DisplayWidth.of(character) > width ? "…" : character
                let size = DisplayWidth.of(character)
                if used + size > width, !isFresh || used > DisplayWidth.of(margin) { end() }
                line.append(character)
                used += size
                isFresh = false
            }
        }
        lines.append(trimmed(line))
        return lines
    }

    /// The lines of a text that has line breaks already.
    ///
    /// - Parameter limit: At most so many; the last one ends with `…` when there are more.
    public static func paragraphs(of text: String, width: Int, limit: Int = .max) -> [String] {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .flatMap { Self.lines(of: String(Substring($0)), width: width) }
        guard lines.count > limit else { return lines }
        guard width > 2 else { return lines[..<(limit - 1)] + ["…"] }
        let last = ShortenedText.beginning(of: lines[limit - 1], width: width - 2)
        return lines[..<(limit - 1)] + [last.hasSuffix("…") ? last : last + " …"]
    }

    /// Spaces at the end are not seen.
    private static func trimmed(_ line: String) -> String {
        var line = Substring(line)
        while line.last == " " { line.removeLast() }
        return String(line)
    }
}

import FlyteIDL
import Tables

/// Text for people that fits their terminal: long lines are broken by it and not by the terminal, and controls are made
/// visible, wherever they came from.
struct TextLines {
    /// The terminal's columns; nil breaks nothing.
    let width: Int?
    let colors: TerminalColors
    private(set) var text = ""

    init(width: Int?, colors: TerminalColors) {
        self.width = width
        self.colors = colors
    }

    mutating func blank() { text += "\n" }

    /// - Parameters:
    ///   - indent: Columns before it; at most a third of the line.
    ///   - head: What stands before it on its first line, and under which the others begin.
    ///   - repeatsHead: It stands before the others as well.
    mutating func add(
        _ line: String, indent: Int = 0, head: String = "", repeatsHead: Bool = false,
        _ style: TerminalStyle? = nil
    ) {
        let indent = width.map { min(indent, $0 / 3) } ?? indent
        let margin = String(repeating: " ", count: indent)
        var (line, head) = (line, head)
        if let width, !repeatsHead, 2 * (indent + DisplayWidth.of(head)) > width {
            // There is no room for a column of its own.
            line = (head.utf8.split(separator: UInt8(ascii: " ")).map { Substring($0) } + [line[...]]).joined(
                separator: " ")
            head = ""
        }
        let hanging =
            repeatsHead
            ? head
            : String(repeating: " ", count: head.isEmpty && width != nil ? 2 : DisplayWidth.of(head))
        for line in WrappedText.lines(
            of: TerminalFormat.visible(line), width: width, head: margin + head, margin: margin + hanging)
        {
            text += colors(line, style) + "\n"
        }
    }

    /// Something with its name before it: `  workflow   etl v12`.
    mutating func fact(_ name: String, _ value: String, indent: Int = 2, nameWidth: Int = 11) {
        let name = name + String(repeating: " ", count: max(1, nameWidth - DisplayWidth.of(name)))
        add(value, indent: indent, head: name)
    }

    /// Somebody's words, each of their lines a line, so that nothing in them looks like ours.
    ///
    /// - Parameter limit: Of more lines than that the middle is left out, and counted; nil for all.
    mutating func quote(_ message: String, indent: Int = 2, limit: Int?) {
        var lines = message.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "\n") }
            .map { line in String(Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)) }
        while lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
        guard let limit, lines.count > limit else {
            for line in lines { quote(line: line, indent: indent, limit: limit) }
            return
        }
        // The end of a traceback says most.
        let first = limit / 3
        let last = limit - first
        for line in lines.prefix(first) { quote(line: line, indent: indent, limit: limit) }
        add(
            "… \(HumanText.grouped(Int64(lines.count - limit))) lines left out", indent: indent,
            head: Self.bar, .quiet)
        for line in lines.suffix(last) { quote(line: line, indent: indent, limit: limit) }
    }

    private static let bar = "| "

    /// A line of a hundred thousand characters would take the screen.
    private mutating func quote(line: String, indent: Int, limit: Int?) {
        let line = limit == nil ? line : ShortenedText.ends(of: line, width: 1000)
        add(line, indent: indent, head: Self.bar, repeatsHead: true)
    }

    /// A command that can be copied: a shell takes it as one line however it is broken.
    mutating func command(_ words: [String], indent: Int = 2) {
        let indent = width.map { min(indent, $0 / 3) } ?? indent
        let margin = String(repeating: " ", count: indent)
        let words = words.map { TerminalFormat.visible($0) }
        guard let width, DisplayWidth.of(margin + words.joined(separator: " ")) > width else {
            text += margin + words.joined(separator: " ") + "\n"
            return
        }
        var line = margin
        var isFresh = true
        for (index, word) in words.enumerated() {
            // What is not the last needs room for the backslash.
            let room = width - (index == words.count - 1 ? 0 : 2)
            if !isFresh, DisplayWidth.of(line) + 1 + DisplayWidth.of(word) > room {
                text += line + " \\\n"
                line = margin + "  "
                isFresh = true
            }
            if !isFresh { line += " " }
            if DisplayWidth.of(line) + DisplayWidth.of(word) <= room {
                line += word
            } else {
                // Without a margin, since the shell joins what stands before and behind; a quote is closed and opened again.
                let isQuoted = word.first == "'"
                for part in Self.parts(of: word) {
                    if DisplayWidth.of(line) + DisplayWidth.of(part) > width - (isQuoted ? 4 : 2) {
                        text += line + (isQuoted ? "'\\\n" : "\\\n")
                        line = isQuoted ? "'" : ""
                    }
                    line += part
                }
            }
            isFresh = false
        }
        text += line + "\n"
    }

    /// What a word may be broken between: a quote within quotes is four characters.
    private static func parts(of word: String) -> [String] {
        var parts: [String] = []
        var rest = word[...]
        while let first = rest.first {
            let part = rest.beginsWithBytes(of: "'\\''") ? "'\\''" : String(first)
            parts.append(part)
            rest = rest.dropFirst(part.count)
        }
        return parts
    }
}

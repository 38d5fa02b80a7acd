/// Text in lines of at most so many columns.
struct TextLayout: Sendable {
    /// Columns of a line; the least that anything is laid out for is 16.
    let width: Int

    init(width: Int) { self.width = max(16, width) }

    /// Lists have their texts beside the names where there is room for both, else below them.
    private var isNarrow: Bool { width < 60 }

    /// Paragraphs, broken at spaces. A word that is longer than a line is broken where the line ends.
    func paragraphs(_ text: String, indent: Int = 0, first: String? = nil) -> String {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            lines += filled(paragraph, indent: indent, first: lines.isEmpty ? first : nil)
        }
        return lines.joined(separator: "\n")
    }

    /// - Parameter first: What the first line begins with in place of spaces.
    private func filled(_ text: Substring, indent: Int, first: String?) -> [String] {
        let indent = max(0, min(indent, width - 8))
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = first ?? margin
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                (line, isEmpty) = (margin, true)
            }
            if !isEmpty { line += " " }
            var rest = word[...]
            while line.count + rest.count > width {
                let part = rest.prefix(max(1, width - line.count))
                lines.append(line + part)
                rest = rest.dropFirst(part.count)
                line = margin
            }
            line += rest
            isEmpty = rest.isEmpty
        }
        return isEmpty && !lines.isEmpty ? lines : lines + [line]
    }

    /// Names with what they mean, the meanings below each other.
    func list(_ entries: [(name: String, text: String)]) -> String {
        if isNarrow {
            return entries.map { name, text in
                "\(paragraphs(name, indent: 6, first: "  "))\n\(paragraphs(text, indent: width < 30 ? 4 : 6))"
            }.joined(separator: "\n")
        }
        let column = min(28, entries.map(\.name.count).max() ?? 0) + 4
        return entries.map { name, text in
            let head = "  " + name
            guard head.count + 2 <= column else {
                return "\(paragraphs(name, indent: 6, first: "  "))\n\(paragraphs(text, indent: column))"
            }
            return paragraphs(
                text, indent: column,
                first: head + String(repeating: " ", count: column - head.count))
        }.joined(separator: "\n")
    }

    /// A command line, which stays one that a shell takes: it is broken at spaces, by a backslash, but not between
    /// single quotes, where a backslash is itself.
    func commandLine(_ line: String, indent: Int = 2) -> String {
        let margin = String(repeating: " ", count: indent)
        guard indent + line.count > width else { return margin + line }
        let words = Self.words(line)
        var lines: [String] = []
        var text = margin
        var isEmpty = true
        for (index, word) in words.enumerated() {
            // What is not the last needs room for the backslash.
            let room = width - (index == words.count - 1 ? 0 : 2)
            if !isEmpty, text.count + 1 + word.count > room {
                lines.append(text + " \\")
                text = margin + "    "
                isEmpty = true
            }
            text += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return (lines + [text]).joined(separator: "\n")
    }

    /// Split at spaces outside of single quotes.
    private static func words(_ line: String) -> [String] {
        var words = [""]
        var isQuoted = false
        for character in line {
            if character == "'" { isQuoted.toggle() }
            if character == " ", !isQuoted {
                words.append("")
            } else {
                words[words.count - 1].append(character)
            }
        }
        return words
    }

    /// Rows of cells, the first row their heads: beside each other, or one record below the other.
    func table(_ rows: [[String]], indent: Int = 0) -> String {
        guard let heads = rows.first else { return "" }
        let columns = rows.map(\.count).max() ?? 0
        if isNarrow {
            return rows.dropFirst().map { row in
                row.enumerated().map { index, cell in
                    let head = index < heads.count && index > 0 && columns > 2 ? heads[index] + ": " : ""
                    return paragraphs(head + cell, indent: index == 0 ? indent : indent + 4)
                }.joined(separator: "\n")
            }.joined(separator: "\n")
        }
        let widths = columnWidths(rows, columns, indent: indent)
        let margin = String(repeating: " ", count: indent)
        return rows.filter { $0.contains { !$0.isEmpty } }.map { row in
            let cells = row.enumerated().map { index, cell in
                TextLayout(width: 0, exactly: widths[index]).filled(cell[...], indent: 0, first: nil)
            }
            return (0..<(cells.map(\.count).max() ?? 0)).map { line in
                var text = margin
                for (index, lines) in cells.enumerated() {
                    let part = line < lines.count ? lines[line] : ""
                    text += part
                    if index < cells.count - 1 {
                        text += String(repeating: " ", count: widths[index] - part.count + 2)
                    }
                }
                return String(text.reversed().drop { $0 == " " }.reversed())
            }.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// What the cells ask for; where that is too much, words are kept whole as long as it goes.
    private func columnWidths(_ rows: [[String]], _ columns: Int, indent: Int) -> [Int] {
        func widest(_ measure: (String) -> Int) -> [Int] {
            (0..<columns).map { column in rows.map { $0.count > column ? measure($0[column]) : 0 }.max() ?? 0
            }
        }
        var widths = widest(\.count)
        let words = widest { $0.split(separator: " ").map(\.count).max() ?? 0 }
        while widths.reduce(indent, +) + 2 * (columns - 1) > width {
            let loose = widths.indices.filter { widths[$0] > words[$0] }
            guard
                let column = (loose.isEmpty ? Array(widths.indices) : loose).max(by: {
                    widths[$0] < widths[$1]
                }),
                widths[column] > 8
            else { break }
            widths[column] -= 1
        }
        return widths
    }

    private init(width: Int, exactly: Int) { self.width = exactly }
}

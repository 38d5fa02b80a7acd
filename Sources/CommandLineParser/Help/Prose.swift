/// A page of text: the part of Markdown that reads well where nothing renders it.
///
/// Headings, paragraphs, lists, fenced blocks and tables; inside of them `code`, *emphasis* and links, which stay as they
/// are. Anything else is a paragraph.
struct Prose: Sendable {
    enum Block: Sendable, Hashable {
        case heading(String, level: Int)
        case paragraph(String)
        /// With what stands before it, such as `-` or `1.`.
        case item(marker: String, String)
        case code([String])
        case table([[String]])
    }

    private(set) var blocks: [Block] = []

    init(_ text: String) {
        var code: [String]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("```") {
                if let lines = code {
                    blocks.append(.code(lines))
                    code = nil
                } else {
                    code = []
                }
            } else if code != nil {
                code?.append(line)
            } else {
                read(line)
            }
        }
        if let code { blocks.append(.code(code)) }
        blocks.removeAll { $0 == .paragraph("") }
    }

    /// Takes the page's own heading away; nil where it does not begin with one.
    mutating func takeTitle() -> String? {
        guard case .heading(let title, _) = blocks.first else { return nil }
        blocks.removeFirst()
        return title
    }

    /// One to six `#`, a space and a title; nil for any other line.
    static func heading(_ line: String) -> (title: String, level: Int)? {
        let level = line.prefix { $0 == "#" }.count
        let rest = line.dropFirst(level)
        guard (1...6).contains(level), rest.first == " ", rest.count > 1 else { return nil }
        return (String(rest.dropFirst()), level)
    }

    /// A line outside of fences.
    private mutating func read(_ line: String) {
        let text = String(line.drop { $0 == " " })
        if text.isEmpty {
            blocks.append(.paragraph(""))
        } else if let heading = Self.heading(text) {
            blocks.append(.heading(heading.title, level: heading.level))
        } else if let item = text.firstMatch(of: /^(-|\d{1,2}\.) (.+)$/) {
            blocks.append(.item(marker: String(item.1), String(item.2)))
        } else if text.hasPrefix("|") {
            let cells = Self.cells(text)
            if cells.allSatisfy({ $0.allSatisfy { "-: ".contains($0) } }) { return }
            if case .table(let rows) = blocks.last {
                blocks[blocks.count - 1] = .table(rows + [cells])
            } else {
                blocks.append(.table([cells]))
            }
        } else {
            continueBlock(text)
        }
    }

    private mutating func continueBlock(_ text: String) {
        switch blocks.last {
        case .paragraph(let start) where !start.isEmpty:
            blocks[blocks.count - 1] = .paragraph("\(start) \(text)")
        case .item(let marker, let start):
            blocks[blocks.count - 1] = .item(marker: marker, "\(start) \(text)")
        default: blocks.append(.paragraph(text))
        }
    }

    /// The cells of a line; `\|` is a bar in one.
    private static func cells(_ line: String) -> [String] {
        var cells = [""]
        var isEscaped = false
        for character in line.dropFirst() {
            if isEscaped {
                cells[cells.count - 1] += character == "|" ? "|" : "\\\(character)"
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "|" {
                cells.append("")
            } else {
                cells[cells.count - 1].append(character)
            }
        }
        if let last = cells.last, last.allSatisfy({ $0 == " " }) { cells.removeLast() }
        return cells.map { cell in
            String(String(cell.drop { $0 == " " }.reversed()).drop { $0 == " " }.reversed())
        }
    }
}

/// A page in the macros of man(7), as groff and mandoc read them.
struct ManualText {
    struct Foot {
        var date: String
        var source: String
    }

    private(set) var text: String

    init(_ title: String, section: Int, _ foot: Foot) {
        // A title in capitals is what man pages have.
        text =
            ".TH \(Self.escaped(title.uppercased())) \(section) \(foot.date) \"\(Self.escaped(foot.source))\"\n"
    }

    mutating func section(_ title: String) { text += ".SH \(Self.escaped(title))\n" }

    mutating func name(_ name: String, summary: String) {
        section("NAME")
        // What 'apropos' shows: no end of a sentence.
        let line = summary.hasSuffix(".") ? String(summary.dropLast()) : summary
        fill("\(Self.escaped(name)) \\- \(Self.escaped(line))")
    }

    mutating func synopsis(_ command: String, _ words: [String]) {
        fill(
            (["\\fB\(Self.escaped(command))\\fR"] + words.map { "\\fI\(Self.escaped($0))\\fR" }).joined(
                separator: " "))
    }

    mutating func paragraph(_ paragraph: String) {
        beginParagraph()
        fill(Self.marked(paragraph))
    }

    /// A title begins one by itself.
    private mutating func beginParagraph() {
        let last = text.dropLast().split(separator: "\n").last ?? ""
        if !last.hasPrefix(".SH ") && !last.hasPrefix(".SS ") { text += ".PP\n" }
    }

    /// Terms with their meanings, under a title of their own; nothing when there are none.
    mutating func definitions(_ title: String, _ entries: [(name: String, text: String)]) {
        guard !entries.isEmpty else { return }
        section(title)
        for entry in entries { definition("\\fB\(Self.escaped(entry.name))\\fR", entry.text) }
    }

    private mutating func definition(_ term: String, _ meaning: String) {
        text += ".TP\n"
        text += "\(term)\n"
        fill(meaning.isEmpty ? "\\&" : Self.marked(meaning))
    }

    /// Lines as they are.
    mutating func code(_ lines: [String]) {
        beginParagraph()
        text += ".RS 4\n.EX\n"
        // A line break of the source is one of the page: the lines stay whole, however long.
        for line in lines { text += "\(line.hasPrefix(".") ? "\\&" : "")\(Self.escaped(line))\n" }
        text += ".EE\n.RE\n"
    }

    mutating func references(_ pages: [(name: String, section: Int)]) {
        fill(pages.map { "\\fB\(Self.escaped($0.name))\\fR(\($0.section))" }.joined(separator: ", "))
    }

    mutating func prose(_ prose: Prose) {
        for block in prose.blocks {
            switch block {
            case .heading(let title, _): text += ".SS \(Self.escaped(Prose.plain(title)))\n"
            case .paragraph(let paragraph): self.paragraph(Prose.plain(paragraph))
            case .item(let marker, let item):
                text += marker == "-" ? ".IP \\(bu 3\n" : ".IP \(marker) 4\n"
                fill(Self.marked(Prose.plain(item)))
            case .code(let lines): code(lines)
            case .table(let rows): table(rows)
            }
        }
    }

    /// The first cell of a row is a term, the others are its meaning, each with its head where there are several.
    private mutating func table(_ rows: [[String]]) {
        guard let heads = rows.first else { return }
        for row in rows.dropFirst() where !row.isEmpty {
            let cells = row.dropFirst().enumerated().filter { !$1.isEmpty }.map { index, cell in
                row.count > 2 && index + 1 < heads.count && !heads[index + 1].isEmpty
                    ? "\(heads[index + 1]): \(cell)" : cell
            }
            definition(
                "\\fB\(Self.escaped(Prose.plain(row[0]).replacing("`", with: "")))\\fR",
                Prose.plain(cells.joined(separator: "; ")))
        }
    }

    /// In lines of less than 80 bytes, none of which begins as a macro does.
    private mutating func fill(_ filled: String) {
        var line = ""
        for word in filled.split(separator: " ") {
            if !line.isEmpty, line.utf8.count + word.utf8.count + 1 > 78 {
                text += line + "\n"
                line = ""
            }
            if line.isEmpty, word.hasPrefix(".") || word.hasPrefix("'") { line = "\\&" }
            line += (line.isEmpty || line == "\\&" ? "" : " ") + word
        }
        text += line + "\n"
    }

    /// With `code` in bold.
    private static func marked(_ text: String) -> String {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        guard parts.count % 2 == 1 else { return escaped(text) }
        return parts.enumerated().map { index, part in
            index % 2 == 0 ? escaped(String(part)) : "\\fB\(escaped(String(part)))\\fR"
        }.joined()
    }

    /// What the formatters would take for something else, and characters that old terminals' tables lack.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\e"
            case "-": escaped += "\\-"
            case "'": escaped += "\\(aq"
            case "`": escaped += "\\(ga"
            case "^": escaped += "\\(ha"
            case "~": escaped += "\\(ti"
            case "\"": escaped += "\\(dq"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: escaped += " "
            case _ where scalar.value > 0x7E:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                escaped += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

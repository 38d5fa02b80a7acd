extension Prose {
    /// The page for a terminal of so many columns. What is in fences stays as it is, to be copied.
    func text(_ layout: TextLayout) -> String {
        var text = ""
        var last: Block?
        for block in blocks {
            if let last { text += Self.areTogether(last, block) ? "\n" : "\n\n" }
            switch block {
            case .heading(let heading, _): text += layout.paragraphs(Self.plain(heading))
            case .paragraph(let paragraph): text += layout.paragraphs(Self.plain(paragraph), indent: 2)
            case .item(let marker, let item):
                text += layout.paragraphs(
                    Self.plain(item), indent: 3 + marker.count, first: "  \(marker) ")
            case .code(let lines):
                text += lines.map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
            case .table(let rows):
                text += layout.table(rows.map { $0.map(Self.plain) }, indent: 2)
            }
            last = block
        }
        return text
    }

    private static func areTogether(_ first: Block, _ second: Block) -> Bool {
        switch (first, second) {
        case (.item, .item), (.heading, _): true
        default: false
        }
    }

    /// Without the marks of emphasis and with the addresses of links behind their texts, if those lead anywhere.
    static func plain(_ text: String) -> String {
        text.replacing(/\[([^\]]+)\]\(([^)]+)\)/) { match in
            match.2.contains("://") ? "\(match.1) (\(match.2))" : "\(match.1)"
        }.replacing(/(?<before>^|[\s(])\*{1,2}(?<inside>[^*`]+)\*{1,2}/) { "\($0.before)\($0.inside)" }
    }
}

import FlyteAnalysis
import FlyteModel
import Markup
import Tables

/// A report as GitHub-flavoured Markdown. A picture is the table that it was drawn from; a timeline keeps its bars, in
/// characters.
struct MarkdownReport: ReportRenderer {
    /// Those of the report that is written.
    private var consoles: [String: String] = [:]

    func write(_ report: Report, to sink: any ByteSink) throws {
        var page = self
        page.consoles = report.consoles
        try page.writeBlocks(of: report, to: sink)
    }

    private func writeBlocks(of report: Report, to sink: any ByteSink) throws {
        try sink.write(
            Array("# \(escape(report.title))\n\n\(escape(report.subtitle))\n\n\(list(report.lead))".utf8))
        for block in report.blocks {
            for paragraph in paragraphs(block) { try sink.write(Array("\n\(paragraph)".utf8)) }
        }
        try sink.write(Array("\n---\n\n\(list(report.notes))".utf8))
    }

    private func escape(_ text: String) -> String { MarkdownFormat.escaped(text) }

    /// Each with the end of its last line.
    private func paragraphs(_ block: Block) -> [String] {
        switch block {
        case .heading(let heading):
            let title = String(repeating: "#", count: heading.level.rawValue) + " \(escape(heading.title))\n"
            return heading.explanation.isEmpty ? [title] : [title, escape(heading.explanation) + "\n"]
        case .prose(let prose):
            guard prose.sentences.count == 1, let only = prose.sentences.first else { return [list(prose)] }
            return ["\(only.tone.mark)\(escape(only.text))\n"]
        case .facts(let facts):
            return [
                facts.facts.map {
                    "- \(escape($0.name.title)): \(text($0.value))\n"
                }.joined()
            ]
        case .table(let table):
            if table.readers == .machines { return [] }
            if table.figures.rows.isEmpty { return ["\(escape(table.whenEmpty))\n"] }
            let (all, first) = (table.figures.rows.count, table.firstCount)
            var figures = table.figures.only(for: .people)
            figures.rows = Array(figures.rows.prefix(first))
            let told = "The first \(first) of \(all): the other formats have the others.\n"
            let title = table.title.isEmpty ? [] : ["**\(escape(table.title))**\n"]
            return title + [self.table(figures)] + (first < all ? [told] : [])
        case .chart(let chart): return ["**\(escape(chart.title))**\n", table(chart.figures)]
        case .timeline(let timeline): return ["**\(escape(timeline.title))**\n", self.timeline(timeline)]
        case .graph(let graph):
            let content = graph.drawing.isReadable ? mermaid(graph) : table(graph.figures.only(for: .people))
            return ["**\(escape(graph.title))**\n", content]
        case .tree(let tree):
            return [
                tree.drawn(deepest: 20).map { item, depth in
                    let status = item.status.isEmpty ? "" : ": \(item.tone.mark)\(escape(item.status))"
                    let detail = item.detail.isEmpty ? "" : ", \(escape(item.detail))"
                    return String(repeating: "  ", count: depth)
                        + "- \(escape(item.label))\(status)\(detail)\n"
                }.joined()
            ]
        case .code(let code):
            let title = code.title.isEmpty ? [] : ["**\(escape(code.title))**\n"]
            return title + [fenced(code.text)]
        case .links(let links):
            return [
                links.links.map { "- \(link($0))\n" }.joined()
            ]
        case .receipts(let receipts):
            let lines = receipts.receipts.map { "From `\(code($0.commandLine))`\n" }
            // A statement is long beside what it gives.
            guard receipts.receipts.contains(where: { if case .sql = $0.question { true } else { false } })
            else { return lines }
            let summary = "<summary>Where these figures come from</summary>"
            return ["<details>\(summary)\n\n\(lines.joined(separator: "\n"))\n</details>\n"]
        }
    }

    /// What is folded is there all the same, for whoever reads Markdown as it is.
    private func list(_ prose: ProseBlock) -> String {
        func lines(_ sentences: ArraySlice<ProseBlock.Sentence>) -> String {
            sentences.map { "- \($0.tone.mark)\(escape($0.text))\n" }.joined()
        }
        let (first, rest) = prose.folded
        guard !rest.isEmpty else { return lines(first) }
        return lines(first)
            + "\n<details><summary>\(rest.count) more</summary>\n\n\(lines(rest))\n</details>\n"
    }

    private func text(_ figure: Figure) -> String {
        switch figure {
        case .link(let text, let address): return link(LinksBlock.Link(text, address))
        case .execution(let execution):
            let text = escape(HumanText.text(figure))
            guard let console = consoles[execution.source].flatMap(execution.consoleAddress),
                let address = LinksBlock.Link("", console).safeAddress
            else { return text }
            return "[\(text)](<\(address)>)"
        default: return escape(HumanText.text(figure))
        }
    }

    private func link(_ link: LinksBlock.Link) -> String {
        guard let address = link.safeAddress else { return "\(escape(link.title)): \(escape(link.address))" }
        // A bar would end the cell of a table, and is no character of an address.
        return "[\(escape(link.title))](<\(address)>)"
    }

    private func table(_ figures: FigureTable) -> String {
        table(
            figures.columns.map { (escape($0.title), $0.isNumber) }, figures.rows.map { $0.map(text) })
    }

    /// - Parameter columns: With whether they have numbers; both and the rows as Markdown.
    private func table(_ columns: [(title: String, isNumber: Bool)], _ rows: [[String]]) -> String {
        var text = "| " + columns.map(\.title).joined(separator: " | ") + " |\n"
        text += "|" + columns.map { $0.isNumber ? " ---: |" : " --- |" }.joined() + "\n"
        for row in rows { text += "| " + row.joined(separator: " | ") + " |\n" }
        return text
    }

    /// A row for each row, with its spans to scale and in words.
    private func timeline(_ timeline: TimelineBlock) -> String {
        let axis = timeline.axis
        let rows = timeline.rows.map { row in
            let spans = row.spans.map { span in
                let length = span.end.map { HumanText.duration(Double($0 - span.start) / 1e9) }
                return "\(span.tone.mark)\(span.name) \(length ?? "not over")"
            }
            // Spaces at the beginning of a cell are nothing.
            let indent = String(repeating: "· ", count: min(max(row.depth, 0), 8))
            let start = row.spans.first.map {
                HumanText.duration(Double($0.start - timeline.start) / 1e9)
            }
            let marked = row.marked.isEmpty ? "" : "◆ "
            return [
                indent + marked + escape(row.label), "`\(bars(row, timeline, axis))`", escape(start ?? ""),
                escape(spans.joined(separator: ", ")),
            ]
        }
        let title = "\(timeline.text(timeline.start)) + \(HumanText.duration(timeline.seconds))"
        var notes = timeline.spanNames.map { "\(Self.pattern($0.part)) \($0.name)" }
        notes += timeline.markNames.map { "◆ on the \($0)" }
        for stretch in axis.breaks {
            let length = HumanText.duration(stretch.upperBound - stretch.lowerBound)
            notes.append(
                "drawn short: \(length), from \(HumanText.duration(stretch.lowerBound)) on")
        }
        let text = table([("What", false), (escape(title), false), ("After", true), ("Spans", false)], rows)
        return notes.isEmpty ? text : text + "\n\(escape(notes.joined(separator: ", ")))\n"
    }

    private static func pattern(_ part: Int) -> Character { Array("█░▒▓~=▪─")[part % 8] }

    /// Forty characters: each span by a pattern of its own, and nothing by a dot.
    private func bars(_ row: TimelineBlock.Row, _ timeline: TimelineBlock, _ axis: TimeAxis) -> String {
        let names = timeline.spanNames
        let width = 40
        var line = [Character](repeating: "·", count: width)
        for span in row.spans {
            let drawn = timeline.drawn(span)
            let first = min(width - 1, Int(axis.place(drawn.lowerBound) * Double(width)))
            let last = (axis.place(drawn.upperBound) * Double(width)).rounded(.up)
            let end = max(first + 1, min(width, Int(last)))
            let pattern = Self.pattern(names.first { $0.name == span.name }?.part ?? 0)
            for place in first..<end { line[place] = pattern }
        }
        return String(line)
    }

    /// A picture that GitHub draws.
    private func mermaid(_ graph: GraphBlock) -> String {
        var text = "```mermaid\nflowchart LR\n"
        for (number, node) in graph.nodes.enumerated() {
            let kind = node.isAbsent ? "absent" : node.tone.rawValue
            text +=
                "  n\(number)[\"\(mermaid(node.label))<br>\(node.tone.mark)\(mermaid(node.status))\"]:::\(kind)\n"
        }
        for edge in graph.drawing.edges {
            text += "  n\(edge.from) \(edge.isMarked ? "==>" : "-->") n\(edge.to)\n"
        }
        for (number, node) in graph.nodes.enumerated() where node.isMarked {
            text += "  style n\(number) stroke-width:4px\n"
        }
        return text + """
              classDef good stroke:#00734f
              classDef bad stroke:#b3420a
              classDef plain stroke:#6b7280
              classDef absent stroke:#6b7280,stroke-dasharray:4 4
            ```

            """
    }

    /// Letters and digits as they are, all else as the number of its character: nothing of it is markup.
    private func mermaid(_ text: String) -> String {
        let visible = TerminalFormat.visible(text)
        let short = visible.count > 60 ? visible.prefix(59) + "…" : visible
        return short.unicodeScalars.map { scalar in
            let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            return isPlain || "._- ".unicodeScalars.contains(scalar) ? String(scalar) : "#\(scalar.value);"
        }.joined()
    }

    /// Inside backticks nothing is markup but a backtick.
    private func code(_ command: String) -> String {
        TerminalFormat.visible(command).replacingByte(UInt8(ascii: "`"), with: "'")
    }

    /// Between fences that are longer than any in the text.
    private func fenced(_ text: String) -> String {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { TerminalFormat.visible(String($0)) }
        var longest = 2
        var run = 0
        for byte in lines.joined(separator: "\n").utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return "\(fence)text\n\(lines.joined(separator: "\n"))\n\(fence)\n"
    }
}

import FlyteAnalysis
import FlyteModel
import Markup
import Tables

/// A report as one HTML file that asks nothing of a network.
struct HTMLReport: ReportRenderer {
    /// What stands around it; nil for a page by itself.
    var frame: PageFrame?
    /// Those of the report that is written.
    private var consoles: [String: String] = [:]

    init(in frame: PageFrame? = nil) { self.frame = frame }

    func write(_ report: Report, to sink: any ByteSink) throws {
        let style =
            PageStyle.sheet + (report.blocks.contains(where: isDrawn) ? PageStyle.drawings : "")
            + (frame == nil ? "" : PageStyle.pages)
        try sink.write(Array(HTMLDocument.opening(title: report.title, style: style).utf8))
        if let frame { try sink.write(Array(HTML.group(frame.above).text.utf8)) }
        try sink.write(Array(header(report).text.utf8))
        try sink.write(Array(HTML.opening("main").utf8))
        var page = self
        page.consoles = report.consoles
        for section in report.sections { try sink.write(Array(page.html(section).text.utf8)) }
        if let frame { try sink.write(Array(HTML.group(frame.below).text.utf8)) }
        try sink.write(Array(HTML.closing("main").utf8))
        let notes = report.notes.sentences.map { HTML("li", [:], .text($0.text)) }
        if !notes.isEmpty {
            try sink.write(Array(HTML("footer", [:], HTML("ul", [:], notes)).text.utf8))
        }
        try sink.write(Array(HTMLDocument.closing.utf8))
    }

    /// Whether it needs more than the style sheet that all pages have.
    private func isDrawn(_ block: Block) -> Bool {
        switch block {
        case .heading(let heading): heading.level != .section
        case .prose, .table, .receipts: false
        case .facts, .chart, .timeline, .graph, .tree, .code, .links: true
        }
    }

    private func header(_ report: Report) -> HTML {
        var content = [
            HTML("h1", [:], .text(report.title)), HTML("p", ["class": "subtitle"], .text(report.subtitle)),
        ]
        if !report.lead.sentences.isEmpty { content.append(sentences(report.lead)) }
        // With blanks, for where there are no styles.
        let links = report.sections.compactMap(\.heading).flatMap {
            [HTML("a", ["href": "#\($0.id)"], .text($0.title)), .text(" ")]
        }
        if !links.isEmpty { content.append(HTML("nav", ["aria-label": "Sections"], links)) }
        return HTML("header", [:], content)
    }

    private func html(_ section: ReportSection) -> HTML {
        guard let heading = section.heading else { return .group(section.blocks.map { html($0, "") }) }
        var content = [HTML("h2", [:], .text(heading.title))]
        if !heading.explanation.isEmpty { content.append(HTML("p", [:], .text(heading.explanation))) }
        return HTML("section", ["id": heading.id], content + section.blocks.map { html($0, heading.title) })
    }

    /// - Parameter title: Of the section, for blocks that have none of their own.
    private func html(_ block: Block, _ title: String) -> HTML {
        switch block {
        case .heading(let heading):
            let explanation = heading.explanation.isEmpty ? [] : [HTML("p", [:], .text(heading.explanation))]
            return .group([HTML("h3", ["id": heading.id], .text(heading.title))] + explanation)
        case .prose(let prose): return sentences(prose)
        case .facts(let facts):
            return HTML(
                "dl", ["class": "facts"],
                facts.facts.flatMap {
                    [HTML("dt", [:], .text($0.name.title)), HTML("dd", [:], words($0.value))]
                })
        case .table(let table): return html(table, title)
        case .chart(let chart): return html(chart)
        case .timeline(let timeline): return html(timeline)
        case .graph(let graph): return html(graph)
        case .tree(let tree): return html(tree)
        case .code(let code):
            let caption =
                code.title.isEmpty ? [] : [HTML("p", ["class": "caption"], .text(code.title))]
            return .group(caption + [HTML("pre", ["tabindex": "0"], HTML("code", [:], .text(code.text)))])
        case .links(let links):
            return HTML("ul", ["class": "links"], links.links.map { HTML("li", [:], link($0)) })
        case .receipts(let receipts): return html(receipts)
        }
    }

    private func sentences(_ prose: ProseBlock) -> HTML {
        func list(_ sentences: ArraySlice<ProseBlock.Sentence>) -> HTML {
            HTML(
                "ul", ["class": "lead"],
                sentences.map { HTML("li", ["class": $0.tone.rawValue], mark($0.tone), .text($0.text)) })
        }
        let (first, rest) = prose.folded
        return rest.isEmpty ? list(first) : .group([list(first), folded("\(rest.count) more", list(rest))])
    }

    /// In the text, since a style sheet may be forbidden where the page is shown.
    private func mark(_ tone: Tone) -> HTML {
        tone == .plain ? .group([]) : HTML("span", ["class": "mark"], .text(tone.mark))
    }

    private func folded(_ summary: String, _ content: HTML) -> HTML {
        HTML("details", ["class": "fold"], HTML("summary", [:], .text(summary)), content)
    }

    private func html(_ receipts: ReceiptsBlock) -> HTML {
        guard !receipts.receipts.isEmpty else { return .group([]) }
        let lines = receipts.receipts.map { HTML("p", [:], HTML("code", [:], .text($0.commandLine))) }
        return HTML(
            "details", ["class": "receipts"],
            [HTML("summary", [:], "Where these figures come from")] + lines)
    }

    /// To its page here, else to Flyte's console, where that is an address of the web.
    private func link(_ execution: ArchivedExecution) -> HTML {
        let name = HTML("code", [:], breakable(execution.id.description))
        if let frame { return HTML("a", ["href": frame.address(execution)], name) }
        let console = consoles[execution.source].flatMap(execution.consoleAddress)
        guard let address = console.flatMap({ LinksBlock.Link("", $0).safeAddress }) else { return name }
        return HTML("a", ["href": address, "rel": "noopener noreferrer"], name)
    }

    private func link(_ link: LinksBlock.Link) -> HTML {
        guard let address = link.safeAddress else { return .text("\(link.title): \(link.address)") }
        return HTML("a", ["href": address, "rel": "noopener noreferrer"], .text(link.title))
    }

    // MARK: Tables

    /// More would make a page that no browser likes to open.
    private static let mostRows = 1000

    private func html(_ block: TableBlock, _ title: String) -> HTML {
        if block.readers == .machines { return .group([]) }
        var content: [HTML] = []
        if !block.title.isEmpty { content.append(HTML("p", ["class": "caption"], .text(block.title))) }
        if let picture = block.picture { content.append(stack(picture, block.figures)) }
        let figures = block.figures.only(for: .people)
        let all = figures.rows.count
        guard all > 0 else { return .group([HTML("p", ["class": "empty"], .text(block.whenEmpty))]) }
        let last = min(all, Self.mostRows)
        let first = min(block.firstCount, last)
        // One scale for both.
        let limit = scale(figures)
        let title = block.title.isEmpty ? title : block.title
        func rows(_ range: Range<Int>) -> HTML {
            scrolled(FigureTable(columns: figures.columns, rows: Array(figures.rows[range])), title, limit)
        }
        content.append(rows(0..<first))
        if first < last { content.append(folded("\(last - first) more", rows(first..<last))) }
        if last < all {
            content.append(
                HTML(
                    "p", ["class": "more"],
                    .text("The first \(last) of \(all): CSV and JSON have the others.")))
        }
        return .group(content)
    }

    private func scrolled(_ figures: FigureTable, _ title: String, _ limit: Double? = nil) -> HTML {
        HTML(
            "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": title],
            table(figures, limit: limit ?? scale(figures)))
    }

    /// The longest intervals decide the scale, so that rows can be compared.
    private func scale(_ figures: FigureTable) -> Double {
        figures.rows.joined().reduce(0.05) { limit, figure in
            if case .rate(_, _, let high) = figure { max(limit, high) } else { limit }
        }
    }

    private func table(_ figures: FigureTable, limit: Double) -> HTML {
        let head = HTML(
            "thead", [:],
            HTML(
                "tr", [:],
                figures.columns.map {
                    HTML("th", ["scope": "col", "class": $0.isNumber ? "number" : ""], .text($0.title))
                }))
        let rows = figures.rows.map { row in
            HTML("tr", [:], zip(figures.columns, row).map { cell($1, isNumber: $0.isNumber, limit: limit) })
        }
        return HTML("table", ["cellpadding": "4"], head, HTML("tbody", [:], rows))
    }

    private func cell(_ figure: Figure, isNumber: Bool, limit: Double) -> HTML {
        let text = HumanText.text(figure)
        switch figure {
        case .none: return HTML("td", ["class": isNumber ? "none number" : "none"], .text(text))
        case .blank: return HTML("td", [:], [])
        case .code, .execution: return HTML("td", [:], words(figure))
        case .verdict(_, let tone): return HTML("td", ["class": "verdict \(tone.rawValue)"], .text(text))
        case .change(let change):
            return HTML("td", ["class": "verdict \(change.tone.rawValue)"], .text(text))
        case .share(let share):
            return HTML(
                "td", ["class": "number"], SVG.bar(share, label: text), HTML("span", [:], .text(" " + text)))
        case .rate(let value, let low, let high):
            return HTML(
                "td", ["class": "number"],
                SVG.interval(value, low: low, high: high, limit: limit, label: text),
                HTML("span", [:], .text(" " + text)))
        case .time: return HTML("td", ["class": "time"], .text(text))
        case .link(_, let address): return HTML("td", [:], link(LinksBlock.Link(text, address)))
        case .text, .count, .number, .duration, .bounds:
            return HTML("td", ["class": isNumber ? "number" : ""], words(figure))
        }
    }

    private func words(_ figure: Figure) -> HTML {
        switch figure {
        case .code(let text): HTML("code", [:], breakable(text))
        case .execution(let execution): link(execution)
        case .verdict(let text, let tone): HTML("span", ["class": "verdict \(tone.rawValue)"], .text(text))
        case .change(let change):
            HTML("span", ["class": "verdict \(change.tone.rawValue)"], .text(HumanText.text(figure)))
        case .link(let text, let address): link(LinksBlock.Link(text, address))
        case .none, .blank, .text, .time, .count, .number, .duration, .share, .rate, .bounds:
            breakable(HumanText.text(figure))
        }
    }

    /// A text that may break behind the separators of names, where its column has no room for the whole.
    private func breakable(_ text: String) -> HTML {
        var pieces: [HTML] = []
        var start = text.startIndex
        for index in text.indices where "./_".contains(text[index]) {
            let next = text.index(after: index)
            guard next < text.endIndex, text[next].isLetter else { continue }  // 0.5 stays whole
            pieces += [.text(String(text[start..<next])), HTML("wbr", [:])]
            start = next
        }
        return .group(pieces + [.text(String(text[start...]))])
    }

    private func stack(_ picture: TableBlock.Picture, _ figures: FigureTable) -> HTML {
        guard case .stack(let name, let share, let group, let palette) = picture,
            let names = figures.columns.firstIndex(where: { $0.key == name }),
            let shares = figures.columns.firstIndex(where: { $0.key == share })
        else { return .group([]) }
        let place = figures.columns.firstIndex { $0.key == group }
        var parts: [(name: String, rows: [[Figure]])] = []
        for row in figures.rows {
            let name = place.map { HumanText.text(row[$0]) } ?? ""
            if let index = parts.firstIndex(where: { $0.name == name }) {
                parts[index].rows.append(row)
            } else {
                parts.append((name, [row]))
            }
        }
        return .group(
            parts.map { part in
                let named = part.rows.enumerated().map { index, row in
                    let share = row[shares].number ?? 0
                    let name = HumanText.text(row[names])
                    let color = palette.firstIndex(of: name) ?? (palette.count + index)
                    return SVG.Part("\(name): \(HumanText.percent(share))", share: share, color: color)
                }
                let caption = parts.count > 1 ? [HTML("figcaption", [:], .text(part.name))] : []
                let label = named.map(\.name).joined(separator: ", ")
                return HTML(
                    "figure", [:],
                    caption + [
                        SVG.stack(named, label: label),
                        legend(named.map { ($0.name, SVG.key(part: $0.color)) }),
                    ])
            })
    }

    /// - Parameter more: Further items, behind the names.
    private func legend(_ names: [(name: String, key: HTML)], _ more: [HTML] = []) -> HTML {
        guard !names.isEmpty || !more.isEmpty else { return .group([]) }
        return HTML(
            "ul", ["class": "legend"],
            names.map { HTML("li", [:], $0.key, .text(" " + $0.name)) } + more)
    }

    // MARK: Drawings

    private func html(_ chart: ChartBlock) -> HTML {
        let columns = chart.figures.columns.dropFirst()
        let rows = chart.figures.rows
        let places = rows.map { $0.first.map(HumanText.text) ?? "" }
        let series = columns.indices.map { column in
            zip(rows, places).map { row, place -> SeriesChart.Point? in
                let figure = row[column]
                guard let value = figure.number else { return nil }
                let title = "\(place), \(chart.figures.columns[column].title): \(HumanText.text(figure))"
                guard case .rate(_, let low, let high) = figure else {
                    return SeriesChart.Point(value, title: title)
                }
                return SeriesChart.Point(value, low: low, high: high, title: title)
            }
        }
        let drawing = SeriesChart(labels: places, series: series, label: chart.title)
        let kind = rows.joined().first { $0.number != nil } ?? .none
        func mark(_ value: Double) -> String { HumanText.text(kind.with(value)) }
        return figure(
            chart.title,
            chart.form == .line
                ? SVG.lines(drawing, format: mark) : SVG.bars(drawing, format: mark),
            legend(columns.enumerated().map { ($1.title, SVG.key(series: $0)) }), chart.figures)
    }

    private func html(_ timeline: TimelineBlock) -> HTML {
        let names = timeline.spanNames
        let parts = Dictionary(names.map { ($0.name, $0.part) }, uniquingKeysWith: { first, _ in first })
        let rows = timeline.rows.map { row in
            GanttChart.Row(
                row.label, depth: row.depth,
                row.spans.map { span in
                    let drawn = timeline.drawn(span)
                    let length = span.end.map { HumanText.duration(Double($0 - span.start) / 1e9) }
                    let after = HumanText.shortDuration(Double(span.start - timeline.start) / 1e9)
                    return GanttChart.Bar(
                        from: drawn.lowerBound, to: drawn.upperBound,
                        part: parts[span.name] ?? 0, isBad: span.tone == .bad,
                        isOpen: span.end == nil,
                        title:
                            "\(row.label), \(span.name): \(length ?? "not over"), after \(after): \(timeline.text(span.start))"
                    )
                }, marked: row.marked.map(timeline.drawn))
        }
        let drawing = GanttChart(rows: rows, axis: timeline.axis, label: timeline.title)
        let marks = timeline.markNames.map { HTML("li", [:], SVG.keyOfMarked(), .text(" " + $0)) }
        return figure(
            timeline.title, SVG.gantt(drawing, format: HumanText.shortDuration),
            legend(names.map { ($0.name, SVG.key(part: $0.part)) }, marks),
            timeline.figures.only(for: .people))
    }

    private func html(_ graph: GraphBlock) -> HTML {
        let figures = graph.figures.only(for: .people)
        let drawing = graph.drawing
        guard drawing.isReadable else {
            return html(TableBlock(graph.title, columns: figures.columns, rows: figures.rows, shown: 30), "")
        }
        var keys: [HTML] = []
        if graph.nodes.contains(where: \.isMarked) {
            keys.append(HTML("li", [:], SVG.keyOfMarked(), .text(" " + graph.markName)))
        }
        return figure(graph.title, SVG.graph(drawing), legend([], keys), figures)
    }

    /// A drawing with what it was drawn from. Where a window has no room for it, it scrolls by itself.
    private func figure(
        _ title: String, _ drawing: HTML, _ legend: HTML, _ figures: FigureTable
    ) -> HTML {
        HTML(
            "figure", [:], HTML("figcaption", [:], .text(title)),
            HTML(
                "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": title], drawing),
            legend,
            HTML(
                "details", [:], HTML("summary", [:], "As a table"),
                html(TableBlock(columns: figures.columns, rows: figures.rows), title)))
    }

    /// Lists within lists, down to a depth that every browser draws.
    private func html(_ tree: TreeBlock) -> HTML {
        // The lists that are open, outermost first; each ends with the item that the next one lies in.
        var open: [[HTML]] = [[]]
        func close() {
            guard let inner = open.popLast(), let parent = open[open.count - 1].popLast() else { return }
            guard case .element(let name, let attributes, let content) = parent else { return }
            open[open.count - 1].append(
                .element(name, attributes, content + [HTML("ul", [:], inner)]))
        }
        for (item, depth) in tree.drawn(deepest: 30) {
            while open.count > depth + 1 { close() }
            if open.count < depth + 1 { open.append([]) }
            var content: [HTML] = [.text(item.label)]
            if !item.status.isEmpty {
                let status = item.tone.mark + item.status
                content += [" ", HTML("span", ["class": "status \(item.tone.rawValue)"], .text(status))]
            }
            if !item.detail.isEmpty { content.append(.text(" – \(item.detail)")) }
            open[open.count - 1].append(HTML("li", [:], content))
        }
        while open.count > 1 { close() }
        return HTML("ul", ["class": "tree"], open[0])
    }
}

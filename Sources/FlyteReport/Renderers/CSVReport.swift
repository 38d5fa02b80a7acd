import Tables

/// A report as CSV: its principal table; or, where it has none, each block as a table of its own.
///
/// Rows of the latter begin with the name of their table, which is the id of the section, that of the heading within
/// it where there is one, and the block's key (`failures.rows`). An empty line stands between tables.
///
/// It is for people with spreadsheets, unless one says otherwise.
struct CSVReport: ReportRenderer {
    var format = CSVFormat(isForSpreadsheets: true)

    func write(_ report: Report, to sink: any ByteSink) throws {
        if let principal = report.principalSection {
            let section = report.sections.first { $0.heading?.id == principal }
            let tables = section?.blocks.compactMap { block -> FigureTable? in
                if case .table(let table) = block { table.figures } else { nil }
            }
            let table = tables?.first?.table ?? Table(columns: [])
            try sink.write(Array(format.text(of: table).utf8))
            return
        }
        var format = format
        var output: [UInt8] = []
        format.begin(AnswerHead(title: report.title, hasParts: true), to: &output)
        for part in parts(report) {
            format.beginTable(TableHead(name: part.name, columns: part.table.columns), first: [], to: &output)
            for row in part.table.rows { format.row(row, to: &output) }
            format.endTable(to: &output)
            try sink.write(output)
            output = []
        }
        format.end(to: &output)
        try sink.write(output)
    }

    /// Each block as a table, by its name.
    func parts(_ report: Report) -> [(name: String, table: Table)] {
        var parts: [(name: String, table: Table)] = [
            (
                "report",
                Table(
                    columns: [Column("title"), Column("subtitle")],
                    rows: [[.text(report.title), .text(report.subtitle)]])
            ),
            (report.lead.key, report.lead.figures.table),
        ]
        var used: [String: Int] = [:]
        var section = ""
        var place = ""
        for block in report.blocks {
            if case .table(let table) = block, table.readers == .people { continue }
            if case .heading(let heading) = block {
                if heading.level == .section { section = heading.id + "." }
                place = heading.level == .section ? section : section + heading.id + "."
            }
            let (key, table) = part(block)
            let name = key.isEmpty ? String(place.dropLast()) : place + key
            used[name, default: 0] += 1
            let count = used[name] ?? 1
            parts.append((count > 1 ? "\(name)_\(count)" : name, table))
        }
        return parts + [(report.notes.key, report.notes.figures.table)]
    }

    private func part(_ block: Block) -> (key: String, table: Table) {
        switch block {
        case .heading(let heading):
            (
                "",
                Table(
                    columns: [Column("title"), Column("explanation")],
                    rows: [[.text(heading.title), .text(heading.explanation)]])
            )
        case .prose(let prose): (prose.key, prose.figures.table)
        case .facts(let facts): (facts.key, facts.table)
        case .table(let table): (table.key, table.figures.table)
        case .chart(let chart): (chart.key, chart.figures.table)
        case .timeline(let timeline): (timeline.key, timeline.figures.table)
        case .graph(let graph): (graph.key, graph.figures.table)
        case .tree(let tree): (tree.key, tree.figures.table)
        case .code(let code):
            (
                code.key,
                Table(
                    columns: [Column("title"), Column("text")],
                    rows: [[.text(code.title), .text(code.text)]])
            )
        case .links(let links): (links.key, links.figures.table)
        case .receipts(let receipts): (receipts.key, receipts.figures.table)
        }
    }
}

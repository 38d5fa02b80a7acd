import FlyteAnalysis
import FlyteModel
import Tables

/// A report as JSON.
///
/// ```json
/// {"title":…,"subtitle":…,"lead":[{"text":…,"tone":"plain|good|bad"}],
///  "sections":[{"id":…,"title":…,"total":…,"rows":[{column: value}],"receipts":[{"query":…,"parameters":{}}]}],
///  "notes":[…]}
/// ```
/// A section has a member for each of its blocks, by the block's key, and the second of a key has `_2` behind it:
///
/// - a table `"rows":[{…}]`, and before it as `"total"` (of other keys `"KEY_total"`) how many rows there are: all of
///   them, whatever other forms fold away,
/// - prose `"prose":[{"text":…,"tone":…}]`,
/// - facts `"facts":{name: value}`,
/// - a chart `"chart":{"title":…,"form":"line|bars","rows":[{…}]}`,
/// - a timeline `"timeline":{"title":…,"start_at":…,"end_at":…,"rows":[{…}]}`, a row a span,
/// - a graph `"graph":{"title":…,"rows":[{"label":…,"node":…,"status":…,"is_marked":…,"upstream":…}]}`, where `upstream` is
///   JSON: the nodes that it waits for,
/// - a tree `"tree":[{"number":…,"parent":…,"depth":…,"label":…,"status":…,"tone":…,"detail":…}]`, each item before
///   those that lie in it: no reader has to follow it down,
/// - code `"code":{"title":…,"text":…}`, and links `"links":[{"title":…,"address":…}]`,
/// - a heading within a section its id, with an object like a section's.
///
/// A receipt names a query, or has a statement as `sql`, or another command of `flightlog` as `command` with its `arguments`.
///
/// Rows have the keys and units of the CSV files; unknown is null. A rate has its interval beside it as `KEY_low` and
/// `KEY_high`, and a change is its difference with `KEY_low`, `KEY_high`, `KEY_p`, `KEY_adjusted_p` and `KEY_verdict`
/// (`worse`, `better`, `unchanged` or `not_enough_data`): the same keys in each row of every report.
struct JSONReport: ReportRenderer {
    func write(_ report: Report, to sink: any ByteSink) throws {
        let title = "{\"title\":\(quoted(report.title)),\"subtitle\":\(quoted(report.subtitle))"
        try sink.write(Array("\(title),\"lead\":\(sentences(report.lead)),\n\"sections\":[".utf8))
        for (index, section) in report.sections.enumerated() {
            let text = object(
                section.heading, among: Report.sections(section.blocks, by: .part))
            try sink.write(Array(((index > 0 ? ",\n" : "") + text).utf8))
        }
        let notes = report.notes.sentences.map { quoted($0.text) }.joined(separator: ",")
        try sink.write(Array("],\n\"notes\":[\(notes)]}\n".utf8))
    }

    /// A section, whose parts with a heading are members like its blocks.
    private func object(_ heading: HeadingBlock?, among parts: [ReportSection]) -> String {
        var members: [String] = []
        if let heading { members = ["\"id\":\(quoted(heading.id))", "\"title\":\(quoted(heading.title))"] }
        var used: [String: Int] = ["id": 1, "title": 1]
        /// The key, which is no other member's.
        func own(_ key: String) -> String {
            used[key, default: 0] += 1
            guard let count = used[key], count > 1 else { return key }
            return own("\(key)_\(count)")
        }
        for part in parts {
            if let heading = part.heading {
                let content = object(
                    heading, among: [ReportSection(heading: nil, blocks: part.blocks)])
                members.append("\(quoted(own(heading.id))):\(content)")
            } else {
                for block in part.blocks { members += self.members(block, own) }
            }
        }
        return "{\(members.joined(separator: ","))}"
    }

    private func members(_ block: Block, _ own: (String) -> String) -> [String] {
        func member(_ key: String, _ value: String) -> [String] { ["\(quoted(own(key))):\(value)"] }
        switch block {
        case .heading: return []  // It is the object that the others are in.
        case .prose(let prose): return member(prose.key, sentences(prose))
        case .facts(let facts):
            let values = facts.table.rows.first ?? []
            let pairs = zip(facts.table.columns, values).map {
                "\(quoted($0.name)):\(JSONFormat.value($1))"
            }
            return member(facts.key, "{\(pairs.joined(separator: ","))}")
        case .table(let table):
            return member(
                table.key == "rows" ? "total" : table.key + "_total", String(table.figures.rows.count))
                + member(table.key, rows(table.figures))
        case .chart(let chart):
            let form = "\"title\":\(quoted(chart.title)),\"form\":\(quoted(chart.form.rawValue))"
            return member(chart.key, "{\(form),\"rows\":\(rows(chart.figures))}")
        case .timeline(let line):
            let times =
                "\"start_at\":\(quoted(line.start.microsecondText)),\"end_at\":\(quoted(line.end.microsecondText))"
            return member(
                line.key, "{\"title\":\(quoted(line.title)),\(times),\"rows\":\(rows(line.figures))}")
        case .graph(let graph):
            return member(
                graph.key, "{\"title\":\(quoted(graph.title)),\"rows\":\(rows(graph.figures))}")
        case .tree(let tree): return member(tree.key, rows(tree.figures))
        case .code(let code):
            return member(code.key, "{\"title\":\(quoted(code.title)),\"text\":\(quoted(code.text))}")
        case .links(let links): return member(links.key, rows(links.figures))
        case .receipts(let receipts):
            return member(
                receipts.key, "[\(receipts.receipts.map(receipt).joined(separator: ","))]")
        }
    }

    private func quoted(_ text: String) -> String { JSONFormat.quoted(text) }

    private func sentences(_ prose: ProseBlock) -> String {
        let objects = prose.sentences.map {
            "{\"text\":\(quoted($0.text)),\"tone\":\(quoted($0.tone.rawValue))}"
        }
        return "[\(objects.joined(separator: ","))]"
    }

    private func rows(_ figures: FigureTable) -> String {
        String(JSONFormat().text(of: figures.table).dropLast())
    }

    private func receipt(_ receipt: Receipt) -> String {
        let parameters = receipt.parameters.sorted { $0.key < $1.key }.map {
            "\(quoted($0.key)):\(quoted($0.value))"
        }
        let bound = "\"parameters\":{\(parameters.joined(separator: ","))}"
        return switch receipt.question {
        case .query(let name): "{\"query\":\(quoted(name)),\(bound)}"
        case .sql(let statement): "{\"sql\":\(quoted(statement)),\(bound)}"
        case .command(let name, let arguments):
            "{\"command\":\(quoted(name)),\"arguments\":[\(arguments.map(quoted).joined(separator: ","))],\(bound)}"
        }
    }
}

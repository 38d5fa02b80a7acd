import FlyteAnalysis
import FlyteArchive
import FlyteIDL
import FlyteModel
import FlyteReport
import Markup
import Tables

/// The named queries: which there are, and their answers.
enum QuestionPages {
    /// More rows are for the other formats.
    private static let rowLimit = 1000

    static var list: BrowserPage {
        let links = NamedQuery.all.map { query in
            HTML(
                "li", [:],
                HTML("a", ["href": BrowserRequest.reference(["questions", query.name])], .text(query.title)),
                .text(". \(query.summary.parts(by: UInt8(ascii: "."))[0])."))
        }
        return BrowserPage(
            Report(
                title: "Questions", subtitle: "The named queries, as 'flightlog query' answers them.",
                lead: [],
                blocks: [], notes: []),
            below: [HTML("ul", [:], links)])
    }

    static func answer(
        _ query: NamedQuery, _ request: BrowserRequest, _ archive: Archive, now: Timestamp,
        _ zone: TimeZoneRules
    ) throws -> BrowserPage {
        let known = Set(query.parameters.map(\.name))
        let given = request.parameters.filter { known.contains($0.key) }
        let cells = try query.cells(
            for: given.map { (name: $0.key, value: $0.value) }, now: now, in: zone)
        var columns: [Column] = []
        var rows: [[Cell]] = []
        let isCut = try archive.userRows(
            query.sql, cells, limits: Archive.UserSQLLimits(seconds: Browser.timeLimit, rows: rowLimit),
            start: { columns = $0 }, take: { rows.append($0) })
        let receipt = Receipt(
            query: query.name,
            parameters: Dictionary(given.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }))
        let fields = query.parameters.filter { $0.kind != .clock }.map { parameter in
            FormField(
                name: parameter.name, label: parameter.name, value: request[parameter.name],
                hint: parameter.help)
        }
        let form = FormField.form(
            fields, action: BrowserRequest.reference(["questions", query.name]), label: query.title,
            button: "Ask")
        return BrowserPage(
            Report(
                title: query.title, subtitle: query.summary, lead: [],
                blocks: [
                    .table(AnswerTable(columns, zone).block(rows, whenEmpty: "No rows.")),
                    .receipts(ReceiptsBlock([receipt])),
                ], notes: isCut ? ["The first \(rowLimit) rows: 'flightlog query' has the others."] : []),
            above: fields.isEmpty ? [] : [form])
    }
}

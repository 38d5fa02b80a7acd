import FlyteArchive
import FlyteModel
import Tables

/// The named queries over one window of an archive, with their receipts.
final class WindowQuestions {
    private let archive: Archive
    private let parameters: [String: String]
    /// Several sections look at the same answer.
    private var answers: [String: [QueryRow]] = [:]

    init(archive: Archive, window: TimeWindow, project: String?, domain: String?) {
        self.archive = archive
        var parameters = ["since": window.start.microsecondText, "until": window.end.microsecondText]
        parameters["project"] = project
        parameters["domain"] = domain
        self.parameters = parameters
    }

    func receipt(_ name: String) -> Receipt { Receipt(query: name, parameters: parameters) }

    /// All rows of a query, not only the first ones.
    func rows(_ name: String) throws(ArchiveError) -> [QueryRow] {
        if let answer = answers[name] { return answer }
        guard let query = NamedQuery.named(name) else { preconditionFailure("there is no query '\(name)'") }
        var cells = parameters.mapValues { Cell.text($0) }
        if query.parameters.contains(where: { $0.name == "limit" }) { cells["limit"] = .integer(-1) }
        let table = try query.run(on: archive, cells)
        let columns = Dictionary(uniqueKeysWithValues: table.columns.enumerated().map { ($1.name, $0) })
        let rows = table.rows.map { QueryRow(columns: columns, cells: $0) }
        answers[name] = rows
        return rows
    }

    func section<Row: Hashable & Sendable>(
        _ name: String, _ limit: Int, _ row: (QueryRow) -> Row
    ) throws(ArchiveError) -> WeeklySummary.Section<Row> {
        let rows = try rows(name)
        return WeeklySummary.Section(
            rows: rows.prefix(limit).map(row), total: rows.count, receipts: [receipt(name)])
    }
}

/// A row of an answer, by the names of its columns.
struct QueryRow {
    let columns: [String: Int]
    let cells: [Cell]

    private func cell(_ column: String) -> Cell { columns[column].map { cells[$0] } ?? .null }

    func text(_ column: String) -> String? { cell(column).text }
    func real(_ column: String) -> Double? { cell(column).real }
    /// 0 for NULL.
    func count(_ column: String) -> Int { cell(column).integer.flatMap(Int.init(exactly:)) ?? 0 }
}

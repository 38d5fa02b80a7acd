public import FlyteArchive
public import FlyteModel
import Tables

/// The named queries over one window of an archive, with their receipts.
public final class WindowQuestions {
    private let archive: Archive
    private let parameters: [String: String]
    /// Several sections look at the same answer.
    private var answers: [String: [QueryRow]] = [:]

    /// - Parameters:
    ///   - project: Only this one; nil for all.
    ///   - domain: Only this one; nil for all.
    ///   - children: Executions that others launched count, too.
    public init(
        archive: Archive, window: TimeWindow, project: String?, domain: String?, children: Bool
    ) {
        self.archive = archive
        var parameters = ["since": window.start.microsecondText, "until": window.end.microsecondText]
        parameters["project"] = project
        parameters["domain"] = domain
        // Each question has a default of its own, which counts nothing twice.
        if children { parameters["children"] = "1" }
        self.parameters = parameters
    }

    /// What asks for all rows: the question as it is asked here.
    public func receipt(_ name: String) -> Receipt {
        let known = Set(NamedQuery.required(name).parameters.map(\.name))
        var given = parameters.filter { known.contains($0.key) }
        if known.contains("limit") { given["limit"] = "-1" }
        return Receipt(query: name, parameters: given)
    }

    /// All rows of a query, not only the first ones.
    public func rows(_ name: String) throws(ArchiveError) -> [QueryRow] {
        if let answer = answers[name] { return answer }
        let query = NamedQuery.required(name)
        let rows = try query.run(on: archive, query.cells(of: receipt(name).parameters)).namedRows
        answers[name] = rows
        return rows
    }

    func section<Row: Hashable & Sendable>(
        _ name: String, _ row: (QueryRow) -> Row
    ) throws(ArchiveError) -> WeeklySummary.Section<Row> {
        WeeklySummary.Section(rows: try rows(name).map(row), receipts: [receipt(name)])
    }
}

/// A row of an answer, by the names of its columns.
public struct QueryRow {
    let columns: [String: Int]
    let cells: [Cell]

    private func cell(_ column: String) -> Cell { columns[column].map { cells[$0] } ?? .null }

    public func text(_ column: String) -> String? { cell(column).text }
    public func real(_ column: String) -> Double? { cell(column).real }
    public func integer(_ column: String) -> Int64? { cell(column).integer }
    /// 0 for NULL.
    public func count(_ column: String) -> Int { cell(column).integer.flatMap(Int.init(exactly:)) ?? 0 }
}

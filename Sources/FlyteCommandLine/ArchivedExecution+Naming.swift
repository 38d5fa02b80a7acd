import CommandLineParser
import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

extension ArchivedExecution {
    /// How an argument names one.
    static let help =
        "project/domain/name, a name or its beginning where no other has it, a console URL, or a flyte:// address."

    /// Finds what was named: by its whole name, else by the beginning of one that is the only such.
    init(_ text: String, in archive: Archive, path: String) throws {
        let reference = ExecutionReference(text)
        var found = try Self.named(reference, in: archive, byBeginning: false)
        if found.isEmpty { found = try Self.named(reference, in: archive, byBeginning: true) }
        guard let first = found.first else {
            throw Failure(
                "'\(path)' has no execution '\(text)'.\(try Self.guess(reference, in: archive)) 'flightlog list \(path)' finds executions; 'flightlog harvest' with --execution fetches one."
            )
        }
        guard found.count == 1 else {
            let names = found.prefix(5).map { "\($0.id) of \($0.source)" }.joined(separator: ", ")
            let isShort = found.contains { $0.id.name != first.id.name }
            throw Failure(
                "'\(text)' names \(found.count > Self.limit ? "more than \(Self.limit)" : String(found.count)) executions in '\(path)': \(names)\(found.count > 5 ? ", …" : ""). Write \(isShort ? "more of the name" : "project/domain/name")."
            )
        }
        self = first
    }

    /// As many are told apart.
    private static let limit = 100

    private static func named(
        _ reference: ExecutionReference, in archive: Archive, byBeginning: Bool
    ) throws -> [ArchivedExecution] {
        var cells: [String: Cell] = [
            "name": .text(reference.name), "project": Cell(reference.project),
            "domain": Cell(reference.domain),
        ]
        if byBeginning {
            guard !reference.name.isEmpty else { return [] }
            // No character sorts behind this one.
            cells["end"] = .text(reference.name + "\u{10FFFF}")
        }
        let table = try archive.query(
            """
            SELECT source, project, domain, name FROM v_execution
            WHERE \(byBeginning ? "name > :name AND name < :end" : "name = :name")
                AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
            ORDER BY name, source, project, domain LIMIT \(limit + 1)
            """, cells)
        return table.rows.map { row in
            ArchivedExecution(
                source: row[0].text ?? "",
                id: ExecutionID(
                    project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? ""))
        }
    }

    /// ` Did you mean …?`, or nothing.
    private static func guess(_ reference: ExecutionReference, in archive: Archive) throws -> String {
        if let project = reference.project, let domain = reference.domain {
            let elsewhere = try named(ExecutionReference(reference.name), in: archive, byBeginning: false)
            if let other = elsewhere.first { return " Did you mean '\(other.id)'?" }
            let scopes = try archive.query("SELECT DISTINCT project || '/' || domain FROM v_execution").rows
                .compactMap { $0[0].text }
            if !scopes.contains("\(project)/\(domain)") {
                return Suggestion.sentence(for: "\(project)/\(domain)", among: scopes)
            }
        }
        let names = try archive.query(
            """
            SELECT DISTINCT name FROM v_execution
            WHERE (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
            """,
            [
                "project": Cell(reference.project),
                "domain": Cell(reference.domain),
            ]
        ).rows.compactMap { $0[0].text }
        return Suggestion.sentence(for: reference.name, among: names)
    }
}

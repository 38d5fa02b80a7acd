import FlyteArchive
import FlyteModel
import Tables

/// An execution that the command line named, in the archive.
struct FoundExecution {
    var source: String
    var id: ExecutionID

    /// What binds it in SQL as `:source`, `:project`, `:domain` and `:execution`.
    var cells: [String: Cell] {
        [
            "source": .text(source), "project": .text(id.project), "domain": .text(id.domain),
            "execution": .text(id.name),
        ]
    }

    static let condition =
        "source = :source AND project = :project AND domain = :domain AND execution = :execution"

    init(_ text: String, in archive: Archive, path: String) throws {
        let reference = ExecutionReference(text)
        let table = try archive.query(
            """
            SELECT source, project, domain, name FROM v_execution
            WHERE name = :name AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
            ORDER BY source, project, domain
            """,
            [
                "name": .text(reference.name), "project": reference.project.map { .text($0) } ?? .null,
                "domain": reference.domain.map { .text($0) } ?? .null,
            ])
        let found = table.rows.map { row in
            (
                source: row[0].text ?? "",
                id: ExecutionID(
                    project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? "")
            )
        }
        guard let first = found.first else {
            throw Failure(
                "'\(path)' has no execution '\(text)'. 'flightlog status \(path)' says what it covers; 'flightlog harvest' with --execution fetches one."
            )
        }
        guard found.count == 1 else {
            let names = found.map { "\($0.id) of \($0.source)" }.joined(separator: ", ")
            throw Failure(
                "'\(text)' names \(found.count) executions in '\(path)': \(names). Write project/domain/name."
            )
        }
        (source, id) = first
    }
}

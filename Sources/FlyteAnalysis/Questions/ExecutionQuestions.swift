import FlyteArchive
import FlyteModel
import Tables

/// Statements over the archive's views about one execution, with their receipts.
///
/// A statement names the execution as `:source`, `:project`, `:domain` and `:execution`; what is not in it is not bound.
struct ExecutionQuestions {
    let archive: Archive
    let execution: ArchivedExecution

    /// An answer and what asks for it again.
    func rows(
        _ sql: String, _ parameters: [String: String] = [:]
    ) throws(ArchiveError) -> (rows: [QueryRow], receipt: Receipt) {
        var bound = execution.parameters.merging(parameters) { $1 }
        let names = Set(try archive.parameterNames(of: sql))
        bound = bound.filter { names.contains($0.key) }
        let rows = try archive.query(sql, bound.mapValues { .text($0) }).namedRows
        return (rows, Receipt(sql: sql, parameters: bound))
    }

    /// The same of a query of `queries/`.
    func rows(
        query name: String, _ parameters: [String: String]
    ) throws(ArchiveError) -> (rows: [QueryRow], receipt: Receipt) {
        let query = NamedQuery.required(name)
        let rows = try query.run(on: archive, query.cells(of: parameters)).namedRows
        return (rows, Receipt(query: name, parameters: parameters))
    }
}

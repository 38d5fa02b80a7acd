/// The tables that the archive fills row by row from what it read, each declared once, in the file of its rows.
///
/// What belongs to an execution and is made again with it follows from the schema: see `OwnedTables`.
enum ArchiveTable {
    /// Only for the test that holds declarations and schema against each other.
    static let all: [any DeclaredTable] = [
        execution, tag, message, capture, redaction, literalMap, literal, node, attempt, subtask, reason,
        log, signal, unreadable, span, pathStep, wallTime, whatIf, dynamicEdge, lostRow, neverWritten,
        lineage,
        definition, edge,
        definitionRedaction,
    ]
}

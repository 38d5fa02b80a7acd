import FlyteModel
import FlyteTrace
import Tables

/// Writes what follows from a tree and its children: its cause, its spans and its critical path.
struct DerivedWriter {
    let archive: Archive
    let source: SourceID
    /// Tied to the archive's definitions.
    let tree: ExecutionTree
    /// Of the metric spans that the server told, as `SpanRows` sums them up; nil when it told none.
    let toldSpans: Int?

    private var database: Database { archive.database }
    private var children: ArchivedChildren { ArchivedChildren(archive: archive, source: source) }

    /// Writes all of it. The execution has a row, and no spans and no path.
    func write(id: Int64) throws {
        try database.run(Self.causeUpdate, causeValues + [.integer(id)])
        try writeSpans(id)
        try writePath(id)
    }

    // MARK: The cause

    static let causeColumns = ["cause_id", "cause_execution", "cause_node_id", "cause_attempt"]
    private static let causeUpdate = TreeWriter.update(of: causeColumns)

    /// In the order of the columns.
    var causeValues: [Cell] {
        get throws {
            let cause = FailureCause.find(in: tree) { children.cause(of: $0) }
            return [
                try archive.errorCell(cause?.error),
                cause.map { .text(Archive.reference($0.execution, from: tree.capture.id)) } ?? .null,
                try archive.nameCell(cause?.nodeID), cause?.attempt.map { .integer(Int64($0)) } ?? .null,
            ]
        }
    }

    // MARK: Spans and path

    // As `metric_span.origin` has them.
    private enum SpanOrigin: Int64 { case both, archive, server }

    /// As a rule, those of the server are as ours are, and then they are written once.
    func writeSpans(_ id: Int64) throws {
        let origin = toldSpans == nil ? SpanOrigin.archive : .both
        var hasher = Hasher()
        var rows = SpanRows()
        try SpanBuilder.walk(tree, child: { children.lifetime(of: $0) }) { span, depth in
            guard let row = rows.next(span, depth) else { return }
            hasher.combine(row)
            try write(row, origin, id)
        }
        guard let metrics = tree.metrics, toldSpans != hasher.finalize() else { return }
        try database.run(
            "UPDATE metric_span SET origin = ? WHERE execution_id = ? AND origin = ?",
            [.integer(SpanOrigin.archive.rawValue), .integer(id), .integer(SpanOrigin.both.rawValue)])
        rows = SpanRows()
        try Span.walk(metrics: metrics.bytes) { span, depth in
            if let row = rows.next(span, depth) { try write(row, .server, id) }
        }
    }

    private func write(_ row: SpanRow, _ origin: SpanOrigin, _ id: Int64) throws {
        try database.run(
            """
            INSERT INTO metric_span (execution_id, origin, number, parent, depth, node_id, attempt, operation_id, start_at,
                duration_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(id), .integer(origin.rawValue), .integer(row.number), Archive.cell(row.parent),
                .integer(Int64(row.depth)), try name(row.nodeID), Archive.cell(row.attempt),
                try name(row.operation), .integer(row.start.nanoseconds), .integer(row.duration),
            ])
    }

    // An empty name is one, too.
    private func name(_ text: String?) throws -> Cell {
        try text.map { .integer(try archive.nameID($0)) } ?? .null
    }

    func writePath(_ id: Int64) throws {
        guard let steps = CriticalPath.steps(of: tree, child: { children.path(of: $0) }) else { return }
        for (index, step) in steps.enumerated() {
            try database.run(
                """
                INSERT INTO path_step (execution_id, step, node, attempt, class_id, start_at, duration_ns)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(id), .integer(Int64(index + 1)),
                    step.nodeID.flatMap { tree.node($0) }.map { .integer(Int64($0 + 1)) } ?? .null,
                    step.attempt.map { .integer(Int64($0)) } ?? .null,
                    .integer(try archive.nameID(step.kind.rawValue)),
                    .integer(step.start.nanoseconds), .integer(step.duration),
                ])
        }
    }
}

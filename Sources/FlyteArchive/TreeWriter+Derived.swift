import FlyteModel
import FlyteTrace
import Tables

// What follows from a tree and its children.
extension TreeWriter {
    // As `metric_span.origin` has them.
    private enum SpanOrigin: Int64 { case both, archive, server }

    /// As a rule, those of the server are as ours are, and then they are written once.
    func writeSpans(_ id: Int64) throws {
        let origin = toldSpans == nil ? SpanOrigin.archive : .both
        var hasher = Hasher()
        var rows = SpanRows()
        try SpanBuilder.walk(tree, child: { children.lifetime(of: $0) }) { span, depth in
            guard let row = try rows.next(span, depth, name: archive.nameID) else { return }
            hasher.combine(row)
            try write(row, origin, id)
        }
        guard let metrics = tree.metrics, toldSpans != hasher.finalize() else { return }
        try database.run(
            "UPDATE metric_span SET origin = ? WHERE execution_id = ? AND origin = ?",
            [.integer(SpanOrigin.archive.rawValue), .integer(id), .integer(SpanOrigin.both.rawValue)])
        rows = SpanRows()
        try Span.walk(metrics: metrics.bytes) { span, depth in
            if let row = try rows.next(span, depth, name: archive.nameID) { try write(row, .server, id) }
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
                .integer(Int64(row.depth)), Archive.cell(row.nodeID), Archive.cell(row.attempt),
                Archive.cell(row.operation), .integer(row.start.nanoseconds), .integer(row.duration),
            ])
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

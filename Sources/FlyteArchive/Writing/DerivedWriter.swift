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
    private var children: ArchivedChildren { ArchivedChildren(of: tree, archive, source) }

    private func place(_ id: Int64) -> RowPlace { RowPlace(archive: archive, source: source, owner: id) }

    /// Writes all of it. The execution has a row, and no spans and no path.
    func write(id: Int64) throws {
        try ArchiveTable.cause.update(id, cause, at: place(id))
        try writeSpans(id)
        try writePath(id)
    }

    var cause: CauseRow {
        let cause = FailureCause.find(in: tree) { children.cause(of: $0) }
        return CauseRow(cause: cause, causeClass: CauseClass(of: tree, cause: cause), own: tree.capture.id)
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
        guard let metrics = tree.metrics, let toldSpans, toldSpans != hasher.finalize() else { return }
        try database.run(
            "UPDATE metric_span SET origin = ? WHERE execution_id = ? AND origin = ?",
            [.integer(SpanOrigin.archive.rawValue), .integer(id), .integer(SpanOrigin.both.rawValue)])
        rows = SpanRows()
        try Span.walk(metrics: metrics.bytes) { span, depth in
            if let row = rows.next(span, depth) { try write(row, .server, id) }
        }
    }

    private func write(_ row: SpanRow, _ origin: SpanOrigin, _ id: Int64) throws {
        try ArchiveTable.span.insert(row, at: place(id).numbered(Int(row.number), in: origin.rawValue))
    }

    func writePath(_ id: Int64) throws {
        guard let steps = CriticalPath.steps(of: tree, child: { children.path(of: $0) }) else { return }
        for (index, step) in steps.enumerated() {
            let node = step.nodeID.flatMap { tree.node($0) }.map { $0 + 1 }
            try ArchiveTable.pathStep.insert(
                PathStepRow(step: step, node: node), at: place(id).numbered(index + 1))
        }
    }
}

import FlyteModel
import FlyteTrace
import Tables

/// Writes what follows from a tree and its children: its cause, its spans, its critical path, and what it could have done
/// without.
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
        try writePath(path, ExecutionNetworks(of: tree), id)
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

    /// nil while the execution has not ended.
    var path: [PathStep]? { CriticalPath.steps(of: tree) { children.path(of: $0) } }

    /// Writes a path, what it sums up to, and how long the execution would have taken without this and that.
    func writePath(_ path: [PathStep]?, _ networks: ExecutionNetworks, _ id: Int64) throws {
        guard let path else { return }
        var sums: [PathClass: Int64] = [:]
        for step in path { sums[step.kind, default: 0] += step.duration }
        for kind in PathClass.allCases {
            guard let duration = sums[kind] else { continue }
            try ArchiveTable.wallTime.insert((kind, duration), at: place(id))
        }
        for answer in WhatIf.all(in: networks, child: { children.saving(of: $0, $1) }) {
            try ArchiveTable.whatIf.insert(answer, at: place(id))
        }
        for (index, step) in path.enumerated() {
            let node = step.nodeID.flatMap { tree.node($0) }.map { $0 + 1 }
            try ArchiveTable.pathStep.insert(
                PathStepRow(step: step, node: node), at: place(id).numbered(index + 1))
        }
    }
}

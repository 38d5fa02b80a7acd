import FlyteModel

/// Makes rows of an execution's metric spans, as they come one by one.
struct SpanRows {
    private var number: Int64 = 0
    /// The spans that lie around the next one, by depth; those without times have no number, and no rows inside them.
    private var open: [(number: Int64?, node: String?)] = []

    /// A number for the rows of the spans that the server told, the same for the same rows; nil when it told none
    /// that can be read.
    static func sum(of tree: ExecutionTree) -> Int? {
        guard let metrics = tree.metrics else { return nil }
        var rows = SpanRows()
        var hasher = Hasher()
        do {
            try Span.walk(metrics: metrics.bytes) { span, depth in
                if let row = rows.next(span, depth) { hasher.combine(row) }
            }
        } catch {
            return nil
        }
        return hasher.finalize()
    }

    /// The row of the next span; nil when it has none.
    mutating func next(_ span: Span, _ depth: Int) -> SpanRow? {
        open.removeLast(open.count - depth)
        var place: (number: Int64?, node: String?) = (nil, nil)
        defer { open.append(place) }
        let parent = open.last
        guard depth == 0 || parent?.number != nil, let start = span.start, let end = span.end else {
            return nil
        }
        number += 1
        var row = SpanRow(
            number: number, parent: parent?.number, depth: depth, start: start, duration: end - start)
        switch span.entity {
        case .execution, .unknown: break
        case .node(let reference):
            row.nodeID = reference.nodeID
            place.node = row.nodeID
        case .attempt(let reference, _, let retry):
            row.nodeID = reference.nodeID
            row.attempt = Int64(retry)
            place.node = row.nodeID
        case .operation(let operation):
            row.operation = operation
            row.nodeID = parent?.node
        }
        // What lies inside a child execution is the child's own, and not written again.
        if case .execution = span.entity, depth > 0 { return row }
        place.number = number
        return row
    }
}

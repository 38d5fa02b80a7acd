import FlyteModel

/// Makes rows of an execution's metric spans, as they come one by one.
struct SpanRows {
    private var number: Int64 = 0
    /// The spans that lie around the next one, by depth; those without times have no number, and no rows inside them.
    private var open: [(number: Int64?, node: Int64?)] = []

    /// The row of the next span; nil when it has none.
    ///
    /// - Parameter name: Gives a name's number.
    mutating func next(_ span: Span, _ depth: Int, name: (String) throws -> Int64) rethrows -> SpanRow? {
        open.removeLast(open.count - depth)
        var place: (number: Int64?, node: Int64?) = (nil, nil)
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
            row.nodeID = try name(reference.nodeID)
            place.node = row.nodeID
        case .attempt(let reference, _, let retry):
            row.nodeID = try name(reference.nodeID)
            row.attempt = Int64(retry)
            place.node = row.nodeID
        case .operation(let operation):
            row.operation = try name(operation)
            row.nodeID = parent?.node
        }
        // What lies inside a child execution is the child's own, and not written again.
        if case .execution = span.entity, depth > 0 { return row }
        place.number = number
        return row
    }
}

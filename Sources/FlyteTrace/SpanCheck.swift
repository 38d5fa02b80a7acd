public import FlyteModel

/// Compares the recomputed metric spans of an execution with those that its server gave.
public enum SpanCheck {
    /// A span that only one side has, as a line to read: `NODE_SETUP of n0: … only the server's`.
    /// Nothing where both agree, or where the server's were not harvested.
    ///
    /// Not compared is what the server leaves to chance, or to another execution:
    /// - the end of `NODE_SETUP` of a node with several attempts: it takes whichever its database gives first;
    /// - what lies in a node whose children ran more than once: it mixes the generations;
    /// - what lies inside a child execution: the child has spans of its own;
    /// - all of an execution that still ran: rows change between the server's answers.
    public static func findings(_ spans: Span, of tree: ExecutionTree) -> [String] {
        guard let server = tree.serverSpan, tree.execution.lifetime.isTerminal else { return [] }
        var counts: [KeyBytes: Int] = [:]
        for line in lines(of: spans, tree) { counts[line, default: 0] += 1 }
        for line in lines(of: server, tree) { counts[line, default: 0] -= 1 }
        return counts.filter { $0.value != 0 }.sorted { $0.key < $1.key }
            .map { line, count in "\(line) only \(count > 0 ? "recomputed" : "the server's")" }
    }

    private static func lines(of span: Span, _ tree: ExecutionTree) -> [KeyBytes] {
        var lines: [KeyBytes] = []
        func add(_ span: Span, in parent: String, depth: Int, isSetupOfMany: Bool) {
            var name: String
            switch span.entity {
            case .execution(let id): name = "execution \(id.name)"
            case .node(let node): name = "node \(node.nodeID)"
            case .attempt(let node, _, let attempt): name = "attempt \(attempt) of \(node.nodeID)"
            case .operation(let operation): name = "\(operation) of \(parent)"
            case .unknown: name = "something in \(parent)"
            }
            let end = isSetupOfMany ? "any" : span.end.map { "\($0)" } ?? "-"
            lines.append(KeyBytes("\(name): \(span.start.map { "\($0)" } ?? "-") to \(end)"))
            if case .execution = span.entity, depth > 0 { return }
            if case .node(let node) = span.entity, let index = tree.node(node.nodeID),
                tree.nodes[index].levels.count > 1
            {
                return
            }
            let attempts = span.spans.count { if case .attempt = $0.entity { true } else { false } }
            for inner in span.spans {
                add(
                    inner, in: name, depth: depth + 1,
                    isSetupOfMany: attempts > 1 && inner.entity == .operation("NODE_SETUP"))
            }
        }
        add(span, in: "", depth: 0, isSetupOfMany: false)
        return lines
    }
}

import FlyteModel
import FlyteTrace
import TestSupport
import Testing

struct RecordedPathTests {
    @Test(arguments: [
        RecordedExchange.Set.propellerCases, .propellerBulk, .scriptedLocal, .scriptedLater,
    ])
    func everyPathIsSound(set: RecordedExchange.Set) throws {
        let trees = try RecordedCaptures(set).trees()
        func path(_ id: ExecutionID) -> [PathStep]? {
            trees[id].flatMap { CriticalPath.steps(of: $0) { path($0) } }
        }
        var paths = 0
        for (id, tree) in trees {
            guard let steps = path(id) else { continue }
            paths += 1
            #expect(
                PathCheck.findings(steps, of: tree).isEmpty, "\(id): \(PathCheck.findings(steps, of: tree))")
            let wall = max(tree.execution.lifetime.wall ?? 0, 0)
            #expect(steps.reduce(0) { $0 + $1.duration } == wall, "\(id)")
            #expect(!steps.contains { $0.kind == .unexplained }, "\(id)")
        }
        #expect(paths > 100)
    }

    @Test(arguments: [RecordedExchange.Set.propellerCases, .propellerBulk, .scriptedLocal])
    func spansAreTheServers(set: RecordedExchange.Set) throws {
        let trees = try RecordedCaptures(set).trees()
        var compared = 0
        for (id, tree) in trees {
            guard let theirs = tree.serverSpan else { continue }
            compared += 1
            let ours = SpanBuilder.span(of: tree) { trees[$0]?.execution.lifetime }
            let (a, b) = (Self.lines(Self.normal(ours)), Self.lines(Self.normal(theirs)))
            #expect(
                a == b,
                "\(id): only here \(a.filter { !b.contains($0) }), only there \(b.filter { !a.contains($0) })"
            )
        }
        #expect(compared > 100)
    }

    /// A line a span, so that a difference can be read.
    static func lines(_ span: Span, depth: Int = 0) -> [String] {
        let name =
            switch span.entity {
            case .execution(let id): id.name
            case .node(let node): node.nodeID
            case .attempt(let node, _, let attempt): "\(node.nodeID) attempt \(attempt)"
            case .operation(let operation): operation
            case .unknown: "?"
            }
        let times = [span.start, span.end].map { $0.map { "\($0)" } ?? "-" }.joined(separator: " … ")
        return ["\(depth) \(name) \(times)"] + span.spans.flatMap { lines($0, depth: depth + 1) }
    }

    /// Without what lies inside child executions, which is theirs, and without the end of the setup of nodes
    /// that were tried more than once: there the server takes whichever attempt its database gives first.
    static func normal(_ span: Span, depth: Int = 0) -> Span {
        var span = span
        if depth > 0, case .execution = span.entity {
            span.spans = []
            return span
        }
        let attempts = span.spans.filter { if case .attempt = $0.entity { true } else { false } }
        span.spans = span.spans.map {
            var inner = normal($0, depth: depth + 1)
            if attempts.count > 1, inner.entity == .operation("NODE_SETUP") { inner.end = nil }
            return inner
        }
        return span
    }
}

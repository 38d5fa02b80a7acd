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
        var unexplained: [String] = []
        for (id, tree) in trees {
            guard let steps = path(id) else { continue }
            paths += 1
            #expect(
                PathCheck.findings(steps, of: tree).isEmpty, "\(id): \(PathCheck.findings(steps, of: tree))")
            let wall = max(tree.execution.lifetime.wall ?? 0, 0)
            #expect(steps.reduce(0) { $0 + $1.duration } == wall, "\(id)")
            if steps.contains(where: { $0.kind == .unexplained }) { unexplained.append(id.name) }
        }
        // Runs that the recording's script ended in the middle: nodes of the definition have no row.
        let cut =
            set == .scriptedLater
            ? [
                "c13-at-dynamic", "c13-at-queued", "c13-at-retry", "c13-at-running", "c13-at-task-queued",
                "c14-archived-running", "c17-pending-logs",
            ] : []
        #expect(unexplained.sorted() == cut)
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
            #expect(SpanCheck.findings(ours, of: tree) == [], "\(id)")
            // The order is the server's as well, but for the children that it lists by chance.
            #expect(ours.spans.first?.entity == theirs.spans.first?.entity, "\(id)")
        }
        #expect(compared > 100)
    }
}

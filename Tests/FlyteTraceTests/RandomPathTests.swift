import FlyteModel
import FlyteTrace
import TestSupport
import Testing

struct RandomPathTests {
    typealias Row = MadeExecution.Row

    /// What lies on the path at each second, worked out second by second from the picture itself.
    private static func slowPath(_ made: MadeExecution) -> [String] {
        guard let upstream = made.workflow?.upstream else { return [] }
        func row(_ id: String) -> Row? { made.rows.first { $0.id == id } }
        func released(_ id: String) -> Row? {
            var best: Row?
            for row in (upstream[id] ?? []).sorted().compactMap(row) {
                if best == nil || row.updated > best!.updated { best = row }
            }
            return best
        }
        return (0..<made.end).map { second in
            var chain: [Row] = []
            var next = released("end-node")
            while let row = next, row.id != "start-node" {
                chain.insert(row, at: 0)
                next = released(row.id)
            }
            if second < row("start-node")?.updated ?? 0 { return "- flyte_overhead" }
            guard let here = chain.first(where: { second < $0.updated }) else { return "- flyte_overhead" }
            // The first border that lies ahead names the stretch.
            var borders: [(Int64, String)] = [(here.created, "\(here.id) flyte_overhead")]
            for (number, attempt) in here.attempts.enumerated() {
                let name = "\(here.id) #\(number)"
                borders.append((attempt.created, "\(here.id) flyte_overhead"))
                if number < here.attempts.count - 1 {
                    borders.append((here.attempts[number + 1].created, "\(name) retry"))
                    continue
                }
                if let started = attempt.started {
                    borders.append((started, "\(name) queue"))
                    borders.append((attempt.ended ?? here.updated, "\(name) user_code"))
                } else {
                    borders.append((attempt.updated ?? attempt.created, "\(name) user_code"))
                }
            }
            return borders.first { second < $0.0 }?.1 ?? "\(here.id) flyte_overhead"
        }
    }

    static func random(_ seed: UInt64) -> MadeExecution {
        var random = SeededRandom(seed: seed)
        let count = Int.random(in: 1...9, using: &random)
        var upstream: [String: [String]] = [:]
        var rows = [Row("start-node", 1, Int64.random(in: 1...3, using: &random))]
        var ends: [String: Int64] = ["start-node": rows[0].updated]
        var isUsed: Set<String> = []
        for number in 0..<count {
            let id = "n\(number)"
            var before: Set<String> = []
            for _ in 0..<Int.random(in: 0...3, using: &random) where number > 0 {
                before.insert("n\(Int.random(in: 0..<number, using: &random))")
            }
            upstream[id] = before.isEmpty ? ["start-node"] : before.sorted()
            isUsed.formUnion(before)
            // Two seconds early at most: clocks differ.
            let release = (upstream[id] ?? []).compactMap { ends[$0] }.max() ?? 0
            let created = max(0, release + Int64.random(in: -2...3, using: &random))
            var time = created
            var attempts: [MadeExecution.Attempt] = []
            for attempt in 0..<Int.random(in: 0...3, using: &random) {
                let begin = time + Int64.random(in: 0...2, using: &random)
                let started =
                    Bool.random(using: &random) ? begin + Int64.random(in: -1...4, using: &random) : nil
                let end = (started ?? begin) + Int64.random(in: 0...6, using: &random)
                attempts.append(
                    .init(
                        created: begin, started: started, ended: started == nil ? nil : end, updated: end,
                        phase: attempt == 0 ? "SUCCEEDED" : "FAILED"))
                time = end
            }
            let end = max(created, time + Int64.random(in: -1...2, using: &random))
            rows.append(Row(id, created, end, attempts: attempts))
            ends[id] = end
        }
        upstream["end-node"] = upstream.keys.filter { !isUsed.contains($0) }.sorted()
        let last = (upstream["end-node"] ?? []).compactMap { ends[$0] }.max() ?? 0
        let end = max(1, last + Int64.random(in: -2...3, using: &random))
        return MadeExecution(.init(upstream), end: end, rows.shuffled(using: &random))
    }

    @Test(arguments: UInt64(0)..<300)
    func thePathIsThatOfASlowPlainComputation(seed: UInt64) throws {
        let made = Self.random(seed)
        let tree = try made.tree()
        let steps = try #require(CriticalPath.steps(of: tree) { _ in nil })
        #expect(PathCheck.findings(steps, of: tree) == [])
        var seconds: [String] = []
        for step in steps {
            let words = MadeExecution.line(step).split(separator: " ").dropFirst().joined(separator: " ")
            let count = (step.end - step.start) / 1_000_000_000
            seconds += Array(repeating: words, count: Int(count))
        }
        #expect(seconds == Self.slowPath(made))
    }
}

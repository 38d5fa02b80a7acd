import FlyteModel
import FlyteTrace
import Foundation
import TestSupport
import Testing

/// What released what, slack and drag, against `Tests/paths/releases`: another implementation, in another language.
struct SecondReleaseTests {
    /// What the other one is told of an execution.
    struct Told: Encodable {
        struct Level: Encodable {
            var parent: Int?
            /// nil without a definition.
            var specs: [String]?
            var upstream: [String: [String]]
            /// Whether its nodes run side by side, and are all waited for.
            var flat: Bool
        }
        struct Node: Encodable {
            var id: String
            var spec: String
            var level: Int
            var kind: String
            var created: Int64?
            var ended: Int64?
            var stopped: Int64?
            var succeeded: Bool
            var failed: Bool
            var skipped: Bool
            var phantom: Bool
            var inner: Int?
        }
        var succeeded: Bool
        var begin: Int64
        var end: Int64
        var top: Int?
        /// Whether no rows of the top were withheld.
        var whole: Bool
        var levels: [Level]
        var nodes: [Node]
        /// So many nodes are tried at most, of about twice as many one in two and so on.
        var most: Int

        init?(_ tree: ExecutionTree, most: Int) {
            let times = tree.execution.lifetime
            guard times.isTerminal, let begin = times.createdAt, let end = times.endedAt else { return nil }
            (self.begin, self.end, self.most) = (begin.nanoseconds, end.nanoseconds, most)
            succeeded = tree.execution.phase == .succeeded
            let withheld = Set(
                tree.capture.withheld.filter { $0.field == "nodes" && $0.place.attempt == nil }
                    .map { $0.place.nodeID ?? "" })
            whole = !withheld.contains("")
            let outer = tree.levels.indices.filter { tree.levels[$0].parent == nil }
            top = outer.first { tree.levels[$0].retryGroup.isEmpty } ?? outer.first
            levels = tree.levels.map { level in
                let kind = level.parent.map { tree.nodes[$0].kind }
                return Level(
                    parent: level.parent, specs: level.workflow?.nodeIDs,
                    upstream: Dictionary(
                        uniqueKeysWithValues: (level.workflow?.upstream ?? [:]).map {
                            ($0.key.text, $0.value)
                        }),
                    flat: kind == .branch || kind == .array)
            }
            nodes = tree.nodes.indices.map { index in
                let node = tree.nodes[index]
                let isOuter = [.workflow, .dynamic, .branch, .array].contains(node.kind)
                return Node(
                    id: node.id, spec: node.specID, level: node.level, kind: node.kind.rawValue,
                    created: node.lifetime.createdAt?.nanoseconds,
                    ended: node.lifetime.isTerminal ? node.lifetime.updatedAt?.nanoseconds : nil,
                    stopped: node.lifetime.endedAt?.nanoseconds, succeeded: node.hasSucceeded,
                    failed: node.hasFailed, skipped: node.isSkipped, phantom: node.isPhantom,
                    inner: isOuter && !withheld.contains(node.id) ? tree.lastLevel(of: index) : nil)
            }
        }
    }

    /// What it answers.
    private struct Answer: Decodable {
        var chains: [String: [Int]]
        /// Slack and drag.
        var margins: [String: [Int64?]]
    }

    private static func ask(_ told: [Told]) throws -> [Answer] {
        let said = try SecondImplementation.run("releases", input: JSONEncoder().encode(told))
        return try JSONDecoder().decode([Answer].self, from: said)
    }

    /// Compares all of them; how many nodes had a margin, were on the path, and had a drag.
    static func compare(
        _ trees: [ExecutionTree], most: Int = 40
    ) throws -> (nodes: Int, drags: Int, hops: Int) {
        let known = trees.compactMap { tree in Told(tree, most: most).map { (tree, $0) } }
        let answers = try ask(known.map(\.1))
        #expect(answers.count == known.count)
        var (nodes, drags, hops) = (0, 0, 0)
        for ((tree, _), answer) in zip(known, answers) {
            let name = tree.execution.id.name
            let slacks = NodeSlack.all(in: ExecutionNetworks(of: tree))
            for (text, margin) in answer.margins {
                let index = try #require(Int(text))
                let expected = NodeSlack(slack: margin[0], drag: margin[1] ?? -1)
                #expect(slacks[index] == expected, "\(name): \(tree.nodes[index].id)")
                nodes += 1
                if expected.drag > 0 { drags += 1 }
            }
            if answer.margins.isEmpty { #expect(slacks.allSatisfy { $0 == nil }, "\(name)") }
            // Steps are at nodes that released each other, in this order.
            guard let steps = CriticalPath.steps(of: tree, child: { _ in nil }) else { continue }
            let touched = tree.nodes(onPath: steps)
            var taken: [Int: [Int]] = [:]
            for step in steps {
                var next = step.nodeID.flatMap { tree.node($0) }
                while let index = next {
                    let level = tree.nodes[index].level
                    if taken[level]?.last != index { taken[level, default: []].append(index) }
                    next = tree.nodes[index].parent
                }
            }
            for (level, path) in taken {
                guard let chain = answer.chains["\(level)"] else { continue }
                #expect(chain.filter(touched.contains) == path, "\(name): level \(level)")
                hops += path.count
            }
        }
        return (nodes, drags, hops)
    }

    @Test(arguments: [
        RecordedExchange.Set.propellerCases, .propellerBulk, .scriptedLocal, .scriptedLater,
    ])
    func agreesOnEveryRecording(set: RecordedExchange.Set) throws {
        let trees = try RecordedCaptures(set).trees()
        let found = try Self.compare(trees.sorted { $0.key.description < $1.key.description }.map(\.value))
        #expect(found.nodes > 100 && found.drags > 50 && found.hops > 100)
    }

    @Test func agreesOnTheSample() throws {
        let found = try Self.compare(try SampleTrees.all.get(), most: 12)
        #expect(found.nodes > 1000 && found.drags > 500 && found.hops > 1000)
    }

    @Test func agreesOnRandomNetworks() throws {
        let trees = try (UInt64(0)..<300).map { try RandomPathTests.random($0).tree() }
        let found = try Self.compare(trees)
        #expect(found.nodes > 1000 && found.drags > 300 && found.hops > 500)
    }
}

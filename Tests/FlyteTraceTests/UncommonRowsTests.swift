import FlyteModel
import FlyteTrace
import TestSupport
import Testing

/// Rows of maps with array event version 1, and of dynamic nodes of engines before event version 1.
struct UncommonRowsTests {
    typealias Row = MadeExecution.Row
    typealias Attempt = MadeExecution.Attempt

    static let map = MadeExecution.Workflow(["m": ["start-node"], "end-node": ["m"]], ["m": .array("e")])

    private static func mapRows(phantomsBelow parent: String?) -> [Row] {
        var rows = [Row("start-node", 1, 1), Row("m", 2, 18, started: 3, isArray: true)]
        for (element, end) in [(0, Int64(9)), (1, 17)] {
            rows.append(
                Row(
                    "m-0-n\(element)", 4, end, spec: "n\(element)", parent: "m", retryGroup: "0",
                    attempts: [Attempt(created: 4, started: 5, ended: end)]))
            rows.append(
                Row(
                    "m-n\(element)", 3, 3, spec: "", parent: parent, phase: "QUEUED",
                    attempts: [Attempt(created: 3, phase: "UNDEFINED", taskType: "k8s-array")]))
        }
        return rows + [Row("end-node", 19, 19)]
    }

    @Test(arguments: [nil, "m"]) func phantomsAreKnownAndNotOnThePath(parent: String?) throws {
        let made = MadeExecution(Self.map, end: 20, Self.mapRows(phantomsBelow: parent))
        let tree = try made.tree()
        #expect(tree.nodes.filter(\.isPhantom).map(\.id) == ["m-n0", "m-n1"])
        #expect(LostRows.all(in: tree) == [])
        #expect(
            try made.path() == """
                0…1 - flyte_overhead
                1…2 m flyte_overhead
                2…4 m-0-n1 flyte_overhead
                4…5 m-0-n1 #0 queue
                5…17 m-0-n1 #0 user_code
                17…18 m flyte_overhead
                18…20 - flyte_overhead
                """)
    }

    @Test func whatOnlyLooksLikeAPhantomIsNone() throws {
        func phantoms(_ change: (inout Row) -> Void) throws -> Int {
            var row = Row(
                "m-n0", 3, 3, spec: "", parent: "m", phase: "QUEUED",
                attempts: [Attempt(created: 3, phase: "UNDEFINED", taskType: "k8s-array")])
            change(&row)
            let rows = [Row("start-node", 1, 1), Row("m", 2, 18, isArray: true), row]
            return try MadeExecution(Self.map, phase: "RUNNING", end: 20, rows).tree().nodes.filter(
                \.isPhantom
            ).count
        }
        #expect(try phantoms { _ in } == 1)
        #expect(try phantoms { $0.spec = "m-n0" } == 0)
        #expect(try phantoms { $0.phase = "SUCCEEDED" } == 0)
        #expect(try phantoms { $0.started = 3 } == 0)
        #expect(try phantoms { $0.id = "other-n0" } == 0)
        #expect(try phantoms { $0.id = "m-x0" } == 0)
        #expect(try phantoms { $0.attempts[0].taskType = "python-task" } == 0)
    }

    @Test func theSamplesPhantomsAreThoseOfItsMaps() throws {
        let trees = try SampleTrees.all.get()
        let phantoms = trees.flatMap { tree in tree.nodes.filter(\.isPhantom).map { (tree, $0) } }
        let queued = trees.flatMap { tree in
            tree.nodes.filter { $0.execution.specNodeID.isEmpty && $0.execution.phase.rawValue == "QUEUED" }
        }
        #expect(phantoms.count == queued.count)
        #expect(phantoms.count > 10)
    }

    @Test(arguments: [
        RecordedExchange.Set.propellerCases, .propellerBulk, .scriptedLocal, .scriptedLater,
    ]) func aMapWithEventVersion0HasNoPhantoms(set: RecordedExchange.Set) throws {
        #expect(
            try RecordedCaptures(set).trees().values.allSatisfy { !$0.nodes.contains(where: \.isPhantom) })
    }

    static let inner = MadeExecution.Workflow([
        "dn0": ["start-node"], "a-node-with-a-long-name": ["dn0"], "end-node": ["a-node-with-a-long-name"],
    ])
    static let outer = MadeExecution.Workflow(["n1": ["start-node"], "end-node": ["n1"]])

    /// As an engine with event version 0 tells it: without flags, spec ids and retry groups.
    private static func generation(_ attempt: Int, _ from: Int64, _ phase: String = "SUCCEEDED") -> [Row] {
        [
            ("start-node", from, from), ("dn0", from, from + 3),
            ("a-node-with-a-long-name", from + 4, from + 6),
        ]
        .map { spec, created, ended in
            Row(
                EngineNodeID.node(spec, in: "n1", attempt: attempt), created, ended, spec: "", parent: "n1",
                phase: spec == "start-node" ? "SUCCEEDED" : phase,
                attempts: spec == "start-node"
                    ? [] : [Attempt(created: created, updated: ended, phase: phase)])
        }
    }

    @Test func aDynamicNodeWithoutFlagsIsEntered() throws {
        var rows = [
            Row("start-node", 1, 1),
            Row(
                "n1", 2, 18, started: 2, attempts: [Attempt(created: 2, started: 3, ended: 5, isParent: true)]
            ),
        ]
        rows += Self.generation(0, 8)
        let made = MadeExecution(Self.outer, end: 20, rows, dynamic: ["n1": Self.inner])
        let tree = try made.tree()
        #expect(tree.nodes[try #require(tree.node("n1"))].kind == .dynamic)
        let long = try #require(tree.node(EngineNodeID.node("a-node-with-a-long-name", in: "n1", attempt: 0)))
        #expect(tree.nodes[long].specID == "a-node-with-a-long-name")
        #expect(tree.nodes[long].id.count == 8)
        #expect(
            try made.path() == """
                0…1 - flyte_overhead
                1…2 n1 flyte_overhead
                2…3 n1 #0 queue
                3…5 n1 #0 user_code
                5…8 n1-0-dn0 flyte_overhead
                8…11 n1-0-dn0 #0 user_code
                11…12 \(tree.nodes[long].id) flyte_overhead
                12…14 \(tree.nodes[long].id) #0 user_code
                14…18 n1 flyte_overhead
                18…20 - flyte_overhead
                """)
        // Without the graph the time after the attempt is not explained.
        #expect(try MadeExecution(Self.outer, end: 20, rows).path().contains("5…18 n1 unexplained"))
    }

    @Test func itsAttemptsHaveEachTheirOwnGeneration() throws {
        var rows = [
            Row("start-node", 1, 1),
            Row(
                "n1", 2, 28,
                attempts: [
                    Attempt(created: 2, updated: 3, isParent: true),
                    Attempt(created: 12, updated: 14, isParent: true),
                ]),
        ]
        rows += Self.generation(1, 16) + Self.generation(0, 4, "FAILED")
        let tree = try MadeExecution(Self.outer, end: 30, rows, dynamic: ["n1": Self.inner]).tree()
        let parent = try #require(tree.node("n1"))
        #expect(tree.nodes[parent].levels.map { tree.levels[$0].retryGroup } == ["0", "1"])
        #expect(tree.nodes[parent].levels.map { tree.levels[$0].nodes.count } == [3, 3])
        #expect(tree.isOvercome(try #require(tree.node("n1-0-dn0"))))
        #expect(!tree.isOvercome(try #require(tree.node("n1-1-dn0"))))
        for level in tree.levels.indices {
            #expect(tree.levels[level].nodes.allSatisfy { tree.nodes[$0].level == level })
        }
    }

    @Test func theRecordedOneOfAnOldEngineIsDynamic() throws {
        let trees = try RecordedCaptures(.scriptedLocal).trees()
        let tree = try #require(trees.first { $0.key.name == "c4-legacy" }?.value)
        let node = tree.nodes[try #require(tree.node("n1"))]
        #expect(node.kind == .dynamic)
        #expect(node.levels.count == 1)
        #expect(
            tree.children(of: try #require(tree.node("n1"))).map { tree.nodes[$0].specID }.sorted()
                == ["dn0", "dn1", "dn2", "end-node", "start-node"])
        // It came without its graph, so what it generated is not explained.
        let steps = try #require(CriticalPath.steps(of: tree) { _ in nil })
        let unexplained = steps.filter { $0.kind == .unexplained }
        #expect(unexplained.map(\.nodeID) == ["n1"])
        #expect(unexplained.reduce(0) { $0 + $1.duration } > 30_000_000_000)
    }
}

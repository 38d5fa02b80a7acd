import FlyteModel
import FlyteTrace
import TestSupport
import Testing

struct LostRowsTests {
    typealias Row = MadeExecution.Row
    typealias Attempt = MadeExecution.Attempt

    private static func lines(_ tree: ExecutionTree) -> [String] {
        LostRows.all(in: tree).map { "\($0.place.nodeID ?? "-") \($0.field)" }.sorted()
    }

    @Test(arguments: [
        RecordedExchange.Set.propellerCases, .propellerBulk, .scriptedLocal, .scriptedLater,
    ])
    func ofAWholeHistoryNothingIsLost(set: RecordedExchange.Set) throws {
        let trees = try RecordedCaptures(set).trees()
        // The recording's script ended these in the middle, without the rows that the engine would have written.
        let cut: [RecordedExchange.Set: [String]] = [
            .scriptedLater: [
                "c13-at-dynamic: end-node node, n1-0-dn2 node, n1-0-end-node node, n2 node",
                "c13-at-queued: end-node node, n2 node, n3 node",
                "c13-at-retry: end-node node, n2 node, n3 node",
                "c13-at-running: end-node node, n2 node, n3 node",
                "c13-at-task-queued: end-node node, n2 node, n3 node", "c13-queued: - nodes",
                "c14-archived-running: end-node node, n2 node, n3 node",
                "c17-pending-logs: end-node node, n1 node, n2 node, n3 node",
                "c5-array-running: end-node node",
                "fgzvew4yhevbzk: end-node node",
            ]
        ]
        let found = trees.compactMap { id, tree in
            let lines = Self.lines(tree)
            return lines.isEmpty ? nil : "\(id.name): \(lines.joined(separator: ", "))"
        }
        #expect(found.sorted() == cut[set] ?? [])
    }

    @Test func ofTheSampleNothingIsLost() throws {
        let trees = try SampleTrees.all.get()
        #expect(trees.count > 500)
        for tree in trees { #expect(LostRows.all(in: tree) == [], "\(tree.execution.id)") }
    }

    /// Each row that is taken away is told, or provably cannot be.
    private static func check(_ tree: ExecutionTree, _ definitions: ExecutionTree.Definitions) throws -> (
        Int, Int
    ) {
        var (told, untold) = (0, 0)
        let messages = Array(tree.capture.messages)
        for (number, message) in messages.enumerated() where message.kind == .node || message.kind == .attempt
        {
            var capture = tree.capture
            capture.messages = CapturedMessages()
            for (other, message) in messages.enumerated() where other != number {
                capture.messages.append(message)
            }
            let rest = try ExecutionTree(capture, definitions: definitions)
            let lost = LostRows.all(in: rest)
            let expected = Self.expected(without: message, in: tree)
            let found = Set(lost.map { "\($0.place.nodeID ?? "-") \($0.field)" })
            #expect(
                found == expected,
                "\(tree.execution.id) without \(message.kind) \(message.place.nodeID ?? "") \(message.place.attempt ?? 0)"
            )
            if expected.isEmpty { untold += 1 } else { told += 1 }
        }
        return (told, untold)
    }

    /// Worked out from the whole tree, row by row.
    private static func expected(without message: CapturedMessage, in tree: ExecutionTree) -> Set<String> {
        guard let id = message.place.nodeID, let index = tree.node(id) else { return [] }
        let node = tree.nodes[index]
        let level = tree.levels[node.level]
        let isTop = node.parent == nil
        let owner = node.parent.map { tree.nodes[$0] }
        let ownerSucceeded = owner.map(\.hasSucceeded) ?? (tree.execution.phase == .succeeded)
        let isLast = node.parent.map { tree.lastLevel(of: $0) == node.level } ?? true
        if message.kind == .attempt {
            let numbers = node.attempts.map(\.retryAttempt)
            let rest = numbers.filter { $0 != message.place.attempt }
            if let last = rest.max(), Set(rest).count <= last { return ["\(id) attempts"] }
            let isTask = node.kind == .task || node.kind == .dynamic || node.kind == .failure
            return rest.isEmpty && node.hasSucceeded && node.lifetime.startedAt != nil && !node.isCacheHit
                && isTask ? ["\(id) attempts"] : []
        }
        // Nothing is left inside of what ran it.
        let isOnly = level.nodes.count == 1 && owner?.levels.count == 1
        let emptied: Set<String> = isOnly && ownerSucceeded ? ["\(owner?.id ?? "") nodes"] : []
        // Rows below it, and attempts, name it.
        if !node.attempts.isEmpty || !node.levels.isEmpty {
            return emptied.union(["\(id) node"]).filter { owner?.kind != .array || !$0.hasSuffix(" nodes") }
        }
        guard let workflow = level.workflow, workflow.hasNode(node.specID) else {
            return owner?.kind == .branch ? emptied : []
        }
        let others = level.nodes.filter { $0 != index && !tree.nodes[$0].isPhantom }
        if others.isEmpty {
            if isTop { return ownerSucceeded ? ["- nodes"] : [] }
            let isWhole = ownerSucceeded && owner?.levels.count == 1
            return isWhole ? ["\(owner?.id ?? "") nodes"] : []
        }
        if ownerSucceeded && isLast || node.specID == "start-node" { return ["\(id) node"] }
        // Somebody waited for it.
        var after: Set<String> = [node.specID]
        var hasGrown = true
        while hasGrown {
            let next = Set(workflow.edges.filter { after.contains($0.upstream) }.map(\.downstream))
            hasGrown = !next.isSubset(of: after)
            after.formUnion(next)
        }
        let isProven = others.contains { other in
            let other = tree.nodes[other]
            return after.contains(other.specID) && !other.isSkipped && other.kind != .failure
        }
        return isProven ? ["\(id) node"] : []
    }

    @Test func eachRowThatIsTakenAwayIsToldWhereItCanBeProven() throws {
        let recorded = try RecordedCaptures(.propellerCases)
        var closures: [DefinitionID: WorkflowClosure] = [:]
        var tasks: [DefinitionID: TaskTemplate] = [:]
        for (id, bytes) in recorded.definitions {
            if id.kind == .workflow { closures[id] = try WorkflowClosure(workflow: bytes) }
            if id.kind == .task { tasks[id] = try TaskTemplate(decoding: bytes) }
        }
        let definitions = ExecutionTree.Definitions(workflow: { closures[$0] }, task: { tasks[$0] })
        var (told, untold) = (0, 0)
        for (_, capture) in recorded.captures.sorted(by: { $0.key.name < $1.key.name }) {
            let tree = try ExecutionTree(capture, definitions: definitions)
            guard tree.execution.lifetime.isTerminal else { continue }
            let counts = try Self.check(tree, definitions)
            told += counts.0
            untold += counts.1
        }
        #expect(told == 706)
        #expect(untold == 81)
    }

    @Test func timeOfWhatIsLostIsUnexplained() throws {
        let workflow = MadeExecution.Workflow(["n0": ["start-node"], "end-node": ["n0"]])
        let start = Row("start-node", 1, 1)
        let task = Row("n0", 2, 8, started: 2)
        let end = Row("end-node", 9, 9)
        // Without its attempt.
        let bare = MadeExecution(workflow, end: 9, [start, task, end])
        #expect(Self.lines(try bare.tree()) == ["n0 attempts"])
        #expect(
            try bare.path() == """
                0…1 - flyte_overhead
                1…2 n0 flyte_overhead
                2…8 n0 unexplained
                8…9 - flyte_overhead
                """)
        // Without its start node.
        var whole = task
        whole.attempts = [Attempt(created: 3, started: 4, ended: 7)]
        let headless = MadeExecution(workflow, end: 9, [whole, end])
        #expect(Self.lines(try headless.tree()) == ["start-node node"])
        #expect(try headless.path().hasPrefix("0…2 - unexplained\n2…3 n0 flyte_overhead"))
        // Without any node.
        var empty = MadeExecution(workflow, end: 9, [])
        #expect(try empty.path() == "0…9 - unexplained")
        empty.phase = "FAILED"
        #expect(Self.lines(try empty.tree()).isEmpty)
        #expect(try empty.path() == "0…9 - flyte_overhead")
        // Without its first and third attempts.
        whole.attempts = [
            Attempt(created: 3, updated: 4, phase: "FAILED", number: 1),
            Attempt(created: 6, updated: 7, number: 3),
        ]
        let gappy = MadeExecution(workflow, end: 9, [start, whole, end])
        #expect(Self.lines(try gappy.tree()) == ["n0 attempts"])
        #expect(
            try gappy.path() == """
                0…1 - flyte_overhead
                1…2 n0 flyte_overhead
                2…3 n0 unexplained
                3…4 n0 #1 retry
                4…6 n0 unexplained
                6…7 n0 #3 user_code
                7…8 n0 flyte_overhead
                8…9 - flyte_overhead
                """)
    }

    @Test func whatWasWithheldOrNeedNotHaveBeenIsNotLost() throws {
        let workflow = MadeExecution.Workflow(["n0": ["start-node"], "end-node": ["n0"]])
        func lines(_ row: Row, phase: String = "SUCCEEDED", _ withheld: [String] = []) throws -> [String] {
            Self.lines(
                try MadeExecution(
                    workflow, phase: phase, end: 9, [Row("start-node", 1, 1), row, Row("end-node", 9, 9)],
                    withheld: withheld.map {
                        Withheld(place: .node("n0"), field: $0, state: .failed, detail: "")
                    }
                ).tree())
        }
        #expect(try lines(Row("n0", 2, 8, started: 3)) == ["n0 attempts"])
        // A hit that the server did not write down as one.
        #expect(try lines(Row("n0", 2, 8)) == [])
        #expect(try lines(Row("n0", 2, 8, started: 3), ["attempts"]) == [])
        #expect(try lines(Row("n0", 2, 8, started: 3, cache: "CACHE_HIT")) == [])
        #expect(try lines(Row("n0", 2, 8, phase: "RECOVERED", started: 3)) == [])
        #expect(try lines(Row("n0", 2, 8, phase: "ABORTED", started: 3)) == [])
        #expect(try lines(Row("n0", 2, 8, started: 3), phase: "RUNNING") == [])
    }
}

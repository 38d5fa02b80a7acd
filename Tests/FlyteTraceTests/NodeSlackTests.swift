import FlyteModel
import FlyteTrace
import Testing

/// Slack, drag and what could have been, on executions drawn by hand.
struct NodeSlackTests {
    typealias Row = MadeExecution.Row
    typealias Attempt = MadeExecution.Attempt

    private static func task(_ id: String, _ created: Int64, _ ended: Int64) -> Row {
        Row(id, created, ended, attempts: [Attempt(created: created, started: created, ended: ended)])
    }

    /// `a 0/5` for slack and drag in seconds; `-` for what no end waited for, nothing for what is not known.
    private static func lines(_ made: MadeExecution) throws -> [String] {
        let tree = try made.tree()
        return NodeSlack.all(in: ExecutionNetworks(of: tree)).enumerated().compactMap { index, slack in
            slack.map {
                "\(tree.nodes[index].id) \($0.slack.map { "\($0 / 1_000_000_000)" } ?? "-")/\($0.drag / 1_000_000_000)"
            }
        }.sorted()
    }

    // b ends last and yet is not waited for by d; time alone would draw it into the path.
    @Test func whatNothingWaitsForHasAllTheTimeThereIs() throws {
        let made = MadeExecution(
            .init(["a": ["start-node"], "b": ["start-node"], "d": ["a"], "end-node": ["b", "d"]]), end: 20,
            [
                Row("start-node", 0, 0), Self.task("a", 0, 4), Self.task("b", 0, 12), Self.task("d", 5, 18),
            ])
        #expect(try Self.lines(made) == ["a 0/4", "b 6/0", "d 0/6"])
        #expect(try made.path().contains("5…18 d #0 user_code"))
    }

    // Without b its sibling c decides: b's drag is the difference, not its length.
    @Test func dragEndsWhereAnotherTakesOver() throws {
        let made = MadeExecution(
            .init([
                "a": ["start-node"], "b": ["a"], "c": ["a"], "d": ["b", "c"], "end-node": ["d"],
            ]), end: 20,
            [
                Row("start-node", 0, 0), Self.task("a", 0, 2), Self.task("b", 2, 12), Self.task("c", 2, 9),
                Self.task("d", 13, 20),
            ])
        #expect(try Self.lines(made) == ["a 0/2", "b 0/3", "c 3/0", "d 0/7"])
    }

    @Test func twoThatEndTogetherDragNothingAlone() throws {
        let made = MadeExecution(
            .init(["b": ["start-node"], "c": ["start-node"], "end-node": ["b", "c"]]), end: 9,
            [Row("start-node", 0, 0), Self.task("b", 0, 8), Self.task("c", 0, 8)])
        #expect(try Self.lines(made) == ["b 0/0", "c 0/0"])
    }

    @Test func whatLiesInsideHasTheSlackOfBoth() throws {
        let made = MadeExecution(
            .init(
                ["s": ["start-node"], "b": ["start-node"], "end-node": ["s", "b"]], ["s": .workflow("sub")]),
            end: 20,
            [
                Row("start-node", 0, 0), Row("s", 0, 10), Self.task("b", 0, 18),
                Row("s-0-start-node", 0, 0, spec: "start-node", parent: "s", retryGroup: "0"),
                Row(
                    "s-0-x", 1, 9, spec: "x", parent: "s", retryGroup: "0",
                    attempts: [Attempt(created: 1, started: 1, ended: 9)]),
                Row(
                    "s-0-y", 1, 4, spec: "y", parent: "s", retryGroup: "0",
                    attempts: [Attempt(created: 1, started: 1, ended: 4)]),
            ],
            subWorkflows: ["sub": .init(["x": ["start-node"], "y": ["start-node"], "end-node": ["x", "y"]])])
        #expect(try Self.lines(made) == ["b 0/8", "s 8/0", "s-0-x 8/0", "s-0-y 13/0"])
    }

    @Test func afterAFailureOnlyWhatLedToItMatters() throws {
        let made = MadeExecution(
            .init([
                "a": ["start-node"], "b": ["a"], "c": ["a"], "d": ["b", "c"], "end-node": ["d"],
            ]), phase: "FAILED", end: 10,
            [
                Row("start-node", 0, 0), Self.task("a", 0, 2),
                Row(
                    "b", 2, 8, phase: "FAILED",
                    attempts: [Attempt(created: 2, started: 2, ended: 8, phase: "FAILED")]),
                Row(
                    "c", 2, 9, phase: "ABORTED",
                    attempts: [Attempt(created: 2, started: 2, ended: 9, phase: "ABORTED")]),
            ])
        #expect(try Self.lines(made) == ["a 0/2", "b 0/6", "c -/0"])
    }

    @Test func aCircleAndAMissingRowLeaveItUnknown() throws {
        let circle = MadeExecution(
            .init(["a": ["b"], "b": ["a"], "end-node": ["b"]]), end: 9,
            [Row("start-node", 0, 0), Self.task("a", 0, 4), Self.task("b", 4, 8)])
        #expect(try Self.lines(circle) == [])
        // The walk ends where the circle closes.
        #expect(
            try circle.path() == """
                0…4 a #0 user_code
                4…8 b #0 user_code
                8…9 - flyte_overhead
                """)
        let missing = MadeExecution(
            .init(["a": ["start-node"], "b": ["a"], "end-node": ["b"]]), end: 9,
            [Row("start-node", 0, 0), Self.task("b", 4, 8)])
        #expect(try Self.lines(missing) == [])
        #expect(try Self.lines(MadeExecution(Self.none, end: 9, [])) == [])
    }

    private static let none = MadeExecution.Workflow(["end-node": ["start-node"]])

    @Test func clocksThatDisagreeMakeNothingNegative() throws {
        let made = MadeExecution(
            .init(["a": ["start-node"], "b": ["a"], "end-node": ["b"]]), end: 10,
            [Row("start-node", 0, 0), Self.task("a", 1, 6), Self.task("b", 4, 15)])
        #expect(try Self.lines(made) == ["a 0/5", "b 0/4"])
    }

    // c released d; a path through b is contiguous, and each of its hops an edge.
    @Test func aPathThroughAnotherPredecessorIsFound() throws {
        let made = MadeExecution(
            .init(["a": ["start-node"], "b": ["a"], "c": ["a"], "d": ["b", "c"], "end-node": ["d"]]), end: 9,
            [
                Row("start-node", 0, 0), Self.task("a", 0, 2), Self.task("b", 2, 5), Self.task("c", 2, 7),
                Self.task("d", 7, 9),
            ])
        let tree = try made.tree()
        let steps = try #require(CriticalPath.steps(of: tree) { _ in nil })
        #expect(PathCheck.findings(steps, of: tree) == [])
        let other = steps.map { step in
            var step = step
            if step.nodeID == "c" { step.nodeID = "b" }
            return step
        }
        #expect(
            PathCheck.findings(other, of: tree) == [
                "the path goes through a, b, d, and a, c, d released each other"
            ])
    }

    // MARK: What if

    private static func whatIf(_ made: MadeExecution) throws -> [String] {
        WhatIf.all(in: ExecutionNetworks(of: try made.tree())) { _, _ in nil }.map {
            "\($0.scenario.rawValue) \($0.low / 1_000_000_000)…\($0.high / 1_000_000_000)"
        }
    }

    // Without its retry b takes 7 s less, and then c decides: 3 s are saved.
    @Test func aRetryOnlyCostsWhatTheOthersLeave() throws {
        let made = MadeExecution(
            .init(["b": ["start-node"], "c": ["start-node"], "end-node": ["b", "c"]]), end: 20,
            [
                Row("start-node", 0, 0),
                Row(
                    "b", 0, 19,
                    attempts: [
                        Attempt(created: 0, started: 2, ended: 6, phase: "FAILED", error: "late"),
                        Attempt(created: 7, started: 9, ended: 19),
                    ]), Self.task("c", 0, 16),
            ])
        #expect(try Self.whatIf(made) == ["no_retries 17…17", "no_queue 18…18"])
    }

    @Test func anUnseenStartMayAllHaveBeenQueue() throws {
        let made = MadeExecution(
            .init(["b": ["start-node"], "end-node": ["b"]]), end: 10,
            [Row("start-node", 0, 0), Row("b", 1, 9, attempts: [Attempt(created: 2, updated: 8)])])
        #expect(try Self.whatIf(made) == ["no_queue 4…10"])
    }

    @Test func aWarmCacheLeavesTheEngineAtMost() throws {
        let made = MadeExecution(
            .init(["b": ["start-node"], "c": ["start-node"], "end-node": ["b", "c"]]), end: 20,
            [
                Row("start-node", 0, 0),
                Row(
                    "b", 0, 18, attempts: [Attempt(created: 2, started: 2, ended: 17)],
                    cache: "CACHE_POPULATED"),
                Self.task("c", 0, 1),
            ])
        #expect(try Self.whatIf(made) == ["warm_cache 3…5"])
    }

    @Test func aChildSavesWhatItSaysOfItself() throws {
        let made = MadeExecution(
            .init(["b": ["start-node"], "end-node": ["b"]], ["b": .launchPlan]), end: 20,
            [Row("start-node", 0, 0), Row("b", 1, 19, child: "other")])
        let answers = WhatIf.all(in: ExecutionNetworks(of: try made.tree())) { id, scenario in
            id.name == "other" && scenario == .noRetries
                ? WhatIf.Saving(low: 4_000_000_000, high: 6_000_000_000) : WhatIf.Saving(low: 0, high: 0)
        }
        #expect(answers == [WhatIf(scenario: .noRetries, low: 14_000_000_000, high: 16_000_000_000)])
    }

    // MARK: Size

    @Test(arguments: ["chain", "fan"]) func aHundredThousandNodesAreQuicklyMeasured(shape: String) throws {
        let count = 100_000
        var upstream: [String: [String]] = [:]
        var rows = [Row("start-node", 0, 0)]
        for number in 0..<count {
            let isChain = shape == "chain"
            upstream["n\(number)"] = [isChain && number > 0 ? "n\(number - 1)" : "start-node"]
            rows.append(
                isChain
                    ? Row("n\(number)", Int64(number), Int64(number + 1))
                    : Row("n\(number)", 0, Int64(number + 1)))
        }
        upstream["end-node"] =
            shape == "chain" ? ["n\(count - 1)"] : (0..<count).map { "n\($0)" }
        let made = MadeExecution(.init(upstream), end: Int64(count), rows)
        let tree = try made.tree()
        let slacks = NodeSlack.all(in: ExecutionNetworks(of: tree))
        let last = try #require(tree.node("n\(count - 1)").flatMap { slacks[$0] })
        let middle = try #require(tree.node("n\(count / 2)").flatMap { slacks[$0] })
        let second: Int64 = 1_000_000_000
        if shape == "chain" {
            #expect(last == NodeSlack(slack: 0, drag: second) && middle == last)
        } else {
            #expect(last == NodeSlack(slack: 0, drag: second))
            #expect(middle == NodeSlack(slack: Int64(count - 1 - count / 2) * second, drag: 0))
        }
        let steps = try #require(CriticalPath.steps(of: tree) { _ in nil })
        #expect(PathCheck.findings(steps, of: tree) == [])
        #expect(tree.nodes(onPath: steps).count == (shape == "chain" ? count : 1))
    }
}

import FlyteModel
import FlyteTrace
import Testing

struct CriticalPathTests {
    typealias Row = MadeExecution.Row
    typealias Attempt = MadeExecution.Attempt

    static let one = MadeExecution.Workflow(["n0": ["start-node"], "end-node": ["n0"]])
    static let start = Row("start-node", 1, 1)

    @Test func aTaskIsSetUpQueuedRunAndTornDown() throws {
        let made = MadeExecution(
            Self.one, end: 20,
            [
                Self.start,
                Row(
                    "n0", 2, 17, started: 4,
                    attempts: [Attempt(created: 3, started: 6, ended: 15, updated: 16)]),
            ])
        #expect(
            try made.path() == """
                0…1 - flyte_overhead
                1…3 n0 flyte_overhead
                3…6 n0 #0 queue
                6…15 n0 #0 user_code
                15…17 n0 flyte_overhead
                17…20 - flyte_overhead
                """)
    }

    @Test func anAttemptThatNobodySawStartIsUserCode() throws {
        let made = MadeExecution(
            Self.one, end: 10,
            [Self.start, Row("n0", 2, 9, started: 3, attempts: [Attempt(created: 3, updated: 8)])])
        #expect(
            try made.path() == """
                0…1 - flyte_overhead
                1…3 n0 flyte_overhead
                3…8 n0 #0 user_code
                8…9 n0 flyte_overhead
                9…10 - flyte_overhead
                """)
    }

    @Test func failedAttemptsAndTheGapsAfterThemAreRetry() throws {
        let made = MadeExecution(
            Self.one, end: 20,
            [
                Self.start,
                Row(
                    "n0", 1, 19, started: 2,
                    attempts: [
                        Attempt(created: 2, started: 3, ended: 5, phase: "FAILED", error: "late"),
                        Attempt(created: 8, started: 9, ended: 10, phase: "FAILED", error: "late"),
                        Attempt(created: 12, started: 13, ended: 18),
                    ]),
            ])
        #expect(
            try made.path() == """
                0…1 - flyte_overhead
                1…2 n0 flyte_overhead
                2…8 n0 #0 retry
                8…12 n0 #1 retry
                12…13 n0 #2 queue
                13…18 n0 #2 user_code
                18…19 n0 flyte_overhead
                19…20 - flyte_overhead
                """)
    }

    @Test func clocksThatDisagreeAreClamped() throws {
        // The attempt started before it was created, and ended after its node and its execution.
        let made = MadeExecution(
            Self.one, end: 10,
            [
                Self.start,
                Row("n0", 3, 9, started: 4, attempts: [Attempt(created: 5, started: 2, ended: 12)]),
            ])
        #expect(
            try made.path() == """
                0…1 - flyte_overhead
                1…5 n0 flyte_overhead
                5…9 n0 #0 user_code
                9…10 - flyte_overhead
                """)
        // The node was created before the one that it waited for had ended.
        let two = MadeExecution(
            .init(["n0": ["start-node"], "n1": ["n0"], "end-node": ["n1"]]), end: 10,
            [
                Self.start, Row("n0", 1, 6, attempts: [Attempt(created: 1, updated: 6)]),
                Row("n1", 4, 15, attempts: [Attempt(created: 4, updated: 14)]),
            ])
        #expect(
            try two.path() == """
                0…1 - flyte_overhead
                1…6 n0 #0 user_code
                6…10 n1 #0 user_code
                """)
    }

    @Test func ofTwoPredecessorsTheOneThatEndedLastReleasedTheNode() throws {
        let diamond = MadeExecution.Workflow([
            "a": ["start-node"], "b": ["a"], "c": ["a"], "d": ["b", "c"], "end-node": ["d"],
        ])
        func rows(_ b: Int64, _ c: Int64) -> [Row] {
            [
                Self.start, Row("a", 1, 2, attempts: [Attempt(created: 1, updated: 2)]),
                Row("b", 2, b, attempts: [Attempt(created: 2, updated: b)]),
                Row("c", 2, c, attempts: [Attempt(created: 2, updated: c)]),
                Row("d", 8, 9, attempts: [Attempt(created: 8, updated: 9)]),
            ]
        }
        #expect(try MadeExecution(diamond, end: 9, rows(7, 5)).path().contains("2…7 b #0 user_code"))
        #expect(try MadeExecution(diamond, end: 9, rows(5, 7)).path().contains("2…7 c #0 user_code"))
        // At a tie the definition's order decides.
        #expect(try MadeExecution(diamond, end: 9, rows(7, 7)).path().contains("2…7 b #0 user_code"))
    }

    @Test func aNodeThatIsNoPredecessorIsNotOnThePathHoweverLate() throws {
        let workflow = MadeExecution.Workflow([
            "a": ["start-node"], "b": ["start-node"], "c": ["a"], "end-node": ["c"],
        ])
        let made = MadeExecution(
            workflow, end: 9,
            [
                Self.start, Row("a", 1, 2, attempts: [Attempt(created: 1, updated: 2)]),
                Row("b", 1, 8, attempts: [Attempt(created: 1, updated: 8)]),
                Row("c", 6, 9, attempts: [Attempt(created: 6, updated: 9)]),
            ])
        #expect(
            try made.path() == """
                0…1 - flyte_overhead
                1…2 a #0 user_code
                2…6 c flyte_overhead
                6…9 c #0 user_code
                """)
    }

    @Test func aGateWaitsForHumans() throws {
        let made = MadeExecution(
            .init(Self.one.upstream, ["n0": .gate]), end: 99,
            [Self.start, Row("n0", 2, 97, started: 3)])
        #expect(
            try made.path() == """
                0…1 - flyte_overhead
                1…3 n0 flyte_overhead
                3…97 n0 human_wait
                97…99 - flyte_overhead
                """)
    }

    @Test func aCacheHitIsCache() throws {
        let made = MadeExecution(Self.one, end: 9, [Self.start, Row("n0", 2, 8, cache: "CACHE_HIT")])
        #expect(
            try made.path() == """
                0…1 - flyte_overhead
                1…2 n0 flyte_overhead
                2…8 n0 cache
                8…9 - flyte_overhead
                """)
    }

    @Test func aChildExecutionGivesItsStepsOrIsAClassOfItsOwn() throws {
        let made = MadeExecution(
            .init(Self.one.upstream, ["n0": .launchPlan]), end: 30,
            [Self.start, Row("n0", 2, 28, started: 3, child: "kid")])
        #expect(
            try made.path() == """
                0…1 - flyte_overhead
                1…2 n0 flyte_overhead
                2…28 n0 child
                28…30 - flyte_overhead
                """)
        func second(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds, nanos: 0) }
        let inner = [
            PathStep(nodeID: "x", attempt: 0, kind: .queue, start: second(4), end: second(9)),
            PathStep(nodeID: "x", attempt: 0, kind: .userCode, start: second(9), end: second(15)),
            PathStep(nodeID: "y", attempt: 0, kind: .userCode, start: second(15), end: second(99)),
        ]
        #expect(
            try made.path { $0.name == "kid" ? inner : nil } == """
                0…1 - flyte_overhead
                1…4 n0 flyte_overhead
                4…9 n0 queue
                9…28 n0 user_code
                28…30 - flyte_overhead
                """)
    }

    static let inner = MadeExecution.Workflow(["s0": ["start-node"], "end-node": ["s0"]])

    @Test func aSubWorkflowIsEnteredAndItsFirstGenerationsAreRetry() throws {
        let workflow = MadeExecution.Workflow(Self.one.upstream, ["n0": .workflow("sub")])
        func generation(_ group: String, _ from: Int64, _ to: Int64, _ phase: String) -> [Row] {
            [
                Row(
                    "n0-\(group)-start-node", from, from, spec: "start-node", parent: "n0", retryGroup: group),
                Row(
                    "n0-\(group)-s0", from + 1, to, spec: "s0", parent: "n0", retryGroup: group, phase: phase,
                    attempts: [Attempt(created: from + 1, updated: to, phase: phase)]),
            ]
        }
        let rows = [Self.start, Row("n0", 2, 19, started: 3)]
        #expect(
            try MadeExecution(
                workflow, end: 20, rows + generation("0", 4, 18, "SUCCEEDED"),
                subWorkflows: ["sub": Self.inner]
            ).path() == """
                0…1 - flyte_overhead
                1…2 n0 flyte_overhead
                2…5 n0-0-s0 flyte_overhead
                5…18 n0-0-s0 #0 user_code
                18…19 n0 flyte_overhead
                19…20 - flyte_overhead
                """)
        #expect(
            try MadeExecution(
                workflow, end: 20,
                rows + generation("10", 12, 18, "SUCCEEDED") + generation("9", 4, 11, "FAILED"),
                subWorkflows: ["sub": Self.inner]
            ).path() == """
                0…1 - flyte_overhead
                1…2 n0 flyte_overhead
                2…12 n0 retry
                12…13 n0-10-s0 flyte_overhead
                13…18 n0-10-s0 #0 user_code
                18…19 n0 flyte_overhead
                19…20 - flyte_overhead
                """)
    }

    @Test func aBranchIsItsTakenArmAndADynamicNodeRunsFirst() throws {
        let branch = MadeExecution(
            .init(Self.one.upstream, ["n0": .branch(["yes", "no"])]), end: 9,
            [
                Self.start, Row("n0", 2, 8),
                Row(
                    "n0-0-no", 3, 7, spec: "no", parent: "n0", retryGroup: "0",
                    attempts: [Attempt(created: 4, started: 5, ended: 6)]),
            ])
        #expect(
            try branch.path() == """
                0…1 - flyte_overhead
                1…2 n0 flyte_overhead
                2…4 n0-0-no flyte_overhead
                4…5 n0-0-no #0 queue
                5…6 n0-0-no #0 user_code
                6…7 n0-0-no flyte_overhead
                7…8 n0 flyte_overhead
                8…9 - flyte_overhead
                """)
        let dynamic = MadeExecution(
            Self.one, end: 19,
            [
                Self.start,
                Row(
                    "n0", 2, 18, attempts: [Attempt(created: 3, started: 4, ended: 6)], isDynamic: true),
                Row("n0-0-start-node", 7, 8, spec: "start-node", parent: "n0", retryGroup: "0"),
                Row(
                    "n0-0-s0", 9, 16, spec: "s0", parent: "n0", retryGroup: "0",
                    attempts: [Attempt(created: 9, updated: 16)]),
            ], dynamic: ["n0": Self.inner])
        #expect(
            try dynamic.path() == """
                0…1 - flyte_overhead
                1…3 n0 flyte_overhead
                3…4 n0 #0 queue
                4…6 n0 #0 user_code
                6…9 n0-0-s0 flyte_overhead
                9…16 n0-0-s0 #0 user_code
                16…18 n0 flyte_overhead
                18…19 - flyte_overhead
                """)
    }

    static let sides = MadeExecution.Workflow(
        ["a": ["start-node"], "b": ["start-node"], "c": ["b"], "end-node": ["a", "c"]], failureNode: "efn")

    static func siblings(_ a: String, aEnd: Int64, b: String, bEnd: Int64) -> [Row] {
        [
            start,
            Row("a", 2, aEnd, phase: a, attempts: [Attempt(created: 2, updated: aEnd, phase: a)]),
            Row("b", 2, bEnd, phase: b, attempts: [Attempt(created: 2, updated: bEnd, phase: b)]),
        ]
    }

    @Test func afterAFailureThePathLeadsToWhatFailedFirst() throws {
        let made = MadeExecution(
            Self.sides, phase: "FAILED", end: 12, Self.siblings("FAILED", aEnd: 6, b: "ABORTED", bEnd: 9))
        #expect(
            try made.path() == """
                0…1 - flyte_overhead
                1…2 a flyte_overhead
                2…6 a #0 user_code
                6…12 - flyte_overhead
                """)
    }

    @Test func aFailureNodeFollowsWhatFailed() throws {
        let rows =
            Self.siblings("FAILED", aEnd: 6, b: "ABORTED", bEnd: 8) + [
                Row("fn0", 9, 11, spec: "efn", attempts: [Attempt(created: 9, updated: 11)])
            ]
        #expect(
            try MadeExecution(Self.sides, phase: "FAILED", end: 12, rows).path() == """
                0…1 - flyte_overhead
                1…2 a flyte_overhead
                2…6 a #0 user_code
                6…9 fn0 flyte_overhead
                9…11 fn0 #0 user_code
                11…12 - flyte_overhead
                """)
    }

    @Test func whereTheOthersRunOnThePathLeadsToTheLastOfThem() throws {
        let rows =
            Self.siblings("FAILED", aEnd: 4, b: "SUCCEEDED", bEnd: 9) + [
                Row("end-node", 10, 10, phase: "SKIPPED")
            ]
        #expect(
            try MadeExecution(Self.sides, phase: "FAILED", end: 11, rows).path() == """
                0…1 - flyte_overhead
                1…2 b flyte_overhead
                2…9 b #0 user_code
                9…11 - flyte_overhead
                """)
    }

    @Test func afterAnAbortWhatHadNotEndedRanToTheEnd() throws {
        var rows = Self.siblings("ABORTED", aEnd: 7, b: "RUNNING", bEnd: 3)
        rows[2].attempts = [Attempt(created: 3, started: 4, ended: nil, phase: "RUNNING")]
        #expect(
            try MadeExecution(Self.sides, phase: "ABORTED", end: 9, rows).path() == """
                0…1 - flyte_overhead
                1…3 b flyte_overhead
                3…4 b #0 queue
                4…9 b #0 user_code
                """)
    }

    @Test func whatIsMissingIsUnexplained() throws {
        let rows = [Self.start, Row("n0", 2, 8, attempts: [Attempt(created: 3, updated: 7)])]
        #expect(
            try MadeExecution(nil, end: 9, rows).path() == """
                0…1 - flyte_overhead
                1…9 - unexplained
                """)
        let withheld = Withheld(place: .execution, field: "nodes", state: .failed, detail: "")
        #expect(try MadeExecution(Self.one, end: 9, [], withheld: [withheld]).path() == "0…9 - unexplained")
        // What succeeded had nodes.
        #expect(try MadeExecution(Self.one, end: 9, []).path() == "0…9 - unexplained")
        #expect(try MadeExecution(Self.one, phase: "FAILED", end: 9, []).path() == "0…9 - flyte_overhead")
        let attempts = Withheld(place: .node("n0"), field: "attempts", state: .failed, detail: "")
        #expect(
            try MadeExecution(Self.one, end: 9, [Self.start, Row("n0", 2, 8)], withheld: [attempts]).path()
                == """
                0…1 - flyte_overhead
                1…2 n0 flyte_overhead
                2…8 n0 unexplained
                8…9 - flyte_overhead
                """)
        // Of three nodes in a row the one in the middle is missing.
        let three = MadeExecution.Workflow([
            "a": ["start-node"], "b": ["a"], "c": ["b"], "end-node": ["c"],
        ])
        let ends = [
            Self.start, Row("a", 1, 3, attempts: [Attempt(created: 1, updated: 3)]),
            Row("c", 6, 9, attempts: [Attempt(created: 6, updated: 9)]),
        ]
        #expect(
            try MadeExecution(three, end: 9, ends).path() == """
                0…1 - flyte_overhead
                1…3 a #0 user_code
                3…6 - unexplained
                6…9 c #0 user_code
                """)
    }

    @Test func whatHasNotEndedHasNoPath() throws {
        #expect(try MadeExecution(Self.one, phase: "RUNNING", end: 9, [Self.start]).path() == "none")
    }

    @Test func theCheckFindsWhatIsWrong() throws {
        let workflow = MadeExecution.Workflow([
            "a": ["start-node"], "b": ["start-node"], "end-node": ["a", "b"],
        ])
        let made = MadeExecution(workflow, end: 9, [Self.start, Row("a", 1, 5), Row("b", 1, 8)])
        let tree = try made.tree()
        func second(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds, nanos: 0) }
        func step(_ node: String?, _ start: Int64, _ end: Int64) -> PathStep {
            PathStep(
                nodeID: node, attempt: nil, kind: .flyteOverhead, start: second(start), end: second(end))
        }
        #expect(PathCheck.findings([step("b", 0, 9)], of: tree) == [])
        #expect(
            PathCheck.findings([step("a", 0, 5), step("b", 5, 9)], of: tree)
                == ["no edge leads from a to b"])
        #expect(
            PathCheck.findings([step("b", 1, 9)], of: tree) == ["the path does not begin with the execution"])
        #expect(
            PathCheck.findings([step("b", 0, 4), step("b", 5, 9)], of: tree)
                == ["step 2 does not begin where the one before it ends"])
        #expect(
            PathCheck.findings([step("b", 0, 8)], of: tree) == ["the path does not end with the execution"])
        #expect(PathCheck.findings([step("x", 0, 9)], of: tree) == ["step 1: no node x"])
    }
}

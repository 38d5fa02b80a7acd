import FlyteModel
import FlyteTrace
import Testing

struct FailureCauseTests {
    typealias Row = MadeExecution.Row
    typealias Attempt = MadeExecution.Attempt

    static let workflow = MadeExecution.Workflow(
        ["n0": ["start-node"], "n1": ["start-node"], "end-node": ["n0", "n1"]],
        ["n0": .workflow("sub"), "n1": .task])
    static let inner = MadeExecution.Workflow(["s0": ["start-node"], "end-node": ["s0"]])

    private static func failed(_ from: Int64, _ to: Int64, _ error: String) -> [Attempt] {
        [Attempt(created: from, updated: to, phase: "FAILED", error: error)]
    }

    private static func generation(_ group: String, _ from: Int64, _ to: Int64, _ error: String?) -> [Row] {
        [
            Row("n0-\(group)-start-node", from, from, spec: "start-node", parent: "n0", retryGroup: group),
            Row(
                "n0-\(group)-s0", from, to, spec: "s0", parent: "n0", retryGroup: group,
                phase: error == nil ? "SUCCEEDED" : "FAILED",
                attempts: error.map { failed(from, to, $0) } ?? [Attempt(created: from, updated: to)]),
        ]
    }

    private static func cause(
        _ rows: [Row], phase: String = "FAILED", error: String = "own",
        dynamic: [String: MadeExecution.Workflow] = [:], workflow: MadeExecution.Workflow = workflow,
        child: (ExecutionID) -> FailureCause? = { _ in nil }
    ) throws -> String {
        let start = Row("start-node", 1, 1)
        let tree = try MadeExecution(
            workflow, phase: phase, end: 50, [start] + rows, subWorkflows: ["sub": inner], dynamic: dynamic,
            error: error
        ).tree()
        guard let cause = FailureCause.find(in: tree, child: child) else { return "none" }
        let attempt = cause.attempt.map { " #\($0)" } ?? ""
        return "\(cause.nodeID ?? "-")\(attempt) \(cause.error.code) \(cause.causeClass.rawValue)"
    }

    @Test func aGenerationThatASecondOneMadeGoodIsNoCause() throws {
        let rows =
            [Row("n0", 2, 30)] + Self.generation("0", 3, 5, "early") + Self.generation("1", 6, 9, nil)
            + [Row("n1", 2, 20, phase: "FAILED", attempts: Self.failed(2, 20, "late"))]
        #expect(try Self.cause(rows) == "n1 #0 late user")
    }

    @Test func whereBothGenerationsFailedTheLastIsTheCause() throws {
        let rows =
            [Row("n0", 2, 30, phase: "FAILED")] + Self.generation("0", 3, 5, "early")
            + Self.generation("1", 6, 9, "again")
        #expect(try Self.cause(rows) == "n0-1-s0 #0 again user")
        // Ten comes after nine.
        let many =
            [Row("n0", 2, 30, phase: "FAILED")] + Self.generation("10", 6, 9, "tenth")
            + Self.generation("9", 3, 5, "ninth")
        #expect(try Self.cause(many) == "n0-10-s0 #0 tenth user")
    }

    @Test func aChildOfADynamicAttemptThatWasRetriedIsNoCause() throws {
        let workflow = MadeExecution.Workflow(["n0": ["start-node"], "end-node": ["n0"]])
        var rows = [
            Row(
                "n0", 2, 30, phase: "FAILED",
                attempts: [
                    Attempt(created: 2, updated: 4),
                    Attempt(created: 10, updated: 20, phase: "FAILED", error: "generator"),
                ], isDynamic: true)
        ]
        rows += Self.generation("0", 5, 8, "child")
        #expect(
            try Self.cause(rows, dynamic: ["n0": Self.inner], workflow: workflow) == "n0 #1 generator user")
        let tree = try MadeExecution(
            workflow, phase: "FAILED", end: 50, rows, dynamic: ["n0": Self.inner]
        ).tree()
        #expect(tree.isOvercome(try #require(tree.node("n0-0-s0"))))
        #expect(!tree.isOvercome(try #require(tree.node("n0"))))
    }

    @Test func aToleratedElementOfAMapIsNoCause() throws {
        let workflow = MadeExecution.Workflow(
            ["m": ["start-node"], "n1": ["m"], "end-node": ["n1"]], ["m": .array("e")])
        func rows(_ phase: String, next: [Row]) -> [Row] {
            [
                Row("m", 2, 9, phase: phase, isArray: true),
                Row(
                    "m-0-n0", 2, 4, spec: "n0", parent: "m", retryGroup: "0", phase: "FAILED",
                    attempts: Self.failed(2, 4, "element")),
                Row(
                    "m-0-n1", 2, 6, spec: "n1", parent: "m", retryGroup: "0",
                    attempts: [Attempt(created: 2, updated: 6)]),
            ] + next
        }
        let late = Row("n1", 10, 20, phase: "FAILED", attempts: Self.failed(10, 20, "late"))
        #expect(try Self.cause(rows("SUCCEEDED", next: [late]), workflow: workflow) == "n1 #0 late user")
        #expect(try Self.cause(rows("FAILED", next: []), workflow: workflow) == "m-0-n0 #0 element user")
    }

    @Test func ofTwoThatFailedTheFirstIsTheCauseAndAFailureNodeComesLast() throws {
        let workflow = MadeExecution.Workflow(
            ["n0": ["start-node"], "n1": ["start-node"], "end-node": ["n0", "n1"]], failureNode: "efn")
        let rows = [
            Row("n0", 2, 9, phase: "FAILED", attempts: Self.failed(2, 9, "nine")),
            Row("n1", 2, 8, phase: "FAILED", attempts: Self.failed(2, 8, "eight")),
            Row("fn0", 2, 3, spec: "efn", phase: "FAILED", attempts: Self.failed(2, 3, "cleaning")),
        ]
        #expect(try Self.cause(rows, workflow: workflow) == "n1 #0 eight user")
        #expect(try Self.cause(rows.suffix(1), workflow: workflow) == "fn0 #0 cleaning user")
    }

    @Test func anExecutionThatTimedOutHasACause() throws {
        #expect(
            try Self.cause([], phase: "TIMED_OUT", error: "DeadlineExceeded") == "- DeadlineExceeded timeout")
        #expect(try Self.cause([], phase: "SUCCEEDED") == "none")
        #expect(try Self.cause([], error: "") == "none")
        // The time ran out in the second attempt: what the first had said is overcome.
        let row = Row(
            "n1", 2, 9, phase: "TIMED_OUT",
            attempts: Self.failed(2, 3, "first") + [Attempt(created: 4, updated: 9, phase: "ABORTED")])
        #expect(
            try Self.cause([row], error: "RetriesExhausted|Timeout") == "n1 RetriesExhausted|Timeout timeout")
        // A node that timed out says so by its phase.
        let said = Row("n1", 2, 9, phase: "TIMED_OUT", attempts: Self.failed(2, 9, "Interrupted"))
        #expect(try Self.cause([said]) == "n1 #0 Interrupted timeout")
    }

    @Test func aChildsCauseAndItsClassAreTheParents() throws {
        let workflow = MadeExecution.Workflow(
            ["n0": ["start-node"], "end-node": ["n0"]], ["n0": .launchPlan])
        let rows = [Row("n0", 2, 9, phase: "FAILED", child: "kid")]
        let kid = ExecutionID(project: "p", domain: "d", name: "kid")
        let own = FailureCause(
            execution: kid, nodeID: "x", attempt: 3, error: ExecutionError(code: "Y", kind: .system),
            causeClass: .timeout)
        #expect(try Self.cause(rows, workflow: workflow) { $0 == kid ? own : nil } == "x #3 Y timeout")
        #expect(try Self.cause(rows, workflow: workflow) == "n0 own user")
    }

    @Test func afterACauseOutsideOfAnAttemptTheNodeIsNamed() throws {
        let rows = [Row("n1", 2, 9, phase: "FAILED", error: "UserProvidedError")]
        #expect(try Self.cause(rows) == "n1 UserProvidedError user")
    }
}

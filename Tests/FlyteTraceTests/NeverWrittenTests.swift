import FlyteIDL
import FlyteModel
import FlyteTrace
import TestSupport
import Testing

struct NeverWrittenTests {
    private static let recorded: Result<[ExecutionID: ExecutionTree], any Error> = Result {
        try RecordedCaptures(.propellerCases).trees()
    }

    /// What the server answered with an error when it was asked for data.
    private static func refused() -> [(execution: String, gap: Withheld)] {
        var seen: Set<String> = []
        var gaps: [(String, Withheld)] = []
        for exchange in RecordedExchange.all(.propellerCases) where exchange.status == 500 && !exchange.isJSON
        {
            guard ["GetNodeExecutionData", "GetTaskExecutionData"].contains(exchange.rpc),
                seen.insert(exchange.path).inserted,
                let status = try? Message(decoding: exchange.body ?? [], as: "google.rpc.Status")
            else { continue }
            // /api/v1/data/node_executions/PROJECT/DOMAIN/NAME/NODE…
            let parts = exchange.path.split(separator: "/").map(String.init)
            let attempt = exchange.rpc == "GetTaskExecutionData" ? parts.last.flatMap { UInt32($0) } : nil
            gaps.append(
                (
                    parts[6],
                    Withheld(
                        place: CapturePlace(nodeID: parts[7], attempt: attempt), field: "data",
                        state: .unreadable, detail: status.string("message"))
                ))
        }
        return gaps
    }

    private static func tree(_ name: String) throws -> ExecutionTree {
        try #require(try recorded.get().first { $0.key.name == name }?.value, "\(name)")
    }

    @Test func whatARealServerNamedAndNeverHadIsNotMissing() throws {
        let refused = Self.refused()
        #expect(refused.count == 17)
        for (name, gap) in refused {
            #expect(NeverWritten.covers(gap, in: try Self.tree(name)), "\(name) \(gap)")
        }
    }

    @Test func thePlaceAndTheAnswerMustBothBeRight() throws {
        let tree = try Self.tree("dynamic-failing")
        func covers(
            _ node: String, _ attempt: UInt32? = nil, _ field: String = "outputs",
            _ state: Withheld.State = .unreadable, _ detail: String = "… with NotFound: Not Found"
        ) -> Bool {
            NeverWritten.covers(
                Withheld(
                    place: CapturePlace(nodeID: node, attempt: attempt), field: field, state: state,
                    detail: detail), in: tree)
        }
        #expect(covers("n0-0-start-node"))
        #expect(covers("n0-0-start-node", nil, "data", .missing, ""))
        #expect(covers("n0", 0))
        #expect(!covers("n0-0-start-node", nil, "outputs", .failed))
        #expect(!covers("n0-0-start-node", nil, "outputs", .unreadable, "AccessDenied"))
        #expect(!covers("n0-0-start-node", nil, "inputs"))
        #expect(!covers("n0", 0, "inputs"))
        #expect(!covers("n0", 1))
        #expect(!covers("start-node"))
        #expect(!covers("n0-0-dn1", 0))
        #expect(!covers("n0"))
        #expect(!covers("unknown"))
    }

    @Test func onlyASkippedEndNodeHasNoInputs() throws {
        func covers(_ name: String, _ node: String) throws -> Bool {
            NeverWritten.covers(
                Withheld(place: .node(node), field: "inputs", state: .missing, detail: ""),
                in: try Self.tree(name))
        }
        #expect(try covers("fail-finish-others", "end-node"))
        #expect(try !covers("fail-finish-others", "n0"))
        #expect(try !covers("dynamic-3", "end-node"))
    }

    @Test func theOutputsOfADynamicNodeThatSucceededAreMissing() throws {
        let gap = Withheld(
            place: CapturePlace(nodeID: "n0", attempt: 0), field: "outputs", state: .missing, detail: "")
        #expect(try !NeverWritten.covers(gap, in: Self.tree("dynamic-3")))
        #expect(try NeverWritten.covers(gap, in: Self.tree("dyn-makes-nothing")))
        #expect(try NeverWritten.covers(gap, in: Self.tree("abort-inside-dynamic-hanging")))
    }

    @Test func whereTheStoreGivesNothingAtAllEverythingIsMissing() throws {
        let gap = Withheld(place: .node("n0-0-start-node"), field: "outputs", state: .missing, detail: "")
        let tree = try Self.tree("dynamic-3")
        #expect(NeverWritten.covers(gap, in: tree))
        var capture = tree.capture
        capture.messages = CapturedMessages()
        for message in tree.capture.messages where message.kind != .data && message.kind != .literalMap {
            capture.messages.append(message)
        }
        #expect(!NeverWritten.covers(gap, in: try ExecutionTree(capture, definitions: .none)))
    }

    @Test func aTaskThatOnlyAClosureHoldsIsNotMissing() throws {
        let tree = try Self.tree("dynamic-3")
        let closure = try #require(tree.dynamicClosures["n0"])
        let task = try #require(closure.tasks.keys.min { $0.description < $1.description })
        func gap(_ name: String) -> Withheld {
            Withheld(
                place: .execution, field: "task", state: .missing,
                detail: "GET /api/v1/tasks/\(task.project)/\(task.domain)/\(name)/\(task.version): 404")
        }
        #expect(NeverWritten.covers(gap(task.name), in: tree))
        #expect(!NeverWritten.covers(gap("other"), in: tree))
        #expect(NeverWritten.covers(task: task, in: tree))
        var plain = tree
        plain.dynamicClosures = [:]
        #expect(!NeverWritten.covers(task: task, in: plain))
    }

    @Test func theTaskOfAPhantomIsNotMissing() throws {
        let trees = try SampleTrees.all.get()
        for tree in trees {
            for node in tree.nodes {
                for attempt in node.attempts {
                    #expect(
                        NeverWritten.covers(task: attempt.task, in: tree) == false || node.isPhantom
                            || tree.dynamicClosures.values.contains { $0.tasks[attempt.task] != nil })
                }
            }
        }
        let made = MadeExecution(
            .init(["m": ["start-node"], "end-node": ["m"]], ["m": .array("e")]), end: 9,
            [
                .init("start-node", 1, 1), .init("m", 2, 8, isArray: true),
                .init(
                    "m-n0", 3, 3, spec: "", parent: "m", phase: "QUEUED",
                    attempts: [.init(created: 3, phase: "UNDEFINED", taskType: "k8s-array")]),
            ])
        let tree = try made.tree()
        let phantom = try #require(tree.nodes.first(where: \.isPhantom)?.attempts.first)
        #expect(NeverWritten.covers(task: phantom.task, in: tree))
    }
}

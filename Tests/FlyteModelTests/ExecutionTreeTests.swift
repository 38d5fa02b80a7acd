import FlyteIDL
import FlyteModel
import TestSupport
import Testing

struct ExecutionTreeTests {
    private func capture(
        _ nodes: [(id: String, spec: String, parent: String?, group: String)], withheld: [Withheld] = []
    ) -> ExecutionCapture {
        var capture = ExecutionCapture(
            id: ExecutionID(project: "p", domain: "d", name: "x"), observedAt: Timestamp(nanoseconds: 0),
            withheld: withheld)
        capture.messages = [
            CapturedMessage(
                kind: .execution,
                bytes: Message("admin.Execution", ["id": ["project": "p", "domain": "d", "name": "x"]])
                    .encoded())
        ]
        for node in nodes {
            let message = Message(
                "admin.NodeExecution",
                [
                    "id": ["node_id": .string(node.id)],
                    "metadata": [
                        "spec_node_id": .string(node.spec), "retry_group": .string(node.group),
                    ],
                ])
            capture.messages.append(
                CapturedMessage(
                    kind: .node, place: .node(node.id), parentNodeID: node.parent, bytes: message.encoded()))
        }
        return capture
    }

    @Test func nodesWithOneParentAndOneRetryGroupAreALevel() throws {
        let tree = try ExecutionTree(
            capture([
                ("n0", "n0", nil, ""), ("n0-10-a", "a", "n0", "10"), ("n0-9-a", "a", "n0", "9"),
                ("n0-9-b", "b", "n0", "9"), ("n1", "n1", nil, ""),
            ]), definitions: .none)
        #expect(tree.nodes.map(\.depth) == [0, 1, 1, 1, 0])
        #expect(tree.children(of: 0) == [1, 2, 3])
        // The last generation comes last, by number.
        #expect(tree.nodes[0].levels.map { tree.levels[$0].retryGroup } == ["9", "10"])
        #expect(tree.topLevel?.nodes == [0, 4])
        let level = tree.levels[tree.nodes[2].level]
        #expect(tree.node("a", in: level) == 2 && tree.node("b", in: level) == 3)
        #expect(tree.node("c", in: level) == nil)
        #expect(tree.node("n0-9-b") == 3 && tree.node("x") == nil)
    }

    @Test func circlesAndUnknownParentsEndAtTheTop() throws {
        let tree = try ExecutionTree(
            capture([("a", "a", "b", "0"), ("b", "b", "a", "0"), ("c", "c", "c", ""), ("d", "d", "?", "")]),
            definitions: .none)
        #expect(tree.nodes.map(\.parent) == [nil, 0, nil, nil])
    }

    @Test func nodesNestedTooDeepAreAnError() throws {
        var nodes: [(id: String, spec: String, parent: String?, group: String)] = [("n0", "n0", nil, "")]
        for depth in 1..<99 { nodes.append(("n\(depth)", "n", "n\(depth - 1)", "0")) }
        #expect(try ExecutionTree(capture(nodes), definitions: .none).nodes.last?.depth == 98)
        for depth in 99..<5000 { nodes.append(("n\(depth)", "n", "n\(depth - 1)", "0")) }
        #expect(throws: ModelError.self) { try ExecutionTree(capture(nodes), definitions: .none) }
    }

    @Test func aMapFetchedByItsURLTakesThePlaceOfTheEmptyOne() throws {
        func map(_ number: Int64) -> Message {
            Message(
                "core.LiteralMap",
                ["literals": ["x": ["scalar": ["primitive": ["integer": .int64(number)]]]]])
        }
        let answer = Message(
            "admin.NodeExecutionGetDataResponse", ["full_inputs": .message(map(1)), "full_outputs": [:]])
        var capture = capture([("n0", "n0", nil, "")])
        capture.messages.append(CapturedMessage(kind: .data, place: .node("n0"), bytes: answer.encoded()))
        let inline = try ExecutionTree(capture, definitions: .none).nodes[0]
        #expect(inline.inputs.map { Array(answer.encoded()[$0.range]) } == map(1).encoded())
        #expect(inline.outputs?.range.isEmpty == true)
        // Withheld is unknown, not empty.
        var withheld = capture
        withheld.withheld = [
            Withheld(place: .node("n0"), field: "outputs", state: .tooLarge, detail: "")
        ]
        #expect(try ExecutionTree(withheld, definitions: .none).nodes[0].outputs == nil)
        capture.messages.append(
            CapturedMessage(
                kind: .literalMap, place: .node("n0"), direction: .output, bytes: map(2).encoded()))
        let fetched = try ExecutionTree(capture, definitions: .none).nodes[0]
        #expect(fetched.outputs?.message == 3 && fetched.outputs?.range == 0..<map(2).encoded().count)
    }

    @Test func withoutDefinitionsTheRowsTellTheKind() throws {
        let tree = try ExecutionTree(
            capture([
                ("start-node", "start-node", nil, ""), ("n0", "n0", nil, ""),
                ("n0-0-start-node", "start-node", "n0", "0"), ("n1", "n1", nil, ""),
                ("n1-0-x", "x", "n1", "0"), ("fn0", "efn", nil, ""), ("end-node", "end-node", nil, ""),
            ]), definitions: .none)
        #expect(
            tree.nodes.map(\.kind) == [.start, .workflow, .start, .branch, .unknown, .failure, .end])
    }
}

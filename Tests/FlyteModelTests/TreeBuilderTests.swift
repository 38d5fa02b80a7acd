import FlyteIDL
import FlyteModel
import TestSupport
import Testing

/// A tree is the same however its messages came: together or one after the other, with or without what they say.
struct TreeBuilderTests {
    private static func withRows(_ messages: CapturedMessages) throws -> CapturedMessages {
        var kept = CapturedMessages()
        for message in messages {
            let row: DecodedRow? =
                switch message.kind {
                case .execution: .execution(try Execution(decoding: message.bytes))
                case .node: .node(try NodeExecution(decoding: message.bytes))
                case .attempt: .attempt(try TaskExecution(decoding: message.bytes))
                default: nil
                }
            kept.append(KeptMessage(message, row: row))
        }
        return kept
    }

    /// All that a tree says of its nodes.
    private func description(of tree: ExecutionTree) -> [String] {
        let place = { (map: ExecutionTree.MapPlace?) in map.map { "\($0.message) \($0.range)" } ?? "-" }
        var lines = ["\(tree.execution) \(place(tree.inputs)) \(place(tree.outputs)) \(tree.signals)"]
        lines += [
            "\(tree.launched) \(tree.hasRecovered) \(tree.attemptTasks)",
            "\(tree.dynamicClosures.keys.sorted()) \(tree.metrics?.bytes.count ?? -1)",
        ]
        for node in tree.nodes {
            lines.append(
                "\(node.execution) \(node.kind) \(node.parent ?? -1) \(node.level) \(node.depth) \(node.levels) \(place(node.inputs)) \(place(node.outputs))"
            )
            for attempt in node.attempts {
                lines.append(
                    "\(attempt.execution) \(attempt.task) \(place(attempt.inputs)) \(place(attempt.outputs))")
            }
        }
        return lines + tree.levels.map { "\($0.parent ?? -1) \($0.retryGroup) \($0.nodes)" }
    }

    @Test(arguments: [RecordedExchange.Set.propellerCases, .scriptedLocal])
    func isTheSameInOnePieceAndInMany(set: RecordedExchange.Set) throws {
        var attempts = 0
        for capture in try RecordedCaptures(set).captures.values {
            var whole = try ExecutionTree(decoding: capture)
            whole.tie(to: .none)
            var known = capture
            known.messages = try Self.withRows(capture.messages)
            var withRows = try TreeBuilder(known).finished()
            withRows.tie(to: .none)
            #expect(description(of: withRows) == description(of: whole))

            var begun = capture
            begun.messages = []
            var builder = try TreeBuilder(begun)
            for index in known.messages.indices {
                var piece = CapturedMessages()
                piece.append(known.messages.kept(at: index))
                try builder.append(piece)
            }
            var inPieces = builder.finished()
            inPieces.tie(to: .none)
            #expect(description(of: inPieces) == description(of: whole))
            #expect(inPieces.capture == capture)
            attempts += whole.nodes.reduce(0) { $0 + $1.attempts.count }
        }
        #expect(attempts > 0)
    }

    @Test func aMessageInThePlaceOfAnotherIsReadAnew() throws {
        func node(_ phase: String) -> [UInt8] {
            Message("admin.NodeExecution", ["id": ["node_id": "n0"], "closure": ["phase": .string(phase)]])
                .encoded()
        }
        let id = ExecutionID(project: "p", domain: "d", name: "e")
        var capture = ExecutionCapture(id: id, observedAt: Timestamp(nanoseconds: 0))
        let message = CapturedMessage(kind: .node, place: .node("n0"), bytes: node("FAILED"))
        capture.messages.append(
            KeptMessage(message, row: .node(try NodeExecution(decoding: message.bytes))))
        #expect(try ExecutionTree(decoding: capture).nodes[0].execution.phase == .failed)
        var other = message
        other.bytes = node("SUCCEEDED")
        try capture.messages.replace(at: 0, by: other)
        #expect(try ExecutionTree(decoding: capture).nodes[0].execution.phase == .succeeded)
    }
}

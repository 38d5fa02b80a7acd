import FlyteModel
import FlyteTrace
import TestSupport
import Testing

/// Real captures with flipped bytes: an error or an answer, never a trap, and never an unsound path.
struct MutatedCaptureTests {
    static let recorded: Result<RecordedCaptures, any Error> = Result {
        try RecordedCaptures(.propellerCases)
    }

    @Test(arguments: UInt64(0)..<40)
    func anyBytesGiveAnErrorOrASoundTree(seed: UInt64) throws {
        let recorded = try Self.recorded.get()
        var random = SeededRandom(seed: seed)
        let ids = recorded.captures.keys.sorted { $0.name < $1.name }
        var read = 0
        for _ in 0..<10 {
            let id = try #require(ids.randomElement(using: &random))
            var capture = try #require(recorded.captures[id])
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let message = Int.random(in: capture.messages.indices, using: &random)
                guard !capture.messages[message].bytes.isEmpty else { continue }
                let byte = Int.random(in: capture.messages[message].bytes.indices, using: &random)
                capture.messages[message].bytes[byte] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) {
                capture.messages.remove(at: Int.random(in: capture.messages.indices, using: &random))
            }
            let definitions = ExecutionTree.Definitions(
                workflow: { id in
                    recorded.definitions[id].flatMap { bytes in try? WorkflowClosure(workflow: bytes) }
                },
                task: { id in
                    recorded.definitions[id].flatMap { bytes in try? TaskTemplate(decoding: bytes) }
                })
            guard let tree = try? ExecutionTree(capture, definitions: definitions) else { continue }
            read += 1
            _ = FailureCause.find(in: tree) { _ in nil }
            _ = SpanCheck.findings(SpanBuilder.span(of: tree) { _ in nil }, of: tree)
            if let steps = CriticalPath.steps(of: tree, child: { _ in nil }) {
                #expect(PathCheck.findings(steps, of: tree) == [], "\(id)")
            }
            for place in [tree.inputs, tree.outputs] + tree.nodes.flatMap({ [$0.inputs, $0.outputs] }) {
                guard let place else { continue }
                let bytes = capture.messages[place.message].bytes
                _ = try? LiteralMap(decoding: bytes, in: place.range)
                _ = try? LiteralJSON.text(ofMap: bytes, in: place.range)
            }
        }
        #expect(read > 0)
    }

    @Test(arguments: UInt64(0)..<20)
    func anyBytesOfADefinitionGiveAnErrorOrAValue(seed: UInt64) throws {
        let recorded = try Self.recorded.get()
        var random = SeededRandom(seed: seed)
        let definitions = recorded.definitions.sorted { $0.key.description < $1.key.description }
        for _ in 0..<10 {
            let (id, original) = try #require(definitions.randomElement(using: &random))
            var bytes = original
            for _ in 0..<3 where !bytes.isEmpty {
                let byte = Int.random(in: bytes.indices, using: &random)
                bytes[byte] = UInt8.random(in: 0...255, using: &random)
            }
            switch id.kind {
            case .task: _ = try? TaskTemplate(decoding: bytes)
            case .workflow: _ = try? WorkflowClosure(workflow: bytes).workflows.flatMap(\.edges)
            case .launchPlan: _ = try? LaunchPlan(decoding: bytes)
            }
        }
    }
}

import FlyteAdmin
import FlyteIDL
import FlyteModel

// What data calls leave out: maps that are too big or could not be read come back empty with status 200,
// and literals that the engine keeps apart are references.
extension TreeReader {
    /// Fetches what the answers so far name and do not hold; what cannot be had is written down.
    func completeData(_ capture: inout ExecutionCapture) async throws {
        let ids = definitionIDs(capture)
        let known = await definitions.known(ids)
        let lookup = ExecutionTree.Definitions(workflow: { known.workflows[$0] }, task: { known.tasks[$0] })
        let tree = try ExecutionTree(capture, definitions: lookup)
        var added = Part()
        for message in capture.messages where message.kind == .data {
            let isExecution = message.place.nodeID == nil
            let answer: DataAnswer
            do {
                answer = try DataAnswer(decoding: message.bytes, isExecution: isExecution)
            } catch {
                throw AdminError(kind: .garbage, route: "GET data", status: 200, message: "\(error)")
            }
            for direction in CapturedMessage.Direction.allCases {
                let side = direction == .input ? answer.inputs : answer.outputs
                let uri = tree.uri(direction, at: message.place)
                if !side.isInline {
                    added.append(
                        try await map(side, uri, direction, at: message.place) {
                            tree.hasNone(direction, at: message.place, lookup)
                        })
                }
            }
        }
        // Both sides of a data call fail together when one object is gone; the other may still be had.
        for gap in capture.withheld where gap.field == "data" {
            for direction in CapturedMessage.Direction.allCases {
                guard let uri = tree.uri(direction, at: gap.place), !uri.isEmpty else { continue }
                added.append(try await map(DataAnswer.Side(), uri, direction, at: gap.place) { false })
            }
        }
        capture.withheld.removeAll { gap in
            gap.field == "data"
                && CapturedMessage.Direction.allCases.allSatisfy { direction in
                    let uri = tree.uri(direction, at: gap.place) ?? ""
                    return uri.isEmpty
                        || added.messages.contains { $0.place == gap.place && $0.direction == direction }
                        || added.withheld.contains {
                            $0.place == gap.place && $0.field == Self.field(direction)
                        }
                }
        }
        capture.append(added)
        try await addOffloaded(&capture)
    }

    private static func field(_ direction: CapturedMessage.Direction) -> String {
        direction == .input ? "inputs" : "outputs"
    }

    private func definitionIDs(_ capture: ExecutionCapture) -> [DefinitionID] {
        var ids: Set<DefinitionID> = []
        for message in capture.messages {
            if message.kind == .execution, let execution = try? Execution(decoding: message.bytes) {
                ids.formUnion([execution.launchPlan, execution.workflow].compactMap { $0 })
            }
            if message.kind == .attempt, let task = message.place.task { ids.insert(task) }
        }
        return Array(ids)
    }

    /// One side that the answer left empty.
    private func map(
        _ side: DataAnswer.Side, _ uri: String?, _ direction: CapturedMessage.Direction,
        at place: CapturePlace,
        hasNone: () -> Bool
    ) async throws -> Part {
        var part = Part()
        func withhold(_ state: Withheld.State, _ detail: String) -> Part {
            part.withheld = [
                Withheld(place: place, field: Self.field(direction), state: state, detail: detail)
            ]
            return part
        }
        var url: String?
        if side.isFetchable {
            // The size comes from the store itself: nothing there is nothing missing.
            if side.bytes == 0 { return part }
            url = side.url
        } else {
            // Without an address there is nothing, and an interface without variables has none.
            guard let uri, !uri.isEmpty, !hasNone() else { return part }
            url = try await signer.url(for: uri)
            if url == nil {
                return withhold(
                    .unreadable, "the server's answer is empty, and it signs no URL for \(uri)")
            }
        }
        guard let url else { return part }
        do {
            let bytes = try await client.signedObject(url)
            _ = try WireReader(bytes).fields()
            part.messages = [
                CapturedMessage(kind: .literalMap, place: place, direction: direction, bytes: bytes)
            ]
            return part
        } catch let error as AdminError {
            if error.isFatal, error.isPassing { return withhold(.failed, error.description) }
            if error.isPassing { throw error }
            return withhold(error.kind == .notFound ? .missing : .unreadable, error.description)
        } catch {
            return withhold(.unreadable, "the object at \(uri ?? "the signed URL") is no literal map")
        }
    }

    /// Follows the literals that the engine keeps apart, once each.
    private func addOffloaded(_ capture: inout ExecutionCapture) async throws {
        var seen: Set<String> = []
        var added = Part()
        for message in capture.messages {
            var uris: [String] = []
            switch message.kind {
            case .data:
                let answer = try? DataAnswer(
                    decoding: message.bytes, isExecution: message.place.nodeID == nil)
                uris = (answer?.inputs.offloaded ?? []) + (answer?.outputs.offloaded ?? [])
            case .literalMap: uris = (try? OffloadedLiterals.uris(inMap: WireReader(message.bytes))) ?? []
            default: continue
            }
            for uri in uris where !uri.isEmpty && seen.insert(uri).inserted {
                added.append(try await offloaded(uri, at: message.place))
            }
        }
        capture.append(added)
    }

    private func offloaded(_ uri: String, at place: CapturePlace) async throws -> Part {
        var part = Part()
        func withhold(_ state: Withheld.State, _ detail: String) -> Part {
            part.withheld = [
                Withheld(place: place, field: "offloaded", state: state, detail: "\(uri): \(detail)")
            ]
            return part
        }
        do {
            guard let url = try await signer.url(for: uri) else {
                return withhold(.unreadable, "the server signs no URL for it")
            }
            let bytes = try await client.signedObject(url)
            part.messages = [CapturedMessage(kind: .literal, place: place, uri: uri, bytes: bytes)]
            return part
        } catch {
            if error.isPassing, !error.isFatal { throw error }
            return withhold(error.kind == .notFound ? .missing : .unreadable, error.description)
        }
    }
}

extension ExecutionTree {
    /// Where a side's literal map lies by the closure; nil when the closure does not say.
    func uri(_ direction: CapturedMessage.Direction, at place: CapturePlace) -> String? {
        guard let id = place.nodeID else {
            guard direction == .input else { return execution.outputURI }
            // The API does not name the inputs' place, but the start node gives out the same map.
            return levels.first { $0.parent == nil }?.nodes.first { nodes[$0].kind == .start }
                .flatMap { nodes[$0].execution.outputURI }
        }
        guard let index = node(id) else { return nil }
        guard let number = place.attempt else {
            let row = nodes[index].execution
            return direction == .input ? row.inputURI : row.outputURI
        }
        let attempt = nodes[index].attempts.first {
            $0.execution.retryAttempt == number && (place.task == nil || $0.execution.task == place.task)
        }?.execution
        return direction == .input ? attempt?.inputURI : attempt?.outputURI
    }
}

extension WireReader {
    /// Walks over all fields; throws when the bytes are no message.
    func fields() throws(WireError) -> Int {
        var reader = self
        var count = 0
        while let tag = try reader.next() {
            try reader.skip(tag)
            count += 1
        }
        return count
    }
}

import FlyteAdmin
import FlyteIDL
import FlyteModel

// What data calls leave out: maps that are too big or could not be read come back empty with status 200,
// and literals that the engine keeps apart are references.
extension TreeReader {
    /// Fetches what the answers so far name and do not hold; what cannot be had is written down.
    ///
    /// - Returns: What perhaps can be had later.
    func completeData(
        _ builder: inout TreeBuilder, _ definitions: ExecutionTree.Definitions, _ parts: Tree
    ) async throws -> [AdminError] {
        var owed = try owed(by: builder.tree, definitions)
        if let withheld = owed.withheld { builder.withheld = withheld }
        let maps = try await all(owed.maps) { try await self.map($0, parts) }
        for message in maps.messages {
            owed.literals.add(
                (try? OffloadedLiterals.uris(in: message.content, isMap: true)) ?? [], at: message.place)
        }
        try builder.append(maps.messages)
        builder.withheld += maps.withheld
        let literals = try await all(owed.literals.found) { try await self.literal($0, parts) }
        try builder.append(literals.messages)
        builder.withheld += literals.withheld
        return maps.failures + literals.failures
    }

    /// What answers name and do not hold.
    private struct Owed {
        var maps: [Sought] = []
        var literals = Offloaded()
        /// What the server did not hand over, where that is told in another way now.
        var withheld: PlacedList<Withheld>?
    }

    /// The literals that the engine keeps apart, once each.
    private struct Offloaded {
        private(set) var found: [(place: CapturePlace, uri: String)] = []
        private var seen: Set<KeyBytes> = []

        mutating func add(_ uris: [String], at place: CapturePlace) {
            for uri in uris where !uri.isEmpty && seen.insert(uri) { found.append((place, uri)) }
        }
    }

    private func owed(by tree: ExecutionTree, _ definitions: ExecutionTree.Definitions) throws -> Owed {
        var owed = Owed()
        let directions = CapturedMessage.Direction.allCases.filter {
            !skips.contains($0 == .input ? .inputs : .outputs)
        }
        for message in tree.capture.messages.all(of: .data) {
            let place = message.place
            // One that cannot be read is kept as it is, and told with the rows.
            guard
                let answer = try? DataAnswer(decoding: message.bytes, isExecution: place.nodeID == nil)
            else { continue }
            owed.literals.add(answer.inputs.offloaded, at: place)
            owed.literals.add(answer.outputs.offloaded, at: place)
            for direction in directions {
                let side = direction == .input ? answer.inputs : answer.outputs
                if side.isInline { continue }
                // Without an address there is nothing, and an interface without variables has none.
                let uri = tree.uri(direction, at: place) ?? ""
                if !side.isFetchable, uri.isEmpty || tree.hasNone(direction, at: place, definitions) {
                    continue
                }
                // Nothing there, or nobody looked: protobuf writes both alike.
                if side.isFetchable, side.bytes == 0, tree.hasNone(direction, at: place, definitions) {
                    continue
                }
                owed.maps.append(
                    Sought(
                        place: place, direction: direction, url: side.isFetchable ? side.url : nil, uri: uri,
                        bytes: side.isFetchable && side.bytes > 0 ? side.bytes : nil))
            }
        }
        // Both sides of a data call fail together when one object is gone; the other may still be had.
        let withheld = tree.capture.withheld
        guard withheld.contains(where: { $0.field == "data" }) else { return owed }
        var halves: [CapturePlace: Set<CapturedMessage.Direction>] = [:]
        for gap in withheld where gap.field == "data" {
            for direction in directions {
                guard let uri = tree.uri(direction, at: gap.place), !uri.isEmpty else { continue }
                halves[gap.place, default: []].insert(direction)
                // An attempt's inputs are those of its node, as a rule: they were read with that, or are told there.
                if let node = gap.place.nodeID, gap.place.attempt != nil,
                    uri == tree.uri(direction, at: .node(node))
                {
                    continue
                }
                owed.maps.append(Sought(place: gap.place, direction: direction, uri: uri, refusal: gap))
            }
        }
        // What is told of the sides apart need not be told of both.
        var rest = withheld
        rest.removeAll { gap in
            gap.field == "data"
                && directions.allSatisfy {
                    halves[gap.place]?.contains($0) == true || (tree.uri($0, at: gap.place) ?? "").isEmpty
                }
        }
        owed.withheld = rest
        return owed
    }

    /// A literal map that an answer did not hold.
    private struct Sought: Sendable {
        var place: CapturePlace
        var direction: CapturedMessage.Direction
        /// Signed by the server along with its answer.
        var url: String?
        /// Empty when the closure does not say.
        var uri: String
        /// What the server says that it has; nil when it does not say.
        var bytes: Int64?
        /// Why there was no answer to look into.
        var refusal: Withheld?

        var field: String { direction == .input ? "inputs" : "outputs" }
    }

    /// The parts of many things, in their order, some read at once.
    func all<Item: Sendable>(
        _ items: [Item], _ read: @escaping @Sendable (Item) async throws -> Part
    ) async throws -> Part {
        guard !items.isEmpty else { return Part() }
        return try await withThrowingTaskGroup(of: (Int, Part).self) { group in
            var whole = Part()
            // What came before its turn.
            var waiting: [Int: Part] = [:]
            var turn = 0
            func take(_ done: Int, _ part: Part) {
                waiting[done] = part
                while let next = waiting.removeValue(forKey: turn) {
                    whole.append(next)
                    turn += 1
                }
            }
            for (index, item) in items.enumerated() {
                if index >= Self.objectsAtOnce, let (done, part) = try await group.next() { take(done, part) }
                group.addTask { (index, try await read(item)) }
            }
            for try await (done, part) in group { take(done, part) }
            return whole
        }
    }

    private static let objectsAtOnce = 16

    private func map(_ sought: Sought, _ tree: Tree) async throws -> Part {
        var part = Part()
        switch tree.earlier?.side(sought.direction, of: sought.place) {
        case .map(let kept):
            part.messages.append(try keep(kept.message, tree))
            return part
        case .gap(let gap):
            part.withheld = [gap]
            return part
        case nil: break
        }
        do {
            guard let content = try await object(sought.url, sought.uri, bytes: sought.bytes) else {
                let refusal = sought.refusal
                part.withheld = [
                    Withheld(
                        place: sought.place, field: sought.field, state: refusal?.state ?? .unreadable,
                        detail: refusal?.detail
                            ?? "the server's answer is empty, and it signs no URL for \(sought.uri)")
                ]
                return part
            }
            try Self.check(content, is: "core.LiteralMap", sought.uri)
            let message = CapturedMessage(
                kind: .literalMap, place: sought.place, direction: sought.direction, content: content)
            part.messages.append(try keep(message, tree))
        } catch let error as AdminError {
            try error.rethrowIfCancelled()
            part.withhold(sought.place, sought.field, error, error.objectState)
        }
        return part
    }

    /// A literal that the engine keeps apart.
    private func literal(
        _ sought: (place: CapturePlace, uri: String), _ tree: Tree
    ) async throws -> Part {
        var part = Part()
        if let kept = tree.earlier?.literal(sought.uri, of: sought.place) {
            part.messages.append(try keep(kept.message, tree))
            return part
        }
        do {
            guard let content = try await object(nil, sought.uri, bytes: nil) else {
                part.withheld = [
                    Withheld(
                        place: sought.place, field: "offloaded", state: .unreadable,
                        detail: "\(sought.uri): the server signs no URL for it")
                ]
                return part
            }
            try Self.check(content, is: "core.Literal", sought.uri)
            let message = CapturedMessage(
                kind: .literal, place: sought.place, uri: sought.uri, content: content)
            part.messages.append(try keep(message, tree))
        } catch let error as AdminError {
            try error.rethrowIfCancelled()
            var told = error
            told.message = "\(sought.uri): \(error.message)"
            part.withhold(sought.place, "offloaded", told, error.objectState)
        }
        return part
    }

    /// A store answers with whatever lies there, or lay on the way.
    private static func check(_ content: MessageContent, is type: String, _ uri: String) throws(AdminError) {
        do {
            switch content {
            case .held(let bytes): _ = try Message(decoding: bytes, as: type)
            // Of what is too large for memory the fields must fit into each other as far as they are large.
            case .spooled: _ = try OffloadedLiterals.uris(in: content, isMap: type == "core.LiteralMap")
            }
        } catch {
            let place = uri.isEmpty ? "the signed URL" : uri
            throw AdminError(
                kind: .garbage, route: "GET a signed URL", status: 200,
                message: "the object at \(place) is no \(type)")
        }
    }

    /// An object by its signed URL, or by one that is asked for; nil when the server signs none.
    private func object(
        _ url: String?, _ uri: String, bytes: Int64?
    ) async throws(AdminError) -> MessageContent? {
        if let url {
            do {
                return try await objects.object(at: url, bytes: bytes)
            } catch {
                // Signatures last minutes, and a large tree takes longer.
                guard error.kind == .forbidden || error.kind == .invalid, !uri.isEmpty else { throw error }
            }
        }
        guard let fresh = try await objects.url(for: uri) else { return nil }
        return try await objects.object(at: fresh, bytes: bytes)
    }
}

extension AdminError {
    /// A harvest that is stopped leaves no gaps that it did not look into.
    fileprivate func rethrowIfCancelled() throws {
        if case .transport(let error) = kind, error.kind == .cancelled { throw self }
        // The server itself, where the URL is asked for, and not its store.
        if kind == .unauthenticated || kind == .overloaded { throw self }
    }

    /// What the capture ledger says of an object that was not handed over because of this.
    fileprivate var objectState: Withheld.State {
        switch kind {
        case .forbidden, .invalid, .redirected: .unreadable
        // A store inside of the server's own network will be no nearer the next time.
        case .transport(let error)
        where [.refused, .cannotResolve, .tls, .notHTTP, .forbiddenAddress, .encoding].contains(error.kind):
            .unreadable
        default: captureState
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
            $0.retryAttempt == number && (place.task == nil || $0.task == place.task)
        }?.execution
        return direction == .input ? attempt?.inputURI : attempt?.outputURI
    }
}

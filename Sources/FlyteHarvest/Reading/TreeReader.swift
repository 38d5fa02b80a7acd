import FlyteAdmin
import FlyteIDL
import FlyteModel
import FlyteRedaction

/// Reads an execution's whole tree from the Admin API.
///
/// Within a tree all that does not depend on each other is asked at once; how many requests are on their way
/// is the client's to limit. What the server does not hand over becomes a ``Withheld``, with its words; only
/// what leaves no tree at all is thrown.
struct TreeReader: Sendable {
    let client: AdminClient
    let definitions: DefinitionStore
    let objects: ObjectReader
    let serverSpans: HarvestOptions.ServerSpans
    let redactor: Redactor?
    let skips: Set<HarvestOptions.Part>
    /// Where there is room for messages that wait; nil to keep them in memory.
    let folder: String?
    /// Bytes of one tree that may stay in memory.
    var heldBytes = 1 << 20

    struct Result: Sendable {
        var capture: ExecutionCapture
        /// Launch plan, workflow and tasks that the tree refers to and the archive may not have.
        var definitions: [CapturedDefinition]
        /// What could not be read now and perhaps can be later.
        var failures: [AdminError]
        /// The executions that it launched, and the one whose nodes it took over.
        var others: [ExecutionID]
        /// What was replaced in the capture, and must not stand in messages about it.
        var secrets = Redactor.Secrets()
    }

    func read(_ id: ExecutionID, at now: Timestamp) async throws -> Result {
        let shelf = MessageBuffer(folder: folder, isSealed: redactor != nil, limit: heldBytes)
        let parts = Tree(id: id, seen: SeenNodes(), shelf: shelf)
        var capture = ExecutionCapture(id: id, observedAt: now)
        // The closure before the data: one that has ended then has its final outputs.
        let bytes = try await client.execution(id)
        capture.messages.append(
            try await keep(CapturedMessage(kind: .execution, bytes: bytes), parts))
        let execution = try Execution(decoding: bytes)

        async let own = ownParts(execution, parts)
        async let nodes = level(parent: nil, depth: 0, parts)
        var part = try await own
        part.append(try await nodes)
        capture.messages += part.messages
        part.messages = []
        if capture.mayHaveSignals {
            let signals = try await signals(parts)
            capture.messages += signals.messages
            part.append(signals)
        }
        capture.withheld = PlacedList(part.withheld)
        var read = ReadDefinitions()
        try await addDefinitions([execution.launchPlan, execution.workflow], to: &read)
        // What nodes run is named by their attempts, and by the workflow for those that needed none.
        try await addDefinitions(try await tree(of: capture).nodes.map(\.task), to: &read)
        for (definition, error) in read.missing {
            part.withhold(.execution, definition.kind.rawValue, error)
        }
        capture.withheld = PlacedList(part.withheld)
        part.failures += try await completeData(&capture, parts)
        for skipped in HarvestOptions.Part.allCases where skips.contains(skipped) {
            capture.withheld.append(
                Withheld(
                    place: .execution, field: skipped == .spans ? "metrics" : skipped.rawValue,
                    state: .notRequested, detail: "the settings skip it"))
        }
        let others = try others(in: capture, execution)
        var secrets = try await redact(&capture)
        if let redactor { part.failures = part.failures.map { redactor.redact($0, knowing: &secrets) } }
        return Result(
            capture: capture, definitions: read.found, failures: part.failures,
            others: others, secrets: secrets)
    }

    private var skipsData: Bool { skips.isSuperset(of: [.inputs, .outputs]) }

    /// Takes what is skipped out of a message, and puts it where it waits.
    func keep(_ message: CapturedMessage, _ tree: Tree) async throws -> KeptMessage {
        let skipped = SkippedData(
            skipsInputs: skips.contains(.inputs), skipsOutputs: skips.contains(.outputs))
        return try await tree.shelf.keep(skipped.removed(from: message))
    }

    private func redact(_ capture: inout ExecutionCapture) async throws -> Redactor.Secrets {
        guard let redactor else { return Redactor.Secrets() }
        let tree = try await tree(of: capture)
        return try redactor.redact(&capture, workflow: tree.execution.workflow?.name) { id in
            tree.node(id).flatMap { tree.nodes[$0].task?.name }
        }
    }

    private func others(in capture: ExecutionCapture, _ execution: Execution) throws -> [ExecutionID] {
        var others: [ExecutionID] = []
        var isRecovered = false
        for message in capture.messages {
            switch message.kind {
            case .node:
                let node = try NodeExecution(decoding: message.bytes)
                if node.phase == .recovered { isRecovered = true }
                if let child = node.child { others.append(child) }
            case .attempt:
                let attempt = try TaskExecution(decoding: message.bytes)
                others += attempt.externalResources.compactMap(\.child)
            default: break
            }
        }
        // Recovered parents have no children here: they are where they were run.
        if isRecovered, let reference = execution.reference { others.append(reference) }
        return others
    }

    private struct ReadDefinitions {
        var seen: Set<DefinitionID> = []
        var found: [CapturedDefinition] = []
        var missing: [(DefinitionID, AdminError)] = []
    }

    private func addDefinitions(_ ids: [DefinitionID?], to read: inout ReadDefinitions) async throws {
        guard !skips.contains(.definitions) else { return }
        let more = try await definitions.read(ids.compactMap { $0 }.filter { read.seen.insert($0).inserted })
        read.found += more.found
        read.missing += more.missing
    }

    /// What was captured so far as a tree, with the definitions that are known so far.
    func tree(of capture: ExecutionCapture) async throws -> ExecutionTree {
        try ExecutionTree(capture, definitions: try await lookup(capture))
    }

    func lookup(_ capture: ExecutionCapture) async throws -> ExecutionTree.Definitions {
        guard !skips.contains(.definitions) else { return .none }
        let known = try await definitions.decoded(definitionIDs(capture))
        return ExecutionTree.Definitions(workflow: { known.workflows[$0] }, task: { known.tasks[$0] })
    }

    /// A part of a capture, read on its own.
    struct Part: Sendable {
        var messages = CapturedMessages()
        var withheld: [Withheld] = []
        /// The errors of those withheld that may be had later.
        var failures: [AdminError] = []

        mutating func append(_ part: Part) {
            messages += part.messages
            withheld += part.withheld
            failures += part.failures
        }

        mutating func withhold(_ place: CapturePlace, _ field: String, _ error: AdminError) {
            withhold(place, field, error, error.captureState)
        }

        mutating func withhold(
            _ place: CapturePlace, _ field: String, _ error: AdminError, _ state: Withheld.State
        ) {
            withheld.append(Withheld(place: place, field: field, state: state, detail: error.description))
            if state == .failed { failures.append(error) }
        }
    }

    // MARK: The execution's own

    private func ownParts(_ execution: Execution, _ tree: Tree) async throws -> Part {
        var part = Part()
        if !skipsData {
            part = try await message(.data, .execution, "data", tree) { () async throws(AdminError) in
                try await client.executionData(tree.id)
            }
        }
        let wantsSpans: Bool
        switch serverSpans {
        case .always: wantsSpans = true
        case .never: wantsSpans = false
        case .auto: wantsSpans = execution.phase.isTerminal
        }
        guard wantsSpans, !skips.contains(.spans) else { return part }
        part.append(
            try await message(.metrics, .execution, "metrics", tree) { () async throws(AdminError) in
                try await client.metrics(of: tree.id)
            })
        return part
    }

    private func signals(_ tree: Tree) async throws -> Part {
        var part = Part()
        do {
            for bytes in try await client.items(of: try client.signals(of: tree.id)) {
                part.messages.append(
                    try await keep(CapturedMessage(kind: .signal, bytes: bytes), tree))
            }
        } catch let error as AdminError {
            try error.rethrowIfTreeIsSpoilt()
            part.withhold(.execution, "signals", error)
        }
        return part
    }

    // MARK: Nodes

    /// What all parts of one tree share.
    struct Tree: Sendable {
        let id: ExecutionID
        let seen: SeenNodes
        let shelf: MessageBuffer
    }

    private static let nodesAtOnce = 64

    private func level(parent: String?, depth: Int, _ tree: Tree) async throws -> Part {
        guard depth < Message.depthLimit else {
            return Part(withheld: [
                Withheld(
                    place: CapturePlace(nodeID: parent), field: "nodes", state: .unreadable,
                    detail: "nodes are nested more than \(Message.depthLimit) deep")
            ])
        }
        return try await nodes(
            in: try client.nodes(of: tree.id, parent: parent), parent: parent, depth: depth, tree)
    }

    /// The nodes of a list, with all that lies in them, in the list's order. They are read while the list is: a
    /// level may have a hundred thousand nodes, and each that is begun takes memory.
    private func nodes(in list: AdminList, parent: String?, depth: Int, _ tree: Tree) async throws -> Part {
        var whole = Part()
        var gaps: [Withheld] = []
        do {
            whole = try await withThrowingTaskGroup(of: (Int, Part).self) { group in
                var whole = Part()
                // Those that were done before others that come before them.
                var early: [Int: Part] = [:]
                var begun = 0
                var taken = 0
                func take(_ done: Int, _ part: Part) {
                    early[done] = part
                    while let next = early.removeValue(forKey: taken) {
                        whole.append(next)
                        taken += 1
                    }
                }
                try await client.pages(of: list) { offset, error in
                    gaps.append(
                        Withheld(
                            place: CapturePlace(nodeID: parent), field: "nodes", state: .tooLarge,
                            detail: "node \(offset + 1) of the list: \(error.message)"))
                } _: { page in
                    for bytes in page.items {
                        let node = try NodeExecution(decoding: bytes)
                        guard await tree.seen.insert(node.id.nodeID) else { continue }
                        while begun - taken >= Self.nodesAtOnce, let (done, part) = try await group.next() {
                            take(done, part)
                        }
                        let index = begun
                        begun += 1
                        group.addTask {
                            (index, try await self.node(node, bytes, parent: parent, depth: depth, tree))
                        }
                    }
                }
                for try await (done, part) in group { take(done, part) }
                return whole
            }
            whole.withheld.insert(contentsOf: gaps, at: 0)
        } catch let error as AdminError {
            try error.rethrowIfTreeIsSpoilt()
            // Without its nodes a tree is no tree, unless only a branch of it is missing.
            guard let parent else { throw error }
            whole.withhold(.node(parent), "nodes", error)
        }
        return whole
    }

    private func node(
        _ node: NodeExecution, _ listed: [UInt8], parent: String?, depth: Int, _ tree: Tree
    ) async throws -> Part {
        let nodeID = node.id.nodeID
        let place = CapturePlace.node(nodeID)
        let isEnd = node.specNodeID == "start-node" || node.specNodeID == "end-node"
        let hasChildren = node.isParent || node.isDynamic
        let hasAttempts =
            !isEnd && node.child == nil && node.phase != .skipped
            && !(node.cacheStatus == .hit && node.lifetime.startedAt == nil)
            && (!node.isParent || node.isDynamic || node.isArray)
        let hasData = !skipsData && (!node.inputURI.isEmpty || node.outputURI?.isEmpty == false)

        async let own = ownMessage(node, listed, parent: parent, tree)
        async let data = hasData ? nodeData(node, tree) : Part()
        async let attempts = hasAttempts ? self.attempts(of: node, depth: depth, tree) : Part()
        async let children = hasChildren ? level(parent: nodeID, depth: depth + 1, tree) : Part()
        var part = try await own
        let ownData = try await data
        part.append(ownData)
        if node.isDynamic, ownData.messages.isEmpty {
            part.append(try await dynamicWorkflow(place, nodeID, tree))
        }
        part.append(try await attempts)
        part.append(try await children)
        return part
    }

    /// The node as listed, or as it is alone when the list cut its error's message.
    private func ownMessage(
        _ node: NodeExecution, _ listed: [UInt8], parent: String?, _ tree: Tree
    ) async throws -> Part {
        let place = CapturePlace.node(node.id.nodeID)
        var part = Part()
        var bytes = listed
        // Lists cut at 100 bytes, and take away up to 3 more of a character that was cut.
        if let error = node.error, (97...100).contains(error.message.utf8.count) {
            do {
                bytes = try await client.node(tree.id, node.id.nodeID)
            } catch {
                try error.rethrowIfTreeIsSpoilt()
                part.withhold(place, "error", error, error.captureState == .failed ? .failed : .truncated)
            }
        }
        part.messages.append(
            try await keep(
                CapturedMessage(kind: .node, place: place, parentNodeID: parent, bytes: bytes), tree))
        return part
    }

    /// A message that the server may not hand over.
    private func message(
        _ kind: CapturedMessage.Kind, _ place: CapturePlace, _ field: String, _ tree: Tree,
        _ ask: () async throws(AdminError) -> [UInt8]
    ) async throws -> Part {
        var part = Part()
        let body: [UInt8]
        do {
            body = try await ask()
        } catch {
            try error.rethrowIfTreeIsSpoilt()
            part.withhold(place, field, error)
            return part
        }
        part.messages.append(
            try await keep(CapturedMessage(kind: kind, place: place, bytes: body), tree))
        return part
    }

    private func nodeData(_ node: NodeExecution, _ tree: Tree) async throws -> Part {
        try await message(.data, .node(node.id.nodeID), "data", tree) { () async throws(AdminError) in
            try await client.nodeData(tree.id, node.id.nodeID)
        }
    }

    private func dynamicWorkflow(_ place: CapturePlace, _ node: String, _ tree: Tree) async throws -> Part {
        try await message(.dynamicWorkflow, place, "dynamic_workflow", tree) { () async throws(AdminError) in
            try await client.dynamicWorkflow(tree.id, node)
        }
    }

    // MARK: Attempts

    private func attempts(of node: NodeExecution, depth: Int, _ tree: Tree) async throws -> Part {
        let nodeID = node.id.nodeID
        var part = Part()
        do {
            let items = try await client.items(of: try client.attempts(of: tree.id, node: nodeID)) {
                offset, error in
                part.withheld.append(
                    Withheld(
                        place: .node(nodeID), field: "attempts", state: .tooLarge,
                        detail: "attempt \(offset + 1) of the list: \(error.message)"))
            }
            var decoded = try items.map { (try TaskExecution(decoding: $0), $0) }
            decoded.sort {
                ($0.0.retryAttempt, $0.0.task.description) < ($1.0.retryAttempt, $1.0.task.description)
            }
            var seen: Set<CapturePlace> = []
            for (attempt, bytes) in decoded {
                let place = CapturePlace(nodeID: nodeID, attempt: attempt.retryAttempt, task: attempt.task)
                guard seen.insert(place).inserted else { continue }
                part.messages.append(
                    try await keep(CapturedMessage(kind: .attempt, place: place, bytes: bytes), tree))
                if !skipsData, attempt.hasDataOfItsOwn(beside: node) {
                    part.append(try await attemptData(attempt, place, tree))
                }
                if attempt.isParent {
                    let list = try client.children(
                        of: tree.id, node: nodeID, task: attempt.task, attempt: attempt.retryAttempt)
                    part.append(try await nodes(in: list, parent: nodeID, depth: depth + 1, tree))
                }
            }
        } catch let error as AdminError {
            try error.rethrowIfTreeIsSpoilt()
            part.withhold(.node(nodeID), "attempts", error)
        }
        return part
    }

    private func attemptData(_ attempt: TaskExecution, _ place: CapturePlace, _ tree: Tree) async throws
        -> Part
    {
        try await message(.data, place, "data", tree) { () async throws(AdminError) in
            try await client.attemptData(
                tree.id, node: place.nodeID ?? "", task: attempt.task, attempt: attempt.retryAttempt)
        }
    }
}

extension TaskExecution {
    /// Whether its inputs or outputs are not simply those of its node, which are read anyway.
    func hasDataOfItsOwn(beside node: NodeExecution) -> Bool {
        let inputsDiffer = !inputURI.isEmpty && inputURI != node.inputURI
        let outputsDiffer = outputURI.map { !$0.isEmpty && $0 != node.outputURI } ?? false
        return inputsDiffer || outputsDiffer
    }
}

extension ExecutionCapture {
    /// Signals belong to gates: nodes that run nothing and hold nothing. Where there is none, there are none.
    var mayHaveSignals: Bool {
        var withAttempts: Set<String> = []
        for message in messages where message.kind == .attempt {
            if let node = message.place.nodeID { withAttempts.insert(node) }
        }
        return messages.contains { message in
            guard message.kind == .node, let node = try? NodeExecution(decoding: message.bytes) else {
                return false
            }
            return node.specNodeID != "start-node" && node.specNodeID != "end-node" && !node.isParent
                && !node.isDynamic && !node.isArray && node.child == nil && node.phase != .skipped
                && node.cacheStatus != .hit && !withAttempts.contains(node.id.nodeID)
        }
    }
}

extension AdminError {
    /// What makes every further request senseless: nobody there, nobody let in, or the harvest was stopped.
    var isFatal: Bool {
        switch kind {
        case .unauthenticated, .redirected: true
        case .transport(let error):
            switch error.kind {
            case .cannotResolve, .refused, .tls, .notHTTP, .cancelled, .invalidURL: true
            case .timedOut, .cutOff, .tooLarge, .other: false
            }
        default: false
        }
    }

    /// Throws what leaves no tree that is worth keeping: fatal errors, and those of a server in trouble that did
    /// not pass. What a later try may fill is better read whole then. One question that the server cannot
    /// answer, or not in time, does not spoil the rest.
    func rethrowIfTreeIsSpoilt() throws {
        if isFatal { throw self }
        guard isPassing else { return }
        switch kind {
        case .overloaded, .invalid: throw self
        case .transport(let error) where error.kind != .timedOut: throw self
        default: return
        }
    }

    /// What the capture ledger says of something that was not handed over because of this.
    var captureState: Withheld.State {
        switch kind {
        case .notFound: .missing
        case .tooLarge: .tooLarge
        case .tooLargeToRedact: .redacted
        case .transport(let error) where error.kind == .tooLarge: .tooLarge
        case .serverFault where !isPassing: .unreadable
        default: .failed
        }
    }
}

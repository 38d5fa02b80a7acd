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
        var tree: ExecutionTree
        /// Launch plan, workflow and tasks that the tree refers to and the archive may not have.
        var definitions: [CapturedDefinition]
        /// What could not be read now and perhaps can be later.
        var failures: [AdminError]
        /// What was replaced in the capture, and must not stand in messages about it.
        var secrets = Redactor.Secrets()

        /// The executions that it launched, and the one whose nodes it took over.
        var others: [ExecutionID] {
            // Recovered parents have no children here: they are where they were run.
            tree.launched + (tree.hasRecovered ? [tree.execution.reference].compactMap { $0 } : [])
        }
    }

    /// - Parameters:
    ///   - earlier: What is known of it: what had ended in it is not asked for again while it has not ended itself.
    ///   - decodes: Hears, before what the server told is put together, whether it is more than stays in memory.
    func read(
        _ id: ExecutionID, at now: Timestamp, after earlier: EarlierReading? = nil,
        _ decodes: (_ isLarge: Bool) async -> Void = { _ in }
    ) async throws -> Result {
        // The closure before the data: one that has ended then has its final outputs.
        let bytes = try await client.execution(id)
        let execution = try Execution(decoding: bytes)
        guard execution.id == id else {
            throw AdminError(
                kind: .garbage, route: "GET /api/v1/executions/\(id)", status: 200,
                message: "the server answers about another execution: \(execution.id)")
        }
        let shelf = MessageBuffer(folder: folder, isSealed: redactor != nil, limit: heldBytes)
        let parts = Tree(
            id: id, seen: SeenNodes(), shelf: shelf,
            earlier: earlier.flatMap { $0.isOf(execution) ? $0 : nil })
        var told = try await told(bytes, execution, at: now, parts)
        await decodes(told.capture.messages.heldBytes == nil)
        var tree = try TreeBuilder(told.capture)
        told.capture = ExecutionCapture(id: id, observedAt: now)  // so that the messages have one owner
        var failures = told.failures
        var definitions = Definitions()
        try await read(&definitions, of: &tree)
        try await readLater(&tree, &definitions, &failures, parts)
        let closure = tree.tree.execution.workflow.flatMap(definitions.known.workflow)
        if tree.tree.mayHaveSignals(closure) {
            try Self.add(try await signals(of: tree.tree, parts), to: &tree, &failures)
        }
        try Self.add(definitions.missingPart, to: &tree, &failures)
        failures += Self.impossible(in: tree.tree)
        failures += try await completeData(&tree, definitions.known, parts)
        for skipped in HarvestOptions.Part.allCases where skips.contains(skipped) {
            tree.withheld.append(
                Withheld(
                    place: .execution, field: skipped == .spans ? "metrics" : skipped.rawValue,
                    state: .notRequested, detail: "the settings skip it"))
        }
        // The message keeps such times as they came.
        for place in tree.tree.saturatedTimes {
            tree.withheld.append(
                Withheld(
                    place: place, field: "times", state: .truncated,
                    detail: "a time lies beyond 1677 to 2262, and is told as the nearest that does not"))
        }
        var secrets = Redactor.Secrets()
        if let redactor {
            var capture = tree.tree.capture
            secrets = try redact(&capture, tree.tree, redactor)
            failures = failures.map { redactor.redact($0, knowing: &secrets) }
            // Nothing that was decoded before goes on from here, and two large trees would be too much: messages that
            // changed are read again.
            tree = try TreeBuilder(ExecutionCapture(id: id, observedAt: now))
            tree = try TreeBuilder(capture)
        }
        return Result(
            tree: (consume tree).finished(), definitions: definitions.found, failures: failures,
            secrets: secrets)
    }

    /// What the server tells of an execution, its nodes and their attempts: definitions, and what answers do not hold, are
    /// still to be read.
    private func told(
        _ bytes: [UInt8], _ execution: Execution, at now: Timestamp, _ parts: Tree
    ) async throws -> (capture: ExecutionCapture, failures: [AdminError]) {
        var capture = ExecutionCapture(id: parts.id, observedAt: now)
        capture.messages.append(
            try keep(CapturedMessage(kind: .execution, bytes: bytes), parts, row: .execution(execution)))

        async let own = ownParts(execution, parts)
        async let nodes = level(parent: nil, depth: 0, parts)
        var part = try await own
        part.append(try await nodes)
        capture.messages += part.messages
        capture.withheld = PlacedList(part.withheld)
        parts.seen.removeAll()
        return (capture, part.failures)
    }

    /// What an execution says of itself and cannot be. It is kept as it came, and nothing follows from it.
    private static func impossible(in tree: ExecutionTree) -> [AdminError] {
        let own = tree.capture.id
        var found: [String] = []
        for node in tree.nodes where node.child == own {
            found.append("node \(node.id) says that it launched the execution that it belongs to")
        }
        if tree.execution.parent?.execution == own { found.append("it says that it launched itself") }
        return found.prefix(1).map {
            AdminError(
                kind: .garbage, route: "GET /api/v1/executions/\(own)", status: 200,
                message: found.count == 1 ? $0 : "\($0), and \(found.count - 1) more of the kind")
        }
    }

    private var skipsData: Bool { skips.isSuperset(of: [.inputs, .outputs]) }

    /// Takes what is skipped out of a message, and puts it where it waits.
    ///
    /// - Parameter row: What the message says, where that is known.
    func keep(_ message: CapturedMessage, _ tree: Tree, row: DecodedRow? = nil) throws -> KeptMessage {
        let skipped = SkippedData(
            skipsInputs: skips.contains(.inputs), skipsOutputs: skips.contains(.outputs))
        guard let rest = skipped.removed(from: message) else { return try tree.shelf.keep(message, row) }
        return try tree.shelf.keep(rest, nil)
    }

    private func redact(
        _ capture: inout ExecutionCapture, _ tree: ExecutionTree, _ redactor: Redactor
    ) throws -> Redactor.Secrets {
        try redactor.redact(&capture, workflow: tree.execution.workflow?.name) { id in
            tree.node(id).flatMap { tree.nodes[$0].task?.name }
        }
    }

    private static func add(
        _ part: Part, to tree: inout TreeBuilder, _ failures: inout [AdminError]
    ) throws {
        try tree.append(part.messages)
        tree.withheld += part.withheld
        failures += part.failures
    }

    /// Asks what only definitions tell is to be asked, until they tell no more.
    private func readLater(
        _ tree: inout TreeBuilder, _ definitions: inout Definitions, _ failures: inout [AdminError],
        _ parts: Tree
    ) async throws {
        var asked: Set<LaterQuestions> = []
        while true {
            let open = tree.tree.nodes.indices.compactMap { LaterQuestions($0, in: tree.tree) }.filter {
                !asked.contains($0) && parts.earlier?.hasTaken($0.nodeID.text) != true
            }
            guard !open.isEmpty else { return }
            asked.formUnion(open)
            let part = try await answers(to: open, about: tree.tree, parts)
            try Self.add(part, to: &tree, &failures)
            try await read(&definitions, of: &tree)
        }
    }

    private func answers(
        to questions: [LaterQuestions], about known: ExecutionTree, _ tree: Tree
    ) async throws -> Part {
        try await all(questions) { question in
            guard let index = known.node(question.nodeID.text) else { return Part() }
            return try await answer(question, about: known.nodes[index], tree)
        }
    }

    private func answer(
        _ question: LaterQuestions, about node: ExecutionTree.Node, _ tree: Tree
    ) async throws -> Part {
        var part = Part()
        if question.dynamicWorkflow {
            part.append(try await dynamicWorkflow(.node(node.id), node.id, tree))
            // No row names one: where there is none, none is missing.
            part.withheld.removeAll { $0.state == .missing }
        }
        if question.attempts {
            part.append(try await attempts(of: node.execution, depth: node.depth, tree))
        }
        if question.children {
            part.append(try await level(parent: node.id, depth: node.depth + 1, tree))
        }
        return part
    }

    // MARK: Definitions

    /// The definitions that a tree refers to.
    private struct Definitions {
        /// Those that the archive may not have.
        var found: [CapturedDefinition] = []
        /// Of the workflow, and of the tasks that were run.
        var known = ExecutionTree.Definitions.none
        private var seen: Set<DefinitionID> = []
        private var missing: [(DefinitionID, AdminError)] = []

        /// Those of them that were not asked for yet.
        mutating func new(_ ids: [DefinitionID]) -> [DefinitionID] { ids.filter { seen.insert($0).inserted } }

        mutating func add(_ more: (found: [CapturedDefinition], missing: [(DefinitionID, AdminError)])) {
            found += more.found
            missing += more.missing
        }

        /// What the server does not have of them.
        var missingPart: Part {
            var part = Part()
            for (definition, error) in missing { part.withhold(.execution, definition.kind.rawValue, error) }
            return part
        }
    }

    /// Reads those definitions that a tree refers to and that were not read before, and ties it to all of them.
    private func read(_ read: inout Definitions, of builder: inout TreeBuilder) async throws {
        guard !skips.contains(.definitions) else { return builder.tie(to: .none) }
        let own = [builder.tree.execution.launchPlan, builder.tree.execution.workflow].compactMap { $0 }
        read.add(try await definitions.read(read.new(own)))
        let decoded = try await definitions.decoded(own + builder.tree.attemptTasks)
        read.known = ExecutionTree.Definitions(
            workflow: { decoded.workflows[$0] }, task: { decoded.tasks[$0] })
        builder.tie(to: read.known)
        // What nodes run is named by their attempts, and by the workflow for those that needed none.
        read.add(try await definitions.read(read.new(builder.tree.nodes.compactMap(\.task))))
    }

    // MARK: The execution's own

    private func ownParts(_ execution: Execution, _ tree: Tree) async throws -> Part {
        var part = Part()
        if !skipsData {
            if let earlier = tree.earlier, earlier.execution.outputURI == execution.outputURI,
                let data = earlier.data(of: .execution)
            {
                part = try keep(data, tree)
            } else {
                part = try await message(.data, .execution, "data", tree) { () async throws(AdminError) in
                    try await client.executionData(tree.id)
                }
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

    private func signals(of now: ExecutionTree, _ tree: Tree) async throws -> Part {
        var part = Part()
        if let known = tree.earlier?.signals(now) {
            return try keep(EarlierReading.Kept(messages: known, withheld: []), tree)
        }
        do {
            let items = try await client.items(of: try client.signals(of: tree.id)) { offset, error in
                part.passOver("signal", offset, at: .execution, "signals", error)
            }
            for bytes in items {
                part.messages.append(try keep(CapturedMessage(kind: .signal, bytes: bytes), tree))
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
        /// nil where everything is asked for.
        let earlier: EarlierReading?
    }

    private static let nodesAtOnce = 64

    private func level(parent: String?, depth: Int, _ tree: Tree) async throws -> Part {
        try await nodes(
            in: try client.nodes(of: tree.id, parent: parent), parent: parent, depth: depth, tree)
    }

    /// A row of a list of nodes; nil, and told, where it is none of this execution.
    private func readable(
        _ bytes: [UInt8], of tree: Tree, _ parent: String?, _ gaps: inout Part
    ) -> NodeExecution? {
        func tell(_ detail: String) { gaps.refuse(CapturePlace(nodeID: parent), "nodes", detail) }
        do {
            let node = try NodeExecution(decoding: bytes)
            if node.id.execution == tree.id { return node }
            tell("the server listed a node of another execution: \(node.id.execution)")
        } catch {
            tell("\(error)")
        }
        return nil
    }

    /// The nodes of a list, with all that lies in them, in the list's order. They are read while the list is: a
    /// level may have a hundred thousand nodes, and each that is begun takes memory.
    private func nodes(in list: AdminList, parent: String?, depth: Int, _ tree: Tree) async throws -> Part {
        // Every way down comes by here: parents have children, and attempts of older engines do.
        guard depth < ExecutionTree.deepestLevel else {
            return Part(
                endless: CapturePlace(nodeID: parent), "nodes", list,
                "nodes are nested more than \(ExecutionTree.deepestLevel) deep")
        }
        var whole = Part()
        var gaps = Part()
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
                struct Enough: Error {}
                do {
                    try await client.pages(of: list) { offset, error in
                        gaps.passOver("node", offset, at: CapturePlace(nodeID: parent), "nodes", error)
                    } _: { page in
                        for bytes in page.items {
                            guard let node = readable(bytes, of: tree, parent, &gaps) else { continue }
                            guard tree.seen.insert(node.id.nodeID) else { continue }
                            guard tree.seen.count <= SeenNodes.atMost else { throw Enough() }
                            while begun - taken >= Self.nodesAtOnce, let (done, part) = try await group.next()
                            {
                                take(done, part)
                            }
                            let index = begun
                            begun += 1
                            let questions = NodeQuestions(node, skipsData: skipsData)
                            let known = tree.earlier?.node(node, readSingly: questions.wholeError)
                            if let earlier = tree.earlier, let known, earlier.isSettled(known) {
                                let (all, ids) = earlier.take(known)
                                for id in ids { _ = tree.seen.insert(id) }
                                take(index, try keep(all, tree))
                                continue
                            }
                            if questions.isEmpty {
                                var part = Part()
                                part.messages.append(try keep(node, bytes, parent: parent, tree))
                                take(index, part)
                                continue
                            }
                            group.addTask {
                                (
                                    index,
                                    try await self.node(
                                        node, bytes, questions, known: known, parent: parent, depth: depth,
                                        tree)
                                )
                            }
                        }
                    }
                } catch is Enough {
                    gaps.append(
                        Part(
                            endless: CapturePlace(nodeID: parent), "nodes", list,
                            "the execution has more than \(SeenNodes.atMost) nodes"))
                }
                for try await (done, part) in group { take(done, part) }
                return whole
            }
            whole.withheld.insert(contentsOf: gaps.withheld, at: 0)
            whole.failures += gaps.failures
        } catch let error as AdminError {
            try error.rethrowIfTreeIsSpoilt()
            // Without its nodes a tree is no tree, unless only a branch of it is missing.
            guard let parent else { throw error }
            whole.withhold(.node(parent), "nodes", error)
        }
        return whole
    }

    /// A node, and the answers to the questions about it.
    ///
    /// - Parameter known: What is known of it, where its row says the same as before.
    private func node(
        _ node: NodeExecution, _ listed: [UInt8], _ questions: NodeQuestions, known: Int?, parent: String?,
        depth: Int, _ tree: Tree
    ) async throws -> Part {
        let nodeID = node.id.nodeID
        var part = Part()
        if !questions.wholeError {
            part.messages.append(try keep(node, listed, parent: parent, tree))
        }
        var reads: [@Sendable () async throws -> Part] = []
        if questions.wholeError {
            reads.append { try await wholeMessage(node, listed, parent: parent, tree) }
        }
        if questions.data {
            if known != nil, let data = tree.earlier?.data(of: .node(nodeID)) {
                reads.append { try keep(data, tree) }
            } else {
                reads.append { try await nodeData(node, tree) }
            }
        }
        if questions.attempts {
            if let known, let ended = tree.earlier?.endedAttempts(of: known) {
                reads.append { try keep(ended, tree) }
            } else {
                reads.append { try await attempts(of: node, depth: depth, tree) }
            }
        }
        if questions.children { reads.append { try await level(parent: nodeID, depth: depth + 1, tree) } }
        var answers = try await Self.sideBySide(reads)[...]

        if questions.wholeError, let own = answers.popFirst() { part = own }
        let data = questions.data ? answers.popFirst() ?? Part() : Part()
        part.append(data)
        if questions.dynamicWorkflow, !data.messages.contains(where: Self.bringsWorkflow) {
            part.append(try await dynamicWorkflow(.node(nodeID), nodeID, tree))
        }
        for answer in answers { part.append(answer) }
        return part
    }

    /// What each of them reads, in their order. The last one needs no task of its own.
    private static func sideBySide(_ reads: [@Sendable () async throws -> Part]) async throws -> [Part] {
        guard reads.count > 1 else {
            var parts: [Part] = []
            for read in reads { parts.append(try await read()) }
            return parts
        }
        return try await withThrowingTaskGroup(of: (Int, Part).self) { group in
            for (index, read) in reads.dropLast().enumerated() {
                group.addTask { (index, try await read()) }
            }
            var parts = Array(repeating: Part(), count: reads.count)
            parts[reads.count - 1] = try await reads[reads.count - 1]()
            for try await (index, part) in group { parts[index] = part }
            return parts
        }
    }

    /// - Parameter bytes: Of the node's row.
    private func keep(
        _ node: NodeExecution, _ bytes: [UInt8], parent: String?, _ tree: Tree
    ) throws -> KeptMessage {
        try keep(
            CapturedMessage(
                kind: .node, place: .node(node.id.nodeID), parentNodeID: parent, bytes: bytes),
            tree, row: .node(node))
    }

    /// What stays as it was read before.
    private func keep(_ kept: EarlierReading.Kept, _ tree: Tree) throws -> Part {
        var part = Part(withheld: kept.withheld)
        for message in kept.messages { part.messages.append(try keep(message.message, tree)) }
        return part
    }

    /// The node as it is alone; as it was listed when the server does not tell.
    private func wholeMessage(
        _ node: NodeExecution, _ listed: [UInt8], parent: String?, _ tree: Tree
    ) async throws -> Part {
        let place = CapturePlace.node(node.id.nodeID)
        var part = Part()
        do {
            let bytes = try await client.node(tree.id, node.id.nodeID)
            guard let whole = try? NodeExecution(decoding: bytes), whole.id == node.id else {
                throw AdminError(
                    kind: .garbage, route: "GET /api/v1/node_executions/\(tree.id)/\(node.id.nodeID)",
                    status: 200, message: "the server answers about another node")
            }
            let message = CapturedMessage(kind: .node, place: place, parentNodeID: parent, bytes: bytes)
            part.messages.append(try keep(message, tree))
        } catch let error as AdminError {
            try error.rethrowIfTreeIsSpoilt()
            part.withhold(place, "error", error, error.captureState == .failed ? .failed : .truncated)
            part.messages.append(try keep(node, listed, parent: parent, tree))
        }
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
        part.messages.append(try keep(CapturedMessage(kind: kind, place: place, bytes: body), tree))
        return part
    }

    private func nodeData(_ node: NodeExecution, _ tree: Tree) async throws -> Part {
        try await message(.data, .node(node.id.nodeID), "data", tree) { () async throws(AdminError) in
            try await client.nodeData(tree.id, node.id.nodeID)
        }
    }

    /// Whether an answer with data of a node holds the workflow that it made.
    private static func bringsWorkflow(_ data: CapturedMessage) -> Bool {
        if data.kind == .dynamicWorkflow { return true }
        return (try? DataAnswer(decoding: data.bytes, isExecution: false).hasDynamicWorkflow) ?? false
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
                part.passOver("attempt", offset, at: .node(nodeID), "attempts", error)
            }
            var decoded: [(TaskExecution, [UInt8])] = []
            for bytes in items {
                do {
                    let attempt = try TaskExecution(decoding: bytes)
                    guard attempt.node == NodeReference(execution: tree.id, nodeID: nodeID) else {
                        part.refuse(
                            .node(nodeID), "attempts",
                            "the server listed an attempt of another node: \(attempt.node.nodeID) of \(attempt.node.execution)"
                        )
                        continue
                    }
                    decoded.append((attempt, bytes))
                } catch {
                    part.refuse(.node(nodeID), "attempts", error.description)
                }
            }
            decoded.sort {
                ($0.0.retryAttempt, $0.0.task.description) < ($1.0.retryAttempt, $1.0.task.description)
            }
            var seen: Set<CapturePlace> = []
            for (attempt, bytes) in decoded {
                let place = CapturePlace(nodeID: nodeID, attempt: attempt.retryAttempt, task: attempt.task)
                guard seen.insert(place).inserted else { continue }
                part.messages.append(
                    try keep(
                        CapturedMessage(kind: .attempt, place: place, bytes: bytes), tree,
                        row: .attempt(attempt)))
                if !skipsData, attempt.hasDataOfItsOwn(beside: node) {
                    if let earlier = tree.earlier, earlier.hasSame(attempt, at: place),
                        let data = earlier.data(of: place)
                    {
                        part.append(try keep(data, tree))
                    } else {
                        part.append(try await attemptData(attempt, place, tree))
                    }
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

import FlyteModel
import FlyteTrace
import Locking

/// What the archive has of an execution that had not ended when it was read: what had ended in it, and says the same now, is
/// not asked for again.
///
/// The server's rows prove it: it writes the time of each event into the row that the event is about, so that a row
/// which is the same had no event. Where anything below a node had not ended, or was not handed over, the node is asked about
/// as far as that goes. An execution that ended is read anew as a whole, whatever is known of it.
final class EarlierReading: Sendable {
    let execution: Execution
    private let tree: ExecutionTree
    /// The messages of each place, but for those of nodes and attempts below it: by their numbers in the capture.
    private let messages: [CapturePlace: [Int]]
    /// What was not handed over of a place and never will be, as nothing is there.
    private let settledGaps: [CapturePlace: [Withheld]]
    /// Places of which something was not handed over, or was made another text: they are asked for again. Without the tasks of
    /// attempts.
    private let opened: Set<CapturePlace>
    /// By node: whether it ended with all that lies in it, and nothing of it is to be asked for.
    private let isSettled: [Bool]
    /// Places whose data are those of the archive.
    private let kept = Guarded<Set<CapturePlace>>([])
    /// Nodes that are, with all that lies in them.
    private let taken = Guarded<Set<KeyBytes>>([])

    /// Gaps of an execution that tell of something else than its data.
    private static let otherFields: Set = ["task", "workflow", "launch_plan", "metrics"]

    /// nil when the execution had ended, or was read with other parts left out.
    ///
    /// - Parameter skips: The parts that are left out now.
    init?(_ capture: ExecutionCapture, skips: Set<HarvestOptions.Part>) {
        guard let tree = try? ExecutionTree(capture, definitions: .none), !tree.execution.lifetime.isTerminal
        else {
            return nil
        }
        let left = capture.withheld.filter { $0.state == .notRequested }.map(\.field)
        let leaves = skips.map { $0 == .spans ? "metrics" : $0.rawValue }
        guard Set(left) == Set(leaves) else { return nil }
        (execution, self.tree) = (tree.execution, tree)

        let never = Set(NeverWritten.gaps(in: tree))
        var settledGaps: [CapturePlace: [Withheld]] = [:]
        var opened = Set(capture.redactions.map { Self.withoutTask($0.place) })
        for (index, gap) in capture.withheld.enumerated() where gap.state != .notRequested {
            if never.contains(index) {
                settledGaps[gap.place, default: []].append(gap)
            } else if !Self.otherFields.contains(gap.field) {
                opened.insert(Self.withoutTask(gap.place))
            }
        }
        var messages: [CapturePlace: [Int]] = [:]
        for index in capture.messages.indices {
            messages[capture.messages[index].place, default: []].append(index)
        }
        self.messages = messages
        // Where the data call was refused and the maps were had all the same, the call is due: they hang on its answer.
        for (place, indices) in messages {
            let kinds = Set(indices.map { capture.messages.kept(at: $0).kind })
            if kinds.contains(.literalMap), !kinds.contains(.data) { opened.insert(Self.withoutTask(place)) }
        }
        (self.settledGaps, self.opened) = (settledGaps, opened)

        // A parent comes before its children.
        var isSettled = tree.nodes.map { node in
            (node.lifetime.isTerminal || node.isPhantom) && !opened.contains(.node(node.id))
                && node.attempts.allSatisfy {
                    ($0.lifetime.isTerminal || node.isPhantom)
                        && !opened.contains(Self.withoutTask(Self.place(of: $0, node.id)))
                }
        }
        for index in tree.nodes.indices.reversed() where !isSettled[index] {
            if let parent = tree.nodes[index].parent { isSettled[parent] = false }
        }
        self.isSettled = isSettled
    }

    private static func place(of attempt: ExecutionTree.Attempt, _ nodeID: String) -> CapturePlace {
        CapturePlace(nodeID: nodeID, attempt: attempt.retryAttempt, task: attempt.task)
    }

    private static func withoutTask(_ place: CapturePlace) -> CapturePlace {
        CapturePlace(nodeID: place.nodeID, attempt: place.attempt)
    }

    private func isOpened(_ place: CapturePlace) -> Bool { opened.contains(Self.withoutTask(place)) }

    // MARK: The execution

    /// Whether it is the execution that was read, and has not ended.
    func isOf(_ now: Execution) -> Bool {
        !now.lifetime.isTerminal && now.lifetime.createdAt == execution.lifetime.createdAt
    }

    // MARK: Nodes

    /// What is known of a node whose row says the same as before; nil for a node that is new, or had an event.
    ///
    /// - Parameter singly: Whether it was read alone, as its error was cut.
    func node(_ row: NodeExecution, readSingly singly: Bool) -> Int? {
        guard let index = tree.node(row.id.nodeID) else { return nil }
        let before = tree.nodes[index].execution
        guard singly else { return before == row ? index : nil }
        // As it was read alone: with its whole error, and without the flag that only lists tell.
        guard let error = row.error, let known = before.error,
            (known.kind, known.code) == (error.kind, error.code),
            known.message.utf8.starts(with: error.message.utf8)
        else { return nil }
        var listed = row
        (listed.error, listed.isParent) = (known, before.isParent)
        return listed == before ? index : nil
    }

    /// Whether it ended with all that lies in it, and nothing of that is to be asked for.
    func isSettled(_ index: Int) -> Bool { isSettled[index] }

    /// A node and all that lies in it, which are not asked about; gives their ids as well.
    func take(_ index: Int) -> (Kept, ids: [String]) {
        var found: [Int] = []
        var open = [index]
        while let next = open.popLast() {
            found.append(next)
            open += tree.children(of: next)
        }
        found.sort()
        let ids = found.map { tree.nodes[$0].id }
        taken.withLock { $0.formUnion(ids.map { KeyBytes($0) }) }
        return (keep(found.flatMap { [.node(tree.nodes[$0].id)] + attemptPlaces(of: $0) }), ids)
    }

    /// Whether a node was taken from here.
    func hasTaken(_ id: String) -> Bool { taken.withLock { $0.contains(KeyBytes(id)) } }

    private func attemptPlaces(of index: Int) -> [CapturePlace] {
        tree.nodes[index].attempts.map { Self.place(of: $0, tree.nodes[index].id) }
    }

    /// The attempts of a node with their data, where all of them have ended, as has the node: no other one follows. nil where
    /// they are to be asked for again.
    func endedAttempts(of index: Int) -> Kept? {
        let node = tree.nodes[index]
        guard node.lifetime.isTerminal, !isOpened(.node(node.id)),
            node.attempts.allSatisfy({
                $0.lifetime.isTerminal && !isOpened(Self.place(of: $0, node.id)) && !$0.execution.isParent
            })
        else { return nil }
        return keep(attemptPlaces(of: index))
    }

    // MARK: Data

    /// Whether the server answered the question for the data of a place.
    private func hasData(_ place: CapturePlace) -> Bool {
        messages[place]?.contains { tree.capture.messages.kept(at: $0).kind == .data } == true
    }

    /// What was read of a place beside its row; nil when it is to be asked for again.
    func data(of place: CapturePlace) -> Kept? {
        let kinds: Set<CapturedMessage.Kind> = [.data, .dynamicWorkflow]
        let hasNone =
            settledGaps[place]?.contains { ["data", "inputs", "outputs"].contains($0.field) } == true
        guard !isOpened(place), hasData(place) || hasNone else { return nil }
        var kept = keep([place])
        kept.messages.removeAll { !kinds.contains($0.kind) }
        // Asked for again as long as there is none.
        kept.withheld.removeAll { $0.field == "dynamic_workflow" }
        return kept
    }

    /// An attempt whose row says the same as before.
    func hasSame(_ row: TaskExecution, at place: CapturePlace) -> Bool {
        guard let id = place.nodeID, let node = tree.node(id) else { return false }
        return tree.nodes[node].attempts.contains {
            Self.place(of: $0, id) == place && $0.execution == row
        }
    }

    /// The signals, where all nodes that may have some have ended; nil where they are to be asked for again.
    ///
    /// - Parameter now: The tree as it is now, tied to its definitions.
    func signals(_ now: ExecutionTree) -> [KeptMessage]? {
        guard !isOpened(.execution) else { return nil }
        let areEnded = now.nodes.allSatisfy { node in
            switch node.spec?.target {
            case .gate, nil: break
            default: return true
            }
            guard node.attempts.isEmpty, !node.isMarkerOnly else { return true }
            let before = tree.node(node.id).map { tree.nodes[$0].lifetime.isTerminal }
            return node.lifetime.isTerminal && before == true
        }
        guard areEnded else { return nil }
        return messages[.execution, default: []].map { tree.capture.messages.kept(at: $0) }
            .filter { $0.kind == .signal }
    }

    // MARK: What stays

    /// Messages that stay, and gaps that do.
    struct Kept {
        var messages: [KeptMessage]
        var withheld: [Withheld]
    }

    /// What was read of some places, in its order; without what was fetched by addresses, which has its turn when all answers
    /// are there: see `side` and `literal`.
    private func keep(_ places: [CapturePlace]) -> Kept {
        kept.withLock { $0.formUnion(places) }
        let messages = places.flatMap { self.messages[$0] ?? [] }.sorted()
            .map { tree.capture.messages.kept(at: $0) }
            .filter { $0.kind != .literalMap && $0.kind != .literal }
        let withheld = places.flatMap { place in
            // Of an answer that does not hold a side this is told when it is looked into.
            let hasData = hasData(place)
            return (settledGaps[place] ?? []).filter {
                !hasData || !["inputs", "outputs"].contains($0.field)
            }
        }
        return Kept(messages: messages, withheld: withheld)
    }

    /// What was said of one side of a place whose data stay.
    enum Side {
        case map(KeptMessage)
        case gap(Withheld)
    }

    /// The side of a place whose answer stays and did not hold it; nil when it must be fetched.
    func side(_ direction: CapturedMessage.Direction, of place: CapturePlace) -> Side? {
        guard kept.withLock({ $0.contains(place) }) else { return nil }
        let map = messages[place]?.lazy.map { [tree] in tree.capture.messages.kept(at: $0) }
            .first { $0.kind == .literalMap && $0.message.direction == direction }
        if let map { return .map(map) }
        let field = direction == .input ? "inputs" : "outputs"
        return settledGaps[place]?.first { $0.field == field }.map { .gap($0) }
    }

    /// A literal that the engine keeps apart, named by a place whose data stay; nil when it must be fetched.
    func literal(_ uri: String, of place: CapturePlace) -> KeptMessage? {
        guard kept.withLock({ $0.contains(place) }) else { return nil }
        return messages[place]?.lazy.map { [tree] in tree.capture.messages.kept(at: $0) }
            .first { $0.kind == .literal && $0.message.uri == uri }
    }
}

public import FlyteModel

/// Something that happened at a time, for whoever reconstructs what came before what.
public struct PostMortemEvent: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case scheduled, created, started, succeeded, failed, aborted, told, later
    }

    public var at: Timestamp
    public var kind: Kind
    /// Where it happened: an execution's name where it is no part of the one in question, a node, an attempt.
    public var place: String
    /// In the archive's words, or the engine's.
    public var text: String

    public init(at: Timestamp, _ kind: Kind, _ place: String, _ text: String) {
        self.at = at
        self.kind = kind
        self.place = place
        self.text = text
    }
}

extension PostMortemEvent {
    /// Nodes that went well are told up to this many; those that did not always are.
    private static let nodesAtMost = 40
    /// Of an attempt.
    private static let reasonsAtMost = 20

    /// What an execution and those that it launched tell, in the order of time.
    static func all(of details: ExecutionDetails) -> [PostMortemEvent] {
        let children = details.children.values.sorted {
            KeyBytes($0.id.description) < KeyBytes($1.id.description)
        }
        let events = ([details] + children).flatMap { Self.events(of: $0, isOwn: $0.id == details.id) }
        // Sorting is stable by hand: what has one time stays in the order of the tree.
        return events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(
            \.element)
    }

    private static func events(of execution: ExecutionDetails, isOwn: Bool) -> [PostMortemEvent] {
        var events: [PostMortemEvent] = []
        func add(_ at: Timestamp?, _ kind: Kind, _ place: String, _ text: String) {
            guard let at, !at.isSaturated else { return }
            events.append(PostMortemEvent(at: at, kind, place, text))
        }
        let name = isOwn ? "execution" : "execution \(execution.id.name)"
        let prefix = isOwn ? "" : "\(execution.id.name) "
        add(execution.scheduledAt, .scheduled, name, "its schedule meant this time")
        add(execution.times.createdAt, .created, name, "created")
        add(execution.times.startedAt, .started, name, "began to run")
        if !execution.isOpen {
            let abort = execution.abort?.cause.flatMap { $0.isEmpty ? nil : $0 }
            add(
                execution.times.endedAt, kind(execution.phase.rawValue), name,
                execution.phase.rawValue + (abort.map { ": \($0)" } ?? ""))
        }
        let work = execution.nodes.filter { !$0.isMarker }
        let tellsAll = work.count <= nodesAtMost
        for node in work where tellsAll || node.hasFailed || node.attempts.contains(where: \.hasFailed) {
            let place = "\(prefix)node \(node.label)"
            if node.attempts.isEmpty, node.children.isEmpty || node.hasFailed {
                let isFound = node.cacheStatus == "CACHE_HIT"
                add(
                    node.times.startedAt ?? node.times.createdAt, .started, place,
                    node.child.map { "launched \($0.name)" }
                        ?? (isFound ? "looked for in the cache, and found" : "a \(node.kind.rawValue) began"))
            }
            for attempt in node.attempts {
                let here = node.attempts.count > 1 ? "\(place), attempt \(attempt.number)" : place
                add(attempt.times.createdAt, .created, here, "attempt created")
                add(attempt.times.startedAt, .started, here, "began to run")
                if attempt.hasFailed || attempt.phase.rawValue == "ABORTED" {
                    for reason in attempt.reasons.suffix(reasonsAtMost) where !reason.text.isEmpty {
                        add(reason.at, .told, here, reason.text)
                    }
                }
                if attempt.phase.isTerminal {
                    add(
                        attempt.times.endedAt, kind(attempt.phase.rawValue), here,
                        attempt.error.map { "\(attempt.phase.rawValue): \($0.code)" }
                            ?? attempt.phase.rawValue)
                }
            }
            // An attempt's end is its node's, unless the node says something else.
            let last = node.attempts.last?.phase.rawValue
            if node.phase.isTerminal, node.children.isEmpty || node.hasFailed, last != node.phase.rawValue {
                add(node.times.endedAt, kind(node.phase.rawValue), place, node.phase.rawValue)
            }
        }
        return events
    }

    private static func kind(_ phase: String) -> Kind {
        switch phase {
        case "SUCCEEDED", "RECOVERED", "SKIPPED": .succeeded
        case "ABORTED": .aborted
        default: .failed
        }
    }
}

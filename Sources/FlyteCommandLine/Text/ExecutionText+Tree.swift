import FlyteAnalysis
import FlyteIDL
import FlyteModel
import FlyteReport
import Tables

// The nodes, depth first and without recursion: trees may be deep.
extension ExecutionText {
    /// What is yet to be told.
    private enum Item {
        case node(ExecutionID, Int, depth: Int)
        case line(String, depth: Int, TerminalStyle?)
    }

    /// How much a node matters to whoever asks what went wrong.
    private enum Rank: Int, Comparable {
        case succeeded, ended, open, failed

        static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }

        init(_ node: NodeDetails) {
            if node.hasFailed {
                self = .failed
            } else if node.hasSucceeded {
                self = .succeeded
            } else {
                self = node.phase.isTerminal ? .ended : .open
            }
        }
    }

    /// Nodes of a level of one kind that are told before the rest of them is counted.
    private static let nodesAtMost = 20
    /// Of so many nodes that failed each attempt is told; of more only where they failed otherwise.
    private static let failedInFullAtMost = 5
    /// More nodes of a level than that are folded although all of them succeeded.
    private static let succeededAtMost = 20

    mutating func tree() {
        guard details.nodes.contains(where: { !$0.isMarker }) else { return }
        lines.blank()
        lines.add("Nodes", .heading)
        var seen: Set<ExecutionID> = [details.id]
        var open: [Item] = level(details.roots, of: details, depth: 0).reversed()
        while let item = open.popLast() {
            switch item {
            case .line(let text, let depth, let style): lines.add(text, indent: indent(depth), style)
            case .node(let id, let place, let depth):
                guard let execution = details[id] else { continue }
                let node = execution.nodes[place]
                tell(node, of: execution, depth: depth)
                var inside = level(node.children, of: execution, depth: depth + 1)
                if let child = node.child, let launched = details[child], seen.insert(child).inserted {
                    if launched.nodes.isEmpty { leavesOut = true }
                    inside += level(launched.roots, of: launched, depth: depth + 1)
                }
                open += inside.reversed()
            }
        }
        if details.unexpandedCount > 0 {
            lines.add(
                "\(HumanText.grouped(Int64(details.unexpandedCount))) executions that it launched are too many to be told here.",
                indent: 2, .quiet)
        }
    }

    private func indent(_ depth: Int) -> Int { 2 + 2 * min(depth, 40) }

    /// The nodes of a level in the order in which they matter, and what is left out of them.
    private mutating func level(_ places: [Int], of execution: ExecutionDetails, depth: Int) -> [Item] {
        let nodes = places.filter { !execution.nodes[$0].isMarker }
        guard !nodes.isEmpty else { return [] }
        let ranks = Dictionary(grouping: nodes) { Rank(execution.nodes[$0]) }
        func sorted(_ rank: Rank) -> [Int] {
            (ranks[rank] ?? []).sorted { a, b in
                let (x, y) = (execution.nodes[a].times, execution.nodes[b].times)
                // Of failures the first is most likely to be the cause of the others.
                let first = rank == .failed ? (x.endedAt, y.endedAt) : (x.createdAt, y.createdAt)
                return (first.0?.nanoseconds ?? .max, a) < (first.1?.nanoseconds ?? .max, b)
            }
        }
        var items: [Item] = []
        for rank in [Rank.failed, .open, .ended] {
            let ofRank = sorted(rank)
            let shown = showsAll ? ofRank[...] : ofRank.prefix(Self.nodesAtMost)
            items += shown.map { .node(execution.id, $0, depth: depth) }
            guard shown.count < ofRank.count else { continue }
            leavesOut = true
            let phases = Dictionary(grouping: ofRank.dropFirst(shown.count)) {
                execution.nodes[$0].phase.rawValue
            }
            let counts = phases.sorted { $0.key < $1.key }.map {
                "\(HumanText.grouped(Int64($1.count))) \($0)"
            }
            items.append(.line("… and \(counts.joined(separator: ", "))", depth: depth, .quiet))
        }
        let succeeded = sorted(.succeeded)
        guard !succeeded.isEmpty else { return items }
        guard !showsAll, !items.isEmpty || succeeded.count > Self.succeededAtMost else {
            return items + succeeded.map { .node(execution.id, $0, depth: depth) }
        }
        leavesOut = true
        items.append(
            .line(folded(succeeded.map { execution.nodes[$0] }, of: nodes.count), depth: depth, .quiet))
        return items
    }

    private func folded(_ succeeded: [NodeDetails], of count: Int) -> String {
        var line =
            "\(HumanText.grouped(Int64(succeeded.count))) of \(HumanText.grouped(Int64(count))) succeeded"
        var notes: [String] = []
        let retried = succeeded.count { $0.attempts.count > 1 }
        if retried > 0 { notes.append("\(HumanText.grouped(Int64(retried))) after a retry") }
        for (phase, words) in [(NodePhase.recovered, "recovered from an earlier run"), (.skipped, "skipped")]
        {
            let count = succeeded.count { $0.phase == phase }
            if count > 0 { notes.append("\(HumanText.grouped(Int64(count))) \(words)") }
        }
        let cached = succeeded.count { $0.cacheStatus == CacheStatus.hit.rawValue }
        if cached > 0 { notes.append("\(HumanText.grouped(Int64(cached))) from the cache") }
        let broken = succeeded.count { node in node.attempts.last?.elements.contains { $0.hasFailed } ?? false
        }
        if broken > 0 { notes.append("\(HumanText.grouped(Int64(broken))) in spite of elements that failed") }
        if !notes.isEmpty { line += " (\(notes.joined(separator: ", ")))" }
        if succeeded.count <= 5 { line += ": \(succeeded.map(\.label).joined(separator: ", "))" }
        return line
    }

    // MARK: A node

    private mutating func tell(_ node: NodeDetails, of execution: ExecutionDetails, depth: Int) {
        let rank = Rank(node)
        var line = "\(node.fullName): \(node.phase.rawValue)"
        if rank == .open {
            if let age = Self.duration(node.times.age(at: execution.observedAt)) { line += " for \(age)" }
        } else if let ran = Self.duration(node.times.seconds) {
            line += rank == .succeeded ? " in \(ran)" : " after \(ran)"
        }
        if let words = Self.words[node.kind] { line += ", \(words)" }
        if node.cacheStatus == CacheStatus.hit.rawValue { line += ", from the cache" }
        if let child = node.child {
            line += " \(details.name(child))"
            if let launched = details[child], launched.phase.rawValue != node.phase.rawValue {
                line += " (\(launched.phase.rawValue))"
            } else if details[child] == nil {
                line += " (not in the archive)"
            }
        }
        let style: TerminalStyle? =
            switch rank {
            case .failed: .bad
            case .open: .attention
            case .ended: .quiet
            case .succeeded: nil
            }
        if rank == .failed, node.children.isEmpty, node.child == nil {
            if let error = node.attempts.last?.error, !showsAll, failedInFull >= Self.failedInFullAtMost,
                isTold(error.message, pod: node.attempts.last?.pod)
            {
                leavesOut = true
                return lines.add("\(line); \(Self.title(error)), as above", indent: indent(depth), style)
            }
            failedInFull += 1
        }
        lines.add(line, indent: indent(depth), style)
        let inner = indent(depth) + 2
        let isTold = rank == .failed || rank == .open
        if let task = node.task, isTold {
            lines.add(
                "task \(task.name) \(task.version)\(task.image.map { ", image \($0)" } ?? "")", indent: inner)
        }
        if node.phase == .timedOut {
            lines.add(timeLimit(of: node), indent: inner)
        }
        if isTold || node.attempts.count > 1 || node.attempts.contains(where: \.hasFailed) || showsAll {
            for attempt in node.attempts { tell(attempt, of: node, indent: inner) }
        } else if let last = node.attempts.last, !last.elements.isEmpty {
            tell(last.elements, indent: inner)
        }
        if let error = node.error, isTold || showsAll {
            tell(error, pod: node.attempts.last?.pod, indent: inner)
        }
    }

    /// The archive knows the limit of the task, and a workflow may give its node another.
    private func timeLimit(of node: NodeDetails) -> String {
        guard let limit = node.task?.timeLimit else { return "It ran into its time limit." }
        let isReached = node.times.seconds.map { $0 >= limit } ?? false
        return isReached
            ? "It ran into its time limit of \(HumanText.shortDuration(limit))."
            : "It ran into a time limit of the node's own; its task's is \(HumanText.shortDuration(limit))."
    }

    private static let words: [NodeKind: String] = [
        .branch: "branch", .workflow: "sub-workflow", .dynamic: "dynamic", .array: "map", .gate: "gate",
        .launchPlan: "launched", .failure: "after the failure",
    ]

    private mutating func tell(_ error: ExecutionError, pod: String? = nil, indent: Int) {
        guard showsAll || !isTold(error.message, pod: pod) else { return }
        lines.add(Self.title(error), indent: indent)
        lines.quote(error.message, indent: indent + 2, limit: showsAll ? nil : 6)
        told += [error.message, plain(error.message, pod: pod)]
    }

    // MARK: An attempt

    private mutating func tell(_ attempt: AttemptDetails, of node: NodeDetails, indent: Int) {
        var parts = ["attempt \(attempt.number): \(attempt.phase.rawValue)"]
        if attempt.times.duration != nil, let ran = Self.duration(attempt.times.seconds) {
            parts[0] += " after \(ran)"
        }
        if let waited = attempt.times.queueSeconds, waited >= 0.001 {
            parts.append("waited \(HumanText.shortDuration(waited))")
        }
        if let asked = HumanText.request(attempt.request) { parts.append("asked for \(asked)") }
        if let pod = attempt.pod { parts.append("pod \(pod)") }
        lines.add(parts.joined(separator: ", "), indent: indent)
        let hasSucceeded = attempt.phase == .succeeded && attempt.error == nil
        if let error = attempt.error {
            if !showsAll, isTold(error.message, pod: attempt.pod) {
                lines.add("\(Self.title(error)), as above", indent: indent + 2)
            } else {
                tell(error, pod: attempt.pod, indent: indent + 2)
            }
        }
        if !attempt.elements.isEmpty { tell(attempt.elements, indent: indent + 2) }
        guard !hasSucceeded || showsAll else { return }
        reasons(attempt.reasons, indent: indent + 2)
        // Those of elements stand beside these.
        let shown = attempt.elements.contains { !$0.logs.isEmpty } ? [] : attempt.logs
        for log in shown.prefix(showsAll ? .max : 3) {
            lines.add("log \(log.name): \(log.uri)", indent: indent + 2)
        }
    }

    private static let reasonsAtMost = 4

    /// What the engine told, the last of it: the same thing over and over once.
    private mutating func reasons(_ reasons: [AttemptDetails.Reason], indent: Int) {
        var different: [AttemptDetails.Reason] = []
        for reason in reasons where !reason.text.isEmpty {
            if let last = different.last, last.text.hasSameBytes(as: reason.text) { continue }
            different.append(reason)
        }
        let shown = showsAll ? different[...] : different.suffix(Self.reasonsAtMost)
        if shown.count < different.count {
            lines.add(
                "… \(HumanText.count(different.count - shown.count, "reason")) before", indent: indent, .quiet
            )
            leavesOut = true
        }
        for reason in shown {
            let text = showsAll ? reason.text : ShortenedText.ends(of: reason.text, width: 300)
            lines.add(text, indent: indent, head: time(reason.at).map { "\($0)  " } ?? "", .quiet)
        }
    }

    // MARK: The elements of a map

    private mutating func tell(_ elements: [MapElement], indent: Int) {
        let succeeded = elements.count(where: \.hasSucceeded)
        let total = elements.count
        var line = "\(HumanText.grouped(Int64(succeeded))) of \(HumanText.count(total, "element")) succeeded"
        let cached = elements.count { $0.tries.last?.cacheStatus == CacheStatus.hit.rawValue }
        if cached > 0 { line += ", \(HumanText.grouped(Int64(cached))) from the cache" }
        let retried = elements.count { $0.tries.count > 1 && $0.hasSucceeded }
        if retried > 0 { line += ", \(HumanText.grouped(Int64(retried))) after a retry" }
        lines.add(line, indent: indent)
        let failed = elements.filter(\.hasFailed)
        let others = elements.filter { !$0.hasFailed && !$0.hasSucceeded }
        for elements in [failed, others] {
            for element in elements.prefix(showsAll ? .max : Self.nodesAtMost) {
                tell(element, indent: indent)
            }
            guard elements.count > Self.nodesAtMost, !showsAll else { continue }
            leavesOut = true
            lines.add(
                "… and \(HumanText.grouped(Int64(elements.count - Self.nodesAtMost))) more that \(elements[0].hasFailed ? "failed" : "had not ended")",
                indent: indent, .quiet)
        }
        guard showsAll else { return }
        for element in elements where element.hasSucceeded { tell(element, indent: indent) }
    }

    private mutating func tell(_ element: MapElement, indent: Int) {
        var line = "element \(element.index): \(element.phase)"
        if element.tries.count > 1 { line += " after \(element.tries.count) tries" }
        if let error = element.error {
            line += ": \(showsAll ? error : ShortenedText.ends(of: error, width: 300))"
        }
        lines.add(line, indent: indent, element.hasFailed ? .bad : nil)
        for log in element.logs.suffix(1) { lines.add("log \(log.name): \(log.uri)", indent: indent + 2) }
    }
}

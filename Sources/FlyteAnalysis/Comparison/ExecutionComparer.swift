import FlyteArchive
import FlyteIDL
import FlyteModel
import Tables

/// Looks for the differences between two executions, and puts them in order.
struct ExecutionComparer {
    let before: ComparedExecution
    let after: ComparedExecution
    private(set) var differences: [ExecutionDifference] = []
    private(set) var nodes: [ExecutionComparison.NodePair] = []
    private let archive: Archive
    private let nodesBefore: [KeyBytes: ComparedNode]
    private let nodesAfter: [ComparedNode]
    /// The path of the node at which the second one's failure began; of its node that launched the execution where it
    /// began.
    private let causePath: String?

    init(_ before: ComparedExecution, _ after: ComparedExecution, in archive: Archive) throws {
        (self.before, self.after, self.archive) = (before, after, archive)
        nodesBefore = Dictionary(
            try ComparedNode.all(of: before, in: archive).map { (KeyBytes($0.path), $0) },
            uniquingKeysWith: { first, _ in first })
        nodesAfter = try ComparedNode.all(of: after, in: archive)
        causePath = Self.causePath(of: after, nodesAfter)
        compareOutcomes()
        compareWhatRan()
        try compareDefinitions()
        compareSettings()
        try compareInputs()
        compareNodes()
        compareDurations(
            try UsualDurations(
                of: after.workflow ?? before.workflow, before: after.createdAt, but: [before, after],
                in: archive))
        try tellWhatVaries()
        sort()
    }

    private static func causePath(of execution: ComparedExecution, _ nodes: [ComparedNode]) -> String? {
        guard execution.hasFailed else { return nil }
        if execution.causeExecution == nil || execution.causeExecution == execution.id.name,
            let id = execution.causeNodeID, let node = nodes.first(where: { $0.nodeID == id })
        {
            return node.path
        }
        return nodes.last { $0.kind == "launch_plan" && $0.hasFailed }?.path
    }

    private mutating func add(
        _ aspect: ExecutionDifference.Aspect, at path: String? = nil, _ name: String, _ before: String?,
        _ after: String?, note: String = ""
    ) {
        guard before.map({ KeyBytes($0) }) != after.map({ KeyBytes($0) }) else { return }
        differences.append(
            ExecutionDifference(
                aspect, at: path, name, ValueLeaves.shown(before), ValueLeaves.shown(after),
                note: note.isEmpty ? ValueLeaves.note(before, after) : note,
                isAtCause: path != nil && path == causePath))
    }

    // MARK: How they ended

    private mutating func compareOutcomes() {
        add(.outcome, "phase", before.phase, after.phase)
        guard before.fingerprint != after.fingerprint || before.label == nil || after.label == nil else {
            return
        }
        let child = after.causeExecution.flatMap { $0 == after.id.name ? nil : $0 }
        add(
            .error, at: causePath, "cause", before.label, after.label,
            note: child.map { "it began in \($0)" } ?? after.causeClass.map { "class \($0)" } ?? "")
    }

    // MARK: What ran

    /// Versions that changed in the same way are one difference.
    private mutating func compareWhatRan() {
        add(.launch, "launch plan", before.launchPlan, after.launchPlan)
        add(.version, "workflow", before.workflow, after.workflow)
        var changes: [(what: String, before: String?, after: String?)] = [
            ("launch plan version", before.launchPlanVersion, after.launchPlanVersion),
            ("workflow version", before.workflowVersion, after.workflowVersion),
        ]
        var seen: Set<KeyBytes> = []
        for node in nodesAfter {
            guard let task = node.task, let other = nodesBefore[node.path], let earlier = other.task else {
                continue
            }
            if !task.hasSameBytes(as: earlier) {
                add(.version, at: node.path, "task", earlier, task)
            } else if seen.insert(KeyBytes(task)).inserted {
                changes.append(("task \(task)", other.taskVersion, node.taskVersion))
            }
        }
        var done: Set<[String?]> = []
        for change in changes where change.before != change.after {
            guard done.insert([change.before, change.after]).inserted else { continue }
            let same = changes.filter { $0.before == change.before && $0.after == change.after }.map(\.what)
            let names =
                same.count > 3
                ? "\(same[0]), \(same[1]) and \(same.count - 2) tasks" : same.joined(separator: ", ")
            add(.version, names, change.before, change.after)
        }
    }

    private mutating func compareDefinitions() throws {
        var changes = DefinitionChanges(archive)
        if let workflow = before.workflow, workflow == after.workflow,
            before.workflowVersion != after.workflowVersion
        {
            try changes.addGraph(
                of: workflow, in: after, from: before.workflowVersion ?? "", to: after.workflowVersion ?? "")
        }
        var tasks: [[Int64]: [String]] = [:]
        var order: [[Int64]] = []
        for node in nodesAfter {
            guard let other = nodesBefore[node.path], let row = node.taskRow, let earlier = other.taskRow,
                row != earlier, node.task == other.task
            else { continue }
            if tasks[[earlier, row]] == nil { order.append([earlier, row]) }
            tasks[[earlier, row], default: []].append(node.path)
        }
        for pair in order { try changes.addTask(from: pair[0], to: pair[1], at: tasks[pair] ?? []) }
        differences += changes.merged(cause: causePath)
    }

    // MARK: What they were given

    private mutating func compareSettings() {
        add(.cluster, "cluster", before.cluster, after.cluster)
        add(.launch, "mode", before.mode, after.mode)
        add(.principal, "principal", before.principal, after.principal)
        let keys = Set(before.tags.keys).union(after.tags.keys)
            .sorted { (KeyBytes($0.kind), $0.key) < (KeyBytes($1.kind), $1.key) }
        for key in keys {
            let name = key.kind == "env" ? key.key.text : "\(key.kind) \(key.key)"
            add(
                key.kind == "env" ? .environment : .label, name, ownWordsRemoved(before.tags[key], before),
                ownWordsRemoved(after.tags[key], after))
        }
        for node in nodesAfter {
            guard let other = nodesBefore[node.path] else { continue }
            for name in ["cpu", "memory", "gpu"] {
                add(.resources, at: node.path, name, other.requests[name], node.requests[name])
            }
        }
    }

    /// A run's own name in a text is no difference from another's.
    private func ownWordsRemoved(_ text: String?, _ execution: ComparedExecution) -> String? {
        guard let text, execution.id.name.utf8.count > 3, text.contains(execution.id.name) else {
            return text
        }
        return text.replacing(execution.id.name, with: "{execution}")
    }

    private mutating func compareInputs() throws {
        let own = ValueLeaves.differences(
            try ValueLeaves(map: before.inputMap, in: archive),
            try ValueLeaves(map: after.inputMap, in: archive))
        for input in own {
            add(
                .input, input.path, ownWordsRemoved(input.before, before), ownWordsRemoved(input.after, after)
            )
        }
        // What reached the node that failed, and did not come from the execution's own inputs.
        guard let causePath, let node = nodesAfter.first(where: { $0.path == causePath }),
            let other = nodesBefore[causePath]
        else { return }
        let known = Set(own.map { [$0.before, $0.after] })
        let reached = ValueLeaves.differences(
            try ValueLeaves(map: other.inputMap, in: archive),
            try ValueLeaves(map: node.inputMap, in: archive))
        for value in reached where !known.contains([value.before, value.after]) {
            let (old, new) = (ownWordsRemoved(value.before, before), ownWordsRemoved(value.after, after))
            // Where a run writes, it writes under its own name, and with chance beside it.
            if [old, new].allSatisfy({ $0?.contains("{execution}") == true }) { continue }
            add(.upstream, at: causePath, value.path, old, new)
        }
    }

    // MARK: What happened in them

    private mutating func compareNodes() {
        var (notReached, aborted): ([String], [String]) = ([], [])
        let paths = Set(nodesAfter.map { KeyBytes($0.path) })
        for node in nodesAfter where node.kind != "start" && node.kind != "end" {
            guard let other = nodesBefore[node.path] else {
                add(.node, at: node.path, "outcome", nil, node.outcome, note: "it ran only in the second")
                continue
            }
            if other.cacheStatus != node.cacheStatus {
                add(.cache, at: node.path, "cache status", other.cacheStatus, node.cacheStatus)
            }
            // What went wrong at the node to blame is told already.
            if node.outcome != other.outcome,
                node.path != causePath || node.child != nil || after.label == nil
            {
                if node.errorCode == "NodeAborted", other.hasSucceeded {
                    aborted.append(node.path)
                } else {
                    let look = node.child.map {
                        "flightlog diff ARCHIVE \(other.child ?? "…") \($0) looks inside"
                    }
                    add(.node, at: node.path, "outcome", other.outcome, node.outcome, note: look ?? "")
                }
            }
            if other.attempts != node.attempts, node.kind == "task", other.cacheStatus == node.cacheStatus {
                add(.retries, at: node.path, "attempts", String(other.attempts), String(node.attempts))
            }
        }
        for node in nodesBefore.values.sorted(by: { KeyBytes($0.path) < KeyBytes($1.path) })
        where !paths.contains(node.path) && node.kind != "start" && node.kind != "end" {
            if after.phase != "SUCCEEDED" {
                notReached.append(node.path)
            } else {
                add(.node, at: node.path, "outcome", node.outcome, nil, note: "it ran only in the first")
            }
        }
        if !aborted.isEmpty {
            add(
                .node, at: Self.list(aborted), "outcome", "SUCCEEDED", "ABORTED",
                note: "ended with the execution, whoever was to blame")
        }
        if !notReached.isEmpty {
            add(.node, at: Self.list(notReached), "outcome", "ran", nil, note: "never reached")
        }
    }

    private static func list(_ paths: [String]) -> String {
        paths.count > 6
            ? paths.prefix(6).joined(separator: ", ") + " and \(paths.count - 6) more"
            : paths.joined(separator: ", ")
    }

    private mutating func compareDurations(_ usual: UsualDurations) {
        if before.phase == "SUCCEEDED", after.phase == "SUCCEEDED", let old = before.wallSeconds,
            let new = after.wallSeconds, usual.differ(old, new, at: UsualDurations.whole)
        {
            add(
                .duration, "from creation to end", UsualDurations.seconds(old), UsualDurations.seconds(new),
                note: usual.note(at: UsualDurations.whole))
        }
        let paths = Set(nodesAfter.map { KeyBytes($0.path) })
        for node in nodesAfter where node.isWork {
            let other = nodesBefore[node.path]
            var differs = other?.outcome != node.outcome
            if let other, other.hasSucceeded, node.hasSucceeded, other.cacheStatus == node.cacheStatus,
                other.attempts == node.attempts, node.attempts > 0 || node.child != nil,
                other.count == node.count,
                let old = other.seconds, let new = node.seconds, usual.differ(old, new, at: node.path)
            {
                differs = true
                add(
                    .duration, at: node.path, "from creation to end", UsualDurations.seconds(old),
                    UsualDurations.seconds(new), note: usual.note(at: node.path))
            }
            nodes.append(pair(other, node, usual, differs: differs))
        }
        for node in nodesBefore.values where !paths.contains(node.path) && node.isWork {
            nodes.append(pair(node, nil, usual, differs: true))
        }
        nodes.sort { ($0.differs ? 0 : 1, KeyBytes($0.path)) < ($1.differs ? 0 : 1, KeyBytes($1.path)) }
    }

    private func pair(
        _ old: ComparedNode?, _ new: ComparedNode?, _ usual: UsualDurations, differs: Bool
    ) -> ExecutionComparison.NodePair {
        let path = new?.path ?? old?.path ?? ""
        let spread = usual.spread(at: path)
        return ExecutionComparison.NodePair(
            path: path, name: new?.name ?? old?.name, before: old?.outcome, after: new?.outcome,
            secondsBefore: old?.seconds, secondsAfter: new?.seconds, usualLow: spread?.low,
            usualHigh: spread?.high, differs: differs)
    }

    // MARK: Order

    private static let runsForVariety: Int64 = 20
    /// Larger maps of so many runs take longer than anybody waits.
    private static let mapForVariety: Int64 = 1 << 20

    /// An input explains little when runs that succeeded had the same value, or when it is a new one every few runs, such as
    /// a day.
    private mutating func tellWhatVaries() throws(ArchiveError) {
        let inputs = differences.indices.filter { differences[$0].aspect == .input }
        guard !inputs.isEmpty, let workflow = after.workflow else { return }
        let runs = try archive.query(
            """
            SELECT e.phase, e.key * 1048576 + e.input_map FROM execution e
            WHERE e.workflow_id IN (
                    SELECT d.id FROM definition d JOIN scope c ON c.id = d.scope_id JOIN source s ON s.id = c.source_id
                    WHERE s.name = :source AND c.project = :project AND c.domain = :domain
                        AND d.kind = 'workflow' AND d.name = :workflow)
                AND e.id <> :id AND e.created_at < (SELECT created_at FROM execution WHERE id = :id)
                AND e.phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT')
            ORDER BY e.ended_at DESC LIMIT \(Self.runsForVariety)
            """,
            [
                "source": .text(after.source), "project": .text(after.id.project),
                "domain": .text(after.id.domain), "workflow": .text(workflow), "id": .integer(after.row),
            ]
        ).rows
        var seen: [(succeeded: Bool, values: [KeyBytes: String])] = []
        for run in runs {
            guard let map = run[1].integer, let size = try archive.literalMapSize(map),
                size <= Self.mapForVariety
            else { continue }
            let leaves = try ValueLeaves(map: map, in: archive)
            seen.append((run[0].text == "SUCCEEDED", leaves.values))
        }
        let succeeded = seen.filter(\.succeeded)
        for index in inputs where differences[index].note.isEmpty {
            let path = KeyBytes(differences[index].name)
            let had = succeeded.count {
                ValueLeaves.shown($0.values[path]).map { KeyBytes($0) }
                    == differences[index].after.map { KeyBytes($0) }
            }
            let kinds = Set(seen.map { $0.values[path].map { KeyBytes($0) } }).count
            if had > 0 {
                differences[index].note =
                    "\(had) of the last \(succeeded.count) runs that succeeded had it, too"
            } else if seen.count >= Statistics.minimumRuns, kinds >= 3, 5 * kinds >= seen.count {
                differences[index].note = "\(kinds) different ones in the last \(seen.count) runs"
            } else {
                continue
            }
            differences[index].isUsual = true
        }
    }

    private mutating func sort() {
        let order = Dictionary(
            uniqueKeysWithValues: ExecutionDifference.Aspect.allCases.enumerated().map { ($1, $0) })
        let code = after.causeCode ?? ""
        func weight(_ difference: ExecutionDifference) -> Int {
            switch difference.aspect {
            case .outcome: return -1000
            case .error: return -900
            default: break
            }
            var weight = 10 * (order[difference.aspect] ?? 0)
            // What happened there is no reason for it.
            if difference.isAtCause, weight < 10 * (order[.cache] ?? 0) { weight -= 200 }
            // What most often is behind failures of a kind.
            if code.contains("OOMKilled"), difference.aspect == .resources { weight -= 150 }
            if code.contains("ImagePull"), difference.aspect == .image { weight -= 150 }
            if after.causeClass == "system", difference.aspect == .cluster { weight -= 60 }
            if difference.isUsual { weight += 100 }
            return weight
        }
        differences = differences.enumerated().sorted {
            (weight($0.element), $0.offset) < (weight($1.element), $1.offset)
        }.map(\.element)
    }
}

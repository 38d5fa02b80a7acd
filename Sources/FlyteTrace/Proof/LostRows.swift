public import FlyteModel

/// Finds what an execution that has ended must have had, and has no row for.
///
/// It says only what is proven: by the workflow's definition (whatever came before a node that began, all of a
/// workflow that succeeded), by a node's own row (a task that succeeded has an attempt), and by rows below one that is
/// not there. What was withheld is known to be missing and not told again.
public struct LostRows {
    private let tree: ExecutionTree
    private let withheld: Set<CapturePlace>
    private let withheldAttempts: Set<CapturePlace>
    private var found: [LostRow] = []
    private var places: Set<CapturePlace> = []

    /// The lost rows, from the top down; nothing for an execution that has not ended.
    public static func all(in tree: ExecutionTree) -> [LostRow] {
        guard tree.execution.lifetime.isTerminal else { return [] }
        var search = LostRows(tree)
        search.searchOrphans()
        search.searchTop()
        // What lies below a row that is lost cannot be known by its definition.
        var isBelowLost: Set<Int> = []
        for index in tree.nodes.indices where !tree.nodes[index].isPhantom {
            let node = tree.nodes[index]
            let isOrphan =
                node.parent.map(isBelowLost.contains) ?? !tree.levels[node.level].retryGroup.isEmpty
            if isOrphan { isBelowLost.insert(index) } else { search.searchNode(index) }
        }
        return search.found
    }

    private init(_ tree: ExecutionTree) {
        self.tree = tree
        func places(_ field: String) -> Set<CapturePlace> {
            Set(
                tree.capture.withheld.lazy.filter { $0.field == field && $0.place.attempt == nil }.map(
                    \.place))
        }
        withheld = places("nodes")
        withheldAttempts = places("attempts")
    }

    private mutating func tell(_ place: CapturePlace, _ field: String, _ detail: String) {
        if field == "node", !places.insert(place).inserted { return }
        found.append(LostRow(place: place, field: field, detail: detail))
    }

    // MARK: What lies below nothing

    private mutating func searchOrphans() {
        for row in tree.homeless where tree.node(row.owner) == nil {
            tell(
                .node(row.owner), "node", row.node.map { "\($0) was listed below it" } ?? "it has an attempt")
        }
    }

    // MARK: Levels

    private mutating func searchTop() {
        guard !withheld.contains(.execution) else { return }
        let hasSucceeded = tree.execution.phase == .succeeded
        guard let top = tree.levels.first(where: { $0.parent == nil && $0.retryGroup.isEmpty }) else {
            if Self.lacksTop(tree) {
                let what = hasSucceeded ? "succeeded" : "had begun"
                tell(.execution, "nodes", "the execution \(what), and has no nodes")
            }
            return
        }
        search(top, hasSucceeded ? "the execution succeeded" : nil)
    }

    /// - Parameter success: Why all of the workflow must have run; nil when it need not.
    private mutating func search(_ level: ExecutionTree.Level, _ success: String?) {
        let rows = level.nodes.filter { !tree.nodes[$0].isPhantom }
        guard !rows.isEmpty else { return }
        guard let workflow = level.workflow else { return searchStart(of: level, rows) }
        // As a rule nothing is lost.
        guard !workflow.allNodes({ tree.node($0, in: level) != nil }) else { return }
        var proofs: [KeyBytes: String] = [:]
        func prove(_ spec: String, _ detail: @autoclosure () -> String) {
            let key = KeyBytes(spec)
            if proofs[key] == nil, tree.node(spec, in: level) == nil { proofs[key] = detail() }
        }
        prove("start-node", "nodes of its workflow have run")
        var seen: Set<KeyBytes> = []
        for row in rows.sorted(by: { tree.nodes[$0].id < tree.nodes[$1].id }) {
            let node = tree.nodes[row]
            // A skipped node waited for what never ran, a failure node for what failed, whichever that was.
            guard !node.isSkipped, node.kind != .failure, workflow.hasNode(node.specID) else { continue }
            var open = [node.specID]
            while let spec = open.popLast() {
                for before in workflow.upstream[spec] ?? [] where seen.insert(before) {
                    prove(before, "\(node.id) waited for it, and has a row")
                    open.append(before)
                }
            }
        }
        if let success { for spec in workflow.nodeIDs { prove(spec, success) } }
        for (spec, detail) in proofs.sorted(by: { $0.key < $1.key }) where workflow.hasNode(spec.text) {
            tell(.node(id(of: spec.text, in: level)), "node", detail)
        }
    }

    /// Without a definition: all that is certain of a workflow is that it began.
    private mutating func searchStart(of level: ExecutionTree.Level, _ rows: [Int]) {
        if let parent = level.parent, tree.nodes[parent].kind != .dynamic { return }
        guard rows.allSatisfy({ tree.nodes[$0].hasSpecID }), tree.node("start-node", in: level) == nil
        else { return }
        tell(.node(id(of: "start-node", in: level)), "node", "nodes of its workflow have run")
    }

    private func id(of spec: String, in level: ExecutionTree.Level) -> String {
        EngineNodeID.node(
            spec, in: level.parent.map { tree.nodes[$0].id }, attempt: Int(level.retryGroup) ?? 0)
    }

    // MARK: Nodes

    private mutating func searchNode(_ index: Int) {
        let node = tree.nodes[index]
        let place = CapturePlace.node(node.id)
        if !withheldAttempts.contains(place) {
            if Self.lacksAttempts(index, in: tree) {
                tell(place, "attempts", "the task succeeded without attempt, cache hit or recovery")
            }
            // Attempts are in the order of their numbers.
            if let last = node.attempts.last?.retryAttempt, last > 0 {
                let numbers = Set(node.attempts.map(\.retryAttempt))
                if numbers.count <= last {
                    tell(
                        place, "attempts",
                        "its attempts count from 0 to \(last), and \(numbers.count) have a row")
                }
            }
        }
        if Self.lacksEnd(index, in: tree) {
            let owner = node.parent.map { tree.nodes[$0].id } ?? "the execution"
            tell(
                place, "phase",
                "it stands as \(node.execution.phase.rawValue), and \(owner), which waited for it, succeeded")
        }
        guard !withheld.contains(place) else { return }
        if Self.lacksNodes(index, in: tree) {
            tell(place, "nodes", "it succeeded, and nothing ran inside of it")
        }
        let last = tree.lastLevel(of: index)
        for level in node.levels {
            let isWhole = level == last && node.hasSucceeded
            search(tree.levels[level], isWhole ? "\(node.id), which it belongs to, succeeded" : nil)
        }
    }

    /// Whether a node's task must have had an attempt, and none has a row.
    ///
    /// A task that was never seen to start may have been found in a cache: not each hit is written down as one.
    static func lacksAttempts(_ index: Int, in tree: ExecutionTree) -> Bool {
        let node = tree.nodes[index]
        guard node.hasSucceeded, node.lifetime.startedAt != nil, node.attempts.isEmpty, !node.isCacheHit
        else {
            return false
        }
        switch node.kind {
        case .task, .failure: return ExecutionTree.task(node.spec) != nil && node.levels.isEmpty
        case .dynamic: return true
        default: return false
        }
    }

    /// Whether an execution that has ended must have had nodes at its top level, and none has a row.
    ///
    /// With its start comes that of its start node. One that was aborted may have been so in between.
    static func lacksTop(_ tree: ExecutionTree) -> Bool {
        guard tree.topLevel == nil else { return false }
        if tree.execution.phase == .succeeded {
            return tree.execution.lifetime.startedAt != nil || !tree.nodes.isEmpty
        }
        return tree.execution.phase != .aborted && tree.execution.lifetime.startedAt != nil
    }

    /// Whether what a node belongs to succeeded, while the node's row does not say that it ended.
    static func lacksEnd(_ index: Int, in tree: ExecutionTree) -> Bool {
        let node = tree.nodes[index]
        guard !node.lifetime.isTerminal, !node.isPhantom else { return false }
        guard let parent = node.parent else { return tree.execution.phase == .succeeded }
        return tree.nodes[parent].hasSucceeded && tree.lastLevel(of: parent) == node.level
    }

    /// Whether a node must have had nodes inside, and none has a row.
    static func lacksNodes(_ index: Int, in tree: ExecutionTree) -> Bool {
        let node = tree.nodes[index]
        guard node.hasSucceeded, !node.isCacheHit, tree.lastChildren(of: index).isEmpty else { return false }
        return node.kind == .workflow || node.kind == .branch || node.kind == .dynamic
    }
}

import FlyteIDL
public import FlyteModel

/// A step of the way from an execution that failed to where its failure began: the execution itself, the node in it, what
/// that node launched or ran, down to the attempt.
public struct FailureLink: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case execution, node, attempt
    }

    public var kind: Kind
    /// The execution that it is or lies in.
    public var execution: ExecutionID
    /// nil for the execution itself.
    public var nodeID: String?
    /// Counts from 0; nil for what is no attempt.
    public var attempt: Int?
    /// How people call it.
    public var label: String
    /// What ran there: a workflow or a task with its version, else the node's kind.
    public var detail: String
    public var phase: String
    public var endedAt: Timestamp?
    /// What the server says of its failure at this level; nil when it says nothing.
    public var error: ExecutionError?
    /// Whether it is the last: where the failure began.
    public var isOrigin = false
}

extension FailureLink {
    /// The way down. It is empty for an execution that did not fail, and ends early where the archive lacks the rest.
    static func chain(of details: ExecutionDetails) -> [FailureLink] {
        guard details.cause != nil || details.error != nil else { return [] }
        var links: [FailureLink] = []
        let executions = executions(from: details)
        for (place, execution) in executions.enumerated() {
            links.append(link(execution))
            let next = place + 1 < executions.count ? executions[place + 1] : nil
            let nodeID = next.map { $0.parentNodeID } ?? details.cause?.nodeID
            guard let nodeID,
                let node = execution.nodes.firstIndex(where: { $0.id.hasSameBytes(as: nodeID) })
            else { continue }
            links += enclosing(node, in: execution).map { link(execution.nodes[$0], in: execution) }
            guard next == nil, let attempt = details.causeAttempt else { continue }
            links.append(
                FailureLink(
                    kind: .attempt, execution: execution.id, nodeID: nodeID, attempt: attempt.number,
                    label: "attempt \(attempt.number)", detail: attempt.pod.map { "pod \($0)" } ?? "",
                    phase: attempt.phase.rawValue, endedAt: attempt.times.endedAt, error: attempt.error))
        }
        if !links.isEmpty { links[links.count - 1].isOrigin = true }
        return links
    }

    /// Those from the outermost down to the one in which it began.
    private static func executions(from details: ExecutionDetails) -> [ExecutionDetails] {
        guard let cause = details.cause, cause.execution != details.id else { return [details] }
        var found: [ExecutionDetails] = []
        var id = cause.execution
        var seen: Set<ExecutionID> = [details.id]
        // No message makes this endless.
        while seen.insert(id).inserted, let one = details.children[id] {
            found.append(one)
            guard let parent = one.parent else { break }
            id = parent
        }
        return [details] + found.reversed()
    }

    /// The node with those that it lies in, outermost first.
    private static func enclosing(_ node: Int, in execution: ExecutionDetails) -> [Int] {
        var places = [node]
        while let parent = execution.nodes[places[places.count - 1]].parent,
            places.count <= execution.nodes.count
        {
            places.append(parent)
        }
        return places.reversed()
    }

    private static func link(_ execution: ExecutionDetails) -> FailureLink {
        FailureLink(
            kind: .execution, execution: execution.id, label: execution.id.name,
            detail: execution.workflow.map { "\($0.name) \($0.version)" } ?? "",
            phase: execution.phase.rawValue, endedAt: execution.times.endedAt, error: execution.error)
    }

    private static func link(_ node: NodeDetails, in execution: ExecutionDetails) -> FailureLink {
        FailureLink(
            kind: .node, execution: execution.id, nodeID: node.id, label: node.label,
            detail: node.task.map { "\($0.name) \($0.version)" } ?? node.kind.rawValue,
            phase: node.phase.rawValue, endedAt: node.times.endedAt, error: node.error)
    }
}

public import FlyteModel

/// What came of the work of an attempt.
public enum WorkOutcome: String, Hashable, Sendable, CaseIterable {
    /// It succeeded.
    case useful
    /// It failed, and nothing took its place.
    case failed
    /// Another attempt, or a later run of what it belongs to, took its place, whether it had failed itself or not.
    case retried
    case aborted
    /// There was none: the outputs came from the cache.
    case cached

    /// The outcome of an attempt of a node, by their places in the tree; nil for one that goes on, and for a phantom's.
    public init?(ofAttempt number: Int, of index: Int, in tree: ExecutionTree) {
        let node = tree.nodes[index]
        let attempt = node.attempts[number].execution
        guard !node.isPhantom else { return nil }
        if tree.isOvercome(index)
            || node.attempts[number...].contains(where: { $0.retryAttempt > attempt.retryAttempt })
        {
            self = .retried
        } else if attempt.phase == .succeeded {
            self = node.isCacheHit && !attempt.hadContainer ? .cached : .useful
        } else if attempt.phase == .failed || attempt.phase == .retryableFailed {
            self = .failed
        } else if attempt.phase == .aborted || tree.execution.lifetime.isTerminal {
            self = .aborted
        } else {
            return nil
        }
    }
}

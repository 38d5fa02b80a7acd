public import FlyteModel

/// Whose doing a failure was: decided here and nowhere else.
public enum CauseClass: String, Hashable, Sendable, CaseIterable {
    /// The user's code, data or definitions.
    case user
    /// The platform, below the user's code.
    case system
    /// A limit of time ran out, whoever had set it.
    case timeout
    /// Somebody or something said no: a gate's approval was refused, or the cluster did not take the workflow.
    case rejected
    case unknown

    /// The class of an error by itself; an execution, node or attempt that timed out is `timeout` whatever it says.
    public init(_ error: ExecutionError) {
        // The engine wraps codes: `RetriesExhausted|TimeoutExpired`.
        let codes = error.code.split(separator: "|").map(String.init)
        if codes.contains(where: Self.timeouts.contains) {
            self = .timeout
        } else if codes.contains(where: Self.refusals.contains) || Self.isRefusedByCluster(error) {
            self = .rejected
        } else if error.kind == .user {
            self = .user
        } else if error.kind == .system {
            self = .system
        } else {
            self = .unknown
        }
    }

    /// The class of what an execution's failure began with; nil when it did not fail.
    ///
    /// - Parameter cause: As `FailureCause` finds it; nil when nothing says a word.
    public init?(of tree: ExecutionTree, cause: FailureCause?) {
        switch tree.execution.phase {
        case .timedOut: self = .timeout
        case .failed: self = cause?.causeClass ?? .unknown
        default: return nil
        }
    }

    /// `USER:Timeout` is none of them: it is an exception that the user's code raised, of that name.
    private static let timeouts: Set<String> = ["Timeout", "TimeoutExpired", "TimeoutExceeded"]
    private static let refusals: Set<String> = ["ReceivedRejectSignal", "SIGNAL_REJECTED"]

    private static func isRefusedByCluster(_ error: ExecutionError) -> Bool {
        error.code == "Internal" && error.message.hasPrefix("failed to create workflow in propeller")
    }
}

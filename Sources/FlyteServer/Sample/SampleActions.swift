import FlyteIDL
import FlyteModel

/// What people have done in a sample installation: played again whenever its history is written, so that it lasts.
struct SampleActions: Sendable {
    struct Launch: Sendable {
        var launch: ExecutionLaunch
        var time: Timestamp
    }

    struct Termination: Sendable {
        /// By the server's clock.
        var time: Timestamp
        /// By that of the execution, which stands still while nobody has touched it.
        var cut: Timestamp
        var cause: String
        var principal: String

        /// When the cluster's answer is known: until then the execution is being aborted.
        var isDone: Timestamp { time + 1_500_000_000 }
    }

    struct Answer: Sendable {
        /// A `core.Literal`.
        var value: Message
        var time: Timestamp
    }

    struct Archiving: Sendable {
        var isArchived: Bool
        var time: Timestamp
        var principal: String
    }

    struct Gate: Hashable, Sendable {
        var execution: ExecutionID
        var signal: String
    }

    var launches: [Launch] = []
    var terminations: [ExecutionID: Termination] = [:]
    /// In the order in which they were given.
    var answers: [Gate: [Answer]] = [:]
    var archivings: [ExecutionID: Archiving] = [:]
    /// Executions at the top that were acted on, or below which something was: they go on to `now`.
    var touched: Set<ExecutionID> = []
    /// The time of what was touched; nil for that of the history.
    var now: Timestamp?
}

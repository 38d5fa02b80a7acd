public import FlyteModel

/// An attempt of a task: Flyte's task execution.
public struct AttemptDetails: Sendable {
    /// Counts from 0.
    public var number: Int
    public var phase: TaskPhase
    public var times = ObservedTimes()
    public var error: ExecutionError?
    /// What it asked for: of a node that overrides its task the node's.
    public var request = ResourceRequest()
    /// The backend's name for it: the pod's, for pods.
    public var pod: String?
    /// What the engine told of it, in its order.
    public var reasons: [Reason] = []
    public var logs: [Log] = []
    /// Of a map task.
    public var elements: [MapElement] = []

    public struct Reason: Hashable, Sendable {
        public var at: Timestamp?
        public var text: String
    }

    /// A link to logs.
    public struct Log: Hashable, Sendable {
        public var name: String
        public var uri: String
    }

    init(number: Int, phase: TaskPhase) {
        self.number = number
        self.phase = phase
    }

    public var hasFailed: Bool { phase == .failed || phase == .retryableFailed || error != nil }
}

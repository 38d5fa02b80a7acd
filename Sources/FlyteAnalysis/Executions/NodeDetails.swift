public import FlyteModel

/// A node of an execution, with its attempts.
public struct NodeDetails: Sendable {
    /// Flyte's id, unique within the execution.
    public var id: String
    /// Its id in the workflow's template.
    public var specID: String?
    /// Its readable name in the template.
    public var name: String?
    /// `task`, `branch`, `launch_plan`, …
    public var kind: NodeKind
    public var phase: NodePhase
    public var retryGroup: String?
    public var task: TaskDetails?
    public var cacheStatus: String?
    public var times = ObservedTimes()
    public var error: ExecutionError?
    /// The execution that it launched.
    public var child: ExecutionID?
    public var deckURI: String?
    /// The node that it is inside of, by its place in the execution's list.
    public var parent: Int?
    /// Those inside of it.
    public var children: [Int] = []
    public var attempts: [AttemptDetails] = []

    /// The version of a task that it ran.
    public struct TaskDetails: Hashable, Sendable {
        public var name: String
        public var version: String
        public var type: String?
        public var image: String?
        /// Seconds that an attempt may take; nil for any number.
        public var timeLimit: Double?
        public var request = ResourceRequest()
    }

    init(id: String, kind: NodeKind, phase: NodePhase) {
        self.id = id
        self.kind = kind
        self.phase = phase
    }

    /// How people call it.
    public var label: String { name ?? specID ?? id }

    /// `train (n1)`, or the id alone where it has no other name.
    public var fullName: String {
        label.utf8.elementsEqual(id.utf8) ? id : "\(label) (\(id))"
    }

    /// A marker of a workflow's start or end, or a row beside a map's element that stands for nothing: it says nothing of
    /// what happened.
    public var isMarker: Bool { kind == .start || kind == .end || (kind == .unknown && error == nil) }

    public var hasFailed: Bool { phase == .failed || phase == .timedOut || phase.rawValue == "FAILING" }
    public var hasSucceeded: Bool { phase == .succeeded || phase == .recovered || phase == .skipped }
}

/// Something in which two executions, or two versions, differ.
public struct ExecutionDifference: Hashable, Sendable {
    /// What it is of. The order is that in which a failure is explained, where nothing else is known.
    public enum Aspect: String, Hashable, Sendable, CaseIterable {
        /// How an execution ended, and what went wrong.
        case outcome, error
        /// What ran: its version, image and definition, the graph around it.
        case version, image, definition, dag
        /// What it was given.
        case environment, resources, input, upstream
        /// Where, why and for whom it ran.
        case cluster, launch, principal, label
        /// What happened in it.
        case cache, node, retries, duration
        /// Of versions: how often runs fail.
        case failureRate = "failure_rate"
    }

    public var aspect: Aspect
    /// The node, by its path in the workflow; several of them joined by commas; nil for what is the execution's own.
    public var nodePath: String?
    /// Which version, input, variable or figure.
    public var name: String
    /// nil where the first side has none.
    public var before: String?
    /// nil where the second side has none.
    public var after: String?
    /// What else there is to know, such as what is usual; empty for nothing.
    public var note: String
    /// Whether it is of the node at which the failure began.
    public var isAtCause: Bool
    /// Whether runs differ in it all the time, or have had the same before and succeeded.
    public var isUsual = false

    public init(
        _ aspect: Aspect, at nodePath: String? = nil, _ name: String, _ before: String?, _ after: String?,
        note: String = "", isAtCause: Bool = false
    ) {
        self.aspect = aspect
        self.nodePath = nodePath
        self.name = name
        self.before = before
        self.after = after
        self.note = note
        self.isAtCause = isAtCause
    }
}

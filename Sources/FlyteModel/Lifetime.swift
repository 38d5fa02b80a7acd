/// The times of an execution, a node or an attempt, as Flyte gives them.
public struct Lifetime: Hashable, Sendable {
    public var createdAt: Timestamp?
    /// nil when nobody saw it running: attempts between two rounds of the engine, start and end nodes,
    /// cache hits, and whatever ended before it began.
    public var startedAt: Timestamp?
    /// Nanoseconds, by the server: may be zero or negative, nil when the server gave none.
    public var duration: Int64?
    public var updatedAt: Timestamp?
    public var isTerminal = false

    public init() {}

    /// The start plus the server's duration where both exist, else the last update of what has ended.
    public var endedAt: Timestamp? {
        if let startedAt, let duration { return startedAt + duration }
        return isTerminal ? updatedAt : nil
    }

    /// From creation to start, in nanoseconds; may be negative, as clocks differ and kubelets cut to seconds.
    public var queue: Int64? {
        guard let createdAt, let startedAt else { return nil }
        return startedAt - createdAt
    }

    /// From creation to end, in nanoseconds.
    public var wall: Int64? {
        guard let createdAt, let endedAt else { return nil }
        return endedAt - createdAt
    }
}

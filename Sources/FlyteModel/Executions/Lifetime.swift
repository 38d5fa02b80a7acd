/// The times of an execution, a node or an attempt, as Flyte gives them.
public struct Lifetime: Hashable, Sendable {
    // A tree has a hundred thousand of these: optionals of their own would take nearly twice the room.
    private var created: Int64 = 0
    private var started: Int64 = 0
    private var length: Int64 = 0
    private var updated: Int64 = 0
    private var known: UInt8 = 0
    public var isTerminal = false

    public init() {}

    public var createdAt: Timestamp? {
        get { known & 1 != 0 ? Timestamp(nanoseconds: created) : nil }
        set { created = note(newValue?.nanoseconds, 1) }
    }

    /// nil when nobody saw it running: attempts between two rounds of the engine, start and end nodes,
    /// cache hits, and whatever ended before it began.
    public var startedAt: Timestamp? {
        get { known & 2 != 0 ? Timestamp(nanoseconds: started) : nil }
        set { started = note(newValue?.nanoseconds, 2) }
    }

    /// Nanoseconds, by the server: may be zero or negative, nil when the server gave none.
    public var duration: Int64? {
        get { known & 4 != 0 ? length : nil }
        set { length = note(newValue, 4) }
    }

    public var updatedAt: Timestamp? {
        get { known & 8 != 0 ? Timestamp(nanoseconds: updated) : nil }
        set { updated = note(newValue?.nanoseconds, 8) }
    }

    /// Whether one of them lies beyond what can be told.
    public var isSaturated: Bool {
        [createdAt, startedAt, updatedAt].contains { $0?.isSaturated == true }
            || duration.map { $0 == .min || $0 == .max } == true
    }

    private mutating func note(_ number: Int64?, _ bit: UInt8) -> Int64 {
        known = number == nil ? known & ~bit : known | bit
        return number ?? 0
    }

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

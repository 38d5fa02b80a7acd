public import FlyteModel

/// When something was made, began and ended, as far as the server told.
public struct ObservedTimes: Hashable, Sendable {
    public var createdAt: Timestamp?
    public var startedAt: Timestamp?
    public var endedAt: Timestamp?
    /// From its start to its end, as the server says; nil when it says nothing.
    public var duration: Int64?

    public init() {}

    /// Seconds that it ran: what the server says, else from its making to its end. Clocks differ, and what would be
    /// negative is not known.
    public var seconds: Double? {
        if let duration { return duration >= 0 ? Double(duration) / 1e9 : nil }
        return Self.seconds(from: createdAt, to: endedAt)
    }

    /// Seconds from its making to its start.
    public var queueSeconds: Double? { Self.seconds(from: createdAt, to: startedAt) }

    /// Seconds that it had been there at a time, since its start, else its making.
    public func age(at time: Timestamp) -> Double? { Self.seconds(from: startedAt ?? createdAt, to: time) }

    private static func seconds(from start: Timestamp?, to end: Timestamp?) -> Double? {
        guard let start, let end, end >= start, !start.isSaturated, !end.isSaturated,
            !Timestamp.isTooFar(from: start, to: end)
        else { return nil }
        return Double(end - start) / 1e9
    }
}

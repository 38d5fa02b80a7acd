/// A stretch of time: from its start, up to and without its end.
public struct TimeWindow: Hashable, Sendable, CustomStringConvertible {
    public var start: Timestamp
    public var end: Timestamp

    /// An end before the start makes an empty window.
    public init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = max(start, end)
    }

    /// The last ISO week (Monday to Sunday, UTC) that was over at `now`.
    public init(lastWeekBefore now: Timestamp) {
        let thisWeek = CivilDate(of: now).monday
        self.init(start: thisWeek.adding(days: -7).start, end: thisWeek.start)
    }

    /// The window of the same length that ends where this one begins.
    public var previous: TimeWindow {
        TimeWindow(start: start - (end - start), end: start)
    }

    public func contains(_ time: Timestamp) -> Bool { start <= time && time < end }

    /// `2026-01-05T00:00:00.000000Z/2026-01-12T00:00:00.000000Z`.
    public var description: String { "\(start.microsecondText)/\(end.microsecondText)" }
}

/// A stretch of time: from its start, up to and without its end.
public struct TimeWindow: Hashable, Sendable, CustomStringConvertible {
    public var start: Timestamp
    public var end: Timestamp

    /// An end before the start makes an empty window.
    public init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = max(start, end)
    }

    /// The last ISO week (Monday to Sunday) of a zone that was over at `now`.
    public init(lastWeekBefore now: Timestamp, in zone: TimeZoneRules = .utc) {
        let thisWeek = zone.day(of: now).monday
        self.init(start: zone.start(of: thisWeek.adding(days: -7)), end: zone.start(of: thisWeek))
    }

    /// What people mean by a window of which they name both ends, one, or none: a week from or up to the one that they name,
    /// else the last one that is over.
    ///
    /// nil where the end is not behind the beginning.
    public init?(
        from start: Timestamp?, to end: Timestamp?, now: Timestamp, in zone: TimeZoneRules
    ) {
        switch (start, end) {
        case (nil, nil): self.init(lastWeekBefore: now, in: zone)
        case (let start?, nil): self.init(weekFrom: start, in: zone)
        case (nil, let end?): self.init(weekUntil: end, in: zone)
        case (let start?, let end?):
            guard start < end else { return nil }
            self.init(start: start, end: end)
        }
    }

    /// The week from a moment on, or up to one: by the calendar of a zone, so that it may have an hour more or less.
    public init(weekFrom start: Timestamp, in zone: TimeZoneRules) {
        self.init(start: start, end: zone.moved(start, days: 7))
    }

    public init(weekUntil end: Timestamp, in zone: TimeZoneRules) {
        self.init(start: zone.moved(end, days: -7), end: end)
    }

    /// The window as long that ends where this one begins: as many days of the zone's calendar where it has whole ones,
    /// else as many nanoseconds.
    public func previous(in zone: TimeZoneRules) -> TimeWindow {
        if let days = days(in: zone) { return TimeWindow(start: zone.moved(start, days: -days), end: start) }
        return TimeWindow(start: start - (end - start), end: start)
    }

    /// The same by UTC.
    public var previous: TimeWindow { previous(in: .utc) }

    /// How many days of a zone's calendar it has; nil where its end is not at the time of day at which it begins.
    public func days(in zone: TimeZoneRules = .utc) -> Int? {
        let days = zone.day(of: end).dayNumber - zone.day(of: start).dayNumber
        return zone.moved(start, days: days) == end ? days : nil
    }

    /// Whether it begins and ends where days of a zone's calendar do.
    public func hasWholeDays(in zone: TimeZoneRules = .utc) -> Bool {
        zone.start(of: zone.day(of: start)) == start && zone.start(of: zone.day(of: end)) == end
    }

    public func contains(_ time: Timestamp) -> Bool { start <= time && time < end }

    /// `2026-01-05T00:00:00.000000Z/2026-01-12T00:00:00.000000Z`.
    public var description: String { "\(start.microsecondText)/\(end.microsecondText)" }
}

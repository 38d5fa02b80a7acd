public import FlyteModel

extension TimeWindow {
    /// Its days from the first to the last, such as `23 February 2026 to 1 March 2026`; where it does not begin and end at
    /// midnight its two instants, such as `12 November 2026, 13:00 to 13 November 2026, 13:00 UTC`: on the clocks of a zone,
    /// whose name stands behind them unless it is UTC.
    public func title(in zone: TimeZoneRules) -> String {
        guard hasWholeDays(in: zone) else {
            return "\(Self.instant(start, zone)) to \(Self.instant(end, zone)) \(zone.name)"
        }
        let first = Self.date(start, zone)
        let last = start < end ? Self.date(end - 1, zone) : first
        return (first == last ? first : "\(first) to \(last)") + (zone == .utc ? "" : " (\(zone.name))")
    }

    /// It is seven days of a zone's calendar long, whenever it begins.
    public func isWeek(in zone: TimeZoneRules) -> Bool { days(in: zone) == 7 }

    /// The same by UTC.
    public var title: String { title(in: .utc) }

    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]

    private static func date(_ time: Timestamp, _ zone: TimeZoneRules) -> String {
        let date = zone.day(of: time)
        return "\(date.day) \(months[date.month - 1]) \(date.year)"
    }

    /// With seconds only where there are some.
    private static func instant(_ time: Timestamp, _ zone: TimeZoneRules) -> String {
        let clock = zone.local(time).text.dropFirst(11)
        return "\(date(time, zone)), \(clock.hasSuffix(":00") ? clock.prefix(5) : clock)"
    }
}

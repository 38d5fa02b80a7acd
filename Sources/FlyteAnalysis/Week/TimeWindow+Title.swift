public import FlyteModel

extension TimeWindow {
    /// Its days from the first to the last, such as `23 February 2026 to 1 March 2026`; where it does not begin and end at
    /// midnight (UTC) its two instants, such as `12 November 2026, 13:00 to 13 November 2026, 13:00 UTC`.
    public var title: String {
        let day: Int64 = 86_400_000_000_000
        guard start.nanoseconds % day == 0, end.nanoseconds % day == 0 else {
            return "\(Self.instant(start)) to \(Self.instant(end)) UTC"
        }
        let first = Self.date(start)
        let last = start < end ? Self.date(end - day) : first
        return first == last ? first : "\(first) to \(last)"
    }

    /// It is seven days long, whenever it begins.
    public var isWeek: Bool { end - start == 7 * 86_400_000_000_000 }

    private static func date(_ time: Timestamp) -> String {
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        let seconds = time.wholeSeconds
        let date = CivilDate(day: Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400))
        return "\(date.day) \(months[date.month - 1]) \(date.year)"
    }

    /// With seconds only where there are some.
    private static func instant(_ time: Timestamp) -> String {
        let clock = time.microsecondText.dropFirst(11).prefix(8)
        return "\(date(time)), \(clock.hasSuffix(":00") ? clock.prefix(5) : clock)"
    }
}

extension CivilDate: CustomStringConvertible {
    /// The day, in UTC, that a moment is in.
    public init(of time: Timestamp) {
        let (whole, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: Self.nanoseconds)
        self.init(day: Int(rest < 0 ? whole - 1 : whole))
    }

    /// The Monday on which ISO week `week` of `year` begins; nil when that year has no such week.
    public init?(isoYear year: Int, week: Int) {
        // The week with 4 January is the first; a week belongs to the year that its Thursday is in.
        guard (1...53).contains(week), let fourth = CivilDate(year: year, month: 1, day: 4) else {
            return nil
        }
        let monday = fourth.monday.adding(days: (week - 1) * 7)
        guard monday.adding(days: 3).year == year else { return nil }
        self = monday
    }

    /// The ISO week that this day is in, and the year that the week belongs to.
    public var isoWeek: (year: Int, week: Int) {
        let thursday = monday.adding(days: 3)
        let newYear = CivilDate(year: thursday.year, month: 1, day: 1) ?? thursday
        return (thursday.year, (thursday.dayNumber - newYear.dayNumber) / 7 + 1)
    }

    /// The Monday of this day's week.
    public var monday: CivilDate { adding(days: -weekday) }

    public func adding(days: Int) -> CivilDate { CivilDate(day: dayNumber + days) }

    /// Midnight at which the day begins; where a `Timestamp` cannot tell it, the nearest that it can.
    public var start: Timestamp {
        let number = dayNumber
        let (nanoseconds, overflow) = Int64(number).multipliedReportingOverflow(by: Self.nanoseconds)
        return Timestamp(nanoseconds: overflow ? (number < 0 ? .min : .max) : nanoseconds)
    }

    static let nanoseconds: Int64 = 86_400_000_000_000

    /// `YYYY-MM-DD`.
    public var description: String { String(start.microsecondText.prefix(10)) }
}

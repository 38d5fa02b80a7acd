/// Which minutes of which days: what a cron expression says, whoever wrote it.
struct CronRule: Hashable, Sendable {
    /// A bit for each that counts, and likewise below.
    var minutes: UInt64
    var hours: UInt64
    var months: UInt64
    var days: CronDays
    /// nil for any.
    var years: Set<Int>?

    private static let everyDay = CronDays.either(days: .max, weekdays: .max, isBoth: true)

    /// `@daily` and the like.
    static func alias(_ name: String) -> CronRule? {
        let first = CronDays.either(days: 1 << 1, weekdays: .max, isBoth: true)
        let sunday = CronDays.either(days: .max, weekdays: 1, isBoth: true)
        return switch name {
        case "@yearly", "@annually": CronRule(minutes: 1, hours: 1, months: 1 << 1, days: first)
        case "@monthly": CronRule(minutes: 1, hours: 1, months: .max, days: first)
        case "@weekly": CronRule(minutes: 1, hours: 1, months: .max, days: sunday)
        case "@daily", "@midnight": CronRule(minutes: 1, hours: 1, months: .max, days: everyDay)
        case "@hourly": CronRule(minutes: 1, hours: .max, months: .max, days: everyDay)
        default: nil
        }
    }

    private init(minutes: UInt64, hours: UInt64, months: UInt64, days: CronDays) {
        (self.minutes, self.hours, self.months, self.days) = (minutes, hours, months, days)
    }

    /// The five fields of robfig/cron's standard parser.
    init?(standard fields: [String]) {
        guard let minutes = CronField(fields[0], 0...59), let hours = CronField(fields[1], 0...23),
            let days = CronField(fields[2], 1...31),
            let months = CronField(fields[3], 1...12, names: CronField.months),
            let weekdays = CronField(fields[4], 0...6, names: CronField.weekdays(from: 0))
        else { return nil }
        self.init(
            minutes: minutes.bits, hours: hours.bits, months: months.bits,
            days: .either(
                days: days.bits, weekdays: weekdays.bits, isBoth: days.hasStar || weekdays.hasStar))
    }

    /// The six fields of EventBridge, of which one of the two for days is `?`.
    init?(eventBridge fields: [String]) {
        // Its own `?` is for days alone.
        for index in [0, 1, 3, 5] where fields[index].utf8.contains(UInt8(ascii: "?")) { return nil }
        guard let minutes = CronField(fields[0], 0...59), let hours = CronField(fields[1], 0...23),
            let months = CronField(fields[3], 1...12, names: CronField.months),
            let days = CronDays(eventBridge: fields[2], fields[4]),
            let years = CronField.years(fields[5])
        else { return nil }
        self.init(minutes: minutes.bits, hours: hours.bits, months: months.bits, days: days)
        self.years = years.isEmpty ? nil : years
    }

    // MARK: Times

    /// Tells each time in a window, in seconds since 1970 by clocks that never change.
    ///
    /// - Returns: False when `body` ended it.
    func forEach(from start: Int64, to end: Int64, _ body: (Int64) -> Bool) -> Bool {
        guard minutes != 0, hours != 0 else { return true }
        func floor(_ seconds: Int64) -> Int64 { (seconds >= 0 ? seconds : seconds - 86_399) / 86_400 }
        var day = floor(start)
        while day * 86_400 < end {
            let date = CivilDate(day: Int(day))
            guard months & (1 << UInt64(date.month)) != 0 else {
                day = Int64(Self.nextMonth(date).dayNumber)
                continue
            }
            if matches(date) {
                let midnight = day * 86_400
                var hoursLeft = hours & (.max << UInt64(max(0, (start - midnight) / 3600)))
                while let hour = Self.takeFirst(of: &hoursLeft, upTo: 23) {
                    var minutesLeft = minutes
                    while let minute = Self.takeFirst(of: &minutesLeft, upTo: 59) {
                        let time = midnight + hour * 3600 + minute * 60
                        guard time < end else { return true }
                        if time >= start, !body(time) { return false }
                    }
                }
            }
            day += 1
        }
        return true
    }

    private static func takeFirst(of bits: inout UInt64, upTo last: Int64) -> Int64? {
        let first = Int64(bits.trailingZeroBitCount)
        guard first <= last else { return nil }
        bits &= bits - 1
        return first
    }

    /// Of a month that counts.
    private func matches(_ date: CivilDate) -> Bool {
        years?.contains(date.year) != false && days.contains(date)
    }

    private static func nextMonth(_ date: CivilDate) -> CivilDate {
        // The 28th and four days are in the next one.
        let later = CivilDate(day: date.dayNumber - date.day + 32)
        return CivilDate(day: later.dayNumber - later.day + 1)
    }
}

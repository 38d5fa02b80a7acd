import FlyteIDL

/// Which days count.
enum CronDays: Hashable, Sendable {
    /// Days of the month and days of the week, 0 for Sunday: a bit for each. Both must be met, or one of them.
    case either(days: UInt64, weekdays: UInt64, isBoth: Bool)
    /// `L`.
    case lastDay
    /// `LW`: the last from Monday to Friday.
    case lastWorkday
    /// `15W`: from Monday to Friday, the nearest of the month.
    case nearestWorkday(Int)
    /// `6L`: the last such day of the month.
    case last(weekday: Int)
    /// `3#2`: the second.
    case nth(Int, weekday: Int)

    /// EventBridge's days of the month and of the week, 1 for Sunday. nil where not just one of them is `?`.
    init?(eventBridge days: String, _ weekdays: String) {
        switch (days == "?", weekdays == "?") {
        case (false, true):
            guard let found = Self.ofMonth(days.lowercased()) else { return nil }
            self = found
        case (true, false):
            guard let found = Self.ofWeek(weekdays.lowercased()) else { return nil }
            self = found
        default: return nil
        }
    }

    private static func ofMonth(_ text: String) -> CronDays? {
        if text == "l" { return .lastDay }
        if text == "lw" { return .lastWorkday }
        if text.endsWithBytes(of: "w") {
            guard let day = CronField.number(text.dropLast()), (1...31).contains(day) else { return nil }
            return .nearestWorkday(day)
        }
        guard !text.utf8.contains(UInt8(ascii: "?")), let field = CronField(text, 1...31), field.bits != 0
        else { return nil }
        return .either(days: field.bits, weekdays: .max, isBoth: true)
    }

    private static func ofWeek(_ text: String) -> CronDays? {
        let names = CronField.weekdays(from: 1)
        func day(_ text: Substring) -> Int? {
            guard let day = names[String(text)] ?? CronField.number(text), (1...7).contains(day) else {
                return nil
            }
            return day - 1
        }
        // The last day of the week is Saturday.
        if text == "l" { return .either(days: .max, weekdays: 1 << 6, isBoth: true) }
        if text.endsWithBytes(of: "l") { return day(text.dropLast()).map { .last(weekday: $0) } }
        let parts = text.parts(by: UInt8(ascii: "#"))
        if parts.count == 2 {
            guard let weekday = day(parts[0]), let number = CronField.number(parts[1]),
                (1...5).contains(number)
            else { return nil }
            return .nth(number, weekday: weekday)
        }
        guard !text.utf8.contains(UInt8(ascii: "?")), let field = CronField(text, 1...7, names: names),
            field.bits != 0
        else { return nil }
        return .either(days: .max, weekdays: field.bits >> 1, isBoth: true)
    }

    func contains(_ date: CivilDate) -> Bool {
        // Sunday is 0 here and 6 there.
        func sunday(_ date: CivilDate) -> Int { (date.weekday + 1) % 7 }
        switch self {
        case .either(let days, let weekdays, let isBoth):
            let (isDay, isWeekday) =
                (days & (1 << UInt64(date.day)) != 0, weekdays & (1 << UInt64(sunday(date))) != 0)
            return isBoth ? isDay && isWeekday : isDay || isWeekday
        case .lastDay: return date.day == Self.length(date)
        case .lastWorkday: return date == Self.workday(nearest: Self.length(date), to: date)
        case .nearestWorkday(let day):
            return day <= Self.length(date) && date == Self.workday(nearest: day, to: date)
        case .last(let weekday): return sunday(date) == weekday && date.day + 7 > Self.length(date)
        case .nth(let number, let weekday): return sunday(date) == weekday && (date.day + 6) / 7 == number
        }
    }

    private static func length(_ date: CivilDate) -> Int {
        let later = CivilDate(day: date.dayNumber - date.day + 32)
        return later.dayNumber - later.day + 1 - (date.dayNumber - date.day + 1)
    }

    /// From Monday to Friday, nearest to a day of the month of a date, and within that month.
    private static func workday(nearest day: Int, to date: CivilDate) -> CivilDate {
        let first = date.dayNumber - date.day + 1
        let meant = CivilDate(day: first + day - 1)
        let away =
            switch meant.weekday {
            case 5: day == 1 ? 2 : -1
            case 6: day == length(date) ? -2 : 1
            default: 0
            }
        return CivilDate(day: meant.dayNumber + away)
    }
}

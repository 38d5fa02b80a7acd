/// How clocks are set year after year, as POSIX writes it in `TZ`: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct YearlyClockRule: Hashable, Sendable {
    /// A moment of each year, by the clocks as they are set before it.
    struct Change: Hashable, Sendable {
        enum Day: Hashable, Sendable {
            /// `Mm.w.d`: a weekday (0 is Sunday) of a month, the week counting from 1; 5 is the last.
            case weekday(month: Int, week: Int, day: Int)
            /// `Jn`: 1 … 365, never 29 February.
            case withoutLeapDay(Int)
            /// `n`: 0 … 365.
            case withLeapDay(Int)
        }
        var day: Day
        /// Seconds after midnight; below 0 and above a day, too.
        var time: Int64

        /// Seconds since 1970 on a clock that knows no zones.
        func local(inYear year: Int) -> Int64 {
            let newYear = CivilDate(year: year, month: 1, day: 1)?.dayNumber ?? 0
            let number: Int
            switch day {
            case .withLeapDay(let day): number = newYear + day
            case .withoutLeapDay(let day):
                let isLeap = CivilDate(year: year, month: 2, day: 29) != nil
                number = newYear + day - 1 + (isLeap && day >= 60 ? 1 : 0)
            case .weekday(let month, let week, let weekday):
                let first = CivilDate(year: year, month: month, day: 1) ?? CivilDate(day: newYear)
                // `weekday` counts from Monday.
                var found = first.dayNumber + (weekday - (first.weekday + 1) % 7 + 7) % 7 + (week - 1) * 7
                while CivilDate(day: found).month != month { found -= 7 }
                number = found
            }
            return Int64(number) * 86_400 + time
        }
    }

    var standard: TimeZoneRules.Setting
    /// Daylight saving time with its beginning and its end; nil where there is none.
    var saving: (setting: TimeZoneRules.Setting, start: Change, end: Change)?

    static func == (a: Self, b: Self) -> Bool {
        a.standard == b.standard && a.saving?.setting == b.saving?.setting
            && a.saving?.start == b.saving?.start
            && a.saving?.end == b.saving?.end
    }

    func hash(into hasher: inout Hasher) { hasher.combine(standard) }

    /// The moments of a year at which the clocks are set, in seconds since 1970.
    func changes(inYear year: Int) -> [Int64] {
        guard let saving else { return [] }
        return [
            saving.start.local(inYear: year) - standard.offset,
            saving.end.local(inYear: year) - saving.setting.offset,
        ]
    }

    func setting(at seconds: Int64) -> TimeZoneRules.Setting {
        guard let saving else { return standard }
        let local = seconds + standard.offset
        let year = CivilDate(day: Int(local >= 0 ? local / 86_400 : (local + 1) / 86_400 - 1)).year
        let changes = changes(inYear: year)
        let (start, end) = (changes[0], changes[1])
        // In the south it is the other part of the year.
        let isSaving = start < end ? seconds >= start && seconds < end : seconds < end || seconds >= start
        return isSaving ? saving.setting : standard
    }

    // MARK: Reading

    /// nil for what is no such rule.
    init?(_ text: [UInt8]) {
        var scanner = Scanner(rest: text[...])
        guard let name = scanner.name(), let west = scanner.time() else { return nil }
        standard = TimeZoneRules.Setting(offset: -west, abbreviation: name)
        guard !scanner.rest.isEmpty else { return }
        guard let savingName = scanner.name() else { return nil }
        var offset = standard.offset + 3600
        if let next = scanner.rest.first, next != UInt8(ascii: ",") {
            guard let west = scanner.time() else { return nil }
            offset = -west
        }
        guard let start = scanner.change(), let end = scanner.change(), scanner.rest.isEmpty else {
            return nil
        }
        saving = (TimeZoneRules.Setting(offset: offset, abbreviation: savingName), start, end)
    }

    private struct Scanner {
        var rest: ArraySlice<UInt8>

        mutating func take(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func name() -> String? {
            let isQuoted = take(UInt8(ascii: "<"))
            let letters = rest.prefix {
                isQuoted ? $0 != UInt8(ascii: ">") : ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A
            }
            rest = rest.dropFirst(letters.count)
            guard letters.count >= 3, !isQuoted || take(UInt8(ascii: ">")) else { return nil }
            return String(decoding: letters, as: UTF8.self)
        }

        mutating func number() -> Int64? {
            let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            guard !digits.isEmpty, digits.count < 6 else { return nil }
            rest = rest.dropFirst(digits.count)
            return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }

        /// `[+-]h[:m[:s]]` in seconds.
        mutating func time() -> Int64? {
            let isNegative = take(UInt8(ascii: "-"))
            if !isNegative { _ = take(UInt8(ascii: "+")) }
            guard var seconds = number() else { return nil }
            seconds *= 3600
            for unit: Int64 in [60, 1] where take(UInt8(ascii: ":")) {
                guard let part = number() else { return nil }
                seconds += part * unit
            }
            return isNegative ? -seconds : seconds
        }

        mutating func change() -> Change? {
            guard take(UInt8(ascii: ",")) else { return nil }
            let day: Change.Day
            if take(UInt8(ascii: "M")) {
                guard let month = number(), take(UInt8(ascii: ".")), let week = number(),
                    take(UInt8(ascii: ".")),
                    let weekday = number(), (1...12).contains(month), (1...5).contains(week),
                    (0...6).contains(weekday)
                else { return nil }
                day = .weekday(month: Int(month), week: Int(week), day: Int(weekday))
            } else if take(UInt8(ascii: "J")) {
                guard let number = number(), (1...365).contains(number) else { return nil }
                day = .withoutLeapDay(Int(number))
            } else {
                guard let number = number(), (0...365).contains(number) else { return nil }
                day = .withLeapDay(Int(number))
            }
            guard take(UInt8(ascii: "/")) else { return Change(day: day, time: 7200) }
            return time().map { Change(day: day, time: $0) }
        }
    }
}

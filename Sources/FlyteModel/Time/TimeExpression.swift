/// A time as people write it: `2026-01-05`, `now-7d`, `monday`, `2026-W02`.
///
/// | written | means (on the clocks of one zone, UTC unless another is said) |
/// |---|---|
/// | `2026-01-05` | the midnight that begins the day |
/// | `2026-01-05T09:30`, `…:00`, `….25`, `…Z`, `…+02:00` | that moment; with a zone of its own, in that |
/// | `2026-W02` | the Monday that begins the ISO week |
/// | `now`, `today`, `yesterday`, `tomorrow` | this moment, and midnights |
/// | `monday` … `sunday` | the midnight that begins the latest such day, today included |
/// | `now-7d`, `today-2w`, `now+90m` | that, moved; units `s` `m` `h` `d` `w`: days are those of the calendar |
public struct TimeExpression: Hashable, Sendable {
    /// What was written, without the blanks around it.
    public let text: String
    private let anchor: Anchor
    private let offset: Offset

    /// How far from the anchor.
    private struct Offset: Hashable, Sendable {
        var days: Int64 = 0
        var nanoseconds: Int64 = 0
    }

    private enum Anchor: Hashable, Sendable {
        case fixed(Timestamp)
        /// A time of day, in nanoseconds, wherever one is.
        case local(CivilDate, Int64)
        case now
        case day(offset: Int)
        /// 0 is Monday.
        case weekday(Int)
    }

    /// What was wrong with a time that did not parse.
    public struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        public enum Reason: Error, Hashable, Sendable {
            case empty
            /// `02-30` in a date, hour 25, week 54.
            case noSuchTime(String)
            /// An offset with a unit that is none of ours.
            case unknownUnit(String)
            /// An offset without a number or a unit.
            case badOffset(String)
            /// A moment before 1677 or after 2262.
            case outOfRange
            case unreadable
        }
        public let text: String
        public let reason: Reason

        /// One sentence that says what was read and what can be written.
        public var description: String {
            switch reason {
            case .empty: "The time is empty. \(Self.help)"
            case .noSuchTime(let part): "'\(text)' is no time: there is no \(part)."
            case .unknownUnit(let unit):
                "'\(text)' is no time: '\(unit)' is no unit. Use s, m, h, d or w, as in 'now-7d'."
            case .badOffset(let part):
                "'\(text)' is no time: '\(part)' should be a number and a unit, as in 'now-7d'."
            case .outOfRange: "'\(text)' is out of range: times go from 1677 to 2262."
            case .unreadable: "'\(text)' is no time. \(Self.help)"
            }
        }

        private static let help =
            "Write '2026-01-05', '2026-01-05T09:30:00Z', '2026-W02', 'now-7d', 'today' or 'monday'."
    }

    public init(_ written: String) throws(ParseError) {
        var scanner = Scanner(written)
        text = scanner.text
        guard !text.isEmpty else { throw ParseError(text: text, reason: .empty) }
        do throws(ParseError.Reason) {
            if let word = scanner.word() {
                anchor = try Self.anchor(named: word)
                offset = try scanner.offset()
            } else {
                anchor = try scanner.calendarTime()
                offset = Offset()
            }
            guard scanner.isAtEnd else { throw ParseError.Reason.unreadable }
        } catch {
            throw ParseError(text: text, reason: error)
        }
    }

    /// The moment meant, if it is `now`, by the clocks of a zone.
    public func timestamp(now: Timestamp, in zone: TimeZoneRules = .utc) throws(ParseError) -> Timestamp {
        let today = zone.day(of: now)
        let base: Timestamp =
            switch anchor {
            case .fixed(let time): time
            case .local(let day, let nanosecond): zone.moment(day, nanosecondOfDay: nanosecond)
            case .now: try moved(now, in: zone)
            case .day(let days): try start(today, plus: Int64(days) + offset.days, in: zone)
            case .weekday(let weekday):
                try start(today, plus: offset.days - Int64((today.weekday - weekday + 7) % 7), in: zone)
            }
        let moved = base.nanoseconds.addingReportingOverflow(offset.nanoseconds)
        guard !moved.overflow else { throw ParseError(text: text, reason: .outOfRange) }
        return Timestamp(nanoseconds: moved.partialValue)
    }

    /// The same time of day, so many days away.
    private func moved(_ time: Timestamp, in zone: TimeZoneRules) throws(ParseError) -> Timestamp {
        guard offset.days != 0 else { return time }
        let local = time + zone.offset(at: time) * 1_000_000_000
        let (days, overflow) = offset.days.multipliedReportingOverflow(by: CivilDate.nanoseconds)
        let (sum, overflows) = local.nanoseconds.addingReportingOverflow(days)
        guard !overflow, !overflows else { throw ParseError(text: text, reason: .outOfRange) }
        let day = CivilDate(of: Timestamp(nanoseconds: sum))
        return zone.moment(day, nanosecondOfDay: sum - Int64(day.dayNumber) * CivilDate.nanoseconds)
    }

    private func start(
        _ day: CivilDate, plus days: Int64, in zone: TimeZoneRules
    ) throws(ParseError) -> Timestamp {
        // 1677 to 2262 are not so many days.
        guard abs(days) < 300_000 else { throw ParseError(text: text, reason: .outOfRange) }
        let start = zone.start(of: day.adding(days: Int(days)))
        guard !start.isSaturated else { throw ParseError(text: text, reason: .outOfRange) }
        return start
    }

    private static let weekdays = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    private static func anchor(named word: String) throws(ParseError.Reason) -> Anchor {
        switch word {
        case "now": return .now
        case "today": return .day(offset: 0)
        case "yesterday": return .day(offset: -1)
        case "tomorrow": return .day(offset: 1)
        default:
            guard let index = weekdays.firstIndex(of: word) else { throw .unreadable }
            return .weekday(index)
        }
    }

    /// Reads the text byte by byte; what is not ASCII is never part of a time.
    private struct Scanner {
        let text: String
        private let bytes: [UInt8]
        private var position = 0

        init(_ written: String) {
            var bytes = Array(written.utf8)
            while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
            bytes = Array(bytes.drop { $0 <= 0x20 })
            self.bytes = bytes
            text = String(decoding: bytes, as: UTF8.self)
        }

        var isAtEnd: Bool { position == bytes.count }

        private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        private mutating func skip(_ character: Character) -> Bool {
            guard let next, character.asciiValue == next else { return false }
            position += 1
            return true
        }

        /// Letters, in lower case; nil when the text does not begin with one.
        mutating func word() -> String? {
            var letters: [UInt8] = []
            while let byte = next, case let lower = byte | 0x20, (0x61...0x7A).contains(lower) {
                letters.append(lower)
                position += 1
            }
            return letters.isEmpty ? nil : String(decoding: letters, as: UTF8.self)
        }

        /// Exactly `count` digits.
        private mutating func digits(_ count: Int) throws(ParseError.Reason) -> Int {
            var value = 0
            for _ in 0..<count {
                guard let byte = next, (0x30...0x39).contains(byte) else { throw .unreadable }
                value = value * 10 + Int(byte - 0x30)
                position += 1
            }
            return value
        }

        /// `-7d`, `+90m`, or nothing.
        mutating func offset() throws(ParseError.Reason) -> Offset {
            guard !isAtEnd else { return Offset() }
            let rest = String(decoding: bytes[position...], as: UTF8.self)
            let isNegative = skip("-")
            guard isNegative || skip("+") else { throw .unreadable }
            var amount: Int64 = 0
            var hasDigits = false
            while let byte = next, (0x30...0x39).contains(byte) {
                let (shifted, overflow) = amount.multipliedReportingOverflow(by: 10)
                let (sum, overflowed) = shifted.addingReportingOverflow(Int64(byte - 0x30))
                guard !overflow, !overflowed else { throw .outOfRange }
                amount = sum
                hasDigits = true
                position += 1
            }
            guard hasDigits else { throw .badOffset(rest) }
            guard let name = word() else { throw .badOffset(rest) }
            let units: [String: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
            guard let unit = units[name] else { throw .unknownUnit(name) }
            let (nanoseconds, overflow) = amount.multipliedReportingOverflow(by: unit * 1_000_000_000)
            guard !overflow else { throw .outOfRange }
            let signed = isNegative ? -nanoseconds : nanoseconds
            return unit < 86_400
                ? Offset(nanoseconds: signed) : Offset(days: signed / CivilDate.nanoseconds)
        }

        /// A date, a date and a time of day, or an ISO week.
        mutating func calendarTime() throws(ParseError.Reason) -> Anchor {
            let year = try digits(4)
            guard (1677...2262).contains(year) else { throw .outOfRange }
            guard skip("-") else { throw .unreadable }
            if skip("W") || skip("w") {
                let week = try digits(2)
                guard let monday = CivilDate(isoYear: year, week: week) else {
                    throw .noSuchTime("week \(week) in \(year)")
                }
                return try local(monday, 0)
            }
            let month = try digits(2)
            guard skip("-") else { throw .unreadable }
            let dayOfMonth = try digits(2)
            guard let day = CivilDate(year: year, month: month, day: dayOfMonth) else {
                throw .noSuchTime("\(dayOfMonth). day of month \(month) in \(year)")
            }
            guard !isAtEnd else { return try local(day, 0) }
            guard skip("T") || skip("t") || skip(" ") else { throw .unreadable }
            let time = try timeOfDay()
            guard let zone = try zone() else { return try local(day, time) }
            return .fixed(try moment(day, time - zone * 1_000_000_000))
        }

        /// Refused where no `Timestamp` can tell it.
        private func local(_ day: CivilDate, _ nanosecondOfDay: Int64) throws(ParseError.Reason) -> Anchor {
            _ = try moment(day, nanosecondOfDay)
            return .local(day, nanosecondOfDay)
        }

        private func moment(_ day: CivilDate, _ nanosecondOfDay: Int64) throws(ParseError.Reason) -> Timestamp
        {
            let midnight = Int64(day.dayNumber).multipliedReportingOverflow(by: CivilDate.nanoseconds)
            let sum = midnight.partialValue.addingReportingOverflow(nanosecondOfDay)
            guard !midnight.overflow, !sum.overflow else { throw .outOfRange }
            return Timestamp(nanoseconds: sum.partialValue)
        }

        /// Nanoseconds since midnight.
        private mutating func timeOfDay() throws(ParseError.Reason) -> Int64 {
            let hour = try digits(2)
            guard skip(":") else { throw .unreadable }
            let minute = try digits(2)
            var second = 0
            var fraction: Int64 = 0
            if skip(":") {
                second = try digits(2)
                if skip(".") || skip(",") {
                    var scale: Int64 = 1_000_000_000
                    guard let first = next, (0x30...0x39).contains(first) else { throw .unreadable }
                    while let byte = next, (0x30...0x39).contains(byte) {
                        // Digits beyond the ninth are below a nanosecond.
                        scale /= 10
                        fraction += Int64(byte - 0x30) * scale
                        position += 1
                    }
                }
            }
            guard hour < 24 else { throw .noSuchTime("hour \(hour)") }
            guard minute < 60 else { throw .noSuchTime("minute \(minute)") }
            guard second < 60 else { throw .noSuchTime("second \(second)") }
            let seconds = Int64(hour * 3600 + minute * 60 + second)
            return seconds * 1_000_000_000 + fraction
        }

        /// Seconds east of UTC; nil where nothing is said.
        private mutating func zone() throws(ParseError.Reason) -> Int64? {
            if isAtEnd { return nil }
            if skip("Z") || skip("z") { return 0 }
            let isWest = skip("-")
            guard isWest || skip("+") else { throw .unreadable }
            let hour = try digits(2)
            var minute = 0
            if skip(":") || !isAtEnd { minute = try digits(2) }
            guard hour < 24, minute < 60 else { throw .noSuchTime("zone \(hour):\(minute)") }
            let seconds = Int64(hour * 3600 + minute * 60)
            return isWest ? -seconds : seconds
        }
    }
}

/// The text forms of `google.protobuf.Timestamp` and `Duration`, within the ranges that protobuf allows.
enum ProtobufTime {
    /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
    private static let timestampSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
    /// About 10,000 years.
    private static let durationSeconds: ClosedRange<Int64> = -315_576_000_000...315_576_000_000

    /// RFC 3339 in UTC with 0, 3, 6 or 9 digits of a second; nil beyond the range.
    static func timestamp(seconds: Int64, nanos: Int64) -> String? {
        guard timestampSeconds.contains(seconds), 0..<1_000_000_000 ~= nanos else { return nil }
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let second = seconds - day * 86_400
        let (year, month, dayOfMonth) = date(day: day)
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(dayOfMonth, 2) + "T"
            + padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2) + ":" + padded(second % 60, 2)
            + fraction(nanos) + "Z"
    }

    /// nil for anything but RFC 3339 with at most nine digits of a second.
    static func timestamp(_ text: String) -> (seconds: Int64, nanos: Int64)? {
        var scanner = Scanner(text)
        guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2),
            scanner.take("-"),
            let day = scanner.number(2), scanner.take("T"), let hour = scanner.number(2), scanner.take(":"),
            let minute = scanner.number(2), scanner.take(":"), let second = scanner.number(2),
            let nanos = scanner.fraction()
        else { return nil }
        guard year >= 1, 1...12 ~= month, 1...days(in: month, of: year) ~= day, hour < 24, minute < 60,
            second < 60
        else { return nil }
        var offset: Int64 = 0
        if !scanner.take("Z") {
            let isEast = scanner.take("+")
            guard isEast || scanner.take("-"), let hours = scanner.number(2), scanner.take(":"),
                let minutes = scanner.number(2), hours < 24, minutes < 60
            else { return nil }
            offset = (isEast ? 60 : -60) * (hours * 60 + minutes)
        }
        let dayNumber = self.dayNumber(year, month, day)
        let seconds = dayNumber * 86_400 + hour * 3600 + minute * 60 + second - offset
        guard scanner.isAtEnd, timestampSeconds.contains(seconds) else { return nil }
        return (seconds, nanos)
    }

    /// Seconds with 0, 3, 6 or 9 decimals and an `s`; nil beyond the range or when the signs differ.
    static func duration(seconds: Int64, nanos: Int64) -> String? {
        guard durationSeconds.contains(seconds), -999_999_999...999_999_999 ~= nanos,
            seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0)
        else { return nil }
        let sign = seconds < 0 || nanos < 0 ? "-" : ""
        return sign + String(seconds.magnitude) + fraction(abs(nanos)) + "s"
    }

    /// nil for anything but seconds with at most nine decimals and an `s`.
    static func duration(_ text: String) -> (seconds: Int64, nanos: Int64)? {
        var scanner = Scanner(text)
        let isNegative = scanner.take("-")
        guard let seconds = scanner.number(), let nanos = scanner.fraction(), scanner.take("s"),
            scanner.isAtEnd,
            durationSeconds.contains(seconds)
        else { return nil }
        return isNegative ? (-seconds, -nanos) : (seconds, nanos)
    }

    private static func fraction(_ nanos: Int64) -> String {
        if nanos == 0 { return "" }
        if nanos % 1_000_000 == 0 { return "." + padded(nanos / 1_000_000, 3) }
        if nanos % 1_000 == 0 { return "." + padded(nanos / 1_000, 6) }
        return "." + padded(nanos, 9)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    // Howard Hinnant's arithmetic, https://howardhinnant.github.io/date_algorithms.html, for years from 1 on.
    private static func date(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }

    private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private struct Scanner {
        private var rest: ArraySlice<UInt8>

        init(_ text: String) { rest = Array(text.utf8)[...] }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func take(_ sign: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: sign) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func digit() -> Int64? {
            guard let byte = rest.first, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            rest.removeFirst()
            return Int64(byte - UInt8(ascii: "0"))
        }

        /// A number of exactly so many digits.
        mutating func number(_ count: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<count {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// A number of one digit or more, up to a quadrillion.
        mutating func number() -> Int64? {
            guard var value = digit() else { return nil }
            while let digit = digit() {
                value = value * 10 + digit
                if value > 1_000_000_000_000_000 { return nil }
            }
            return value
        }

        /// The nanoseconds that a point and up to nine digits are; 0 without a point.
        mutating func fraction() -> Int64? {
            guard take(".") else { return 0 }
            guard var value = digit() else { return nil }
            var count = 1
            while let digit = digit() {
                value = value * 10 + digit
                count += 1
                if count > 9 { return nil }
            }
            for _ in count..<9 { value *= 10 }
            return value
        }
    }
}

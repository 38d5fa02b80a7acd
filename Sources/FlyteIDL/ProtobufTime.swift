/// Reads the text forms of `google.protobuf.Timestamp` and `Duration`, within the ranges that protobuf allows.
enum ProtobufTime {
    /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
    private static let timestampSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
    /// About 10,000 years.
    private static let durationSeconds: ClosedRange<Int64> = -315_576_000_000...315_576_000_000

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

    // Howard Hinnant's arithmetic, https://howardhinnant.github.io/date_algorithms.html, for years from 1 on.
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

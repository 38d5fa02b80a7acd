import FlyteModel

/// How PostgreSQL reads the text of a value, and what it says when it cannot.
enum PostgresText {
    /// A value that no column holds but comparisons understand.
    static func value(_ text: String, as kind: Entity.Column.Kind, now: Timestamp) throws(Refusal)
        -> ColumnValue
    {
        switch kind {
        case .text: .text(text)
        case .bytea: .null
        case .bigint: .integer(try integer(text, "bigint", Int64.min...Int64.max))
        case .integer: .integer(try integer(text, "integer", Int64(Int32.min)...Int64(Int32.max)))
        case .timestamp: .time(try time(text, now: now))
        }
    }

    private static func integer(
        _ text: String, _ type: String, _ range: ClosedRange<Int64>
    ) throws(Refusal) -> Int64 {
        let isSpace: (Character) -> Bool = { $0 == " " || ($0 >= "\t" && $0 <= "\r") }
        var digits = text.drop(while: isSpace)
        while let last = digits.last, isSpace(last) { digits.removeLast() }
        let sign = digits.first
        if sign == "-" || sign == "+" { digits.removeFirst() }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw .database("invalid input syntax for type \(type): \"\(text)\"")
        }
        guard let value = Int64((sign == "-" ? "-" : "") + digits), range.contains(value) else {
            throw .database("value \"\(text)\" is out of range for type \(type)")
        }
        return value
    }

    /// Microseconds since 1970.
    private static func time(_ text: String, now: Timestamp) throws(Refusal) -> Int64 {
        let outOfRange = Refusal.database("date/time field value out of range: \"\(text)\"")
        let invalid = Refusal.database(
            "invalid input syntax for type timestamp with time zone: \"\(text)\"")
        let trimmed = String(text.trimmed).lowercased()
        let day: Int64 = 86_400_000_000
        let nowMicroseconds = now.nanoseconds / 1000
        let today = nowMicroseconds / day * day
        switch trimmed {
        case "infinity": return .max
        case "-infinity": return .min
        case "now": return nowMicroseconds
        case "today": return today
        case "yesterday": return today - day
        case "tomorrow": return today + day
        case "epoch": return 0
        default: break
        }
        var rest = Array(trimmed.utf8)[...]
        func number(_ counts: ClosedRange<Int>) -> Int? {
            let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            guard counts.contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            return Int(String(decoding: digits, as: UTF8.self))
        }
        func take(_ characters: String) -> UInt8? {
            guard let first = rest.first, characters.utf8.contains(first) else { return nil }
            rest = rest.dropFirst()
            return first
        }
        // A bare number is a date without separators, and a long one has no such month.
        if !rest.isEmpty, rest.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) { throw outOfRange }
        guard let year = number(4...4), take("-") != nil, let month = number(1...2), take("-") != nil,
            let dayOfMonth = number(1...2)
        else { throw invalid }
        var hour = 0
        var minute = 0
        var second = 0
        var microseconds: Int64 = 0
        var offset = 0
        if take("t ") != nil {
            while take(" ") != nil {}
            guard let h = number(1...2), take(":") != nil, let m = number(2...2) else { throw invalid }
            hour = h
            minute = m
            if take(":") != nil {
                guard let s = number(2...2) else { throw invalid }
                second = s
                if take(".") != nil {
                    let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
                    rest = rest.dropFirst(digits.count)
                    let fraction = Double("0." + String(decoding: digits, as: UTF8.self)) ?? 0
                    microseconds = Int64((fraction * 1_000_000).rounded())
                }
            }
            while take(" ") != nil {}
        }
        if take("z") == nil, let sign = take("+-") {
            guard let hours = number(1...2) else { throw invalid }
            var minutes = 0
            if take(":") != nil {
                guard let m = number(2...2) else { throw invalid }
                minutes = m
            }
            offset = (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
        }
        guard rest.isEmpty else { throw invalid }
        guard let date = CivilDate(year: year, month: month, day: dayOfMonth), hour <= 24, minute < 60,
            second <= 60, abs(offset) < 16 * 3600
        else { throw outOfRange }
        let seconds = Int64(date.dayNumber * 86_400 + hour * 3600 + minute * 60 + second - offset)
        return seconds * 1_000_000 + microseconds
    }

    /// SQL's `LIKE`: `%` is anything, `_` one character, `\` takes the next as it is.
    static func matches(_ text: String, pattern: String) -> Bool {
        enum Piece: Equatable { case anything, one, character(Unicode.Scalar) }
        var pieces: [Piece] = []
        var scalars = pattern.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch scalar {
            case "%": if pieces.last != .anything { pieces.append(.anything) }
            case "_": pieces.append(.one)
            case "\\": pieces.append(.character(scalars.next() ?? "\\"))
            default: pieces.append(.character(scalar))
            }
        }
        let text = Array(text.unicodeScalars)
        var (t, p, star, mark) = (0, 0, -1, 0)
        while t < text.count {
            if p < pieces.count, pieces[p] == .anything {
                star = p
                mark = t
                p += 1
            } else if p < pieces.count, pieces[p] == .one || pieces[p] == .character(text[t]) {
                t += 1
                p += 1
            } else if star >= 0 {
                p = star + 1
                mark += 1
                t = mark
            } else {
                return false
            }
        }
        return pieces[p...].allSatisfy { $0 == .anything }
    }
}

/// A moment, in nanoseconds since 1970-01-01 00:00 UTC.
///
/// Covers 1677 to 2262; Flyte's times have nanoseconds (the kubelet's only whole seconds).
///
/// A server's times may be any, and all arithmetic on them is done here: it saturates at the least and the greatest, and
/// what has come there says so (``isSaturated``).
public struct Timestamp: Hashable, Comparable, Sendable {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The moment of a protobuf `Timestamp`; one that lies beyond is the nearest that can be told.
    public init(seconds: Int64, nanos: Int64) {
        nanoseconds = Self.clamped(seconds: seconds, nanos: nanos)
    }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

    public static func + (a: Timestamp, nanoseconds: Int64) -> Timestamp {
        let (sum, overflow) = a.nanoseconds.addingReportingOverflow(nanoseconds)
        return Timestamp(nanoseconds: overflow ? (nanoseconds < 0 ? .min : .max) : sum)
    }

    /// Not by way of a negative number: the least has none that is its opposite.
    public static func - (a: Timestamp, nanoseconds: Int64) -> Timestamp {
        let (difference, overflow) = a.nanoseconds.subtractingReportingOverflow(nanoseconds)
        return Timestamp(nanoseconds: overflow ? (nanoseconds < 0 ? .max : .min) : difference)
    }

    /// Seconds since 1970, cut downwards.
    public var wholeSeconds: Int64 {
        nanoseconds / 1_000_000_000 - (nanoseconds % 1_000_000_000 < 0 ? 1 : 0)
    }

    /// Whether it stands for a moment beyond those that can be told.
    public var isSaturated: Bool { nanoseconds == .min || nanoseconds == .max }

    /// Nanoseconds from `b` to `a`.
    public static func - (a: Timestamp, b: Timestamp) -> Int64 {
        let (difference, overflow) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
        return overflow ? (a < b ? .min : .max) : difference
    }

    /// Whether more nanoseconds lie between two moments than a number can tell: 292 years.
    public static func isTooFar(from a: Timestamp, to b: Timestamp) -> Bool {
        b.nanoseconds.subtractingReportingOverflow(a.nanoseconds).overflow
    }

    static func clamped(seconds: Int64, nanos: Int64) -> Int64 {
        exact(seconds: seconds, nanos: nanos) ?? ((seconds, nanos) < (0, 0) ? .min : .max)
    }

    /// nil beyond what nanoseconds can tell.
    private static func exact(seconds: Int64, nanos: Int64) -> Int64? {
        // Towards zero first, since the least moment's whole seconds would overflow.
        let (whole, rest) = seconds < 0 && nanos > 0 ? (seconds + 1, nanos - 1_000_000_000) : (seconds, nanos)
        let (product, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflows) = product.addingReportingOverflow(rest)
        return overflow || overflows ? nil : sum
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC, with as many digits of a second as there are: `2026-11-23T19:57:14.4057Z`.
    public var description: String { Self.rfc3339(nanoseconds, digits: nil) }

    /// RFC 3339 in UTC with six digits of a second, the rest cut off: the form of the archive's views.
    public var microsecondText: String { Self.rfc3339(nanoseconds, digits: 6) }

    private static func rfc3339(_ nanoseconds: Int64, digits: Int?) -> String {
        let seconds = nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : (nanoseconds + 1) / 1_000_000_000 - 1
        let fraction = nanoseconds &- seconds &* 1_000_000_000
        return rfc3339(seconds: seconds, fraction: fraction, digits: digits)
    }

    /// The same for seconds of any size that RFC 3339 can tell.
    static func rfc3339(seconds: Int64, fraction: Int64, digits: Int?) -> String {
        let day = seconds >= 0 ? seconds / 86_400 : (seconds + 1) / 86_400 - 1
        let rest = Int(seconds - day * 86_400)
        let date = CivilDate(day: Int(day))
        var text = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        text += "T\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
        var decimals = padded(Int(fraction), 9)
        if let digits {
            decimals = String(decimals.prefix(digits))
        } else {
            while decimals.last == "0" { decimals.removeLast() }
        }
        if !decimals.isEmpty { text += "." + decimals }
        return text + "Z"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return text.count < width ? String(repeating: "0", count: width - text.count) + text : text
    }

    /// Reads RFC 3339, such as `2026-11-23T19:57:14.405Z` or `2026-11-23T20:57:14+01:00`; a space may
    /// stand for the T. nil for anything else, and for what lies beyond 1677 to 2262.
    public init?(_ text: some StringProtocol) {
        var rest = Array(text.utf8)[...]
        func digits(_ count: Int) -> Int? {
            guard rest.count >= count else { return nil }
            var value = 0
            for byte in rest.prefix(count) {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            rest = rest.dropFirst(count)
            return value
        }
        func take(_ characters: String) -> UInt8? {
            guard let first = rest.first, characters.utf8.contains(first) else { return nil }
            rest = rest.dropFirst()
            return first
        }
        guard let year = digits(4), take("-") != nil, let month = digits(2), take("-") != nil,
            let day = digits(2), take("Tt ") != nil, let hour = digits(2), take(":") != nil,
            let minute = digits(2), take(":") != nil, let second = digits(2),
            let date = CivilDate(year: year, month: month, day: day), hour < 24, minute < 60, second < 61
        else { return nil }
        var nanos = 0
        if take(".") != nil {
            var scale = 100_000_000
            var count = 0
            while let digit = digits(1) {
                nanos += digit * scale
                scale /= 10
                count += 1
            }
            guard count > 0 else { return nil }
        }
        var offset = 0
        if take("Zz") == nil {
            guard let sign = take("+-"), let hours = digits(2), take(":") != nil, let minutes = digits(2),
                hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
        }
        guard rest.isEmpty else { return nil }
        let seconds = Int64(date.dayNumber * 86_400 + hour * 3600 + minute * 60 + second - offset)
        guard let exact = Self.exact(seconds: seconds, nanos: Int64(nanos)) else { return nil }
        nanoseconds = exact
    }
}

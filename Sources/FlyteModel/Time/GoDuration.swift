/// Durations as Go writes them: `600s`, `1h30m`, `-1.5ms`.
public enum GoDuration {
    /// Nanoseconds; nil when it is none or does not fit.
    public static func parse(_ text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        var isNegative = false
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        if rest.elementsEqual([UInt8(ascii: "0")]) { return 0 }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".") }
            guard let value = Double(String(decoding: number, as: UTF8.self)) else { return nil }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !(($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".")) }
            rest = rest.dropFirst(unit.count)
            guard let scale = scales[String(decoding: unit, as: UTF8.self)] else { return nil }
            total += value * scale
        }
        return Int64(exactly: (isNegative ? -total : total).rounded(.towardZero))
    }

    /// What Go says about a text that is no duration.
    public static func complaint(about text: String) -> String {
        let isBare = Double(text) != nil
        return isBare
            ? "time: missing unit in duration \"\(text)\"" : "time: invalid duration \"\(text)\""
    }

    /// `1h0m0s`, as Go prints a duration.
    public static func text(_ nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let whole = nanoseconds.magnitude
        if whole < 1_000_000_000 {
            let (scale, unit): (UInt64, String) =
                whole < 1000 ? (1, "ns") : whole < 1_000_000 ? (1000, "µs") : (1_000_000, "ms")
            return sign + decimal(whole, scale) + unit
        }
        let minutes = whole / 60_000_000_000
        let seconds = decimal(whole % 60_000_000_000, 1_000_000_000) + "s"
        if minutes == 0 { return sign + seconds }
        if minutes < 60 { return "\(sign)\(minutes)m\(seconds)" }
        return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
    }

    private static func decimal(_ value: UInt64, _ scale: UInt64) -> String {
        let fraction = value % scale
        guard fraction > 0 else { return String(value / scale) }
        var digits = String(scale + fraction).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(value / scale).\(digits)"
    }

    private static let scales: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9,
    ]
}

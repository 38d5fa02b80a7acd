/// Values in the words of people: what a machine reads is written elsewhere, and in full.
public enum HumanText {
    /// `0.42 s`, `12.3 s`, `4 min 05 s`, `2 h 07 min`, `3 d 04 h`.
    public static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "–" }
        let sign = seconds < 0 ? "−" : ""
        let size = abs(seconds)
        if size < 10 { return "\(sign)\(NumberText.fixed(size, 2)) s" }
        if size < 59.95 { return "\(sign)\(NumberText.fixed(size, 1)) s" }
        let whole = Int(min(size.rounded(), 1e15))
        if whole < 3600 { return "\(sign)\(whole / 60) min \(two(whole % 60)) s" }
        if whole < 86_400 { return "\(sign)\(whole / 3600) h \(two(whole / 60 % 60)) min" }
        return "\(sign)\(whole / 86_400) d \(two(whole / 3600 % 24)) h"
    }

    /// The same where there is little room: two units only below ten of the larger one, milliseconds below a second, and
    /// no digit beyond that: `420 ms`, `1.2 s`, `12 s`, `4 min 05 s`, `55 min`, `2 h 07 min`, `14 h`, `3 d 04 h`, `20 d`.
    public static func shortDuration(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "–" }
        let sign = seconds < 0 ? "−" : ""
        let size = abs(seconds)
        if size == 0 { return "0 s" }
        if size < 0.0005 { return "\(sign)< 1 ms" }
        if size < 0.9995 { return "\(sign)\(NumberText.fixed(size * 1000, 0)) ms" }
        if size < 9.95 { return "\(sign)\(NumberText.fixed(size, 1)) s" }
        if size < 59.5 { return "\(sign)\(NumberText.fixed(size, 0)) s" }
        let whole = Int(min(size.rounded(), 1e15))
        for (unit, name, part, partName) in [
            (60, "min", 1, "s"), (3600, "h", 60, "min"), (86_400, "d", 3600, "h"),
        ] {
            // In whole parts of the unit below, so that 59.7 min are no "60 min" beside "1 h".
            let parts = (whole + part / 2) / part
            let parents = unit / part
            if parts < 10 * parents {
                let rest = parts % parents
                return "\(sign)\(parts / parents) \(name)" + (rest == 0 ? "" : " \(two(rest)) \(partName)")
            }
            let units = (whole + unit / 2) / unit
            if unit == 86_400 || units < (unit == 60 ? 60 : 24) { return "\(sign)\(units) \(name)" }
        }
        return "–"
    }

    /// `12.3 %`.
    public static func percent(_ share: Double) -> String {
        "\(NumberText.fixed(share * 100, share < 0.1 ? 1 : 0)) %"
    }

    /// The same where there is little room, and where a share that is not whole must not look so: `4 %`, `4.2 %`,
    /// `57 %`, `0 %` and `100 %` only of what is none and all, else `< 0.1 %` and `> 99.9 %`.
    public static func shortPercent(_ share: Double) -> String {
        guard share.isFinite else { return "–" }
        let size = abs(share) * 100
        let sign = share < 0 ? "−" : ""
        if size > 0, size < 0.1 { return "\(sign)< 0.1 %" }
        if size < 100, size > 99.9 { return "\(sign)> 99.9 %" }
        // Cut and not rounded where rounding would say that it is all.
        let text =
            size > 99.5 && size < 100
            ? NumberText.fixed(Double(Int(size * 10)) / 10, 1)
            : NumberText.fixed(size, size < 9.95 ? 1 : 0)
        return "\(sign)\(text.hasSuffix(".0") ? String(text.dropLast(2)) : text) %"
    }

    /// `12 %  (5–26 %)`.
    public static func rate(_ value: Double, _ low: Double, _ high: Double) -> String {
        "\(percent(value)) (\(NumberText.fixed(low * 100, 0))–\(NumberText.fixed(high * 100, 0)) %)"
    }

    /// `1.20–2.40`, or one number where both look the same.
    public static func bounds(_ low: Double, _ high: Double, _ digits: Int) -> String {
        let (least, most) = (NumberText.fixed(low, digits), NumberText.fixed(high, digits))
        return least == most ? most : "\(least)–\(most)"
    }

    /// The size of a difference between rates: `12 points`.
    public static func points(_ difference: Double) -> String {
        let size = abs(difference) * 100
        return "\(NumberText.fixed(size, size < 9.95 ? 1 : 0)) points"
    }

    /// The size of a value with its sign before it.
    public static func signed(_ value: Double, _ size: String) -> String { (value < 0 ? "−" : "+") + size }

    /// `1 run`, `3 runs`.
    public static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? one + "s")"
    }

    /// A number with three digits behind its point at most, and no more than it needs: `4`, `0.5`, `0.125`.
    public static func amount(_ number: Double) -> String {
        var text = NumberText.fixed(number, 3)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    /// A text as a part of a line: its own first line, and no more characters than these.
    public static func firstLine(of text: String, atMost limit: Int) -> String {
        let first = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? text
        return first.count > limit ? String(first.prefix(limit - 1)) + "…" : first
    }

    /// A number with its thousands apart: `12,345`.
    public static func grouped(_ number: Int64) -> String {
        let digits = String(number.magnitude)
        var text = number < 0 ? "−" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `0 bytes`, `512 bytes`, `1.5 GiB`: three digits at most before the unit, which is a power of 1024.
    public static func bytes(_ number: Int64) -> String {
        let sign = number < 0 ? "−" : ""
        guard number.magnitude >= 1024 else {
            return "\(sign)\(number.magnitude) byte\(number.magnitude == 1 ? "" : "s")"
        }
        var size = Double(number.magnitude)
        for unit in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] {
            size /= 1024
            // 1023.9 KiB would read "1024 KiB".
            guard size < 999.5 || unit == "EiB" else { continue }
            let text = NumberText.fixed(size, size < 9.95 ? 1 : 0)
            return "\(sign)\(text.hasSuffix(".0") ? String(text.dropLast(2)) : text) \(unit)"
        }
        return "\(sign)\(number.magnitude) bytes"
    }

    /// A time of the archive's views (RFC 3339 in UTC), to the second and with its zone: `2026-11-29 02:31:07 UTC`.
    ///
    /// What is no such time is given back as it is.
    public static func time(_ text: String, in clock: ZoneClock = .utc, saysZone: Bool = true) -> String {
        guard let reading = clock.read(text) else { return text }
        return saysZone ? "\(reading.time) \(reading.zone)" : reading.time
    }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}

/// Numbers as text, the same everywhere.
public enum NumberText {
    /// The shortest digits that read back as the same number: `0.1`, `2.0`, `1e+20`.
    public static func exact(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return "\(value)"
    }

    /// With so many digits behind the point, rounded half away from zero: `1234.50`.
    public static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return exact(value) }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((abs(value) * scale).rounded(.toNearestOrAwayFromZero))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(scaled) }
        let text = String(scaled)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits))"
    }

    /// For people: up to four significant digits, no exponent where it can be helped.
    static func readable(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return exact(value) }
        if value == value.rounded() { return fixed(value, 0) }
        let size = abs(value)
        let digits =
            size >= 1000 ? 1 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : size >= 0.001 ? 4 : -1
        guard digits >= 0 else { return exact(value) }
        return fixed(value, digits)
    }
}

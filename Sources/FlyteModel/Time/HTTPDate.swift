/// A date as HTTP writes it, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
public struct HTTPDate: Hashable, Sendable, CustomStringConvertible {
    /// To the second.
    public let timestamp: Timestamp

    public init(_ timestamp: Timestamp) { self.timestamp = timestamp }

    /// nil for anything else; the obsolete forms are not read.
    public init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = Self.months.firstIndex(of: String(parts[2])),
            let date = CivilDate(year: year, month: month + 1, day: day)
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3, (0..<24).contains(time[0]), (0..<60).contains(time[1]),
            (0..<61).contains(time[2])
        else { return nil }
        let seconds = date.dayNumber * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
        timestamp = Timestamp(seconds: Int64(seconds), nanos: 0)
    }

    public var description: String {
        let date = CivilDate(of: timestamp)
        // Behind `YYYY-MM-DDT`; a `Timestamp` knows no longer years.
        let time = timestamp.microsecondText.dropFirst(11).prefix(8)
        let day = date.day < 10 ? "0\(date.day)" : "\(date.day)"
        return
            "\(Self.weekdays[date.weekday]), \(day) \(Self.months[date.month - 1]) \(date.year) \(time) GMT"
    }

    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

/// How the archive's times, which are UTC, read on the clocks of one place.
///
/// It knows nothing of time zones: whoever has their rules brings them along.
public struct ZoneClock: Sendable {
    /// What a clock shows.
    public struct Reading: Hashable, Sendable {
        /// `2026-11-29 02:31:07`.
        public var time: String
        /// What it was called then and there: `UTC`, `CET`, `+0530`.
        public var zone: String

        public init(time: String, zone: String) {
            self.time = time
            self.zone = zone
        }
    }

    /// The zone's own name: `UTC`, `Europe/Berlin`.
    public let name: String
    private let reading: @Sendable (String) -> Reading?

    /// - Parameter read: Gets RFC 3339 in UTC as the archive's views write it; nil when it cannot be read.
    public init(name: String, read: @escaping @Sendable (String) -> Reading?) {
        self.name = name
        reading = read
    }

    /// nil for what is no time of the form `2026-11-29T02:31:07.123456Z`, with any number of digits of a second or none.
    public func read(_ text: String) -> Reading? {
        Self.isTime(Array(text.utf8.prefix(40))) ? reading(text) : nil
    }

    /// What is later than the second is cut off.
    public static let utc = ZoneClock(name: "UTC") { text in
        let bytes = Array(text.utf8)
        let (date, time) = (bytes[..<10], bytes[11..<19])
        return Reading(
            time: String(decoding: date + [UInt8(ascii: " ")] + time, as: UTF8.self), zone: "UTC")
    }

    private static func isTime(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 20, bytes.count <= 30, bytes.last == UInt8(ascii: "Z") else { return false }
        func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
        for (byte, form) in zip(bytes, "0000-00-00T00:00:00".utf8) {
            guard form == UInt8(ascii: "0") ? isDigit(byte) : byte == form else { return false }
        }
        let fraction = bytes[19...].dropLast()
        return fraction.isEmpty
            || (fraction.first == UInt8(ascii: ".") && fraction.count > 1
                && fraction.dropFirst().allSatisfy(isDigit))
    }
}

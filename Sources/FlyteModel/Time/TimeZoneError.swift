/// A zone that cannot be had; one sentence.
public struct TimeZoneError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
}

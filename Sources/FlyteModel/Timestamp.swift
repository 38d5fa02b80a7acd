/// A moment, in nanoseconds since 1970-01-01 00:00 UTC.
///
/// Covers 1677 to 2262; Flyte's times have nanoseconds (the kubelet's only whole seconds).
public struct Timestamp: Hashable, Comparable, Sendable {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }
}

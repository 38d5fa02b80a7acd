/// What a client has asked so far.
public struct RequestCounts: Hashable, Sendable {
    /// Requests sent, retries included.
    public var requests: Int64 = 0
    public var retries: Int64 = 0
    /// Bytes of bodies received.
    public var bytesIn: Int64 = 0
    public var inFlight = 0

    public init() {}
}

/// A line of a server's log.
public struct LoggedRequest: Hashable, Sendable {
    public var request: ServerRequest
    /// What the handler answered; nil when a fault kept it from being asked.
    public var status: Int?
    /// Nanoseconds of the monotonic clock.
    public var receivedAt: UInt64
    /// The number of requests that the server had not answered yet when this one came.
    public var inFlight: Int
}

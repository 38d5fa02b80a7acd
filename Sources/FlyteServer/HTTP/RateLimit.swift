/// A limiter as ingresses have it, a token bucket: so many requests a second, and so many at once after a silence.
public struct RateLimit: Hashable, Sendable {
    /// Requests a second.
    public var rate: Double
    /// What the bucket holds.
    public var burst: Double
    /// What a refusal asks for in `Retry-After`; nil for none.
    public var retryAfter: String?

    public init(rate: Double, burst: Double, retryAfter: String? = nil) {
        self.rate = rate
        self.burst = burst
        self.retryAfter = retryAfter
    }
}

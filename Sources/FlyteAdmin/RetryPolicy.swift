/// How often and how fast a request is asked again.
public struct RetryPolicy: Hashable, Sendable {
    /// All in all, the first one included: about a minute, in which a server restarts.
    public var tries = 8
    /// For a 500, which is rarely passing.
    public var triesAfterServerFault = 2
    /// For an answer that did not come in time: each try takes as long again.
    public var triesAfterTimeout = 3
    /// While a host has never answered: a wrong name or port should be told soon.
    public var triesAtFirstContact = 2
    /// Seconds before the first retry; twice as many before each further one.
    public var firstDelay = 0.5
    /// Seconds.
    public var longestDelay = 30.0
    /// What a server may ask for with `Retry-After`, in seconds; who asks for more is told as an error.
    public var longestRetryAfter = 300.0

    public init() {}

    /// Seconds to wait before try `number` (2 for the first retry), or nil to give up. Between half of the
    /// delay and all of it by `chance` (0 … 1), so that clients that failed together do not come back together.
    func delay(
        beforeTry number: Int, after error: AdminError, isFirstContact: Bool = false, chance: Double
    ) -> Double? {
        guard error.isPassing, number <= limit(error, isFirstContact: isFirstContact) else { return nil }
        if let asked = error.retryAfter { return asked <= longestRetryAfter ? asked : nil }
        var delay = firstDelay
        for _ in 2..<max(number, 2) { delay = min(delay * 2, longestDelay) }
        return min(delay, longestDelay) * (0.5 + 0.5 * chance)
    }

    private func limit(_ error: AdminError, isFirstContact: Bool) -> Int {
        switch error.kind {
        case .serverFault: triesAfterServerFault
        case .transport(let transport) where transport.kind == .timedOut && !isFirstContact:
            min(tries, triesAfterTimeout)
        case .transport where isFirstContact: min(tries, triesAtFirstContact)
        default: tries
        }
    }
}

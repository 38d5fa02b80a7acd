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
    /// For a 429: who asks too often is told so without being served, and soon asked again.
    public var triesAfterRefusal = 12
    /// Seconds before the first retry; twice as many before each further one.
    public var firstDelay = 0.5
    /// The same after a 429.
    public var firstDelayAfterRefusal = 0.025
    /// Seconds.
    public var longestDelay = 30.0
    /// What a server may ask for with `Retry-After`, in seconds; who asks for more is told as an error.
    public var longestRetryAfter = 300.0

    public init() {}

    /// Seconds to wait before the next try after these failures of the same request, the latest last, or nil to give
    /// up. Each kind of failure has its limit, for itself: an overloaded database answers in several ways. What the
    /// server asks for, and between half of a delay of our own and all of it by `chance` (0 … 1), so that clients
    /// that failed together do not come back together.
    func delay(after failures: [AdminError], isFirstContact: Bool = false, chance: Double) -> Double? {
        guard let error = failures.last, error.isPassing else { return nil }
        let sort = Sort(error)
        let refusals = failures.count { Sort($0) == .refusal }
        guard failures.count - refusals < tries else { return nil }
        guard failures.count(where: { Sort($0) == sort }) < limit(sort, isFirstContact: isFirstContact) else {
            return nil
        }
        let asked = error.retryAfter ?? 0
        guard asked <= longestRetryAfter else { return nil }
        var delay = sort == .refusal ? firstDelayAfterRefusal : firstDelay
        for _ in 1..<(sort == .refusal ? refusals : failures.count - refusals) {
            delay = min(delay * 2, longestDelay)
        }
        return asked + min(delay, longestDelay) * (0.5 + 0.5 * chance)
    }

    /// What is counted together.
    private enum Sort {
        case refusal, serverFault, timeout, transport, other

        init(_ error: AdminError) {
            self =
                switch error.kind {
                case .overloaded where error.status == 429: .refusal
                case .serverFault: .serverFault
                case .transport(let transport): transport.kind == .timedOut ? .timeout : .transport
                default: .other
                }
        }
    }

    private func limit(_ sort: Sort, isFirstContact: Bool) -> Int {
        switch sort {
        case .refusal: triesAfterRefusal
        case .serverFault: triesAfterServerFault
        case .timeout where isFirstContact, .transport where isFirstContact: triesAtFirstContact
        case .timeout: triesAfterTimeout
        case .transport, .other: tries
        }
    }
}

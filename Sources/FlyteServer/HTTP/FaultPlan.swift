/// The faults of a running server, with what they have counted so far.
struct FaultPlan {
    var faults: Faults {
        didSet {
            counts = []
            bucket = nil
        }
    }
    private var counts: [Int] = []
    /// What the limiter still lets through, and when that was so; nil for a full bucket.
    private var bucket: (tokens: Double, at: UInt64)?

    init(_ faults: Faults) { self.faults = faults }

    /// Takes a token, if there is one at this time of the monotonic clock.
    private mutating func take(from limit: RateLimit, at time: UInt64) -> Bool {
        var tokens = limit.burst
        if let bucket {
            let passed = time > bucket.at ? Double(time - bucket.at) / 1e9 : 0
            tokens = min(limit.burst, bucket.tokens + passed * limit.rate)
        }
        let isThere = tokens >= 1
        bucket = (isThere ? tokens - 1 : tokens, max(time, bucket?.at ?? 0))
        return isThere
    }

    /// What happens to this request, which came at this time: how long it waits, and what goes wrong.
    mutating func next(_ request: ServerRequest, at time: UInt64) -> (delay: Int, fault: Faults.Fault?) {
        if let limit = faults.limit, !take(from: limit, at: time) {
            return (0, .refuse(status: 429, retryAfter: limit.retryAfter))
        }
        if counts.count != faults.rules.count { counts = Array(repeating: 0, count: faults.rules.count) }
        var delay = 0
        for (index, rule) in faults.rules.enumerated() where rule.matches(request) {
            counts[index] += 1
            guard rule.when.applies(to: counts[index]) else { continue }
            if case .delay(let milliseconds) = rule.fault {
                delay += max(0, milliseconds)
            } else {
                return (delay, rule.fault)
            }
        }
        return (delay, nil)
    }
}

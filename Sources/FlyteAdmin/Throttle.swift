/// How many requests may be on their way, how many may start in a second, and until when all must wait.
actor Throttle {
    private let jobs: Int
    /// Seconds between two starts; 0 for no limit.
    private let interval: Double
    private let clock = ContinuousClock()
    private var inFlight = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var nextStart: ContinuousClock.Instant
    private var pausedUntil: ContinuousClock.Instant

    init(jobs: Int, rate: Double?) {
        self.jobs = max(1, jobs)
        interval = rate.map { $0 > 0 ? 1 / $0 : 0 } ?? 0
        nextStart = clock.now
        pausedUntil = clock.now
    }

    /// Waits for a place among those in flight; each call is followed by one of `leave`.
    func enter() async throws {
        if inFlight < jobs {
            inFlight += 1
        } else {
            // Whoever leaves hands over its place.
            await withCheckedContinuation { waiting.append($0) }
        }
        do {
            try await waitForTurn()
        } catch {
            leave()
            throw error
        }
    }

    private func waitForTurn() async throws {
        if interval > 0 {
            let turn = max(nextStart, clock.now)
            nextStart = turn + .seconds(interval)
            if turn > clock.now { try await clock.sleep(until: turn) }
        }
        while pausedUntil > clock.now { try await clock.sleep(until: pausedUntil) }
        try Task.checkCancellation()
    }

    func leave() {
        if waiting.isEmpty { inFlight -= 1 } else { waiting.removeFirst().resume() }
    }

    /// Everybody backs off together when the server is overloaded.
    func pause(seconds: Double) {
        pausedUntil = max(pausedUntil, clock.now + .seconds(seconds))
    }
}

/// How many requests may be on their way, how many may start in a second, and until when all must wait.
actor Throttle {
    private let jobs: Int
    /// Between two starts; zero for no limit.
    private let interval: Duration
    private let pace: Pace
    private var inFlight = 0
    private var waiting = FirstInFirstOut<CheckedContinuation<Void, Never>>()
    private var nextStart: Duration
    private var pausedUntil: Duration
    /// Turns that were given out before a pause do not count after it.
    private var pauses = 0

    init(jobs: Int, rate: Double?, pace: Pace) {
        self.jobs = max(1, jobs)
        interval = rate.map { $0 > 0 ? .seconds(1 / $0) : .zero } ?? .zero
        self.pace = pace
        nextStart = pace.now()
        pausedUntil = pace.now()
    }

    /// Waits for a place among those in flight; each call that returns is followed by one of `leave`.
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
        while true {
            try Task.checkCancellation()
            let now = pace.now()
            if pausedUntil > now {
                try await pace.sleep(pausedUntil - now)
                continue
            }
            guard interval > .zero else { return }
            let turn = max(nextStart, now)
            nextStart = turn + interval
            let pausesBefore = pauses
            if turn > now { try await pace.sleep(turn - now) }
            if pauses == pausesBefore { return }
        }
    }

    func leave() {
        if let next = waiting.popFirst() { next.resume() } else { inFlight -= 1 }
    }

    /// Everybody backs off together when the server is overloaded.
    func pause(seconds: Double) {
        pausedUntil = max(pausedUntil, pace.now() + .seconds(seconds))
        nextStart = pausedUntil
        pauses += 1
    }
}

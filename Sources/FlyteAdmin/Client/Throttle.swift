import FlyteModel

/// How many requests may be on their way, how many may start in a second, and how fast each host takes them.
actor Throttle {
    /// A request that has started, to be given back with what became of it.
    struct Turn: Sendable {
        fileprivate var host: Substring
        fileprivate var phase: Int
    }

    enum Outcome: Sendable {
        /// There was an answer, of whatever kind.
        case answered
        /// There are too many requests.
        case refused
        /// There was no answer.
        case lost
    }

    /// Those who want to ask one host.
    private struct Host {
        var control = RateControl()
        var waiting = FirstInFirstOut<Int>()
        var count = 0
        /// When a timer looks again; nil without one.
        var wakesAt: Duration?
    }

    private let jobs: Int
    /// Between two starts; zero for no limit.
    private let interval: Duration
    private let pace: Pace
    private var inFlight = 0
    private var nextStart: Duration
    private var hosts: [Substring: Host] = [:]
    private var waiters: [Int: CheckedContinuation<Turn?, Never>] = [:]
    private var lastWaiter = 0

    init(jobs: Int, rate: Double?, pace: Pace) {
        self.jobs = max(1, jobs)
        interval = rate.map { $0 > 0 ? .seconds(1 / $0) : .zero } ?? .zero
        self.pace = pace
        nextStart = pace.now()
    }

    /// Waits for a turn to ask a host; each call that returns is followed by one of `leave`.
    func enter(_ host: Substring) async throws -> Turn {
        try Task.checkCancellation()
        if hosts[host, default: Host()].count == 0, let turn = begin(host) { return turn }
        lastWaiter += 1
        let me = lastWaiter
        let turn = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Turn?, Never>) in
                // A cancellation that came before found nobody waiting.
                guard !Task.isCancelled else { return continuation.resume(returning: nil) }
                waiters[me] = continuation
                hosts[host, default: Host()].waiting.append(me)
                hosts[host, default: Host()].count += 1
                admit(host)
            }
        } onCancel: {
            Task { await self.giveUp(me, host) }
        }
        guard let turn else { throw CancellationError() }
        return turn
    }

    func leave(_ turn: Turn, _ outcome: Outcome) {
        inFlight -= 1
        let now = pace.now().asSeconds
        switch outcome {
        case .answered: hosts[turn.host]?.control.hasPassed(phase: turn.phase, now: now)
        case .refused: hosts[turn.host]?.control.wasRefused(phase: turn.phase, now: now)
        case .lost: hosts[turn.host]?.control.wasLost(phase: turn.phase)
        }
        admit(turn.host)
        for host in hosts.keys where host != turn.host { admit(host) }
    }

    /// Starts a request if one may start now; else has a timer look again, when time is what it waits for.
    private func begin(_ host: Substring) -> Turn? {
        guard inFlight < jobs else { return nil }
        let now = pace.now()
        guard let start = hosts[host, default: Host()].control.start(now: now.asSeconds) else { return nil }
        let turn = max(interval > .zero ? nextStart : now, .seconds(start))
        guard turn <= now else {
            wake(host, at: turn)
            return nil
        }
        if interval > .zero { nextStart = max(nextStart, now) + interval }
        inFlight += 1
        let phase = hosts[host, default: Host()].control.started(now: now.asSeconds)
        return Turn(host: host, phase: phase)
    }

    private func admit(_ host: Substring) {
        while hosts[host]?.count ?? 0 > 0, let turn = begin(host) {
            var next: CheckedContinuation<Turn?, Never>?
            while next == nil, let waiter = hosts[host]?.waiting.popFirst() {
                next = waiters.removeValue(forKey: waiter)
            }
            hosts[host]?.count -= 1
            next?.resume(returning: turn)
        }
    }

    private func giveUp(_ waiter: Int, _ host: Substring) {
        guard let continuation = waiters.removeValue(forKey: waiter) else { return }
        hosts[host]?.count -= 1
        continuation.resume(returning: nil)
    }

    private func wake(_ host: Substring, at time: Duration) {
        if let set = hosts[host]?.wakesAt, set <= time { return }
        hosts[host]?.wakesAt = time
        let wait = time - pace.now()
        Task {
            // Whoever waits may be cancelled, and the timer is for all of them.
            try? await pace.sleep(wait)
            if hosts[host]?.wakesAt == time { hosts[host]?.wakesAt = nil }
            admit(host)
        }
    }
}

extension Duration {
    fileprivate var asSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}

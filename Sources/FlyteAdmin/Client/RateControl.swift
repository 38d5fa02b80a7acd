/// Finds the rate at which a server lets requests through, and stays just below it.
///
/// Without refusals there is no limit. When they come thickly, a limiter stands before the server: each refusal shows
/// that its bucket was empty at that moment, so that what passed between two of them, by the time between, is its rate
/// exactly, however large the bucket. From then on requests are paced: from a little below that rate up to it and
/// slowly beyond, along the curve of CUBIC (RFC 9438), until the next refusal corrects it. When slowing down changes
/// nothing, refusals come by chance and not from a limit, and there is no limit again.
///
/// Times are seconds of a clock that does not go back.
struct RateControl {
    private enum Mode {
        case free
        /// The limit was met and is not known: after a while of silence as much as goes through, until a refusal.
        case measuring
        case paced
    }

    /// A moment at which the limiter let nothing through, and what had passed until then.
    private struct Mark {
        var time: Double
        var passed: Int
    }

    private var mode = Mode.free
    /// What was sent in an earlier phase says nothing about this one's rate.
    private(set) var phase = 0
    /// Sent in this phase and not answered.
    private var inFlight = 0
    /// How many may be in flight; grows with time, and as requests pass. Slowly at first: what is in flight when a
    /// small bucket runs empty is refused.
    private var window = 3
    private var firstStart: Double?
    private var passed = 0
    /// Nothing is known yet.
    private var isFirstRefusal = true
    /// So many requests go one at a time after the first refusal: the next ones say whether it was a limit's.
    private var alone = 0

    /// The latest outcomes, and when they came; true for a refusal.
    private var recent = FirstInFirstOut<(isRefusal: Bool, time: Double)>()
    private var recentCount = 0
    private var recentRefusals = 0
    /// Refusals without an answer between them.
    private var streak = 0
    /// So many requests are let through before few refusals are taken for a limit again; doubles with each error.
    private var immunity = 0
    private var nextImmunity = 1000

    private var silence = Self.firstSilence
    private var silentUntil = 0.0
    private var passedMeasuring = 0
    private var marks: [Mark] = []

    /// The curve: from `base` at `begin` to `top` after `span`.
    private var base = 0.0
    private var top = 0.0
    private var begin = 0.0
    private var span = 1.0
    private var nextStart = 0.0
    /// So many seconds of delay may be made good by sending faster: timers are late.
    private var slack = Self.longestSlack
    private var passedSinceRefusal = 0
    /// Refusals below the rate that had been found, and what passed before them.
    private var unexplained = 0
    private var passedUnexplained = 0

    private static let recentLimit = 100
    /// Seconds.
    private static let cautious = 0.3
    private static let firstSilence = 0.02
    private static let longestSilence = 2.0
    private static let longestSlack = 0.025
    private static let lowestRate = 0.5
    /// An estimate from fewer is coarse.
    private static let enoughPassed = 20
    /// Requests between two attempts at a higher rate, about.
    private static let cycle = 150.0

    // MARK: Starting

    /// Those that are in flight when a bucket runs empty are refused: few at first, and more where answers are long in
    /// coming.
    private func limit(_ now: Double) -> Int {
        window + Int(30 * max(0, now - (firstStart ?? now) - Self.cautious))
    }

    /// When the next request may start; nil for not before another is answered.
    func start(now: Double) -> Double? {
        switch mode {
        case .free: inFlight < (alone > 0 ? 1 : limit(now)) ? max(now, silentUntil) : nil
        case .measuring: inFlight < min(limit(now), 1 + passedMeasuring) ? max(now, silentUntil) : nil
        case .paced: max(now, nextStart)
        }
    }

    /// A request starts.
    ///
    /// - Returns: The phase, to be told with its outcome.
    mutating func started(now: Double) -> Int {
        inFlight += 1
        if firstStart == nil { firstStart = now }
        if case .paced = mode { nextStart = max(nextStart, now - slack) + 1 / rate(now) }
        return phase
    }

    /// Requests a second while paced.
    private func rate(_ now: Double) -> Double {
        let x = (now - begin - span) / span
        let rate = x < 0 ? top + (top - base) * x * x * x : top * (1 + 0.1 * x * x * x)
        return max(rate, Self.lowestRate)
    }

    // MARK: Outcomes

    /// The request was answered, in whatever way.
    mutating func hasPassed(phase: Int, now: Double) {
        remember(isRefusal: false, now)
        streak = 0
        passed += 1
        passedSinceRefusal += 1
        alone = max(0, alone - 1)
        immunity = max(0, immunity - 1)
        if passed > 64, window < 1_000_000 { window += 1 }
        guard phase == self.phase else { return }
        inFlight -= 1
        if case .measuring = mode {
            passedMeasuring += 1
            if passedMeasuring > 200 { beFree() }
        }
    }

    /// The request got no answer, which says nothing of the rate.
    mutating func wasLost(phase: Int) {
        if phase == self.phase { inFlight -= 1 }
    }

    /// The server, or what stands before it, refused the request because there are too many.
    mutating func wasRefused(phase: Int, now: Double) {
        remember(isRefusal: true, now)
        streak += 1
        guard phase == self.phase else {
            // The bucket is still empty.
            if case .measuring = mode, passedMeasuring == 0 {
                marks = [Mark(time: now, passed: passed)]
                silentUntil = now + silence
            }
            return
        }
        inFlight -= 1
        switch mode {
        case .free: refusedFree(now)
        case .measuring: refusedMeasuring(now)
        case .paced: refusedPaced(now)
        }
    }

    private mutating func refusedFree(_ now: Double) {
        if isFirstRefusal {
            isFirstRefusal = false
            alone = 5
        }
        let share = Double(recentRefusals) / Double(recentCount)
        if streak >= (immunity > 0 ? 5 : 3)
            || recentCount >= 50 && share >= (immunity > 0 ? 0.5 : 0.25)
        {
            measure(now)
        } else if immunity == 0, recentRefusals >= 3, recentCount >= 30, let first = recent.first {
            // Chance, or a limit just below our own speed: slowing down a little will show.
            let count = recentCount - recentRefusals
            marks = [Mark(time: first.time, passed: passed - count), Mark(time: now, passed: passed)]
            forgetUnexplained()
            pace(at: Double(count) / max(now - first.time, 0.001), from: count, now)
        }
    }

    private mutating func refusedMeasuring(_ now: Double) {
        guard passedMeasuring > 0 else {
            silence = min(silence * 2, Self.longestSilence)
            silentUntil = now + silence
            beginPhase()
            return
        }
        let (rate, count) = estimate(now)
        mark(now)
        pace(at: rate, from: count, now)
    }

    private mutating func refusedPaced(_ now: Double) {
        guard streak < 4 else { return measure(now) }
        let current = rate(now)
        let (found, count) = estimate(now)
        if now - begin >= span {
            slack = min(slack * 1.5, Self.longestSlack)
            forgetUnexplained()
        } else {
            slack = max(slack / 2, 0.002)
            unexplained += 1
            passedUnexplained += passedSinceRefusal
        }
        mark(now)
        // Slower and slower, and refused no less: it is chance.
        if unexplained >= 6, passedUnexplained >= 2 * unexplained {
            immunity = nextImmunity
            nextImmunity = min(nextImmunity * 2, 1_000_000)
            return beFree()
        }
        pace(at: min(found, current), from: count, now)
    }

    // MARK: Modes

    private mutating func beginPhase() {
        phase += 1
        inFlight = 0
    }

    private mutating func beFree() {
        mode = .free
        beginPhase()
        while recent.popFirst() != nil {}
        (recentCount, recentRefusals, streak) = (0, 0, 0)
    }

    private mutating func measure(_ now: Double) {
        mode = .measuring
        beginPhase()
        silence = Self.firstSilence
        silentUntil = now + silence
        passedMeasuring = 0
        marks = []
        mark(now)
        forgetUnexplained()
    }

    private mutating func pace(at estimate: Double, from count: Int, _ now: Double) {
        mode = .paced
        beginPhase()
        // One more might just have passed, or one less.
        let margin = min(0.3, 0.5 / Double(max(count, 1)))
        base = max(estimate * (0.96 - margin), Self.lowestRate)
        top = max(estimate * (1 + margin), base)
        begin = now
        span =
            count >= Self.enoughPassed
            ? max(2, Self.cycle / estimate) : max(0.3, Double(count) / max(estimate, Self.lowestRate))
        nextStart = now + 1 / base
    }

    private mutating func forgetUnexplained() { (unexplained, passedUnexplained) = (0, 0) }

    // MARK: Measuring

    private mutating func remember(isRefusal: Bool, _ now: Double) {
        recent.append((isRefusal, now))
        recentCount += 1
        if isRefusal { recentRefusals += 1 }
        if recentCount > Self.recentLimit, let oldest = recent.popFirst() {
            recentCount -= 1
            if oldest.isRefusal { recentRefusals -= 1 }
        }
    }

    private mutating func mark(_ now: Double) {
        marks.append(Mark(time: now, passed: passed))
        if marks.count > 12 { marks.removeFirst() }
        passedSinceRefusal = 0
    }

    /// What passed in a second since one of the last moments at which nothing did, and how many that were: since the
    /// latest after which enough passed, or else the first.
    private func estimate(_ now: Double) -> (rate: Double, count: Int) {
        guard let mark = marks.last(where: { passed - $0.passed >= Self.enoughPassed }) ?? marks.first else {
            return (Self.lowestRate, 0)
        }
        let count = passed - mark.passed
        return (max(Double(count) / max(now - mark.time, 0.0001), Self.lowestRate), count)
    }
}

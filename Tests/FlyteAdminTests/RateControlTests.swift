import TestSupport
import Testing

@testable import FlyteAdmin

/// The rate that is found before limiters of many kinds: simulated, so that the figures are the same each time.
struct RateControlTests {
    /// A server with a limiter before it, and a client that always has something to ask.
    private struct Simulation {
        /// Requests a second that the limiter lets through, from a time on; what it lets through at once.
        var limits: [(from: Double, rate: Double)] = [(0, .infinity)]
        var burst = 50.0
        /// The share that is refused by chance.
        var share = 0.0
        var jobs = 16
        /// Requests a second that the server can do, and seconds that an answer is on its way.
        var speed = 3000.0
        var latency = 0.001
        var total = 1000
        var seed: UInt64 = 1

        struct Result {
            var seconds = 0.0
            var passed = 0
            var refused = 0
            /// What the limiter would have let through in this time.
            var allowed = 0.0
            var used: Double { Double(passed) / allowed }
            var refusedShare: Double { Double(refused) / Double(passed + refused) }
        }

        private enum Event {
            case answer(isRefusal: Bool, phase: Int)
            case retry
        }

        func run() -> Result {
            var chance = SeededRandom(seed: seed)
            func unit() -> Double { Double(chance.next() >> 11) * 0x1p-53 }
            var control = RateControl()
            var result = Result()
            var events: [(time: Double, event: Event)] = []
            func add(_ time: Double, _ event: Event) {
                events.insert((time, event), at: events.firstIndex { $0.time > time } ?? events.count)
            }
            func limit(_ time: Double) -> Double { limits.last { $0.from <= time }?.rate ?? .infinity }
            var (now, inFlight, waiting) = (0.0, 0, total)
            var (tokens, filledAt, idleAt) = (burst, 0.0, 0.0)
            while result.passed < total {
                while waiting > 0, inFlight < jobs, let start = control.start(now: now), start <= now {
                    let phase = control.started(now: now)
                    inFlight += 1
                    waiting -= 1
                    idleAt = max(idleAt, now) + 1 / speed
                    let rate = limit(idleAt)
                    tokens = rate.isFinite ? min(burst, tokens + (idleAt - filledAt) * rate) : burst
                    filledAt = idleAt
                    let isRefusal = rate.isFinite && tokens < 1 || unit() < share
                    if !isRefusal { tokens -= 1 }
                    add(idleAt + latency, .answer(isRefusal: isRefusal, phase: phase))
                }
                // Timers are up to a millisecond late.
                if waiting > 0, inFlight < jobs, let start = control.start(now: now),
                    start + 0.001 < events.first?.time ?? .infinity
                {
                    now = start + 0.001 * unit()
                    continue
                }
                let (time, event) = events.removeFirst()
                now = max(now, time)
                switch event {
                case .retry: waiting += 1
                case .answer(let isRefusal, let phase):
                    inFlight -= 1
                    if isRefusal {
                        result.refused += 1
                        control.wasRefused(phase: phase, now: now)
                        add(now + 0.025 * (0.5 + 0.5 * unit()), .retry)
                    } else {
                        result.passed += 1
                        control.hasPassed(phase: phase, now: now)
                    }
                }
            }
            result.seconds = now
            result.allowed = burst
            for (index, step) in limits.enumerated() where step.rate.isFinite && step.from < now {
                let end = index + 1 < limits.count ? min(limits[index + 1].from, now) : now
                result.allowed += step.rate * (end - step.from)
            }
            return result
        }
    }

    @Test(
        arguments: [
            (20.0, 700, 16), (20, 1000, 16), (20, 1000, 64), (100, 3000, 16), (100, 3000, 64),
            (300, 6000, 16),
            (300, 6000, 64),
            (1000, 15_000, 16), (1000, 15_000, 64),
        ], UInt64(1)...5)
    func aLimitIsUsedAndNotOverrun(_ limit: (rate: Double, total: Int, jobs: Int), seed: UInt64) {
        let result = Simulation(
            limits: [(0, limit.rate)], jobs: limit.jobs, total: limit.total, seed: seed
        ).run()
        #expect(result.used >= 0.95)
        #expect(result.refusedShare <= 0.02)
    }

    /// Few requests, and a server that takes its time: what is in flight when the bucket runs empty counts most.
    @Test(arguments: [200.0, 400, 1000, 3000], [16, 64])
    func aSmallHarvestIsRefusedLittle(speed: Double, jobs: Int) {
        let result = Simulation(limits: [(0, 20)], jobs: jobs, speed: speed, total: 446).run()
        #expect(result.used >= 0.95)
        #expect(result.refusedShare <= 0.02)
    }

    @Test(arguments: [5.0, 10, 500]) func bucketsOfOtherSizesAreUsedToo(burst: Double) {
        let result = Simulation(limits: [(0, 300)], burst: burst, total: 6000).run()
        #expect(result.used >= 0.9)
        #expect(result.refusedShare <= 0.02)
    }

    @Test func aServerFarAwayIsUsedToo() {
        let result = Simulation(limits: [(0, 300)], latency: 0.02, total: 6000).run()
        #expect(result.used >= 0.9)
        #expect(result.refusedShare <= 0.02)
    }

    @Test func aLimitThatMovesIsFollowed() {
        let result = Simulation(
            limits: [(0, 500), (10, 50), (40, 500), (70, .infinity)], total: 60_000
        ).run()
        // In the last part there is no limit: all that is left is done at the server's speed, or nearly.
        #expect(result.seconds <= 95)
        #expect(result.refusedShare <= 0.02)
    }

    @Test(arguments: [0.01, 0.02, 0.05, 0.1], UInt64(1)...5)
    func refusalsByChanceSlowNothingDown(share: Double, seed: UInt64) {
        let total = 15_000
        let undisturbed = Simulation(total: total).run().seconds
        let result = Simulation(share: share, total: total, seed: seed).run()
        // What is refused is asked again, and takes the server's time twice.
        #expect(result.seconds <= undisturbed * (1 + share) * 1.25)
    }

    @Test(arguments: [0.2, 0.3]) func evenManyRefusalsByChanceStopNothing(share: Double) {
        let result = Simulation(share: share, total: 15_000).run()
        #expect(result.seconds <= 15_000 / 3000 * 12)
    }

    @Test(arguments: [0.0005, 0.02, 0.1]) func withoutRefusalsThereIsNoLimit(latency: Double) {
        let simulation = Simulation(latency: latency, total: 15_000)
        let least = max(15_000 / simulation.speed, 15_000 * (latency + 1 / simulation.speed) / 16)
        #expect(simulation.run().seconds <= least * 1.02)
    }
}

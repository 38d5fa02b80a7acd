import FlyteAdmin
import Foundation

/// A clock that moves only when somebody sleeps.
// Unchecked: the lock guards the values.
final class FakePace: @unchecked Sendable {
    private let lock = NSLock()
    private var time = Duration.zero
    private var slept: [Duration] = []

    var now: Duration { lock.withLock { time } }
    /// How long everybody slept, in the order in which they began.
    var sleeps: [Duration] { lock.withLock { slept } }

    func advance(by duration: Duration) { lock.withLock { time += duration } }

    /// - Parameter chance: What the dice always show; 1 makes delays as long as they get.
    func pace(chance: Double = 1) -> Pace {
        Pace(
            now: { self.now },
            sleep: { duration in
                try Task.checkCancellation()
                self.lock.withLock {
                    self.slept.append(duration)
                    self.time += duration
                }
                await Task.yield()
            },
            chance: { chance })
    }
}

import FlyteAdmin
import Glibc
import Locking

/// Ends the process where a statement goes on after its time: SQLite looks at the time between its steps, and a single one,
/// such as `instr` in a text of 50 MB, may take minutes. Whoever reads an archive loses nothing by that.
final class StatementWatchdog: Sendable {
    /// What SQLite has beyond the time-out to end the statement by itself.
    private static let grace = 1.0

    private let isOver = Guarded(false)

    init(seconds: Double) {
        WaitingThread.run { [self] in
            Self.sleep(seconds + Self.grace)
            isOver.withLock { isOver in
                // Under the lock, so that an answer that has come is not taken back.
                guard !isOver else { return }
                Terminal.say("flightlog: The statement was given up after \(seconds) seconds.")
                _exit(ExitCode.failed.rawValue)
            }
        }
    }

    /// The statement has ended; what follows takes as long as it takes.
    func end() { isOver.withLock { $0 = true } }

    private static func sleep(_ seconds: Double) {
        // Whoever allows more than a century means that there is no limit.
        let whole = min(seconds, 3.2e9)
        var left = timespec(
            tv_sec: Int(whole), tv_nsec: Int((whole - whole.rounded(.down)) * 1_000_000_000))
        var rest = timespec()
        while nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
    }
}

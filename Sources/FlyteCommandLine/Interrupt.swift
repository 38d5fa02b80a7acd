import FlyteHarvest
import Glibc

/// SIGINT and SIGTERM, which ask a command to end well.
enum Interrupt {
    private static let flag = StopFlag()

    /// A flag that the first of the signals sets; the second ends the process as usual.
    static func stopFlag() -> StopFlag {
        let flag = flag
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                Interrupt.flag.set()
                signal(number, SIG_DFL)
            }
        }
        return flag
    }

    /// Keeps the signals from every thread that is started from now on, for ``wait()``.
    static func hold() {
        var signals = waited
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Returns when one of the signals has come.
    static func wait() {
        var signals = waited
        var number: Int32 = 0
        sigwait(&signals, &number)
    }

    private static var waited: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        return signals
    }
}

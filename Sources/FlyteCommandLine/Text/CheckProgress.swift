import FlyteArchive
import Glibc

/// How far a check of an archive is: a line that changes, on a terminal only.
final class CheckProgress {
    private let width = Terminal.width(of: STDERR_FILENO)
    private let clock = ContinuousClock()
    private var lastShown: ContinuousClock.Instant?
    private let what: String
    private let things: String

    /// - Parameter what: What is done to the executions, or other things, such as `checked`.
    init(_ what: String, _ things: String = "executions") { (self.what, self.things) = (what, things) }

    func show(_ done: Int, _ total: Int) {
        guard let width, lastShown.map({ clock.now - $0 > .milliseconds(100) }) ?? true else { return }
        lastShown = clock.now
        Terminal.tell("\r\u{1B}[2K" + String("\(done) of \(total) \(things) \(what)".prefix(width - 1)))
    }

    /// Takes the line away again.
    func close() {
        if lastShown != nil { Terminal.tell("\r\u{1B}[2K") }
        lastShown = nil
    }
}

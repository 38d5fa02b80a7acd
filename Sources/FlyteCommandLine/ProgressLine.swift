import FlyteAdmin
import FlyteHarvest
import Glibc
import Tables

/// Tells how far a harvest is: a line that changes on a terminal, a line every few seconds elsewhere.
// Unchecked: the harvest's tally, an actor, is the only caller.
final class ProgressLine: @unchecked Sendable {
    private let isTerminal = Terminal.isTerminal(STDERR_FILENO)
    private var lastShown = -10.0
    private var isOpen = false

    func show(_ progress: HarvestProgress) {
        let pause = isTerminal ? 0.1 : 5.0
        guard progress.seconds - lastShown >= pause, progress.total > 0 else { return }
        lastShown = progress.seconds
        var line = "\(progress.done)/\(progress.total) executions, \(progress.counts.requests) requests"
        if progress.seconds > 0 {
            line += " (\(NumberText.fixed(Double(progress.counts.requests) / progress.seconds, 0))/s)"
        }
        line += ", \(progress.counts.inFlight) in flight"
        if progress.counts.retries > 0 { line += ", \(progress.counts.retries) retries" }
        if progress.problems > 0 { line += ", \(progress.problems) problems" }
        if let rest = progress.remaining { line += ", \(NumberText.fixed(rest, 0)) s left" }
        if isTerminal {
            Terminal.tell("\r\u{1B}[2K" + TerminalFormat.visible(String(line.prefix(100))))
            isOpen = true
        } else {
            Terminal.say(line)
        }
    }

    /// Takes the line away again.
    func close() {
        if isOpen { Terminal.tell("\r\u{1B}[2K") }
        isOpen = false
    }
}

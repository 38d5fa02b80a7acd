import FlyteAdmin
import FlyteHarvest
import FlyteModel
import Glibc
import Locking
import Tables

/// Tells people how far a harvest is, on standard error: a line that changes on a terminal; elsewhere a line
/// every few seconds, with the time of day.
///
/// The harvest's tally shows it, and whoever began the harvest takes it away, be the tally done or not.
final class ProgressLine: Sendable {
    private struct State {
        var lastShown = 0.0
        var isOpen = false
    }

    private let width = Terminal.width(of: STDERR_FILENO)
    private let state = Guarded(State())

    func show(_ progress: HarvestProgress) {
        state.withLock { state in
            guard progress.seconds - state.lastShown >= (width == nil ? 5 : 0.1) else { return }
            state.lastShown = progress.seconds
            let text = Self.text(progress)
            guard let width else { return Self.say(text) }
            Terminal.tell("\r\u{1B}[2K" + String(text.prefix(width - 1)))
            state.isOpen = true
        }
    }

    /// Takes the line away again.
    func close() {
        state.withLock { state in
            if state.isOpen { Terminal.tell("\r\u{1B}[2K") }
            state.isOpen = false
        }
    }

    /// A line of talk: in a log it needs its time.
    static func say(_ text: String) {
        let isTerminal = Terminal.isTerminal(STDERR_FILENO)
        Terminal.say((isTerminal ? "" : "\(Timestamp.now.secondText) ") + text)
    }

    static func text(_ progress: HarvestProgress) -> String {
        let counts = progress.counts
        // While lists are being read, there may be more.
        var text = "\(progress.done) of \(progress.total)\(progress.isTotalFinal ? "" : "+") executions"
        // The first requests say nothing of the speed.
        let isSettled = progress.seconds >= 1
        if isSettled { text += " (\(speed(Double(progress.done) / progress.seconds)))" }
        text += ", \(counts.requests) requests"
        if isSettled { text += " (\(speed(Double(counts.requests) / progress.seconds)))" }
        text += ", \(counts.inFlight) in flight"
        if counts.retries > 0 { text += ", \(counts.retries) retries" }
        if progress.problems > 0 { text += ", \(progress.problems) problems" }
        if let rest = progress.remaining {
            text += ", \(progress.isTotalFinal ? "about" : "at least") \(duration(rest)) left"
        }
        return text
    }

    private static func speed(_ perSecond: Double) -> String {
        NumberText.fixed(perSecond, perSecond < 10 ? 1 : 0) + "/s"
    }

    /// `42 s`, `3 min 5 s`, `2 h 10 min`.
    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}

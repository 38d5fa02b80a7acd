import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteModel
import Locking
import Tables

/// Tells machines what happens in a harvest: one JSON object a line on standard output, each with `event` and
/// `at` first. Keys stay; new ones may come.
final class EventLines: Sendable {
    private struct State {
        var lastProgress = 0.0
        var isBroken = false
    }

    private let print: @Sendable (String) throws -> Void
    private let now: @Sendable () -> Timestamp
    private let state = Guarded(State())

    init(
        print: @escaping @Sendable (String) throws -> Void = { try Terminal.print($0) },
        now: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        self.print = print
        self.now = now
    }

    func started(archive: String, source: String, endpoint: String) {
        write(
            "started",
            [
                ("archive", .text(archive)), ("source", .text(source)), ("endpoint", .text(endpoint)),
                ("tool_version", .text(flightlogVersion)),
            ])
    }

    /// Rows were made again from their messages, as a newer version makes them.
    func remade(_ remaking: Archive.Remaking) {
        write(
            "remade",
            [
                ("rows", .count(remaking.made)), ("unreadable", .count(remaking.damaged.count)),
                ("remaining", .count(remaking.rest.reduce(0) { $0 + $1.remaining })),
            ])
    }

    func tell(_ event: HarvestEvent) {
        switch event {
        case .listed(let project, let domain, let executions, let toRead):
            write(
                "listed",
                [
                    ("project", .text(project)), ("domain", .text(domain)),
                    ("executions", .count(executions)),
                    ("to_read", .count(toRead)),
                ])
        case .execution(let id, let outcome):
            write(
                "execution",
                [
                    ("project", .text(id.project)), ("domain", .text(id.domain)),
                    ("execution", .text(id.name)),
                    ("result", .text(outcome.rawValue)),
                ])
        case .nameReused(let id, let earlier):
            write(
                "name_reused",
                [
                    ("project", .text(id.project)), ("domain", .text(id.domain)),
                    ("execution", .text(id.name)), ("earlier", .text(earlier.name)),
                ])
        case .problem(let project, let domain, let execution, let error):
            write(
                "problem",
                [
                    ("project", .text(project)), ("domain", .text(domain)),
                    ("execution", Cell(execution)), ("route", .text(error.route)),
                    ("status", error.status.map { .count($0) } ?? .null),
                    ("message", .text(error.description)),
                ])
        case .progress(let progress):
            let isDue = state.withLock { state in
                guard progress.seconds - state.lastProgress >= 1 else { return false }
                state.lastProgress = progress.seconds
                return true
            }
            guard isDue else { return }
            let remaining = progress.remaining.map { Cell.real($0) } ?? .null
            write(
                "progress",
                [
                    ("done", .count(progress.done)), ("total", .count(progress.total)),
                    ("lists_open", .count(progress.openLists)),
                    ("in_flight", .count(progress.counts.inFlight)),
                    ("problems", .count(progress.problems)), ("requests", .integer(progress.counts.requests)),
                    ("retries", .integer(progress.counts.retries)),
                    ("bytes_in", .integer(progress.counts.bytesIn)), ("seconds", .real(progress.seconds)),
                    ("remaining_s", progress.isTotalFinal ? remaining : .null),
                    ("remaining_at_least_s", progress.isTotalFinal ? .null : remaining),
                ])
        }
    }

    /// - Parameter failure: Why the harvest ended early; nil when it did not fail.
    func finished(_ summary: HarvestSummary, failure: String?) {
        write(
            "finished",
            [
                ("outcome", .text(failure == nil ? summary.outcome : "failed")), ("new", .count(summary.new)),
                ("updated", .count(summary.updated)), ("unchanged", .count(summary.unchanged)),
                ("skipped", .count(summary.skipped)), ("problems", .count(summary.problems)),
                ("requests", .integer(summary.requests)), ("retries", .integer(summary.retries)),
                ("bytes_in", .integer(summary.bytesIn)), ("rows", .integer(summary.rows)),
                ("seconds", .real(summary.seconds)), ("error", Cell(failure)),
            ])
    }

    private func write(_ event: String, _ values: [(String, Cell)]) {
        let all = [("event", Cell.text(event)), ("at", .text(now().microsecondText))] + values
        let table = Table(columns: all.map { Column($0.0) }, rows: [all.map(\.1)])
        // Under the lock, so that a line is never within another.
        state.withLock { state in
            // Whoever stops listening does not stop the harvest.
            guard !state.isBroken else { return }
            do {
                try print(JSONFormat.ndjson.text(of: table))
            } catch {
                state.isBroken = true
                if !(error is ClosedPipe) {
                    Terminal.say("flightlog: \(error) The harvest goes on.")
                }
            }
        }
    }
}

extension Cell {
    fileprivate static func count(_ value: Int) -> Cell { .integer(Int64(value)) }
}

import FlyteAdmin
import FlyteHarvest
import FlyteModel
import Tables

/// Tells machines what happens in a harvest: one JSON object a line on standard output, each with `event` and
/// `at` first. Keys stay; new ones may come.
// Unchecked: called before the harvest, by its tally, an actor, and after it.
final class EventLines: @unchecked Sendable {
    private let print: (String) throws -> Void
    private let now: () -> Timestamp
    private var lastProgress = 0.0
    private var isBroken = false

    init(
        print: @escaping (String) throws -> Void = { try Terminal.print($0) },
        now: @escaping () -> Timestamp = { .now }
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
        case .problem(let project, let domain, let execution, let error):
            write(
                "problem",
                [
                    ("project", .text(project)), ("domain", .text(domain)),
                    ("execution", execution.map { .text($0) } ?? .null), ("route", .text(error.route)),
                    ("status", error.status.map { .count($0) } ?? .null),
                    ("message", .text(error.description)),
                ])
        case .progress(let progress):
            guard progress.seconds - lastProgress >= 1 else { return }
            lastProgress = progress.seconds
            write(
                "progress",
                [
                    ("done", .count(progress.done)), ("total", .count(progress.total)),
                    ("lists_open", .count(progress.openLists)),
                    ("in_flight", .count(progress.counts.inFlight)),
                    ("problems", .count(progress.problems)), ("requests", .integer(progress.counts.requests)),
                    ("retries", .integer(progress.counts.retries)),
                    ("bytes_in", .integer(progress.counts.bytesIn)), ("seconds", .real(progress.seconds)),
                    ("remaining_s", progress.remaining.map { .real($0) } ?? .null),
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
                ("seconds", .real(summary.seconds)), ("error", failure.map { .text($0) } ?? .null),
            ])
    }

    private func write(_ event: String, _ values: [(String, Cell)]) {
        // Whoever stops listening does not stop the harvest.
        guard !isBroken else { return }
        let all = [("event", Cell.text(event)), ("at", .text(now().microsecondText))] + values
        let table = Table(columns: all.map { Column($0.0) }, rows: [all.map(\.1)])
        do {
            try print(JSONFormat.ndjson.text(of: table))
        } catch {
            isBroken = true
            if !(error is Terminal.ClosedPipe) { Terminal.say("flightlog: \(error) The harvest goes on.") }
        }
    }
}

extension Cell {
    fileprivate static func count(_ value: Int) -> Cell { .integer(Int64(value)) }
}

import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteModel
import Glibc
import Tables

/// A harvest from the command line: lock, progress, summary, metrics.
struct HarvestRun {
    var path: String
    /// What the archive calls the installation.
    var source: String
    var options: HarvestOptions
    /// Tells machines; nil for people.
    var events: EventLines?
    /// Where Prometheus' text goes.
    var metricsFile: String?
    /// Who may read the archive; nil leaves that as it is.
    var readers: ArchiveAccess?

    func run(_ client: AdminClient, stop: StopFlag) async throws -> HarvestSummary {
        try checkPlaces()
        events?.started(archive: path, source: source, endpoint: client.base)
        let start = ContinuousClock.now
        var harvester: Harvester?
        let summary: HarvestSummary
        do {
            let plan = try await HarvestPlan(options, client: client)
            let lock = try ArchiveLock.hold(path)
            defer { withExtendedLifetime(lock) {} }
            let archive = try Archive(path: path, mode: .readWrite)
            try readers?.apply(to: path)
            archive.tellMigration()
            try archive.makeSomeOverdue(isStopped: { stop.isSet }) { self.events?.remade($0) }
            let line = ProgressLine()
            defer { line.close() }
            let events = events
            let running = try Harvester(
                plan, client: client, archive: archive, source: source,
                toolVersion: flightlogVersion, options: options, stop: stop, now: { .now }
            ) { event in
                if let events {
                    events.tell(event)
                } else if case .progress(let progress) = event {
                    line.show(progress)
                }
            }
            harvester = running
            summary = try await running.run()
        } catch let error as ArchiveError where error.isHeld {
            // Whoever holds the archive tells how it goes, in the metrics as well.
            events?.finished(HarvestSummary(), failure: "\(error)")
            throw error
        } catch {
            var summary = await harvester?.summary() ?? HarvestSummary(client.counts)
            summary.seconds = (ContinuousClock.now - start) / .seconds(1)
            // The first failure is the one to be told.
            try? finish(summary, failure: error)
            throw error
        }
        if events == nil { ProgressLine.say(sentence(summary)) }
        try finish(summary, failure: nil)
        return summary
    }

    /// Whatever is wrong with the question is told before the server is asked and anything is written.
    private func checkPlaces() throws {
        if access(path, F_OK) == 0 {
            do {
                _ = try Archive(path: path, mode: .readOnly)
            } catch {
                // One that was begun and never made is made now. A `catch where` does not compile here with Swift 6.3.
                if error.kind != .missing { throw error }
            }
            guard access(path, W_OK) == 0 else {
                throw ArchiveError(.unwritable, path: path, detail: String(cString: strerror(errno)))
            }
        } else if !AtomicFile.isFolderWritable(of: path) {
            throw ArchiveError(.unwritable, path: path, detail: String(cString: strerror(errno)))
        }
        if let metricsFile, !AtomicFile.isFolderWritable(of: metricsFile) {
            throw Failure("'\(metricsFile)' cannot be written: \(String(cString: strerror(errno))).")
        }
    }

    private func finish(_ summary: HarvestSummary, failure: (any Error)?) throws {
        events?.finished(summary, failure: failure.map { "\($0)" })
        guard let metricsFile else { return }
        let metrics = HarvestMetrics(
            source: source, summary: summary, hasFailed: failure != nil, endedAt: .now)
        try AtomicFile.write(
            try metrics.text(try? Archive(path: path, mode: .readOnly)), to: metricsFile)
    }

    /// What a harvest did, in a few short sentences.
    func sentence(_ summary: HarvestSummary) -> String {
        let retries = summary.retries > 0 ? " (\(summary.retries) of them retries)" : ""
        let seconds = "\(NumberText.fixed(summary.seconds, 1)) s"
        let asked = "\(summary.requests) requests\(retries), \(Self.bytes(summary.bytesIn))"
        var text =
            summary.wroteNothing
            ? "Nothing new for '\(path)': \(summary.skipped + summary.unchanged) executions looked at, nothing written but the journal; \(asked), \(seconds)."
            : "\(summary.new) new and \(summary.updated) changed executions in '\(path)'; \(asked), \(summary.rows) rows, \(seconds)."
        if summary.vanished > 0 {
            text +=
                " \(summary.vanished) are no longer on the server; they are kept, and listed in the view v_vanished."
        }
        if summary.nameReused > 0 {
            text +=
                " \(summary.nameReused == 1 ? "1 has a name" : "\(summary.nameReused) have names") that the server had given out before; the earlier executions are kept as NAME~1, NAME~2, …, and listed in the view v_vanished."
        }
        if summary.returned > 0 { text += " \(summary.returned) are there again." }
        if summary.wasStopped { text += " Stopped before the end; the next harvest goes on." }
        if summary.problems > 0 {
            text +=
                " \(summary.problems == 1 ? "1 problem is" : "\(summary.problems) problems are") recorded; 'flightlog query \(path) problems' lists them, and the next harvest tries again."
        }
        return text
    }

    static func bytes(_ count: Int64) -> String {
        count < 1 << 20
            ? "\(NumberText.fixed(Double(count) / 1024, 0)) KiB"
            : "\(NumberText.fixed(Double(count) / 1_048_576, 1)) MiB"
    }
}

extension HarvestSummary {
    /// Of a harvest that got no further than its first questions.
    fileprivate init(_ counts: RequestCounts) {
        self.init()
        requests = counts.requests
        retries = counts.retries
        bytesIn = counts.bytesIn
    }
}

extension ArchiveError {
    /// Another harvest has the archive.
    var isHeld: Bool { if case .held = kind { true } else { false } }
}

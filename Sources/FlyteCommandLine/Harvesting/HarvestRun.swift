import FlyteAdmin
import FlyteAnalysis
import FlyteArchive
import FlyteHarvest
import FlyteModel
import Glibc
import Locking
import Tables

/// A harvest from the command line: lock, journal, progress, summary, metrics.
struct HarvestRun {
    var path: String
    /// What the archive calls the installation.
    var source: String
    /// Where its API is.
    var endpoint: String
    var options: HarvestOptions
    /// Tells machines; nil for people.
    var events: EventLines?
    /// Where Prometheus' text goes.
    var metricsFile: String?
    /// nil: as the file that is there, or as the archive.
    var metricsMode: FileMode?
    /// Who may read the archive; nil leaves that as it is.
    var readers: ArchiveAccess?

    /// - Parameter connect: Makes the client; may ask the server how it is logged in to.
    func run(
        stop: StopFlag, _ connect: @escaping @Sendable () async throws -> AdminClient
    ) async throws -> HarvestSummary {
        events?.started(archive: path, source: source, endpoint: endpoint)
        let start = ContinuousClock.now
        // How far it came, should an error end it.
        var reached = HarvestSummary()
        let summary: HarvestSummary
        do {
            try checkPlaces()
            let lock = try ArchiveLock.hold(path)
            defer { withExtendedLifetime(lock) {} }
            summary = try await harvest(stop: stop, connect, reached: &reached)
        } catch let error as ArchiveError where error.isHeld {
            // Whoever holds the archive tells how it goes, in the metrics as well.
            events?.finished(HarvestSummary(), failure: "\(error)")
            throw error
        } catch {
            reached.seconds = (ContinuousClock.now - start) / .seconds(1)
            // The first failure is the one to be told.
            try? finish(reached, failure: error)
            throw error
        }
        if events == nil { ProgressLine.say(sentence(summary)) }
        try finish(summary, failure: nil)
        return summary
    }

    /// Its row of the journal is there before the server is asked anything: a night in which nobody answered leaves one,
    /// and so does a harvest that was killed while it waited.
    private func harvest(
        stop: StopFlag, _ connect: @escaping @Sendable () async throws -> AdminClient,
        reached: inout HarvestSummary
    ) async throws -> HarvestSummary {
        let archive = try Archive(path: path, mode: .readWrite)
        try readers?.apply(to: path)
        archive.tellMigration()
        let row = try archive.beginHarvest(
            ofSourceNamed: source, endpoint: endpoint, toolVersion: flightlogVersion, at: .now)
        let asked: (client: AdminClient, plan: HarvestPlan)?
        let counts = LastCounts()
        do {
            asked = try await stop.unlessSet { [options] in
                let client = try await connect()
                counts.client = client
                return (client, try await HarvestPlan(options, client: client))
            }
            if asked != nil {
                try archive.makeSomeOverdue(isStopped: { stop.isSet }) { self.events?.remade($0) }
            }
        } catch {
            reached = counts.summary
            // On a full disk, say, it stays without an end.
            try? archive.endHarvest(row, reached, failure: error, options, at: .now)
            throw error
        }
        guard let asked else {
            reached = counts.summary
            reached.wasStopped = true
            try archive.endHarvest(row, reached, failure: nil, options, at: .now)
            return reached
        }
        let line = ProgressLine()
        defer { line.close() }
        let events = events
        let harvester = try Harvester(
            asked.plan, client: asked.client, archive: archive, harvest: row, options: options, stop: stop,
            now: { .now }
        ) { event in
            if let events {
                events.tell(event)
            } else if case .progress(let progress) = event {
                line.show(progress)
            }
        }
        do {
            let summary = try await harvester.run()
            try keepAnswers()
            return summary
        } catch {
            reached = await harvester.summary()
            throw error
        }
    }

    /// What a client was asked so far that may not have answered yet.
    private final class LastCounts: Sendable {
        private let kept = Guarded<AdminClient?>(nil)

        var client: AdminClient? {
            get { kept.withLock { $0 } }
            set { kept.withLock { $0 = newValue } }
        }

        var summary: HarvestSummary {
            var summary = HarvestSummary()
            guard let counts = client?.counts else { return summary }
            summary.requests = counts.requests
            summary.retries = counts.retries
            summary.bytesIn = counts.bytesIn
            return summary
        }
    }

    /// Looks through the histories and schedules of what was harvested, as long as the archive is held.
    ///
    /// The harvester was given its archive for good, and a night that brought nothing writes nothing here.
    private func keepAnswers() throws {
        let known = try Archive(path: path, mode: .readOnly)
        guard try !known.changesDue().isEmpty || !known.schedulesDue().isEmpty else { return }
        let archive = try Archive(path: path, mode: .readWrite)
        try ChangeKeeper(archive).update()
        try ScheduleKeeper(archive).update()
        try archive.settle()
    }

    /// Whatever is wrong with the places is told before the server is asked and anything is written.
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
            source: source, summary: summary,
            outcome: failure == nil ? summary.outcome : HarvestSummary.failed, endedAt: .now)
        try AtomicFile.beside(path, metricsFile, metricsMode)
            .finish(try metrics.text(try? Archive(path: path, mode: .readOnly)))
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

extension ArchiveError {
    /// Somebody else is changing the archive.
    var isHeld: Bool { if case .held = kind { true } else { false } }
}

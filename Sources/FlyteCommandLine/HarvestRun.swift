import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteModel
import Glibc
import Tables

/// A harvest from the command line: lock, progress, summary.
enum HarvestRun {
    static func run(
        _ client: AdminClient, into path: String, source: String, options: HarvestOptions, stop: StopFlag
    ) async throws -> HarvestSummary {
        // Whatever is wrong with the server or the question is told before anything is written.
        if access(path, F_OK) == 0 {
            _ = try Archive(path: path, mode: .readOnly)
        } else {
            let slash = path.lastIndex(of: "/")
            let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
            guard access(folder, W_OK) == 0 else {
                throw ArchiveError(.unwritable, path: path, detail: String(cString: strerror(errno)))
            }
        }
        let plan = try await HarvestPlan(options, client: client)
        let lock = try ArchiveLock(
            archive: path, who: "process \(getpid()), since \(Timestamp.now.microsecondText.prefix(19))Z")
        defer { withExtendedLifetime(lock) {} }
        let line = ProgressLine()
        defer { line.close() }
        let harvester = try Harvester(
            plan, client: client, archive: try Archive(path: path, mode: .readWrite), source: source,
            toolVersion: flightlogVersion, options: options, stop: stop, now: { .now }, progress: line.show)
        return try await harvester.run()
    }

    /// What a harvest did, in one sentence.
    static func sentence(_ summary: HarvestSummary, _ path: String) -> String {
        let cost =
            "\(summary.requests) requests, \(bytes(summary.bytesIn)), \(NumberText.fixed(summary.seconds, 1)) s"
        var text: String
        if summary.wroteNothing {
            text =
                "Nothing new for '\(path)': \(summary.skipped + summary.unchanged) executions looked at; \(cost)."
        } else {
            text = "\(summary.new) new and \(summary.updated) changed executions in '\(path)'; \(cost)."
        }
        if summary.wasStopped { text += " Stopped before the end; the next harvest goes on." }
        if summary.problems > 0 {
            text +=
                " \(summary.problems) problems are recorded; 'flightlog query \(path) problems' lists them, and the next harvest tries again."
        }
        return text
    }

    static func bytes(_ count: Int64) -> String {
        count < 1 << 20
            ? "\(NumberText.fixed(Double(count) / 1024, 0)) KiB"
            : "\(NumberText.fixed(Double(count) / 1_048_576, 1)) MiB"
    }
}

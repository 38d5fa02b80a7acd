import FlyteArchive
import FlyteModel
import Tables

/// How fresh an archive is of one source, and what keeps it from being fresher.
struct SourceVerdict {
    enum Kind: String {
        /// A harvest came to its end not long ago, and all is there up to not long ago.
        case fresh
        case stale
        /// None ever came to its end.
        case never
    }

    var source: String
    var kind: Kind
    /// The last harvest that does not run any more; nil when there was none.
    var last: HarvestRecord?
    /// The one that runs now.
    var running: HarvestRecord?
    var lastSuccessAt: Timestamp?
    /// Harvests since then that did not come to their end, and when the first of them began.
    var unsuccessful: Int
    var unsuccessfulSince: Timestamp?
    /// The project and domain that are complete up to the earliest time; nil when none is.
    var earliest: Archive.Watermark?
    /// Projects and domains, and those of them whose first harvest has not come to its end.
    var places: Int
    var placesUnfinished: Int
    var placesStale: Int
    var open: Int
    var zombies: Int
    var problems: Int

    /// - Parameters:
    ///   - lock: Whether somebody writes the archive now.
    ///   - maxAge: Nanoseconds.
    init(
        of source: String, in archive: Archive, lock: ArchiveLock.State, open: Int, zombies: Int,
        at now: Timestamp, maxAge: Int64
    ) throws {
        self.source = source
        (self.open, self.zombies) = (open, zombies)
        problems = try archive.openProblems(of: source)
        var harvests = try archive.harvestsSinceSuccess(of: source)[...]
        // One without an end runs as long as somebody holds the archive. Where nobody may look, nobody knows.
        if let newest = harvests.first, newest.outcome == nil, lock != .free {
            running = newest
            harvests = harvests.dropFirst()
        }
        last = harvests.first
        lastSuccessAt = harvests.last.flatMap { $0.isSuccess ? $0.endedAt : nil }
        let unsuccessful = harvests.filter { !$0.isSuccess }
        self.unsuccessful = unsuccessful.count
        unsuccessfulSince = unsuccessful.last?.startedAt
        let marks = try archive.watermarks(of: source)
        places = marks.count
        placesUnfinished = marks.count { $0.time == nil }
        let known = marks.filter { $0.time != nil }
        earliest = known.min { ($0.time?.nanoseconds ?? .max) < ($1.time?.nanoseconds ?? .max) }
        placesStale = known.count { mark in mark.time.map { now - $0 > maxAge } ?? false }
        if let lastSuccessAt {
            kind = now - lastSuccessAt > maxAge || placesStale > 0 ? .stale : .fresh
        } else {
            kind = .never
        }
    }

    /// One that never gave anything, and that nobody has tried for a week, is not waited for: a mistyped address, say.
    func isGivenUp(at now: Timestamp) -> Bool {
        guard kind == .never, running == nil, places == 0 else { return false }
        return last.map { now - $0.startedAt > 7 * 86_400_000_000_000 } ?? true
    }

    /// How the last harvest ended: the journal's word, or that it was cut off.
    var lastOutcome: String? { last.map { $0.outcome ?? "cut off" } }
}

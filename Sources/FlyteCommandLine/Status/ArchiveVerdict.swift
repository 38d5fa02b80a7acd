import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

/// How an archive stands, in few words: fresh or stale, how the last harvests ended, what is open, who writes it now, and
/// how much room there is.
struct ArchiveVerdict {
    /// Nanoseconds after which an archive is stale: a night and what may delay the next.
    static let usualAge: Int64 = 36 * 3_600_000_000_000

    var path: String
    var sources: [SourceVerdict]
    var lock: ArchiveLock.State
    var bytes: Int64
    /// nil where the system does not say.
    var freeBytes: Int64?
    var now: Timestamp

    /// - Parameter maxAge: Nanoseconds.
    init(of archive: Archive, at now: Timestamp, maxAge: Int64) throws {
        (path, self.now) = (archive.path, now)
        (bytes, freeBytes) = (archive.fileSize, archive.freeBytes)
        let lock = ArchiveLock.state(ofArchive: archive.path)
        self.lock = lock
        sources = try archive.reading {
            let open = try archive.query(
                """
                SELECT source, count(*) FROM v_execution
                WHERE phase NOT IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED') GROUP BY source
                """
            ).rows
            guard let zombies = NamedQuery.named("zombies") else { preconditionFailure("there is one") }
            let still = try zombies.run(on: archive, ["limit": .integer(.max)]).rows
            return try archive.sources().map(\.name).map { source in
                try SourceVerdict(
                    of: source, in: archive, lock: lock,
                    open: open.first { $0[0] == .text(source) }.flatMap { $0[1].integer.map { Int($0) } }
                        ?? 0,
                    zombies: still.count { $0[0] == .text(source) }, at: now, maxAge: maxAge)
            }
        }
    }

    /// The sources that count: what was never there and is no longer tried does not.
    var counted: [SourceVerdict] { sources.filter { !$0.isGivenUp(at: now) } }

    /// That of the source that stands worst; nil for an archive without any.
    var kind: SourceVerdict.Kind? {
        let kinds = counted.map(\.kind)
        return kinds.contains(.stale) ? .stale : kinds.contains(.never) ? .never : kinds.first
    }

    /// For machines: a row a source.
    var table: Table {
        let running: Cell =
            switch lock {
            case .free: .null
            case .held(let who): .text(who)
            case .unknown: .text("unknown")
            }
        return Table(
            columns: [
                Column("source"), Column("verdict"), Column("last_outcome"), Column("last_reason"),
                Column("last_started_at"), Column("last_ended_at"), Column("last_success_at"),
                Column("unsuccessful_since_success", .integer), Column("complete_up_to"),
                Column("age_s", .integer),
                Column("open", .integer), Column("zombies", .integer), Column("problems", .integer),
                Column("running_since"), Column("held_by"), Column("archive_bytes", .integer),
                Column("free_bytes", .integer),
            ],
            rows: sources.map { one -> [Cell] in
                func time(_ time: Timestamp?) -> Cell { time.map { .text($0.microsecondText) } ?? .null }
                let reach = one.placesUnfinished > 0 ? nil : one.earliest?.time
                return [
                    .text(one.source), .text(one.kind.rawValue), Cell(one.lastOutcome),
                    Cell(one.last?.reason),
                    time(one.last?.startedAt), time(one.last?.endedAt), time(one.lastSuccessAt),
                    .integer(Int64(one.unsuccessful)), time(reach),
                    reach.map { .integer((now - $0) / 1_000_000_000) } ?? .null, .integer(Int64(one.open)),
                    .integer(Int64(one.zombies)), .integer(Int64(one.problems)), time(one.running?.startedAt),
                    running, .integer(bytes), freeBytes.map { .integer($0) } ?? .null,
                ]
            })
    }
}

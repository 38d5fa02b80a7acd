public import FlyteModel
import Glibc
import Tables

// How fresh an archive is.
extension Archive {
    /// All that changed in a project and domain before a time is in the archive.
    public struct Watermark: Hashable, Sendable {
        public var source: String
        public var project: String
        public var domain: String
        /// nil as long as the first harvest there has not come to its end.
        public var time: Timestamp?
    }

    /// By source, project and domain.
    ///
    /// - Parameter source: Its name; nil for all.
    public func watermarks(of source: String? = nil) throws(ArchiveError) -> [Watermark] {
        try database.rows(
            """
            SELECT s.name, c.project, c.domain, w.updated_at
            FROM watermark w JOIN scope c ON c.id = w.scope_id JOIN source s ON s.id = c.source_id
            WHERE ?1 IS NULL OR s.name = ?1 ORDER BY s.name, c.project, c.domain
            """, [Cell(source)]
        ).map {
            Watermark(
                source: $0[0].text ?? "", project: $0[1].text ?? "", domain: $0[2].text ?? "",
                time: $0[3].integer.map(Timestamp.init(nanoseconds:)))
        }
    }

    /// When a harvest of a source last came to its end, be it with problems; nil when none did.
    public func lastSuccess(of source: String) throws(ArchiveError) -> Timestamp? {
        try database.integer(
            """
            SELECT max(h.ended_at) FROM harvest h JOIN source s ON s.id = h.source_id
            WHERE s.name = ? AND h.outcome IN ('done', 'problems')
            """, [.text(source)]
        ).map(Timestamp.init(nanoseconds:))
    }

    /// The runs of the harvester since the last one of a source that came to its end, and that one; the latest first.
    public func harvestsSinceSuccess(of source: String) throws(ArchiveError) -> [HarvestRecord] {
        let success = """
            (SELECT max(g.id) FROM harvest g WHERE g.source_id = s.id AND g.outcome IN ('done', 'problems'))
            """
        return try database.rows(
            """
            SELECT
                h.started_at, h.ended_at, h.outcome, \(version < 6 ? "NULL" : "h.reason"), h.executions_new,
                h.executions_updated, h.problems
            FROM harvest h JOIN source s ON s.id = h.source_id
            WHERE s.name = ? AND h.id >= coalesce(\(success), 0) ORDER BY h.id DESC
            """, [.text(source)]
        ).map { row in
            HarvestRecord(
                startedAt: Timestamp(nanoseconds: row[0].integer ?? 0),
                endedAt: row[1].integer.map(Timestamp.init(nanoseconds:)), outcome: row[2].text,
                reason: row[3].text, executionsNew: Int(row[4].integer ?? 0),
                executionsUpdated: Int(row[5].integer ?? 0), problems: Int(row[6].integer ?? 0))
        }
    }

    /// Bytes that whoever runs this may still write beside the archive; nil where the system does not say.
    public var freeBytes: Int64? { FileSpace.free(beside: path) }

    /// Problems of a source that no harvest has made good yet.
    public func openProblems(of source: String) throws(ArchiveError) -> Int {
        Int(
            try database.integer(
                """
                SELECT count(*) FROM problem p JOIN source s ON s.id = p.source_id
                WHERE s.name = ? AND p.resolved_at IS NULL
                """, [.text(source)]) ?? 0)
    }

    /// Bytes of the file and of what is written beside it.
    public var fileSize: Int64 {
        ["", "-wal"].reduce(0) { sum, ending in
            var status = stat()
            return sum + (stat(path + ending, &status) == 0 ? Int64(status.st_size) : 0)
        }
    }
}

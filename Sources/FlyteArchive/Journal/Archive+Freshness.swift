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
        public var time: Timestamp
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
            """, [source.map { .text($0) } ?? .null]
        ).map {
            Watermark(
                source: $0[0].text ?? "", project: $0[1].text ?? "", domain: $0[2].text ?? "",
                time: Timestamp(nanoseconds: $0[3].integer ?? 0))
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

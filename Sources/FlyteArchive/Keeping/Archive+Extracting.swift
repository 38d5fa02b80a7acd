import Glibc
public import FlyteModel
import Tables

extension Archive {
    /// Makes a new archive of some executions, with the definitions they need and what the journal says of them.
    /// It has no watermark: a harvest into it reads everything.
    ///
    /// - Parameters:
    ///   - withChildren: Whether the executions that they launched come along.
    ///   - path: Where nothing is yet. The file appears when it is whole.
    /// - Returns: What came along; when that is no execution, there is no file.
    public func extract(
        _ choice: ExtractChoice, withChildren: Bool, to path: String, at now: Timestamp
    ) throws -> MergeSummary {
        guard access(path, F_OK) != 0 else {
            throw ArchiveError(.exists, path: path)
        }
        try choose(choice, withChildren: withChildren)
        defer { try? database.execute("DROP TABLE temp.chosen") }
        guard try database.integer("SELECT count(*) FROM chosen") ?? 0 > 0 else { return MergeSummary() }
        let partial = path + ".partial"
        try Self.remove(partial)
        do {
            let new = try Archive(path: partial, mode: .readWrite)
            let copier = ArchiveCopier(from: self, to: new, at: now)
            try database.snapshot { try copier.copyChosen("chosen") }
            try new.settle()
            guard rename(partial, path) == 0 else {
                throw ArchiveError(.unwritable, path: path, detail: String(cString: strerror(errno)))
            }
            return copier.summary
        } catch {
            try? Self.remove(partial)
            throw error
        }
    }

    /// A file of ours with what SQLite keeps beside it.
    static func remove(_ path: String) throws(ArchiveError) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            guard unlink(path + ending) == 0 || errno == ENOENT else {
                throw ArchiveError(.unwritable, path: path + ending, detail: String(cString: strerror(errno)))
            }
        }
    }

    /// Fills a temporary table with the rows' ids.
    private func choose(_ choice: ExtractChoice, withChildren: Bool) throws(ArchiveError) {
        try database.execute("CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY)")
        switch choice {
        case .named(let executions):
            for execution in executions {
                try database.run(
                    """
                    INSERT OR IGNORE INTO chosen SELECT e.id FROM execution e JOIN scope c ON c.id = e.scope_id
                    JOIN source s ON s.id = c.source_id
                    WHERE e.name = ? AND s.name = ? AND c.project = ? AND c.domain = ?
                    """,
                    [
                        .text(execution.id.name), .text(execution.source), .text(execution.id.project),
                        .text(execution.id.domain),
                    ])
            }
        case .fitting(let window):
            try database.run(
                """
                INSERT INTO chosen SELECT e.id FROM execution e JOIN scope c ON c.id = e.scope_id
                WHERE (?1 IS NULL OR e.created_at >= ?1) AND (?2 IS NULL OR e.created_at < ?2)
                    AND (?3 IS NULL OR c.project = ?3) AND (?4 IS NULL OR c.domain = ?4)
                    AND (NOT ?5 OR e.phase IN ('FAILED', 'TIMED_OUT'))
                """,
                [
                    Cell(window.from), Cell(window.to), Cell(window.project),
                    Cell(window.domain), .integer(window.isFailed ? 1 : 0),
                ])
        }
        guard withChildren else { return }
        // What follows the last slash of a reference is the name.
        try database.run(
            """
            WITH RECURSIVE tree (id) AS (
                SELECT id FROM chosen
                UNION
                SELECT k.id FROM tree x
                JOIN execution e ON e.id = x.id JOIN scope c ON c.id = e.scope_id
                JOIN node n ON n.execution_id = x.id AND n.child IS NOT NULL
                JOIN execution k ON k.name = replace(n.child, rtrim(n.child, replace(n.child, '/', '')), '')
                JOIN scope d ON d.id = k.scope_id AND d.source_id = c.source_id
                WHERE n.child = iif(d.id = c.id, k.name, d.project || '/' || d.domain || '/' || k.name)
            )
            INSERT OR IGNORE INTO chosen SELECT id FROM tree
            """)
    }
}

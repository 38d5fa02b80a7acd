import FlyteModel
import FlyteTrace
import Tables

/// What an archive knows of the executions that another one launched.
struct ArchivedChildren {
    private let archive: Archive
    private let parent: Archive.Namer

    /// - Parameter tree: Of the execution that launched them.
    init(of tree: ExecutionTree, _ archive: Archive, _ source: SourceID) {
        self.archive = archive
        parent = Archive.Namer(tree, source)
    }

    /// nil for one that cannot be its child: a child is made after its parent, so that nobody is above itself, whatever
    /// messages say, and what follows from children comes to an end.
    private func row(of child: ExecutionID) -> Int64? {
        guard let meant = try? archive.execution(meantBy: child, as: .launched, of: parent),
            let id = try? archive.executionRow(meant, parent.source),
            let row = try? archive.database.row(
                "SELECT created_at, nesting FROM execution WHERE id = ?", [.integer(id)])
        else { return nil }
        let its = (row[0].integer ?? .min, row[1].integer ?? 0, KeyBytes(meant.description))
        let own = (
            parent.createdAt?.nanoseconds ?? .min, Int64(parent.nesting), KeyBytes(parent.id.description)
        )
        return its > own ? id : nil
    }

    /// Its times; nil when the archive does not have it, as with the others.
    func lifetime(of child: ExecutionID) -> Lifetime? {
        guard let id = row(of: child),
            let row =
                (try? archive.database.row(
                    "SELECT created_at, started_at, duration_ns, updated_at FROM execution WHERE id = ?",
                    [.integer(id)]
                )).flatMap({ $0 })
        else { return nil }
        var times = Lifetime()
        times.createdAt = row[0].integer.map(Timestamp.init(nanoseconds:))
        times.startedAt = row[1].integer.map(Timestamp.init(nanoseconds:))
        times.duration = row[2].integer
        times.updatedAt = row[3].integer.map(Timestamp.init(nanoseconds:))
        return times
    }

    /// Why it failed.
    func cause(of child: ExecutionID) -> FailureCause? {
        guard let id = row(of: child),
            let row =
                (try? archive.database.row(
                    """
                    SELECT
                        x.kind, x.code, x.message, coalesce(e.cause_execution, e.name), n.value, e.cause_attempt,
                        e.cause_class
                    FROM execution e JOIN error x ON x.id = e.cause_id LEFT JOIN name n ON n.id = e.cause_node_id
                    WHERE e.id = ?
                    """, [.integer(id)])).flatMap({ $0 })
        else { return nil }
        let execution = Archive.execution(written: row[3].text ?? child.name, in: child)
        return FailureCause(
            execution: execution, nodeID: row[4].text,
            attempt: row[5].integer.map { UInt32(truncatingIfNeeded: $0) },
            error: ExecutionError(
                code: row[1].text ?? "", message: row[2].text ?? "",
                kind: ErrorKind(rawValue: row[0].text ?? "")),
            causeClass: row[6].text.flatMap(CauseClass.init))
    }

    /// What it would have taken less; nil when it has not ended.
    func saving(of child: ExecutionID, _ scenario: WhatIf.Scenario) -> WhatIf.Saving? {
        guard let id = row(of: child),
            let row =
                (try? archive.database.row(
                    """
                    SELECT
                        (SELECT sum(duration_ns) FROM path_step WHERE execution_id = e.id),
                        w.low_ns, w.high_ns
                    FROM execution e
                    LEFT JOIN what_if w ON w.execution_id = e.id
                        AND w.scenario_id = (SELECT id FROM name WHERE value = ?2)
                    WHERE e.id = ?1
                    """, [.integer(id), .text(scenario.rawValue)])).flatMap({ $0 }),
            let wall = row[0].integer
        else { return nil }
        return WhatIf.Saving(
            low: row[2].integer.map { max(0, wall - $0) } ?? 0,
            high: row[1].integer.map { max(0, wall - $0) } ?? 0)
    }

    /// Its critical path, without the nodes.
    func path(of child: ExecutionID) -> [PathStep]? {
        guard let id = row(of: child),
            let rows = try? archive.database.rows(
                """
                SELECT c.value, p.start_at, p.duration_ns FROM path_step p JOIN name c ON c.id = p.class_id
                WHERE p.execution_id = ? ORDER BY p.step
                """, [.integer(id)]), !rows.isEmpty
        else { return nil }
        return rows.compactMap { row in
            guard let kind = row[0].text.flatMap(PathClass.init), let start = row[1].integer,
                let length = row[2].integer
            else { return nil }
            let begin = Timestamp(nanoseconds: start)
            return PathStep(nodeID: nil, attempt: nil, kind: kind, start: begin, end: begin + length)
        }
    }
}

import FlyteModel
import Tables

// What is found by looking at many runs is kept here, and found elsewhere.
extension Archive {
    /// The workflows of which executions were written since their histories were last looked through.
    public func changesDue() throws(ArchiveError) -> [ChangeSubject] {
        guard version >= 6 else { return [] }
        return try database.rows("SELECT scope_id, workflow FROM change_due ORDER BY 1, 2").compactMap(
            Self.subject)
    }

    /// All workflows of which executions have ended.
    public func changeSubjects() throws(ArchiveError) -> [ChangeSubject] {
        try database.rows(
            """
            SELECT DISTINCT e.scope_id, d.name FROM execution e JOIN definition d ON d.id = e.workflow_id
            WHERE e.ended_at IS NOT NULL ORDER BY 1, 2
            """
        ).compactMap(Self.subject)
    }

    private static func subject(_ row: [Cell]) -> ChangeSubject? {
        row[0].integer.flatMap { scope in row[1].text.map { ChangeSubject(scope: scope, workflow: $0) } }
    }

    /// What is kept of a workflow: the series that were looked through, by their number of runs, and the changes in them.
    public func keptChanges(
        of subject: ChangeSubject
    ) throws(ArchiveError) -> (series: [ChangeSeriesName: Int64], changes: [KeptChange]) {
        let cells: [Cell] = [.integer(subject.scope), .text(subject.workflow)]
        var series: [ChangeSeriesName: Int64] = [:]
        for row in try database.rows(
            """
            SELECT p.value, h.measure, h.runs FROM change_series h JOIN name w ON w.id = h.workflow_id
            JOIN name p ON p.id = h.path_id WHERE h.scope_id = ? AND w.value = ?
            """, cells)
        {
            guard let measure = row[1].text.flatMap(ChangeSeriesName.Measure.init) else { continue }
            series[ChangeSeriesName(path: row[0].text ?? "", measure: measure)] = row[2].integer ?? 0
        }
        let changes = try database.rows(
            """
            SELECT coalesce(p.value, ''), h.measure, h.at, h.before, h.after, h.low, h.high, h.p, h.with_what FROM change h
            JOIN name w ON w.id = h.workflow_id LEFT JOIN name p ON p.id = h.path_id
            WHERE h.scope_id = ? AND w.value = ? ORDER BY 1, 2, 3
            """, cells
        ).compactMap { row -> KeptChange? in
            guard let measure = row[1].text.flatMap(ChangeSeriesName.Measure.init) else { return nil }
            return KeptChange(
                series: ChangeSeriesName(path: row[0].text ?? "", measure: measure),
                at: Timestamp(nanoseconds: row[2].integer ?? 0), before: row[3].real ?? 0,
                after: row[4].real ?? 0,
                low: row[5].real ?? 0, high: row[6].real ?? 0, p: row[7].real ?? 0,
                withWhat: row[8].text ?? "")
        }
        return (series, changes)
    }

    /// Puts what was found in a workflow's histories in the place of what was kept of them, in one transaction.
    public func keep(
        _ changes: [KeptChange], series: [ChangeSeriesName: Int64], of subject: ChangeSubject
    ) throws {
        try writing {
            let place: [Cell] = [.integer(subject.scope), .integer(try nameID(subject.workflow))]
            try database.run("DELETE FROM change WHERE scope_id = ? AND workflow_id = ?", place)
            try database.run("DELETE FROM change_series WHERE scope_id = ? AND workflow_id = ?", place)
            for (name, runs) in series {
                try database.run(
                    "INSERT INTO change_series (scope_id, workflow_id, path_id, measure, runs) VALUES (?, ?, ?, ?, ?)",
                    place + [.integer(try nameID(name.path)), .text(name.measure.rawValue), .integer(runs)])
            }
            for change in changes {
                try database.run(
                    """
                    INSERT OR REPLACE INTO change
                        (scope_id, workflow_id, path_id, measure, at, before, after, low, high, p, with_what)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    place + [
                        change.series.path.isEmpty ? .null : .integer(try nameID(change.series.path)),
                        .text(change.series.measure.rawValue), .integer(change.at.nanoseconds),
                        .real(change.before),
                        .real(change.after), .real(change.low), .real(change.high), .real(change.p),
                        .text(change.withWhat),
                    ])
            }
            try database.run(
                "DELETE FROM change_due WHERE scope_id = ? AND workflow = ?",
                [.integer(subject.scope), .text(subject.workflow)])
        }
    }

    /// Forgets all that was found: it may quote what is forgotten. It is found again before long.
    func forgetChanges() throws(ArchiveError) {
        try database.execute(
            """
            DELETE FROM change; DELETE FROM change_series; DELETE FROM change_due;
            INSERT INTO change_due (scope_id, workflow)
            SELECT DISTINCT e.scope_id, d.name FROM execution e JOIN definition d ON d.id = e.workflow_id
            WHERE e.ended_at IS NOT NULL
            """)
    }
}

/// How a node that worked by itself ended in an execution.
public struct NodeOutcome: Hashable, Sendable {
    /// The execution's row.
    public var execution: Int64
    public var path: String
    public var hasFailed: Bool
    /// From its creation to its end.
    public var seconds: Double?
}

extension Archive {
    /// The nodes of executions that ran and ended by themselves: a place of the workflow each, those of a map or of several
    /// tries together. What was found in a cache, taken over, or ended by others is not among them.
    ///
    /// - Parameter executions: Their rows.
    public func nodeOutcomes(of executions: [Int64]) throws(ArchiveError) -> [NodeOutcome] {
        var paths: [Int64: String] = [:]
        var outcomes: [NodeOutcome] = []
        for row in try database.rows(
            """
            SELECT n.execution_id, n.path_id, max(n.phase <> 'SUCCEEDED'), sum(n.ended_at - n.created_at) / 1e9 FROM node n
            WHERE n.execution_id IN (SELECT value FROM json_each(?))
                AND n.phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT') AND n.path_id IS NOT NULL
                AND (n.attempt_count > 0 OR n.child IS NOT NULL)
            GROUP BY n.execution_id, n.path_id
            """, [.text("[\(executions.map(String.init).joined(separator: ","))]")])
        {
            guard let execution = row[0].integer, let path = row[1].integer else { continue }
            if paths[path] == nil {
                paths[path] = try database.row("SELECT value FROM name WHERE id = ?", [row[1]])?[0].text
            }
            guard let name = paths[path] else { continue }
            outcomes.append(
                NodeOutcome(
                    execution: execution, path: name, hasFailed: row[2] == .integer(1), seconds: row[3].real))
        }
        return outcomes
    }
}

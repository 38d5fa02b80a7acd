public import FlyteModel
import Tables

// Where a harvest goes on, and what the server no longer has.
extension Archive {
    /// The first harvest that is under way; nil when there is none.
    public func firstHarvest(
        source: SourceID, project: String, domain: String
    ) throws(ArchiveError) -> FirstHarvest? {
        try database.row(
            """
            SELECT w.resume FROM watermark w JOIN scope c ON c.id = w.scope_id
            WHERE c.source_id = ? AND c.project = ? AND c.domain = ?
            """, [.integer(source.id), .text(project), .text(domain)]
        ).flatMap { $0[0].text }.flatMap(FirstHarvest.init)
    }

    public func setFirstHarvest(
        _ state: FirstHarvest, source: SourceID, project: String, domain: String
    ) throws {
        let scope = try scopeID(source: source, project: project, domain: domain)
        try database.run(
            """
            INSERT INTO watermark (scope_id, resume) VALUES (?, ?)
            ON CONFLICT (scope_id) DO UPDATE SET resume = excluded.resume
            """, [.integer(scope), .text(state.text)])
    }

    // MARK: Audits

    /// Begins to note what the server has of a project and domain.
    public func beginAudit() throws(ArchiveError) {
        try database.execute(
            """
            CREATE TEMP TABLE IF NOT EXISTS audited (
                project TEXT NOT NULL, domain TEXT NOT NULL, name TEXT NOT NULL, created_at INTEGER,
                PRIMARY KEY (project, domain, name)
            ) WITHOUT ROWID
            """)
    }

    /// The server has these.
    public func note(_ executions: [Execution]) throws {
        try writing {
            for execution in executions {
                let id = execution.id
                try database.run(
                    "INSERT OR REPLACE INTO temp.audited (project, domain, name, created_at) VALUES (?, ?, ?, ?)",
                    [
                        .text(id.project), .text(id.domain), .text(id.name),
                        Cell(execution.lifetime.createdAt),
                    ])
            }
        }
    }

    /// Of an execution `e` in a scope `c`: that it was noted, and not another of its name.
    private static let isNoted =
        "a.project = c.project AND a.domain = c.domain AND a.name = e.name AND a.created_at IS e.created_at"

    /// Those that the archive has and nobody noted, by name.
    public func missed(source: SourceID, project: String, domain: String) throws -> [ExecutionID] {
        try database.rows(
            """
            SELECT e.name FROM execution e JOIN scope c ON c.id = e.scope_id
            WHERE c.source_id = ? AND c.project = ? AND c.domain = ? AND NOT EXISTS (
                SELECT 1 FROM temp.audited a WHERE \(Self.isNoted)
            ) AND e.id NOT IN (SELECT execution_id FROM vanished) ORDER BY e.name
            """, [.integer(source.id), .text(project), .text(domain)]
        ).compactMap { $0[0].text }.map { ExecutionID(project: project, domain: domain, name: $0) }
    }

    /// Takes the marks from those that were noted; gives how many had one.
    public func unmarkNoted(source: SourceID, project: String, domain: String) throws -> Int {
        let back = try database.rows(
            """
            SELECT v.execution_id FROM vanished v JOIN execution e ON e.id = v.execution_id
            JOIN scope c ON c.id = e.scope_id
            JOIN temp.audited a ON \(Self.isNoted)
            WHERE c.source_id = ? AND c.project = ? AND c.domain = ?
            """, [.integer(source.id), .text(project), .text(domain)])
        for row in back { try database.run("DELETE FROM vanished WHERE execution_id = ?", row) }
        return back.count
    }

    /// The server no longer has an execution: its rows stay, and it is not asked for any more. false when the
    /// archive does not have it either.
    public func markVanished(_ id: ExecutionID, source: SourceID, at now: Timestamp) throws -> Bool {
        guard let row = try executionRow(id, source) else { return false }
        try writing {
            try markVanished(row, at: now)
            try resolveProblems(of: id, source: source, at: now)
        }
        return true
    }

    /// The projects and domains of which the archive has executions.
    public func places(source: SourceID) throws -> [(project: String, domain: String)] {
        try database.rows(
            """
            SELECT c.project, c.domain FROM scope c
            WHERE c.source_id = ? AND EXISTS (SELECT 1 FROM execution e WHERE e.scope_id = c.id) ORDER BY 1, 2
            """, [.integer(source.id)]
        ).map { ($0[0].text ?? "", $0[1].text ?? "") }
    }
}

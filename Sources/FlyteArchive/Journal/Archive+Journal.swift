public import FlyteModel
import Tables

/// An installation in an archive.
public struct SourceID: Hashable, Sendable {
    let id: Int64
    public let name: String
}

/// A run of the harvester in an archive's journal.
public struct HarvestID: Hashable, Sendable {
    let id: Int64
    public let source: SourceID
}

/// What an archive knows of an execution without opening it.
public struct KnownExecution: Hashable, Sendable {
    public var phase: ExecutionPhase
    public var updatedAt: Timestamp?
    public var isArchived: Bool

    /// Whether a row of a list says nothing new.
    public func isSame(as listed: Execution) -> Bool {
        phase == listed.phase && updatedAt == listed.lifetime.updatedAt && isArchived == listed.isArchived
    }
}

// What the harvester did, and where it goes on.
extension Archive {
    /// The installation of a name, made when it is new; its endpoint is that of the last harvest.
    ///
    /// - Parameter console: The base of its console's addresses; nil to leave it as it is.
    public func source(named name: String, endpoint: String, console: String? = nil) throws -> SourceID {
        let console: Cell = Cell(console)
        if let row = try database.row(
            "SELECT id, endpoint, console FROM source WHERE name = ?", [.text(name)]),
            let id = row[0].integer
        {
            if row[1] != .text(endpoint) || (!console.isNull && row[2] != console) {
                try database.run(
                    "UPDATE source SET endpoint = ?, console = coalesce(?, console) WHERE id = ?",
                    [.text(endpoint), console, .integer(id)])
            }
            return SourceID(id: id, name: name)
        }
        let id = try database.insert(
            "INSERT INTO source (name, endpoint, console) VALUES (?, ?, ?)",
            [.text(name), .text(endpoint), console])
        return SourceID(id: id, name: name)
    }

    public func beginHarvest(of source: SourceID, toolVersion: String, at now: Timestamp) throws -> HarvestID
    {
        HarvestID(
            id: try database.insert(
                "INSERT INTO harvest (source_id, started_at, tool_version) VALUES (?, ?, ?)",
                [.integer(source.id), .integer(now.nanoseconds), .text(toolVersion)]),
            source: source)
    }

    /// Begins a harvest whose server has not said anything yet.
    ///
    /// - Parameter endpoint: Of an installation that is new to the archive. Of one that it has the endpoint stays until
    ///   the server has answered there: addresses of its console are built on it.
    public func beginHarvest(
        ofSourceNamed name: String, endpoint: String, toolVersion: String, at now: Timestamp
    ) throws -> HarvestID {
        let known = try database.integer("SELECT id FROM source WHERE name = ?", [.text(name)])
        let source = try known.map { SourceID(id: $0, name: name) } ?? source(named: name, endpoint: endpoint)
        return try beginHarvest(of: source, toolVersion: toolVersion, at: now)
    }

    /// What was harvested until then survives a power loss.
    ///
    /// - Parameters:
    ///   - outcome: `done`, `problems`, `stopped` or `failed`.
    ///   - reason: Why it failed.
    public func endHarvest(
        _ harvest: HarvestID, outcome: String, reason: String? = nil, requests: Int64, bytesIn: Int64,
        new: Int, updated: Int, problems: Int, at now: Timestamp
    ) throws {
        try checkPlace()
        // A reader may keep the log from being folded into the file. This commit syncs the log, with all that is
        // before it: https://www.sqlite.org/pragma.html#pragma_synchronous
        try database.execute("PRAGMA synchronous = FULL")
        defer { try? database.execute("PRAGMA synchronous = NORMAL") }
        try database.run(
            """
            UPDATE harvest SET ended_at = ?, outcome = ?, reason = ?, requests = ?, bytes_in = ?, executions_new = ?,
                executions_updated = ?, problems = ? WHERE id = ?
            """,
            [
                .integer(now.nanoseconds), .text(outcome), Cell(reason),
                .integer(requests), .integer(bytesIn),
                .integer(Int64(new)),
                .integer(Int64(updated)), .integer(Int64(problems)), .integer(harvest.id),
            ])
    }

    /// All that changed before this time is in the archive; nil when the scope was never harvested whole.
    public func watermark(source: SourceID, project: String, domain: String) throws -> Timestamp? {
        try database.integer(
            """
            SELECT w.updated_at FROM watermark w JOIN scope c ON c.id = w.scope_id
            WHERE c.source_id = ? AND c.project = ? AND c.domain = ?
            """, [.integer(source.id), .text(project), .text(domain)]
        ).map(Timestamp.init(nanoseconds:))
    }

    public func setWatermark(_ time: Timestamp, source: SourceID, project: String, domain: String) throws {
        let scope = try scopeID(source: source, project: project, domain: domain)
        try database.run(
            """
            INSERT INTO watermark (scope_id, updated_at) VALUES (?, ?)
            ON CONFLICT (scope_id) DO UPDATE
            SET updated_at = max(coalesce(updated_at, excluded.updated_at), excluded.updated_at), resume = NULL
            """, [.integer(scope), .integer(time.nanoseconds)])
    }

    /// What is known of executions as a list shows them; those that the archive does not have are left out, and so are
    /// others that had their names.
    public func known(_ listed: [Execution], source: SourceID) throws -> [ExecutionID: KnownExecution] {
        var known: [ExecutionID: KnownExecution] = [:]
        for execution in listed {
            let id = execution.id
            guard
                let row = try database.row(
                    """
                    SELECT e.phase, e.updated_at, e.is_archived, e.created_at FROM execution e
                    JOIN scope c ON c.id = e.scope_id
                    WHERE e.name = ? AND c.source_id = ? AND c.project = ? AND c.domain = ?
                    """, [.text(id.name), .integer(source.id), .text(id.project), .text(id.domain)]),
                row[3] == Cell(execution.lifetime.createdAt)
            else { continue }
            known[id] = KnownExecution(
                phase: ExecutionPhase(rawValue: row[0].text ?? ""),
                updatedAt: row[1].integer.map(Timestamp.init(nanoseconds:)), isArchived: row[2].integer == 1)
        }
        return known
    }

    /// When an execution is due of which an earlier version did not ask for all: a time long past.
    static let neverAsked: Int64 = 1

    /// How many executions an earlier version did not ask for all of.
    public func executionsNotAskedFor() throws(ArchiveError) -> Int {
        Int(
            try database.integer(
                "SELECT count(*) FROM execution WHERE reread_at = ?", [.integer(Self.neverAsked)]) ?? 0)
    }

    /// Executions to be read again though no list names them: open ones, those that have just ended, and those
    /// that could not be read.
    public func due(source: SourceID, project: String, domain: String, at now: Timestamp) throws
        -> [ExecutionID]
    {
        let scope: [Cell] = [.integer(source.id), .text(project), .text(domain)]
        let open = try database.rows(
            """
            SELECT e.name FROM execution e JOIN scope c ON c.id = e.scope_id
            WHERE c.source_id = ? AND c.project = ? AND c.domain = ? AND e.reread_at <= ?
                AND e.id NOT IN (SELECT execution_id FROM vanished) ORDER BY e.id
            """, scope + [.integer(now.nanoseconds)])
        // A part that failed leaves a problem as well; but a process may die between the two.
        let parts = try database.rows(
            """
            SELECT DISTINCT e.name FROM capture g JOIN execution e ON e.id = g.execution_id
            JOIN scope c ON c.id = e.scope_id
            WHERE g.state = 'failed' AND c.source_id = ? AND c.project = ? AND c.domain = ?
                AND e.id NOT IN (SELECT execution_id FROM vanished) ORDER BY e.id
            """, scope)
        let failed = try database.rows(
            """
            SELECT DISTINCT execution FROM problem
            WHERE source_id = ? AND project = ? AND domain = ? AND execution IS NOT NULL AND resolved_at IS NULL
            ORDER BY id
            """, scope)
        var seen: Set<KeyBytes> = []
        return (open + parts + failed).compactMap { $0[0].text }.filter { seen.insert($0) }
            .map { ExecutionID(project: project, domain: domain, name: $0) }
    }

    /// Something that could not be read. The same problem met again is one row.
    public func recordProblem(
        source: SourceID, project: String?, domain: String?, execution: String?, route: String, status: Int?,
        message: String, at now: Timestamp
    ) throws {
        let place: [Cell] = [
            .integer(source.id), Cell(project), Cell(domain),
            Cell(execution), .text(route),
        ]
        let news: [Cell] = [
            status.map { .integer(Int64($0)) } ?? .null, .text(message), .integer(now.nanoseconds),
        ]
        let known = try database.integer(
            """
            SELECT id FROM problem WHERE source_id = ? AND project IS ? AND domain IS ? AND execution IS ? AND route = ?
                AND resolved_at IS NULL
            """, place)
        if let known {
            try database.run(
                "UPDATE problem SET status = ?, message = ?, last_seen_at = ?, tries = tries + 1 WHERE id = ?",
                news + [.integer(known)])
        } else {
            try database.run(
                """
                INSERT INTO problem (source_id, project, domain, execution, route, status, message, last_seen_at,
                    first_seen_at, tries) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
                """, place + news + [.integer(now.nanoseconds)])
        }
    }

    /// The execution was read: what stood against it is gone.
    ///
    /// - Parameter before: Only what was last met before this time, in nanoseconds.
    func resolveProblems(
        of id: ExecutionID, source: SourceID, before: Int64 = .max, at now: Timestamp
    ) throws {
        try database.run(
            """
            UPDATE problem SET resolved_at = ? WHERE source_id = ? AND project = ? AND domain = ? AND execution = ?
                AND resolved_at IS NULL AND last_seen_at < ?
            """,
            [
                .integer(now.nanoseconds), .integer(source.id), .text(id.project), .text(id.domain),
                .text(id.name), .integer(before),
            ])
    }

    /// A list was read: what stood against it, beside single executions, is gone.
    public func resolveListProblems(source: SourceID, project: String, domain: String, at now: Timestamp)
        throws
    {
        try database.run(
            """
            UPDATE problem SET resolved_at = ? WHERE source_id = ? AND project = ? AND domain = ? AND execution IS NULL
                AND resolved_at IS NULL
            """, [.integer(now.nanoseconds), .integer(source.id), .text(project), .text(domain)])
    }
}

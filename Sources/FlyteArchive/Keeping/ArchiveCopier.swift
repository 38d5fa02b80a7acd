import FlyteModel
import Tables

/// Copies executions, with all that belongs to them, from one archive into another. Copied again, they change
/// nothing; a copy that was cut off is done again from its beginning, and costs only time.
final class ArchiveCopier {
    private let origin: Archive
    private let target: Archive
    private let now: Timestamp
    private(set) var summary = MergeSummary()
    /// Scopes of the origin some of whose executions could not be copied.
    private var torn: Set<Int64> = []

    init(from origin: Archive, to target: Archive, at now: Timestamp) {
        self.origin = origin
        self.target = target
        self.now = now
    }

    /// Everything.
    func copyAll() throws {
        try origin.database.snapshot {
            for there in try origin.sources() {
                let here = try copySource(there)
                try copyTombstones(there, here)
                try copyDefinitions("TRUE", there, here)
                try copyExecutions("TRUE", there, here)
                try copyHarvests(there, here)
                try copyProblems("TRUE", there, here)
                // Last of all: it says that all before is here.
                try copyWatermarks(there, here)
            }
            let merged = try target.merge(try origin.prices(), of: try origin.sources().map(\.name))
            (summary.prices, summary.contradictingPrices) = merged
        }
    }

    /// The executions whose rows a temporary table of the origin names, and what they need. No watermark comes
    /// along: what was left out must not pass for harvested.
    func copyChosen(_ table: String) throws {
        let sources = try origin.database.rows(
            "SELECT DISTINCT c.source_id FROM \(table) x JOIN execution e USING (id) JOIN scope c ON c.id = e.scope_id"
        ).compactMap { $0[0].integer }
        for there in try origin.sources() where sources.contains(there.id) {
            let here = try copySource(there)
            try copyTombstones(there, here)
            try copyDefinitions(try needed(by: table), there, here)
            try copyExecutions("e.id IN (SELECT id FROM \(table))", there, here)
            try copyHarvests(there, here)
            try copyProblems(Self.concerning(table), there, here)
        }
    }

    /// The definitions that rows of the chosen executions refer to.
    private func needed(by table: String) throws -> String {
        let owned = try origin.owned.get()
        let own = OwnedTables.Owned(name: "execution", column: "id")
        let references = try OwnedTables.references(
            to: "definition", from: [own] + owned.derived + owned.read, in: origin.database)
        let ids = references.map {
            "SELECT \($0.column) FROM \($0.owned.name) WHERE \($0.owned.column) IN (SELECT id FROM \(table))"
        }
        return "d.id IN (\(ids.joined(separator: " UNION ")))"
    }

    /// Their own problems, and those of lists that they may be missing from.
    private static func concerning(_ table: String) -> String {
        """
        p.execution IS NULL AND (p.project IS NULL OR EXISTS (
            SELECT 1 FROM \(table) x JOIN execution e USING (id) JOIN scope c ON c.id = e.scope_id
            WHERE c.source_id = p.source_id AND c.project = p.project AND c.domain IS coalesce(p.domain, c.domain)))
        OR EXISTS (
            SELECT 1 FROM \(table) x JOIN execution e USING (id) JOIN scope c ON c.id = e.scope_id
            WHERE c.source_id = p.source_id AND c.project = p.project AND c.domain = p.domain AND e.name = p.execution)
        """
    }

    // MARK: Installations and definitions

    /// The installation by its name; where it is, says the archive that asked it last.
    private func copySource(_ there: SourceID) throws -> SourceID {
        let latest = """
            SELECT s.endpoint, s.console, max(h.started_at) FROM source s LEFT JOIN harvest h ON h.source_id = s.id
            WHERE s.name = ? GROUP BY s.id
            """
        guard let row = try origin.database.row(latest, [.text(there.name)]) else { return there }
        return try target.writing {
            if let known = try target.database.row(latest, [.text(there.name)]),
                row[2].integer ?? .min <= known[2].integer ?? .min
            {
                return try target.source(named: there.name, endpoint: known[0].text ?? "")
            }
            let here = try target.source(named: there.name, endpoint: row[0].text ?? "")
            try target.database.run(
                "UPDATE source SET console = coalesce(?, console) WHERE id = ?", [row[1], .integer(here.id)])
            return here
        }
    }

    /// How many definitions are written at once.
    private static let definitionsAtOnce = 50

    private func copyDefinitions(_ condition: String, _ there: SourceID, _ here: SourceID) throws {
        let rows = try origin.database.rows(
            """
            SELECT d.kind, c.project, c.domain, d.name, d.version, d.pack_id, d.id FROM definition d
            JOIN scope c ON c.id = d.scope_id WHERE c.source_id = ? AND (\(condition)) ORDER BY d.id
            """, [.integer(there.id)])
        var rest = rows[...]
        while !rest.isEmpty {
            let some = rest.prefix(Self.definitionsAtOnce)
            rest = rest.dropFirst(some.count)
            try target.writing {
                for row in some { try copyDefinition(row, here) }
            }
        }
    }

    private func copyDefinition(_ row: [Cell], _ here: SourceID) throws {
        guard let kind = row[0].text.flatMap(DefinitionID.Kind.init) else { return }
        let id = DefinitionID(
            kind: kind, project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? "",
            version: row[4].text ?? "")
        let known = try target.definitionID(id, source: here)
        guard let pack = row[5].integer,
            try target.database.row("SELECT pack_id FROM definition WHERE id = ?", [.integer(known)])?[0]
                .isNull
                == true
        else { return }
        do {
            var captured = CapturedDefinition(id: id, bytes: try origin.packer.content(pack))
            captured.redactions = try origin.redactions(ofDefinition: row[6])
            let fresh = try target.store([(captured, DefinitionContent(of: captured))], source: here)
            try target.deriveAgain(after: fresh, source: here)
            summary.definitions += fresh.count
        } catch let error as ArchiveError where error.path == origin.path {
            summary.damaged.append(error)
        }
    }

    // MARK: Executions

    private func copyExecutions(_ condition: String, _ there: SourceID, _ here: SourceID) throws {
        let rows = try origin.database.rows(
            """
            SELECT e.id, c.project, c.domain, e.name, e.digest, e.observed_at, e.reread_at, c.id, e.created_at
            FROM execution e
            JOIN scope c ON c.id = e.scope_id WHERE c.source_id = ? AND (\(condition)) ORDER BY e.id
            """, [.integer(there.id)])
        for row in rows {
            let id = ExecutionID(
                project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? "")
            do {
                try target.writing { try copy(id, row, there, here) }
            } catch let error as ArchiveError where error.path == origin.path {
                summary.damaged.append(error)
                if let scope = row[7].integer { torn.insert(scope) }
            }
        }
    }

    private func copy(_ id: ExecutionID, _ row: [Cell], _ there: SourceID, _ here: SourceID) throws {
        let created = row[8].integer.map(Timestamp.init(nanoseconds:))
        if try target.isForgotten(id, createdAt: created, source: here) {
            summary.forgotten += 1
            return
        }
        let observed = row[5].integer ?? 0
        let known = try target.execution(id, createdAt: created, here)
        let stored = try known.flatMap {
            try target.database.row(
                "SELECT digest, observed_at FROM execution WHERE id = ?", [.integer($0.row)])
        }
        if let known, let stored, stored[0] == row[4] {
            summary.unchanged += 1
            // The archive that needs no further look has had it.
            if row[6].isNull {
                try target.database.run(
                    "UPDATE execution SET reread_at = NULL WHERE id = ? AND reread_at IS NOT NULL",
                    [.integer(known.row)])
            }
        } else if let stored, (stored[1].integer ?? 0) >= observed {
            summary.older += 1
        } else if let capture = try origin.capture(of: id, source: there) {
            switch try target.writeTree(capture, source: here, rereadTime: { _ in row[6] }) {
            case .new, .nameReused: summary.new += 1
            case .updated: summary.updated += 1
            case .unchanged: summary.unchanged += 1
            }
            try target.packer.trainIfReady(at: now.nanoseconds)
        }
        // Its name here may be another.
        guard let own = try target.execution(id, createdAt: created, here) else { return }
        let before = target.database.changes
        try target.resolveProblems(
            of: own.id, source: here, before: observed, at: Timestamp(nanoseconds: observed))
        try copyVanished(to: own, row: row[0], observed: observed)
        try copyErasures(to: own.row, row: row[0], digest: row[4], here)
        if target.database.changes != before { summary.journal += 1 }
    }

    /// That an audit did not find the execution: unless somebody has seen it later.
    private func copyVanished(to own: NamedExecution, row: Cell, observed: Int64) throws {
        if origin.version >= 2,
            let seen = try origin.database.integer(
                "SELECT seen_at FROM vanished WHERE execution_id = ?", [row])
        {
            try target.database.run(
                """
                INSERT INTO vanished (execution_id, seen_at) SELECT id, ?2 FROM execution WHERE id = ?1 AND observed_at <= ?2
                ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at WHERE excluded.seen_at < seen_at
                """, [.integer(own.row), .integer(seen)])
        }
        // What lost its name is not on the server, whatever was seen of it.
        guard own.id.generation == nil else { return }
        try target.database.run(
            "DELETE FROM vanished WHERE execution_id = ? AND seen_at < ?",
            [.integer(own.row), .integer(observed)])
    }

    /// What was erased of an execution over there, where its rows are the same here now.
    private func copyErasures(to own: Int64, row: Cell, digest: Cell, _ here: SourceID) throws {
        guard origin.version >= 2 else { return }
        let stones = try origin.database.rows(
            "SELECT t.kind, t.digest FROM erasure x JOIN tombstone t ON t.id = x.tombstone_id WHERE x.execution_id = ?",
            [row])
        guard !stones.isEmpty else { return }
        guard
            try target.database.row("SELECT digest FROM execution WHERE id = ?", [.integer(own)])?[0]
                == digest
        else {
            summary.forgottenThere += 1
            return
        }
        for stone in stones {
            try target.database.run(
                """
                INSERT OR IGNORE INTO erasure (execution_id, tombstone_id)
                SELECT ?, id FROM tombstone WHERE source_id = ? AND kind = ? AND digest = ?
                """, [.integer(own), .integer(here.id)] + stone)
        }
    }

    // MARK: The journal

    /// What was erased stays erased.
    private func copyTombstones(_ there: SourceID, _ here: SourceID) throws {
        guard origin.version >= 2 else { return }
        let stones = try JournalRows("tombstone", from: origin, to: target)
        let rows = try stones.rows(of: there)
        try target.writing {
            let before = target.database.changes
            for row in rows { try stones.insert(row, for: here, otherwise: "ON CONFLICT DO NOTHING") }
            summary.journal += Int(target.database.changes - before)
        }
        guard rows.contains(where: { stones["kind", $0] == .text("execution") }) else { return }
        let own = try target.database.rows(
            """
            SELECT c.project, c.domain, e.name, e.created_at FROM execution e JOIN scope c ON c.id = e.scope_id
            WHERE c.source_id = ?
            """, [.integer(here.id)])
        for row in own {
            let id = ExecutionID(
                project: row[0].text ?? "", domain: row[1].text ?? "", name: row[2].text ?? "")
            let created = row[3].integer.map(Timestamp.init(nanoseconds:))
            if try target.isForgotten(id, createdAt: created, source: here) { summary.forgottenThere += 1 }
        }
    }

    /// A run of the harvester is known by its beginning.
    private func copyHarvests(_ there: SourceID, _ here: SourceID) throws {
        let harvests = try JournalRows("harvest", from: origin, to: target)
        let rows = try harvests.rows(of: there)
        try target.writing {
            for row in rows {
                let known = try target.database.row(
                    "SELECT id, ended_at FROM harvest WHERE source_id = ? AND started_at = ? AND tool_version = ?",
                    [.integer(here.id), harvests["started_at", row], harvests["tool_version", row]])
                if let known, !known[1].isNull || harvests["ended_at", row].isNull { continue }
                if let known { try target.database.run("DELETE FROM harvest WHERE id = ?", [known[0]]) }
                try harvests.insert(row, for: here)
                summary.journal += 1
            }
        }
    }

    private func copyProblems(_ condition: String, _ there: SourceID, _ here: SourceID) throws {
        let problems = try JournalRows("problem", from: origin, to: target)
        let rows = try problems.rows(of: there, where: condition)
        try target.writing {
            for row in rows { try copyProblem(row, of: problems, here) }
        }
    }

    /// A problem is known by where and when it was first met; while it stands, by where alone.
    private func copyProblem(_ row: [Cell], of problems: JournalRows, _ here: SourceID) throws {
        var row = row
        func cell(_ column: String) -> Cell { problems[column, row] }
        if let name = cell("execution").text {
            let id = ExecutionID(
                project: cell("project").text ?? "", domain: cell("domain").text ?? "", name: name)
            if try target.isForgotten(id, createdAt: nil, source: here) { return }
            if cell("resolved_at").isNull, let seen = try observedAt(id, here),
                seen > cell("last_seen_at").integer ?? 0
            {
                problems.set("resolved_at", of: &row, to: .integer(seen))
            }
        }
        let known = try target.database.row(
            """
            SELECT id, last_seen_at, resolved_at, first_seen_at, tries FROM problem
            WHERE source_id = ?1 AND project IS ?2 AND domain IS ?3 AND execution IS ?4 AND route = ?5
                AND (first_seen_at = ?6 OR resolved_at IS NULL AND ?7 IS NULL)
            ORDER BY first_seen_at = ?6 DESC, id LIMIT 1
            """,
            [
                .integer(here.id), cell("project"), cell("domain"), cell("execution"), cell("route"),
                cell("first_seen_at"), cell("resolved_at"),
            ])
        let before = target.database.changes
        if let known {
            try target.database.run(
                """
                UPDATE problem SET status = ?2, message = ?3, last_seen_at = ?4, resolved_at = ?5
                WHERE id = ?1 AND (last_seen_at < ?4 OR last_seen_at = ?4 AND resolved_at IS NULL AND ?5 IS NOT NULL)
                """,
                [known[0], cell("status"), cell("message"), cell("last_seen_at"), cell("resolved_at")])
            try target.database.run(
                """
                UPDATE problem SET tries = max(tries, ?2), first_seen_at = min(first_seen_at, ?3)
                WHERE id = ?1 AND (tries < ?2 OR first_seen_at > ?3)
                """, [known[0], cell("tries"), cell("first_seen_at")])
        } else {
            try problems.insert(row, for: here)
        }
        if target.database.changes != before { summary.journal += 1 }
    }

    private func observedAt(_ id: ExecutionID, _ source: SourceID) throws -> Int64? {
        guard let row = try target.executionRow(id, source) else { return nil }
        return try target.database.integer("SELECT observed_at FROM execution WHERE id = ?", [.integer(row)])
    }

    /// Each archive has all that changed before its own watermark, so both together have all before the later one.
    private func copyWatermarks(_ there: SourceID, _ here: SourceID) throws {
        let rows = try origin.database.rows(
            """
            SELECT c.id, c.project, c.domain, w.updated_at FROM watermark w JOIN scope c ON c.id = w.scope_id
            WHERE c.source_id = ? AND w.updated_at IS NOT NULL
            """, [.integer(there.id)])
        try target.writing {
            for row in rows where !torn.contains(row[0].integer ?? 0) {
                let (project, domain) = (row[1].text ?? "", row[2].text ?? "")
                let known = try target.watermark(source: here, project: project, domain: domain)
                guard let time = row[3].integer, known.map({ $0.nanoseconds < time }) ?? true else {
                    continue
                }
                let scope = try target.scopeID(source: here, project: project, domain: domain)
                // A first harvest that was under way here has nothing left to do.
                try target.database.run(
                    """
                    INSERT INTO watermark (scope_id, updated_at) VALUES (?1, ?2)
                    ON CONFLICT DO UPDATE SET updated_at = ?2, resume = iif(updated_at IS NULL, NULL, resume)
                    """, [.integer(scope), .integer(time)])
                summary.journal += 1
            }
        }
    }
}

import FlyteModel
import Tables

// An execution is its source, project, domain and name, and when it was created: Flyte gives names out again. The
// server's clock writes `created_at` once, when it makes the row, and nothing changes it afterwards: one that is another
// is another execution, whatever else is alike. Where a server tells none, its name is all that there is.
extension Archive {
    /// The executions that had a name, and the one that has it, oldest first.
    func executions(named given: ExecutionID, _ source: SourceID) throws(ArchiveError) -> [NamedExecution] {
        // The names with numbers lie between "name~" and "name~:".
        try database.rows(
            """
            SELECT e.id, e.name, e.created_at, e.observed_at FROM main.execution e JOIN scope c ON c.id = e.scope_id
            WHERE (e.name = ?1 OR e.name > ?1 || '~' AND e.name < ?1 || '~:')
                AND c.source_id = ?2 AND c.project = ?3 AND c.domain = ?4 ORDER BY e.created_at, e.id
            """, [.text(given.name), .integer(source.id), .text(given.project), .text(given.domain)]
        ).compactMap { row in
            guard let id = row[0].integer, let name = row[1].text else { return nil }
            return NamedExecution(
                row: id, id: ExecutionID(project: given.project, domain: given.domain, name: name),
                createdAt: row[2].integer.map(Timestamp.init(nanoseconds:)),
                observedAt: Timestamp(nanoseconds: row[3].integer ?? 0))
        }.filter { $0.id == given || $0.id.given == given && $0.id.generation != nil }
    }

    /// Of the executions of a name the one that was created at a time; nil when the archive does not have it.
    ///
    /// - Parameter id: By its name at the server, or as an archive calls it.
    func execution(
        _ id: ExecutionID, createdAt: Timestamp?, _ source: SourceID
    ) throws(ArchiveError) -> NamedExecution? {
        let named = try executions(named: id.given, source)
        guard let createdAt else { return named.first { $0.id == id } ?? named.last }
        return named.first { $0.createdAt == createdAt } ?? named.first { $0.createdAt == nil }
    }

    /// Makes room for an execution among those that had its name before: gives the name that it gets, and renames
    /// those that can no longer have theirs.
    ///
    func makeRoom(
        for id: ExecutionID, createdAt: Timestamp?, observedAt: Timestamp, _ source: SourceID
    ) throws -> Room {
        var room = Room(id: id)
        var all = try executions(named: id.given, source)
        guard !all.isEmpty else { return room }
        let place = all.firstIndex { other in
            guard let createdAt, let its = other.createdAt else { return false }
            return createdAt < its
        }
        let own = place ?? all.count
        all.insert(
            NamedExecution(row: 0, id: id, createdAt: createdAt, observedAt: observedAt), at: own)
        let names = NamedExecution.names(of: all.map(\.id))
        reused = nil
        for execution in all where execution.row != 0 { changed?[source, default: []].insert(execution.id) }
        let moved = zip(all, names).filter { $0.row != 0 && $0.id != $1 }
        // Two may change places.
        for (execution, _) in moved {
            try database.run(
                "UPDATE execution SET name = ?2 || char(0) || ?1 WHERE id = ?1",
                [.integer(execution.row), .text(execution.id.name)])
        }
        for (index, execution) in all.enumerated() where execution.row != 0 && execution.id != names[index] {
            try database.run(
                "UPDATE execution SET name = ? WHERE id = ?",
                [.text(names[index].name), .integer(execution.row)])
            let successor = all[index + 1]
            try moveProblems(of: execution.id, to: names[index], before: successor, source)
            changed?[source, default: []].insert(names[index])
            if execution.id.generation == nil { room.displaced = names[index] }
        }
        for (execution, successor) in zip(all, all.dropFirst()) where execution.row != 0 {
            try markVanished(execution.row, at: successor.observedAt)
        }
        room.id = names[own]
        if own + 1 < all.count { room.lostAt = all[own + 1].observedAt }
        return room
    }

    /// What an execution gets among those of its name.
    struct Room {
        var id: ExecutionID
        /// The one that lost the name to it, by its new one.
        var displaced: ExecutionID?
        /// When the next one of the name was seen; nil where it is the newest.
        var lostAt: Timestamp?
    }

    /// That the server has another execution under its name, or none, since a time or before.
    func markVanished(_ row: Int64, at time: Timestamp) throws(ArchiveError) {
        try database.run(
            """
            INSERT INTO vanished (execution_id, seen_at) VALUES (?, ?)
            ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at WHERE excluded.seen_at < seen_at
            """, [.integer(row), .integer(time.nanoseconds)])
    }

    /// What was met before the next execution of the name was made concerns the one before. Nobody asks for that again.
    private func moveProblems(
        of id: ExecutionID, to name: ExecutionID, before next: NamedExecution, _ source: SourceID
    ) throws(ArchiveError) {
        try database.run(
            """
            UPDATE problem SET execution = ?1, resolved_at = coalesce(resolved_at, max(?2, last_seen_at))
            WHERE source_id = ?3 AND project = ?4 AND domain = ?5 AND execution = ?6 AND last_seen_at < ?7
            """,
            [
                .text(name.name), .integer(next.observedAt.nanoseconds), .integer(source.id),
                .text(id.project),
                .text(id.domain), .text(id.name),
                .integer(id.generation == nil ? next.createdAt?.nanoseconds ?? .max : .max),
            ])
    }

    // MARK: What names mean

    /// The names that were given out more than once, as far as the archive has more than the newest execution.
    private func reusedNames(_ source: SourceID) throws(ArchiveError) -> Set<ExecutionID> {
        if reused == nil {
            var names: [Int64: Set<ExecutionID>] = [:]
            for row in try database.rows(
                """
                SELECT c.source_id, c.project, c.domain, e.name FROM main.execution e JOIN scope c ON c.id = e.scope_id
                WHERE instr(e.name, '~') > 0
                """)
            {
                let id = ExecutionID(
                    project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? "")
                guard let source = row[0].integer, id.generation != nil else { continue }
                names[source, default: []].insert(id.given)
            }
            reused = names
        }
        return reused?[source.id] ?? []
    }

    /// How one execution refers to another.
    enum Relation {
        /// It launched the other.
        case launched
        /// The other launched it, or is its original.
        case followed
    }

    /// The execution that another one's messages mean by a name, as the archive calls it. One that the archive does not
    /// have, while it has others of the name, has the number 0.
    func execution(
        meantBy id: ExecutionID, as relation: Relation, of own: Namer
    ) throws(ArchiveError) -> ExecutionID {
        let names = try reusedNames(own.source)
        guard names.contains(id) || names.contains(own.id.given), let createdAt = own.createdAt else {
            return id
        }
        let others = try executions(named: id, own.source)
        guard !others.isEmpty else { return id }
        let found: NamedExecution?
        switch relation {
        case .followed: found = others.last { ($0.createdAt ?? createdAt) <= createdAt }
        case .launched:
            // It is younger than its parent, and older than the next one of the parent's name.
            let next = try executions(named: own.id.given, own.source).compactMap(\.createdAt)
                .first { $0 > createdAt }
            found = others.first { other in
                guard let its = other.createdAt else { return true }
                return its >= createdAt && next.map { its < $0 } ?? true
            }
        }
        return found?.id ?? id.generation(0)
    }

    /// The executions that one launched, as the archive calls them.
    func children(of tree: ExecutionTree, _ source: SourceID) throws(ArchiveError) -> [ExecutionID] {
        let own = Namer(tree, source)
        var children: [ExecutionID] = []
        for child in tree.nodes.compactMap(\.child) {
            children.append(try execution(meantBy: child, as: .launched, of: own))
        }
        return children
    }

    /// Who says a name.
    struct Namer {
        let source: SourceID
        let id: ExecutionID
        let createdAt: Timestamp?
        let nesting: UInt32

        init(_ tree: ExecutionTree, _ source: SourceID) {
            (self.source, id) = (source, tree.capture.id)
            (createdAt, nesting) = (tree.execution.lifetime.createdAt, tree.execution.nesting)
        }
    }

    /// Makes the rows of those executions again that refer to a name, and of those that have it, where it has changed
    /// which execution is meant.
    ///
    /// - Parameter row: Not that one's.
    func nameAgain(_ given: ExecutionID, but row: Int64?, _ source: SourceID) throws {
        let names = try reusedNames(source)
        guard !names.isEmpty else { return }
        let isReused = names.contains(given)
        var rows = isReused ? try executions(named: given, source).map(\.row) : []
        for text in [given.name, given.description] {
            let values: [Cell] = [
                .text(text), .integer(source.id), .integer(text.utf8.count == given.name.utf8.count ? 1 : 0),
                .text(given.project), .text(given.domain),
            ]
            for (column, tables) in [
                ("e.parent", "main.execution e"), ("e.reference", "main.execution e"),
                ("n.child", "main.node n JOIN main.execution e ON e.id = n.execution_id"),
            ] {
                for (row, id) in try referring(by: column, tables, values)
                where isReused || names.contains(id.given) { rows.append(row) }
            }
        }
        var seen: Set<Int64> = []
        for other in rows where other != row && seen.insert(other).inserted {
            try deriveAllAgain(row: other)
        }
    }

    private func referring(
        by column: String, _ tables: String, _ values: [Cell]
    ) throws(ArchiveError) -> [(row: Int64, id: ExecutionID)] {
        try database.rows(
            """
            SELECT DISTINCT e.id, c.project, c.domain, e.name FROM \(tables) JOIN scope c ON c.id = e.scope_id
            WHERE (\(column) = ?1 OR \(column) > ?1 || '~' AND \(column) < ?1 || '~:')
                AND c.source_id = ?2 AND (NOT ?3 OR c.project = ?4 AND c.domain = ?5)
            """, values
        ).compactMap { row in
            row[0].integer.map {
                (
                    $0,
                    ExecutionID(
                        project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? "")
                )
            }
        }
    }
}

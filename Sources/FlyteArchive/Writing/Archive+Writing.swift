import FlyteIDL
public import FlyteModel
import FlyteTrace
import Tables

/// What writing an execution did.
public enum WriteResult: Hashable, Sendable {
    case new, updated, unchanged
    /// It is new, and its name had been another's: the archive calls that one so now.
    case nameReused(earlier: ExecutionID)
}

extension Archive {
    /// Stores an execution as it was just read, with definitions that the archive may not have yet: all of it
    /// in one transaction, so that readers see the execution as it was or as it is. What is unchanged is not
    /// written. The same executions give the same rows, in whatever order they come.
    ///
    /// Throws a `ModelError` when a definition is none. Nothing is written then. What our reader cannot take of the
    /// messages is stored as it is, and told in `v_capture`.
    ///
    /// - Parameters:
    ///   - execution: Made by the archive's `preparer()`. This ties its tree to the archive's definitions.
    ///   - grace: Nanoseconds after its end in which an execution is to be read once more.
    public func write(
        _ execution: inout PreparedExecution, definitions captured: [CapturedDefinition], source: SourceID,
        grace: Int64, at now: Timestamp
    ) throws -> WriteResult {
        let id = execution.capture.id
        let createdAt = execution.tree.execution.lifetime.createdAt
        if try isForgotten(id, createdAt: createdAt, source: source) { return .unchanged }
        // Hundreds of executions bring the same ones.
        let missing = try captured.filter { try definitionPack($0.id, source: source) == nil }
        if !missing.isEmpty {
            let understood = try missing.map { ($0, try DefinitionContent(of: $0)) }
            try writing {
                let fresh = try store(understood, source: source)
                try deriveAgain(after: fresh, but: id, source: source)
            }
        }
        if let erased = try withoutForgottenVariables(execution.capture, source: source) {
            execution = try preparer().prepare(erased)
        }
        execution.tree.tie(to: lookup(source))
        return try writing {
            let (result, row) = try write(execution, source: source) { tree in
                Self.rereadTime(tree, grace: grace, at: now)
            }
            try resolveProblems(of: id, source: source, at: now)
            if result != .new {
                try database.run("DELETE FROM vanished WHERE execution_id = ?", [.integer(row)])
                // Of one name a server has one execution.
                for other in try executions(named: id.given, source) where other.row != row {
                    try markVanished(other.row, at: execution.capture.observedAt)
                }
            }
            try packer.trainIfReady(at: now.nanoseconds)
            return result
        }
    }

    /// Whether the archive has an execution as it was just read.
    public func has(_ execution: PreparedExecution, source: SourceID) throws -> Bool {
        let known = try self.execution(
            execution.capture.id, createdAt: execution.tree.execution.lifetime.createdAt, source)
        guard let known else { return false }
        return try database.row("SELECT digest FROM execution WHERE id = ?", [.integer(known.row)])?[0]
            == .blob(execution.digest)
    }

    // MARK: Transactions

    /// Whether there is something that `commit()` has not yet made part of the file.
    public var isInTransaction: Bool { database.isInTransaction }

    /// Opens a transaction: what is written until `commit()` appears to readers at once. Should the archive fail
    /// meanwhile, all of it is taken back, and no transaction is open any more.
    ///
    /// Committing each execution alone takes longer than writing its rows does.
    public func begin() throws(ArchiveError) {
        try database.execute("BEGIN IMMEDIATE")
        changed = [:]
    }

    /// Commits the transaction that is open, if there is one. What cannot be committed is taken back.
    public func commit() throws {
        guard isInTransaction else { return }
        do {
            try checkPlace()
            for (source, ids) in changed ?? [:] { try deriveAncestors(of: ids, source) }
            try database.execute("COMMIT")
            changed = nil
        } catch {
            takeBack()
            throw error
        }
    }

    /// Does all of it in one transaction, or nothing; in a transaction that is open, it takes what came before with it.
    func writing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try isInTransaction ? body() : database.transaction(body)
        } catch {
            takeBack()
            throw error
        }
    }

    private func takeBack() {
        // A full disk, say, has done it already.
        if isInTransaction { try? database.execute("ROLLBACK") }
        // The rows that were made are gone, and so are their ids.
        interned = InternedTexts()
        definitions = DefinitionCache()
        packer.forgetNewest()
        changed = nil
        reused = nil
    }

    // MARK: An execution

    /// - Parameter rereadTime: When the execution is to be read again, as its row says it.
    func writeTree(
        _ capture: ExecutionCapture, source: SourceID, rereadTime: (ExecutionTree) -> Cell
    ) throws -> WriteResult {
        let capture = try withoutForgottenVariables(capture, source: source) ?? capture
        var execution = try preparer().prepare(capture)
        execution.tree.tie(to: lookup(source))
        return try write(execution, source: source, rereadTime: rereadTime).result
    }

    private func write(
        _ execution: PreparedExecution, source: SourceID, rereadTime: (ExecutionTree) -> Cell
    ) throws -> (result: WriteResult, row: Int64) {
        var execution = execution
        let capture = execution.capture
        let reread = rereadTime(execution.tree)
        let created = execution.tree.execution.lifetime.createdAt
        let scope = try scopeID(source: source, project: capture.id.project, domain: capture.id.domain)
        guard let known = try self.execution(capture.id, createdAt: created, source) else {
            let room = try makeRoom(
                for: capture.id, createdAt: created, observedAt: capture.observedAt, source)
            execution.tree.rename(room.id)
            let row = try TreeWriter(archive: self, source: source, scope: scope, execution: execution)
                .write(id: nil, reread: reread)
            if room.id.generation != nil { reused = nil }
            if let time = room.lostAt { try markVanished(row, at: time) }
            try nameAgain(room.id.given, but: row, source)
            try deriveParents(of: room.id, source: source)
            return (room.displaced.map { .nameReused(earlier: $0) } ?? .new, row)
        }
        let before = try database.row(
            "SELECT digest, reread_at FROM execution WHERE id = ?", [.integer(known.row)])
        if let before, before[0] == .blob(execution.digest) {
            // The one thing that may change: that it need not be read again.
            if before[1] != reread {
                try database.run(
                    "UPDATE execution SET reread_at = ? WHERE id = ?", [reread, .integer(known.row)])
            }
            return (.unchanged, known.row)
        }
        execution.tree.rename(known.id)
        try removeParts(of: known.row)
        _ = try TreeWriter(archive: self, source: source, scope: scope, execution: execution)
            .write(id: known.row, reread: reread)
        // A row of a server that tells no times may get one.
        if known.createdAt != created { try nameAgain(known.id.given, but: nil, source) }
        try deriveParents(of: known.id, source: source)
        return (.updated, known.row)
    }

    /// 0 while it is open; once more after a time of grace when it has just ended; else never.
    private static func rereadTime(_ tree: ExecutionTree, grace: Int64, at now: Timestamp) -> Cell {
        let times = tree.execution.lifetime
        guard times.isTerminal else { return .integer(0) }
        guard let ended = times.updatedAt ?? times.endedAt, now - ended < grace else { return .null }
        return .integer((ended + grace).nanoseconds)
    }

    /// 43 bits of a hash of the execution's identity; the next number that nobody has.
    func freeKey(_ id: ExecutionID, _ source: SourceID) throws -> Int64 {
        let given = id.given
        var key =
            SHA256.number("\(source.name)\0\(given.project)\0\(given.domain)\0\(given.name)") & (1 << 43 - 1)
        while try database.row("SELECT 1 FROM execution WHERE key = ?", [.integer(key)]) != nil {
            key = (key + 1) & (1 << 43 - 1)
        }
        return key
    }

    /// All that was read of an execution and what follows from it, but its own row.
    func removeParts(of id: Int64) throws {
        let packs = try database.rows(
            "SELECT DISTINCT pack_id FROM message WHERE execution_id = ?", [.integer(id)])
        try removeDerived(of: id)
        for table in try owned.get().read {
            try database.run("DELETE FROM \(table.name) WHERE \(table.column) = ?", [.integer(id)])
        }
        for pack in packs { try database.run("DELETE FROM pack WHERE id = ?", pack) }
    }

    /// What follows from an execution's messages, but its own row: it is made again, or goes with it.
    func removeDerived(of id: Int64) throws {
        for table in try owned.get().derived {
            try database.run("DELETE FROM \(table.name) WHERE \(table.column) = ?", [.integer(id)])
        }
        try isMade(.execution, id)
    }

    // MARK: What depends on other executions

    /// An execution as rows of another write it: the name alone within the same project and domain.
    static func reference(_ id: ExecutionID, from other: ExecutionID) -> String {
        KeyBytes(id.project) == KeyBytes(other.project) && KeyBytes(id.domain) == KeyBytes(other.domain)
            ? id.name : id.description
    }

    /// The execution that a row of another in the same project and domain writes so.
    package static func execution(written text: String, in other: ExecutionID) -> ExecutionID {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        return parts.count == 3
            ? ExecutionID(project: parts[0], domain: parts[1], name: parts[2])
            : ExecutionID(project: other.project, domain: other.domain, name: text)
    }

    func executionRow(_ id: ExecutionID, _ source: SourceID) throws -> Int64? {
        try database.integer(
            """
            SELECT e.id FROM execution e JOIN scope c ON c.id = e.scope_id
            WHERE e.name = ? AND c.source_id = ? AND c.project = ? AND c.domain = ?
            """, [.text(id.name), .integer(source.id), .text(id.project), .text(id.domain)])
    }

    /// A change of a child changes what its ancestors' failures, spans and paths say. Those are made again when the
    /// transaction that is open is committed, once for all of their children; else at once.
    func deriveParents(of id: ExecutionID, source: SourceID) throws {
        if changed == nil { return try deriveAncestors(of: [id], source) }
        changed?[source, default: []].insert(id)
    }

    private func deriveAncestors(of children: Set<ExecutionID>, _ source: SourceID) throws {
        // How far they are above the children at most: a parent comes after all of its own.
        var levels: [ExecutionID: Int] = [:]
        var open = children.map { (id: $0, level: 0) }
        while let child = open.popLast() {
            // A circle, which only hostile messages say, ends there.
            guard child.level < Self.deepestNesting else { continue }
            for parent in try parents(of: child.id, source) where levels[parent, default: 0] <= child.level {
                levels[parent] = child.level + 1
                open.append((parent, child.level + 1))
            }
        }
        for (id, _) in levels.sorted(by: { ($0.value, $0.key.name) < ($1.value, $1.key.name) }) {
            try deriveAgain(id, source: source)
        }
    }

    /// More generations of executions than anyone has.
    static let deepestNesting = 100

    private func parents(of child: ExecutionID, _ source: SourceID) throws -> [ExecutionID] {
        try database.rows(
            """
            SELECT DISTINCT e.name, c.project, c.domain FROM node n
            JOIN execution e ON e.id = n.execution_id JOIN scope c ON c.id = e.scope_id
            WHERE c.source_id = ?1 AND (n.child = ?2 AND c.project = ?3 AND c.domain = ?4 OR n.child = ?5)
            """,
            [
                .integer(source.id), .text(child.name), .text(child.project), .text(child.domain),
                .text(child.description),
            ]
        ).map {
            ExecutionID(project: $0[1].text ?? "", domain: $0[2].text ?? "", name: $0[0].text ?? "")
        }
    }

    /// Definitions that came after executions of theirs change these: kinds of nodes come from workflows, requests of
    /// attempts from tasks, and so all rows are made again.
    func deriveAgain(after fresh: [DefinitionID], but id: ExecutionID? = nil, source: SourceID) throws {
        func rows(_ kind: DefinitionID.Kind) throws -> String {
            try fresh.filter { $0.kind == kind }.map { String(try definitionID($0, source: source)) }
                .joined(separator: ", ")
        }
        let (workflows, tasks) = (try rows(.workflow), try rows(.task))
        guard !workflows.isEmpty || !tasks.isEmpty else { return }
        let items = try executionItems(
            where: """
                e.id IN (
                    SELECT id FROM execution WHERE workflow_id IN (\(workflows))
                    UNION SELECT execution_id FROM attempt WHERE task_id IN (\(tasks))
                )
                """)
        for item in items where item.id != id { try remakeExecution(item) }
    }

    /// Makes all rows of an execution again.
    func deriveAllAgain(row: Int64) throws {
        for item in try executionItems(where: "e.id = ?", [.integer(row)]) { try remakeExecution(item) }
    }

    /// Makes what depends on other executions again: the cause, the spans and the critical path. Of one that is
    /// overdue all rows are made again, later.
    private func deriveAgain(_ id: ExecutionID, source: SourceID) throws {
        guard let row = try executionRow(id, source), try !isOverdue(.execution, row),
            let capture = try capture(of: id, source: source)
        else { return }
        let tree = try ExecutionTree(capture, definitions: lookup(source))
        for table in ["metric_span", "path_step", "wall_time", "what_if"] {
            try database.run("DELETE FROM \(table) WHERE execution_id = ?", [.integer(row)])
        }
        try DerivedWriter(archive: self, source: source, tree: tree, toldSpans: SpanRows.sum(of: tree))
            .write(id: row)
    }
}

import FlyteModel
import Tables

extension Archive {
    /// What is overdue, and why.
    public func overdue() throws(ArchiveError) -> [OverdueRows] {
        var found: [OverdueRows] = []
        for part in DerivedPart.allCases {
            if let rules = try otherRules(of: part) {
                // The next writer notes it.
                let condition = part == .definition ? "pack_id IS NOT NULL" : "TRUE"
                let rows =
                    try database.integer("SELECT count(*) FROM main.\(part.rawValue) WHERE \(condition)") ?? 0
                guard rows > 0 else { continue }
                found.append(
                    OverdueRows(
                        part: part, reason: Self.reason(part, rules), remaining: Int(rows), unreadable: 0))
                continue
            }
            guard knowsOverdue,
                let row = try database.row(
                    """
                    SELECT coalesce(d.reason, ''), count(*) FILTER (WHERE o.finding IS NULL), count(o.finding)
                    FROM main.overdue o LEFT JOIN main.derivation d ON d.part = o.part WHERE o.part = ?
                    HAVING count(*) > 0
                    """, [.text(part.rawValue)])
            else { continue }
            found.append(
                OverdueRows(
                    part: part, reason: row[0].text ?? "", remaining: Int(row[1].integer ?? 0),
                    unreadable: Int(row[2].integer ?? 0)))
        }
        return found
    }

    /// Whether a row is to be made again, and so may differ from its messages.
    func isOverdue(_ part: DerivedPart, _ id: Int64) throws(ArchiveError) -> Bool {
        if try otherRules(of: part) != nil { return true }
        guard knowsOverdue else { return false }
        return try database.row(
            "SELECT 1 FROM main.overdue WHERE part = ? AND id = ?", [.text(part.rawValue), .integer(id)])
            != nil
    }

    /// Archives older than the tables that say so were made by the first rules throughout.
    private var knowsOverdue: Bool { version >= 5 }

    /// The rules that made the rows, where they are not this tool's.
    private func otherRules(of part: DerivedPart) throws(ArchiveError) -> Int64? {
        let rules =
            try knowsOverdue
            ? database.integer("SELECT rules FROM main.derivation WHERE part = ?", [.text(part.rawValue)]) : 1
        return rules == part.rules ? nil : rules
    }

    private static func reason(_ part: DerivedPart, _ rules: Int64) -> String {
        "they were made by rules \(rules); rules \(part.rules) bring \(part.gain)"
    }

    // MARK: Noting

    /// Makes overdue what other rules made, and forgets the reasons for what is not. For a writer that has just opened
    /// the archive.
    func noteRules() throws(ArchiveError) {
        for part in DerivedPart.allCases {
            if let rules = try otherRules(of: part) {
                // A trigger makes the rows overdue.
                try database.run(
                    "UPDATE derivation SET rules = ?, reason = ? WHERE part = ?",
                    [.integer(part.rules), .text(Self.reason(part, rules)), .text(part.rawValue)])
            } else if try database.row(
                "SELECT 1 FROM derivation WHERE part = ?", [.text(part.rawValue)]) == nil
            {
                // An archive that was built of the whole schema at once.
                try database.run(
                    "INSERT INTO derivation (part, rules) VALUES (?, ?)",
                    [.text(part.rawValue), .integer(part.rules)])
            }
        }
        try forgetReasons()
    }

    /// What was made again has no reason any more.
    private func forgetReasons() throws(ArchiveError) {
        let isMade =
            "reason IS NOT NULL AND NOT EXISTS (SELECT 1 FROM overdue o WHERE o.part = derivation.part)"
        // As a rule there is nothing to write, and nobody who writes to wait for.
        if try database.row("SELECT 1 FROM derivation WHERE \(isMade)") != nil {
            try database.execute("UPDATE derivation SET reason = NULL WHERE \(isMade)")
        }
        hasOverdue = try database.row("SELECT 1 FROM overdue LIMIT 1") != nil
    }

    /// A row was made again, or is gone.
    func isMade(_ part: DerivedPart, _ id: Int64) throws(ArchiveError) {
        guard hasOverdue else { return }
        try database.run(
            "DELETE FROM main.overdue WHERE part = ? AND id = ?", [.text(part.rawValue), .integer(id)])
    }

    /// All rows of a part were.
    func areMade(_ part: DerivedPart) throws(ArchiveError) {
        guard hasOverdue else { return }
        try database.run("DELETE FROM main.overdue WHERE part = ?", [.text(part.rawValue)])
    }

    /// A row cannot be made again.
    func cannotBeMade(_ part: DerivedPart, _ id: Int64, _ error: any Error) throws(ArchiveError) {
        guard hasOverdue else { return }
        try database.run(
            "UPDATE main.overdue SET finding = ? WHERE part = ? AND id = ?",
            [.text(Finding(damage: error, at: "").detail), .text(part.rawValue), .integer(id)])
    }

    // MARK: Making

    /// What `makeOverdue` did.
    public struct Remaking: Hashable, Sendable {
        /// Rows that were made again: errors, definitions and executions.
        public var made = 0
        /// Those that could not be, with what keeps them from it.
        public var damaged: [Finding] = []
        /// What is still overdue.
        public var rest: [OverdueRows] = []
    }

    /// Transactions of about this length: what a kill costs, and how long others wait who write.
    private static let transactionLength = Duration.milliseconds(200)

    /// Makes overdue rows again from their messages, some in each transaction, so that being cut off costs nothing: the
    /// next one goes on. Rows that cannot be made stay as they are, and are noted.
    ///
    /// - Parameters:
    ///   - limit: When to leave the rest to the next one; nil for never.
    ///   - isStopped: Asked between transactions.
    ///   - progress: Called with what is done and what there is to do.
    public func makeOverdue(
        within limit: Duration?, isStopped: () -> Bool = { false },
        progress: Verification.Progress = { _, _ in }
    ) throws -> Remaking {
        var remaking = Remaking()
        guard hasOverdue else { return remaking }
        let end = limit.map { ContinuousClock.now + $0 }
        var open: [Remade] = try overdueRows()
        let total = open.count
        // The last comes first.
        open.reverse()
        while !open.isEmpty, !isStopped(), end.map({ ContinuousClock.now < $0 }) ?? true {
            let begun = ContinuousClock.now
            try begin()
            try writing {
                while let row = open.popLast() {
                    if let error = try remake(row) {
                        remaking.damaged.append(Finding(damage: error, at: try row.place(in: self)))
                    } else {
                        remaking.made += 1
                    }
                    if ContinuousClock.now - begun > Self.transactionLength { break }
                }
            }
            try commit()
            progress(total - open.count, total)
        }
        try forgetReasons()
        remaking.rest = try overdue()
        return remaking
    }

    /// A row that is to be made again.
    private enum Remade {
        case error(Int64)
        case definition(Int64)
        case execution(Rederivation.Item)

        var part: DerivedPart {
            switch self {
            case .error: .error
            case .definition: .definition
            case .execution: .execution
            }
        }

        var id: Int64 {
            switch self {
            case .error(let id), .definition(let id): id
            case .execution(let item): item.row
            }
        }

        func place(in archive: Archive) throws -> String {
            switch self {
            case .error(let id): "error \(id)"
            case .definition(let id): try archive.definitionID(row: id).map { "\($0)" } ?? "definition \(id)"
            case .execution(let item): item.place
            }
        }
    }

    private func overdueRows() throws -> [Remade] {
        func ids(_ part: DerivedPart) throws(ArchiveError) -> [Int64] {
            try database.rows(
                "SELECT id FROM overdue WHERE part = ? AND finding IS NULL ORDER BY id",
                [.text(part.rawValue)]
            ).compactMap { $0[0].integer }
        }
        let executions = Set(try ids(.execution))
        return try ids(.error).map { .error($0) } + ids(.definition).map { .definition($0) }
            + executionItems().filter { executions.contains($0.row) }.map { .execution($0) }
    }

    /// All or nothing of one row; what keeps it from being made, or nil.
    private func remake(_ row: Remade) throws -> (any Error)? {
        try database.execute("SAVEPOINT remaking")
        do {
            switch row {
            case .error(let id): try remakeError(id)
            case .definition(let id): try remakeDefinition(id)
            case .execution(let item): try remakeExecution(item)
            }
            try isMade(row.part, row.id)
            try database.execute("RELEASE remaking")
            return nil
        } catch let error as ArchiveError where error.kind != .damaged {
            throw error
        } catch {
            try database.execute("ROLLBACK TO remaking; RELEASE remaking")
            // Some of what was made for it is gone.
            interned = InternedTexts()
            try cannotBeMade(row.part, row.id, error)
            return error
        }
    }

    private func remakeError(_ id: Int64) throws {
        guard let stored = try storedError(id) else { return }
        let fingerprint = Self.fingerprint(stored.error)
        guard stored.fingerprint != fingerprint else { return }
        try database.run(
            "UPDATE error SET fingerprint = ? WHERE id = ?", [.text(fingerprint), .integer(id)])
    }

    private func remakeDefinition(_ id: Int64) throws {
        guard let kept = try keptDefinitions(where: "d.id = \(id)").first else { return }
        let (content, sha256) = try provenContent(of: kept)
        var rows = [id]
        if case .workflow(let closure) = content {
            // It brings those of the workflows that it uses.
            rows += try closure.workflows.filter { !$0.id.name.isEmpty }
                .map { try definitionID($0.id, source: kept.source) }
        }
        for table in try OwnedTables(of: "definition", in: database).derived {
            for row in rows {
                try database.run("DELETE FROM \(table.name) WHERE \(table.column) = ?", [.integer(row)])
            }
        }
        try fillColumns(of: content, sha256: sha256, row: id, source: kept.source)
    }

    /// The rows of an execution, from its messages.
    func remakeExecution(_ item: Rederivation.Item) throws {
        let tree = try provenTree(of: item)
        guard
            let kept = try database.row(
                "SELECT digest, reread_at FROM execution WHERE id = ?", [.integer(item.row)]),
            case .blob(let digest) = kept[0]
        else { return }
        let execution = try PreparedExecution(
            tree, hashes: MessageHashes(ofExecution: item.row, in: database), digest: digest, isSmall: false)
        try removeDerived(of: item.row)
        try TreeWriter(archive: self, source: item.source, scope: item.scope, execution: execution)
            .writeRows(id: item.row, reread: kept[1])
        try deriveParents(of: item.id, source: item.source)
    }
}

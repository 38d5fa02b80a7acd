public import FlyteModel
import Glibc
import Tables

extension Archive {
    /// Whether an execution is never to be read again: it was erased at its owner's wish, or some of it was.
    ///
    /// - Parameter createdAt: Which of the executions of its name it is; nil where that is not known, and then what is
    ///   said of the name is said of it.
    public func isForgotten(
        _ id: ExecutionID, createdAt: Timestamp?, source: SourceID
    ) throws -> Bool {
        guard version >= 2, try database.row("SELECT 1 FROM tombstone LIMIT 1") != nil else { return false }
        func forgotten(_ digest: [UInt8]) throws -> Int64? {
            try database.integer(
                "SELECT forgotten_at FROM tombstone WHERE source_id = ? AND kind = 'execution' AND digest = ?",
                [.integer(source.id), .blob(digest)])
        }
        // A name that was forgotten may be another's later.
        if let time = try forgotten(Self.digest(of: id.given)),
            createdAt.map({ $0.nanoseconds <= time }) ?? true
        {
            return true
        }
        if let createdAt, try forgotten(Self.digest(of: id.given, createdAt: createdAt)) != nil {
            return true
        }
        guard let known = try execution(id, createdAt: createdAt, source) else { return false }
        return try database.row("SELECT 1 FROM erasure WHERE execution_id = ?", [.integer(known.row)]) != nil
    }

    /// - Parameter createdAt: Where there are others of its name.
    static func digest(of id: ExecutionID, createdAt: Timestamp? = nil) -> [UInt8] {
        SHA256.hash(Array((id.description + (createdAt.map { "\0\($0.nanoseconds)" } ?? "")).utf8))
    }

    /// A capture without the variables that were forgotten for all time; nil when it has none of them.
    func withoutForgottenVariables(_ capture: ExecutionCapture, source: SourceID) throws -> ExecutionCapture?
    {
        let digests = try database.rows(
            "SELECT digest FROM tombstone WHERE source_id = ? AND kind = 'variable'", [.integer(source.id)]
        ).compactMap { row in if case .blob(let digest) = row[0] { digest } else { nil } }
        guard !digests.isEmpty else { return nil }
        return Eraser(target: .variables(Set(digests))).erased(capture)
    }

    // MARK: What a request touches

    /// What `forget` would erase. Changes nothing.
    public func whatToForget(_ request: ForgetRequest) throws -> ForgetSummary {
        var summary = ForgetSummary()
        switch request {
        case .executions(let executions):
            summary.executions = try executions.filter { execution in
                guard let source = try source(named: execution.source) else { return false }
                return try executionRow(execution.id, source) != nil
            }
        case .label(let key, let value):
            summary.executions = try named(
                """
                SELECT s.name, c.project, c.domain, e.name FROM execution_tag t JOIN execution e ON e.id = t.execution_id
                JOIN scope c ON c.id = e.scope_id JOIN source s ON s.id = c.source_id
                JOIN name k ON k.id = t.key_id JOIN text v ON v.id = t.value_id
                WHERE t.kind = 'label' AND k.value = ? AND v.value = ? ORDER BY e.id
                """, [.text(key), .text(value)])
        case .variable(let name, let execution):
            let eraser = Eraser(target: .variables([Eraser.digest(ofVariable: name)]))
            try eachExecution(execution) { found, capture in
                if eraser.erased(capture) != nil { summary.executions.append(found) }
            }
            if execution == nil { summary.definitions = try definitions(erasedBy: eraser).count }
        case .value(let value):
            let forms = ValueForms(value)
            let eraser = Eraser(target: .value(forms))
            try eachExecution(nil) { found, capture in
                if eraser.erased(capture) != nil { summary.executions.append(found) }
            }
            summary.definitions = try definitions(erasedBy: eraser).count
            summary.problems = try problems(with: forms).count
            summary.identifiers = try identifiers(with: forms)
        }
        return summary
    }

    private func source(named name: String) throws -> SourceID? { try sources().first { $0.name == name } }

    private func named(_ sql: String, _ values: [Cell] = []) throws -> [ForgottenExecution] {
        try database.rows(sql, values).map { row in
            ForgottenExecution(
                source: row[0].text ?? "",
                id: ExecutionID(
                    project: row[1].text ?? "", domain: row[2].text ?? "", name: row[3].text ?? ""))
        }
    }

    private func eachExecution(
        _ only: ForgottenExecution?, _ body: (ForgottenExecution, ExecutionCapture) throws -> Void
    ) throws {
        let all =
            try only.map { [$0] }
            ?? named(
                """
                SELECT s.name, c.project, c.domain, e.name FROM execution e JOIN scope c ON c.id = e.scope_id
                JOIN source s ON s.id = c.source_id ORDER BY e.id
                """)
        for execution in all {
            guard let source = try source(named: execution.source),
                let capture = try capture(of: execution.id, source: source)
            else { continue }
            try body(execution, capture)
        }
    }

    private func definitions(erasedBy eraser: Eraser) throws -> [(
        row: Int64, source: SourceID, new: CapturedDefinition
    )] {
        let rows = try database.rows(
            """
            SELECT d.id, s.id, s.name, d.kind, c.project, c.domain, d.name, d.version, d.pack_id FROM definition d
            JOIN scope c ON c.id = d.scope_id JOIN source s ON s.id = c.source_id WHERE d.pack_id IS NOT NULL
            """)
        return try rows.compactMap { row in
            guard let id = row[0].integer, let source = row[1].integer, let pack = row[8].integer,
                let kind = row[3].text.flatMap(DefinitionID.Kind.init),
                let bytes = eraser.erased(try packer.content(pack), of: kind)
            else { return nil }
            let name = DefinitionID(
                kind: kind, project: row[4].text ?? "", domain: row[5].text ?? "", name: row[6].text ?? "",
                version: row[7].text ?? "")
            return (
                id, SourceID(id: source, name: row[2].text ?? ""), CapturedDefinition(id: name, bytes: bytes)
            )
        }
    }

    private func problems(with forms: ValueForms) throws -> [[Cell]] {
        try database.rows("SELECT id, route, message FROM problem").filter { row in
            row.contains { $0.text.map(forms.stand(in:)) ?? false }
        }
    }

    /// Names that rows and messages refer to each other by.
    private func identifiers(with forms: ValueForms) throws -> [String] {
        try database.rows(
            """
            SELECT 'the installation ', name || ' ' || endpoint || ' ' || coalesce(console, '') FROM source
            UNION ALL SELECT 'the project and domain ', project || '/' || domain FROM scope
            UNION ALL SELECT 'the ' || kind || ' ', name || ' ' || version FROM definition
            UNION ALL SELECT 'the execution ', name FROM execution
            """
        ).compactMap { row in
            guard let text = row[1].text, forms.stand(in: text) else { return nil }
            return (row[0].text ?? "") + text
        }
    }

    // MARK: Forgetting

    /// Erases, so that no byte of it is left in the file: rows and messages in one transaction with all frames
    /// packed anew, since a dictionary holds pieces of what it was trained on; then the file is written anew. Doing
    /// it again finishes what was cut off.
    ///
    /// - Parameter reason: Kept with the tombstone.
    /// - Returns: What was touched; with `identifiers`, nothing was done.
    public func forget(_ request: ForgetRequest, reason: String?, at now: Timestamp) throws -> ForgetSummary {
        let summary = try whatToForget(request)
        guard summary.identifiers.isEmpty else { return summary }
        try FileSpace.require(2 * FileSpace.size(of: path), beside: path)
        try database.execute("PRAGMA secure_delete = ON")
        try writing {
            switch request {
            case .executions, .label:
                for execution in summary.executions { try erase(execution, reason, now) }
            case .variable(let name, let execution):
                let eraser = Eraser(target: .variables([Eraser.digest(ofVariable: name)]))
                let digest = SHA256.hash(
                    Array((name + (execution.map { "\0\($0.id)" } ?? "")).utf8))
                let sources = try execution.map { [$0.source] } ?? sources().map(\.name)
                try rewrite(
                    summary, eraser, "variable", digest, in: sources, withDefinitions: execution == nil,
                    reason, now)
            case .value(let value):
                let forms = ValueForms(value)
                let digest = SHA256.hash((0..<32).map { _ in UInt8.random(in: 0...255) } + Array(value.utf8))
                try rewrite(
                    summary, Eraser(target: .value(forms)), "value", digest,
                    in: summary.isEmpty ? [] : sources().map(\.name), withDefinitions: true, reason, now)
                try erase(problems(with: forms), forms)
            }
            try removeUnreferenced()
            try packer.repackAll(at: now.nanoseconds)
        }
        interned = InternedTexts()
        try vacuum()
        return summary
    }

    private func erase(_ execution: ForgottenExecution, _ reason: String?, _ now: Timestamp) throws {
        guard let source = try source(named: execution.source),
            let row = try executionRow(execution.id, source)
        else { return }
        let id = execution.id
        let named = try executions(named: id.given, source)
        let own = named.first { $0.row == row }
        try removeParts(of: row)
        try database.run("DELETE FROM execution WHERE id = ?", [.integer(row)])
        reused = nil
        try database.run(
            "DELETE FROM problem WHERE source_id = ? AND project = ? AND domain = ? AND execution = ?",
            [.integer(source.id), .text(id.project), .text(id.domain), .text(id.name)])
        let isOne = named.count == 1 && id.generation == nil
        let digest = Self.digest(of: id.given, createdAt: isOne ? nil : own?.createdAt)
        // By a server's clock that is ahead of ours it may have been created later.
        let time = isOne ? max(now, own?.createdAt ?? now) : now
        _ = try tombstone(source, "execution", digest, 1, reason, time)
        try nameAgain(id.given, but: nil, source)
        try deriveParents(of: id, source: source)
    }

    /// Puts changed messages in the place of those that hold what is to be forgotten.
    private func rewrite(
        _ summary: ForgetSummary, _ eraser: Eraser, _ kind: String, _ digest: [UInt8], in sources: [String],
        withDefinitions: Bool, _ reason: String?, _ now: Timestamp
    ) throws {
        if withDefinitions {
            for definition in try definitions(erasedBy: eraser) {
                try replace(definition.row, definition.source, definition.new)
            }
        }
        for name in sources {
            guard let source = try source(named: name) else { continue }
            let own = summary.executions.filter { $0.source == name }
            let stone = try tombstone(source, kind, digest, own.count, reason, now)
            for execution in own {
                guard let capture = try capture(of: execution.id, source: source),
                    let erased = eraser.erased(capture)
                else { continue }
                let row = Cell(try executionRow(execution.id, source))
                // A variable of all executions is erased again whenever one is read.
                let isReadAgain = kind == "variable" && withDefinitions
                let reread =
                    try database.row("SELECT reread_at FROM execution WHERE id = ?", [row])?[0] ?? .null
                _ = try writeTree(erased, source: source) { _ in isReadAgain ? reread : .null }
                if isReadAgain { continue }
                try database.run(
                    "INSERT OR IGNORE INTO erasure (execution_id, tombstone_id) VALUES (?, ?)",
                    [row, .integer(stone)])
            }
        }
    }

    private func replace(_ row: Int64, _ source: SourceID, _ definition: CapturedDefinition) throws {
        let pack =
            try database.row("SELECT pack_id FROM definition WHERE id = ?", [.integer(row)])?[0] ?? .null
        try database.run("UPDATE definition SET pack_id = NULL WHERE id = ?", [.integer(row)])
        try database.run("DELETE FROM pack WHERE id = ?", [pack])
        let fresh = try store([(definition, DefinitionContent(of: definition))], source: source)
        try deriveAgain(after: fresh, source: source)
    }

    private func tombstone(
        _ source: SourceID, _ kind: String, _ digest: [UInt8], _ executions: Int, _ reason: String?,
        _ now: Timestamp
    ) throws -> Int64 {
        try database.run(
            """
            INSERT INTO tombstone (source_id, kind, digest, reason, executions, forgotten_at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET executions = executions + excluded.executions,
                reason = coalesce(excluded.reason, reason)
            """,
            [
                .integer(source.id), .text(kind), .blob(digest), Cell(reason),
                .integer(Int64(executions)), .integer(now.nanoseconds),
            ])
        return try database.integer(
            "SELECT id FROM tombstone WHERE source_id = ? AND kind = ? AND digest = ?",
            [.integer(source.id), .text(kind), .blob(digest)]) ?? 0
    }

    private func erase(_ problems: [[Cell]], _ forms: ValueForms) throws {
        for row in problems {
            let texts = row[1...].map { cell -> Cell in
                guard let text = cell.text else { return cell }
                return .text(forms.replaced(in: text, by: Eraser.marker) ?? text)
            }
            try database.run("UPDATE problem SET route = ?, message = ? WHERE id = ?", texts + [row[0]])
        }
    }

    /// Texts that many rows share go when no row has them any more, and the search index is made anew.
    private func removeUnreferenced() throws {
        try forgetChanges()
        try forgetSchedules()
        for table in ["name", "text", "error"] {
            let users = try database.rows(
                """
                SELECT t.name, f."from" FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f
                WHERE t.type = 'table' AND f."table" = ?
                """, [.text(table)])
            let used = users.compactMap { row in
                row[0].text.flatMap { name in
                    row[1].text.map { "SELECT \($0) FROM \(name) WHERE \($0) IS NOT NULL" }
                }
            }
            try database.run("DELETE FROM \(table) WHERE id NOT IN (\(used.joined(separator: " UNION ")))")
        }
        try database.run("INSERT INTO error_search (error_search) VALUES ('rebuild')")
    }

    // MARK: Proof

    /// Looks for a text in every byte of the file and of what SQLite keeps beside it, in every value of every table,
    /// in every message and in every dictionary.
    public func proveForgotten(_ value: String) throws -> ForgetProof {
        let forms = ValueForms(value)
        var proof = ForgetProof()
        proof.forms = forms.usual.count
        for ending in ["", "-wal", "-journal", "-shm"] { try search(path + ending, forms, &proof) }
        let tables = try database.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
        )
        for name in tables.compactMap({ $0[0].text }) {
            let statement = try database.compile("SELECT * FROM \"\(name)\"").statement
            while try statement.step() {
                for cell in statement.row {
                    proof.cells += 1
                    let isFound =
                        switch cell {
                        case .text(let text): forms.stand(in: text)
                        case .blob(let bytes): forms.stand(in: bytes)
                        default: false
                        }
                    if isFound { proof.found.append("the table \(name)") }
                }
            }
        }
        for row in try database.rows("SELECT id FROM pack") {
            guard let pack = row[0].integer else { continue }
            let content = try packer.content(pack)
            proof.messageBytes += Int64(content.count)
            if forms.stand(in: content) { proof.found.append("pack \(pack)") }
        }
        proof.dictionaries = Int(try database.integer("SELECT count(*) FROM dictionary") ?? 0)
        return proof
    }

    private func search(_ file: String, _ forms: ValueForms, _ proof: inout ForgetProof) throws(ArchiveError)
    {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw ArchiveError(.unreadable, path: file, detail: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        // What crosses the end of a piece is found in the next.
        let overlap = (forms.usual.map(\.count).max() ?? 1) - 1
        var buffer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(descriptor, &piece, piece.count)
            guard count > 0 else { return }
            proof.fileBytes += Int64(count)
            buffer = buffer.suffix(overlap) + piece[..<count]
            if forms.standPlainly(in: buffer) { proof.found.append("the file '\(file)'") }
        }
    }
}

import FlyteModel
import FlyteTrace
import Tables

/// Goes through an archive and looks for what is not as it should be.
final class Verifier {
    private let archive: Archive
    private let report: (Finding) -> Void
    private(set) var result = Verification()
    private var database: Database { archive.database }

    init(_ archive: Archive, found: @escaping (Finding) -> Void) {
        self.archive = archive
        report = found
    }

    func run(_ extent: Verification.Extent, progress: Verification.Progress) throws {
        switch extent {
        case .everything:
            checkShared()
            checkExecutions(spans: true, paths: true, rows: true, progress)
        case .quick:
            checkFile("quick_check")
            checkSeals()
            checkJournal()
            checkCounts()
            checkSample(progress)
        case .only(let spans, let paths):
            checkExecutions(spans: spans, paths: paths, rows: false, progress)
        }
    }

    /// Everything that is no single execution's.
    func checkShared() {
        checkFile("integrity_check")
        checkDictionaries()
        checkPacks()
        checkTexts()
        checkSearch()
        checkSeals()
        checkJournal()
        checkDefinitions()
    }

    // MARK: Findings

    private func add(_ place: String, _ finding: String, _ detail: String, isOddity: Bool = false) {
        if isOddity { result.oddities += 1 } else { result.findings += 1 }
        report(Finding(place: place, finding: finding, detail: detail, isOddity: isOddity))
    }

    /// Damage met on the way is a finding, and what lies beyond it is still looked at.
    private func look(at place: String, _ body: () throws -> Void) {
        do {
            try body()
        } catch let error as ArchiveError where error.kind == .unwritable {
            // Deriving a row meant to make one that others refer to.
            let table = error.sql?.split(separator: " ").dropFirst(2).first.map(String.init) ?? "a table"
            add(place, "needs a row that is not there", "table \(table) lacks what the messages hold")
        } catch let error as ArchiveError {
            add(place, "cannot be read", error.detail)
        } catch {
            add(place, "cannot be read", "\(error)")
        }
    }

    private func add(_ difference: ComparisonTables.Difference, at place: String, owner: Int) {
        let key = difference.key.dropFirst(owner).map { $0.integer.map(String.init) ?? "?" }
        let row = key.isEmpty ? difference.table : "\(difference.table) \(key.joined(separator: "/"))"
        let place = place.isEmpty ? row : "\(place), \(row)"
        switch difference.kind {
        case .differs(let columns):
            add(place, "differs from the messages", columns.joined(separator: ", "))
        case .missing: add(place, "is missing", "the messages give this row")
        case .extra: add(place, "is there without reason", "the messages do not give this row")
        }
    }

    /// Whether a row is to be made again, and so need not follow from its messages yet.
    private func isOverdue(_ part: DerivedPart, _ id: Int64) throws(ArchiveError) -> Bool {
        guard try archive.isOverdue(part, id) else { return false }
        result.overdue += 1
        return true
    }

    // MARK: The file

    private func checkFile(_ check: String) {
        look(at: "file") {
            for row in try database.rows("PRAGMA \(check)") where row[0] != .text("ok") {
                add("file", "SQLite finds damage", row[0].text ?? "")
            }
        }
        look(at: "file") {
            for row in try database.rows("PRAGMA foreign_key_check") {
                add(
                    row[0].text.map { "\($0) \(row[1].integer.map(String.init) ?? "")" } ?? "file",
                    "refers to what is not there", "table \(row[2].text ?? "")")
            }
        }
        look(at: "schema") {
            let (built, found) = (
                Set(try Migration.schema(of: database.steps)), Set(try database.rows(Migration.schemaQuery))
            )
            // ANALYZE leaves tables of SQLite's own.
            for row in found.subtracting(built) where row[1].text?.hasPrefix("sqlite_stat") != true {
                add("schema", "is none of flightlog's", "\(row[0].text ?? "") \(row[1].text ?? "")")
            }
            for row in built.subtracting(found) {
                add("schema", "is missing or changed", "\(row[0].text ?? "") \(row[1].text ?? "")")
            }
        }
    }

    // MARK: Packs

    private func checkDictionaries() {
        look(at: "dictionary") {
            for row in try database.rows("SELECT id, data FROM dictionary ORDER BY id") {
                guard case .blob(let data) = row[1], Zstd.id(ofDictionary: data) == row[0].integer else {
                    add(
                        "dictionary \(row[0].integer ?? 0)", "cannot be read",
                        "it is no dictionary with this id")
                    continue
                }
            }
        }
    }

    private func checkPacks() {
        // A frame's header has at most 18 bytes.
        look(at: "pack") {
            for row in try database.rows(
                "SELECT id, dictionary_id, substr(data, 1, 18) FROM pack ORDER BY id")
            {
                guard case .blob(let head) = row[2] else { continue }
                if Zstd.dictionary(ofFrame: head) != row[1].integer {
                    add(
                        "pack \(row[0].integer ?? 0)", "differs from its frame", "dictionary_id")
                }
            }
        }
        look(at: "pack") {
            let orphans = try database.rows(
                """
                SELECT id FROM pack EXCEPT SELECT pack_id FROM message EXCEPT SELECT pack_id FROM definition
                """)
            for row in orphans {
                add("pack \(row[0].integer ?? 0)", "is there without reason", "no message lies in it")
            }
        }
        look(at: "pack_part") {
            for row in try database.rows("SELECT DISTINCT pack_id FROM pack_part ORDER BY 1") {
                guard let pack = row[0].integer else { continue }
                look(at: "pack \(pack)") { try checkParts(of: pack) }
            }
        }
    }

    /// A pack's own frame and its parts together have the size that its row says; numbers have no gap.
    private func checkParts(of pack: Int64) throws {
        let row = try database.row(
            """
            SELECT p.raw_bytes - sum(r.raw_bytes), min(r.number), max(r.number) - count(*)
            FROM pack p JOIN pack_part r ON r.pack_id = p.id WHERE p.id = ?
            """, [.integer(pack)])
        guard let row, let own = row[0].integer, own >= 0, row[1] == .integer(1), row[2] == .integer(0) else {
            add("pack \(pack)", "is not whole", "a part is missing")
            return
        }
    }

    // MARK: What rows share

    private func checkTexts() {
        look(at: "text") {
            for row in try database.rows("SELECT id, digest FROM text ORDER BY id") {
                guard let id = row[0].integer,
                    let value = try database.row("SELECT value FROM text WHERE id = ?", [row[0]])?[0].text
                else { continue }
                if try !archive.isDigest(row[1].integer, of: value, in: "text") {
                    add("text \(id)", "differs from its digest", "value or digest")
                }
            }
        }
        look(at: "error") {
            for row in try database.rows("SELECT id FROM error ORDER BY id") {
                guard let id = row[0].integer, let stored = try archive.storedError(id) else { continue }
                if try !archive.isDigest(stored.digest, of: Archive.digestText(stored.error), in: "error") {
                    add("error \(id)", "differs from its digest", "digest, kind, code or message")
                }
                if try isOverdue(.error, id) { continue }
                if stored.fingerprint != Archive.fingerprint(stored.error) {
                    add("error \(id)", "differs from the messages", "fingerprint")
                }
            }
        }
    }

    private func checkSearch() {
        look(at: "error_search") {
            if try !archive.hasWholeSearchIndex() {
                add("error_search", "differs from table error", "the words of the errors")
            }
        }
    }

    // MARK: The journal

    private func checkSeals() {
        look(at: "seal") {
            let rows = try database.rows(
                """
                SELECT part, id, number FROM (SELECT * FROM sealed EXCEPT SELECT * FROM seal)
                UNION SELECT part, id, number FROM (SELECT * FROM seal EXCEPT SELECT * FROM sealed)
                """)
            for row in rows {
                let number = row[2].integer.map { $0 == 0 ? "" : "/\($0)" } ?? ""
                add(
                    "\(row[0].text ?? "") \(row[1].integer ?? 0)\(number)", "differs from its seal",
                    "the row or its copy in table seal was changed")
            }
        }
    }

    /// What the journal must look like, whatever happened: each a finding, and the rows that show it.
    private static let journal: [(place: String, detail: String, sql: String)] = [
        (
            "harvest", "its end and outcome do not fit together",
            """
            SELECT id FROM harvest WHERE (ended_at IS NULL) <> (outcome IS NULL) OR ended_at < started_at
                OR outcome NOT IN ('done', 'problems', 'stopped', 'failed')
            """
        ),
        (
            "harvest", "it says problems, and none was kept",
            """
            SELECT h.id FROM harvest h WHERE h.problems > 0 AND h.outcome = 'problems'
                AND NOT EXISTS (SELECT 1 FROM problem p WHERE p.source_id = h.source_id)
                AND NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.source_id = h.source_id)
            """
        ),
        (
            "source", "it has more executions than its harvests wrote",
            """
            SELECT s.id FROM source s WHERE NOT EXISTS
                (SELECT 1 FROM harvest h WHERE h.source_id = s.id AND h.ended_at IS NULL)
            AND (SELECT coalesce(sum(h.executions_new), 0) FROM harvest h WHERE h.source_id = s.id)
                < (SELECT count(*) FROM execution e JOIN scope c ON c.id = e.scope_id WHERE c.source_id = s.id)
            AND EXISTS (SELECT 1 FROM harvest h WHERE h.source_id = s.id)
            """
        ),
        (
            "problem", "its times or tries do not fit together",
            """
            SELECT id FROM problem WHERE tries < 1 OR last_seen_at < first_seen_at OR resolved_at < first_seen_at
            """
        ),
        (
            "capture", "it was not seen when its execution was read",
            """
            SELECT DISTINCT g.execution_id FROM capture g JOIN execution e ON e.id = g.execution_id
            WHERE g.seen_at <> e.observed_at
            """
        ),
        (
            "watermark", "nothing was harvested there",
            """
            SELECT w.scope_id FROM watermark w JOIN scope c ON c.id = w.scope_id
            WHERE NOT EXISTS (SELECT 1 FROM harvest h WHERE h.source_id = c.source_id)
            """
        ),
    ]

    private func checkJournal() {
        for check in Self.journal {
            look(at: check.place) {
                for row in try database.rows(check.sql) {
                    add("\(check.place) \(row[0].integer ?? 0)", "contradicts itself", check.detail)
                }
            }
        }
    }

    private func checkCounts() {
        look(at: "execution") {
            let rows = try database.rows(
                """
                SELECT e.id FROM execution e
                WHERE e.node_count <> (SELECT count(*) FROM node n WHERE n.execution_id = e.id)
                    OR e.attempt_count <> (SELECT count(*) FROM attempt a WHERE a.execution_id = e.id)
                """)
            for row in rows {
                add(
                    "execution \(row[0].integer ?? 0)", "differs from its rows", "node_count or attempt_count"
                )
            }
        }
    }

    // MARK: Definitions and executions

    private func checkDefinitions() {
        look(at: "definition") {
            let made = try DefinitionRederivation(archive)
            defer { try? made.close() }
            result.definitions = Int(
                try database.integer("SELECT count(*) FROM main.definition WHERE pack_id IS NOT NULL") ?? 0)
            let differences = try made.differences { kept, error in
                look(at: "\(kept.id)") { throw error }
            }
            var overdue: Set<Int64> = []
            for difference in differences {
                // The key of an edge begins with its definition, too.
                if let id = difference.key.first?.integer, try archive.isOverdue(.definition, id) {
                    overdue.insert(id)
                } else {
                    add(difference, at: "", owner: 0)
                }
            }
            result.overdue += overdue.count
        }
    }

    private func checkExecutions(
        spans: Bool, paths: Bool, rows: Bool, _ progress: Verification.Progress
    ) {
        look(at: "execution") {
            let made = try Rederivation(archive)
            defer { try? made.close() }
            let items = try archive.executionItems()
            for (index, item) in items.enumerated() {
                progress(index, items.count)
                check(item, made, spans: spans, paths: paths, rows: rows)
            }
        }
    }

    /// - Parameter use: Gets the execution as its messages tell it, once they have proved whole.
    func check(
        _ item: Rederivation.Item, _ made: Rederivation, spans: Bool, paths: Bool, rows: Bool,
        use: (ExecutionTree) throws -> Void = { _ in }
    ) {
        look(at: item.place) {
            let tree = try made.tree(of: item)
            try use(tree)
            result.executions += 1
            result.messages += tree.capture.messages.count
            for message in tree.capture.messages { result.bytes += Int64(message.content.count) }
            let isOverdue = try isOverdue(.execution, item.row)
            if rows, !isOverdue {
                for difference in try made.differences(tree, item) {
                    add(difference, at: item.place, owner: 1)
                }
            }
            if spans {
                for line in SpanCheck.findings(made.span(of: tree, item), of: tree) {
                    // The server computes them anew for each answer: as a rule by its rows, and they say something else.
                    add(item.place, "spans differ", line, isOddity: rows)
                }
            }
            if paths, !isOverdue, tree.execution.lifetime.isTerminal {
                for line in PathCheck.findings(try archive.storedPath(of: item.row), of: tree) {
                    add(item.place, "path is not sound", line)
                }
            }
        }
    }

    /// So many executions' messages are read by a quick check.
    private static let sampleCount = 100

    private func checkSample(_ progress: Verification.Progress) {
        look(at: "execution") {
            let made = try Rederivation(archive)
            defer { try? made.close() }
            let items = try archive.executionItems()
            let step = max(1, items.count / Self.sampleCount)
            for index in stride(from: 0, to: items.count, by: step) {
                progress(index, items.count)
                check(items[index], made, spans: false, paths: false, rows: false)
            }
        }
    }
}

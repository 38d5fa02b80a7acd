import FlyteModel
import FlyteTrace
import Tables

/// An archive's executions made again from their messages, one at a time, beside the rows that the file has.
///
/// What depends on other executions - cause, spans and path of a parent - is made from the file's rows of the
/// children: where each execution is right by its children, all are.
final class Rederivation {
    /// An execution as the file names it.
    struct Item {
        var row: Int64
        var source: SourceID
        var scope: Int64
        var id: ExecutionID

        var place: String { "\(source.name): \(id)" }
    }

    private let archive: Archive
    private let shadow: ComparisonTables
    private var database: Database { archive.database }

    /// The column that says whose a row is, by table.
    private let owner: [String: String]

    /// Nothing else may use the archive until `close`.
    init(_ archive: Archive) throws {
        self.archive = archive
        let derived = try archive.owned.get().derived
        owner = Dictionary(uniqueKeysWithValues: derived.map { ($0.name, $0.column) })
            .merging(["execution": "id"]) { own, _ in own }
        shadow = try ComparisonTables(Array(owner.keys), in: archive.database)
    }

    func close() throws { try shadow.close() }

    /// An execution's messages, each with its hash, and together with the digest that the execution has.
    func tree(of item: Item) throws -> ExecutionTree {
        try shadow.clear()
        try copyExecution(item.row)
        let tree = try archive.provenTree(of: item)
        for child in try archive.children(of: tree, item.source) where child != item.id {
            try copyChild(child, item.source)
        }
        return tree
    }

    /// Makes the rows of an execution, and tells which differ from the file's.
    func differences(_ tree: ExecutionTree, _ item: Item) throws -> [ComparisonTables.Difference] {
        let kept = try database.row(
            "SELECT digest, reread_at FROM execution WHERE id = ?", [.integer(item.row)])
        guard let kept, case .blob(let digest) = kept[0] else { return [] }
        let execution = try PreparedExecution(
            tree, hashes: MessageHashes(ofExecution: item.row, in: database), digest: digest,
            isSmall: false)
        try TreeWriter(archive: archive, source: item.source, scope: item.scope, execution: execution)
            .writeRows(id: item.row, reread: kept[1])
        return try shadow.tables.flatMap { table in
            try shadow.differences(in: table, where: owner[table.name], id: item.row)
        }
    }

    /// The metric spans of an execution whose tree was made last.
    func span(of tree: ExecutionTree, _ item: Item) -> Span {
        let children = ArchivedChildren(of: tree, archive, item.source)
        return SpanBuilder.span(of: tree) { children.lifetime(of: $0) }
    }

    /// Puts the rows that were made in the place of the file's, within a transaction.
    func replace(_ item: Item) throws {
        for table in shadow.tables {
            if table.name == "execution" {
                try shadow.update(table, id: item.row)
            } else {
                try shadow.replace(table, where: owner[table.name], id: item.row)
            }
        }
    }

    private func copyExecution(_ row: Int64) throws {
        try database.run(
            "INSERT OR IGNORE INTO temp.execution SELECT * FROM main.execution WHERE id = ?", [.integer(row)])
    }

    private func copyChild(_ child: ExecutionID, _ source: SourceID) throws {
        let row = try database.integer(
            """
            SELECT e.id FROM main.execution e JOIN scope c ON c.id = e.scope_id
            WHERE e.name = ? AND c.source_id = ? AND c.project = ? AND c.domain = ?
            """, [.text(child.name), .integer(source.id), .text(child.project), .text(child.domain)])
        guard let row else { return }
        try copyExecution(row)
        for table in ["path_step", "what_if"] {
            try database.run(
                "INSERT OR IGNORE INTO temp.\(table) SELECT * FROM main.\(table) WHERE execution_id = ?",
                [.integer(row)])
        }
    }
}

extension Archive {
    /// Executions, in the order of their rows, children before their parents as far as the rows tell.
    ///
    /// - Parameter condition: Over the columns of `e`, the table.
    func executionItems(
        where condition: String = "TRUE", _ values: [Cell] = []
    ) throws(ArchiveError) -> [Rederivation.Item] {
        try database.rows(
            """
            SELECT e.id, s.id, s.name, c.project, c.domain, e.name, c.id FROM main.execution e
            JOIN scope c ON c.id = e.scope_id JOIN source s ON s.id = c.source_id WHERE \(condition)
            ORDER BY e.nesting DESC, e.id
            """, values
        ).compactMap { row in
            guard let id = row[0].integer, let source = row[1].integer, let scope = row[6].integer
            else { return nil }
            return Rederivation.Item(
                row: id, source: SourceID(id: source, name: row[2].text ?? ""), scope: scope,
                id: ExecutionID(
                    project: row[3].text ?? "", domain: row[4].text ?? "", name: row[5].text ?? ""))
        }
    }

    /// An execution whose messages have their hashes, and together with its gaps the digest that its row has.
    func provenTree(of item: Rederivation.Item) throws -> ExecutionTree {
        func damaged(_ detail: String) -> ArchiveError { ArchiveError(.damaged, path: path, detail: detail) }
        guard let capture = try capture(of: item.id, source: item.source),
            let row = try database.row("SELECT digest FROM execution WHERE id = ?", [.integer(item.row)])
        else { throw damaged("it cannot be found by its name") }
        // Reading the messages has compared them with their hashes.
        let hashes = try MessageHashes(ofExecution: item.row, in: database)
        guard row[0] == .blob(try CaptureDigest.digest(of: capture, hashes: hashes)) else {
            throw damaged("its messages and gaps, as a whole, do not have its digest")
        }
        let tree = try ExecutionTree(capture, definitions: lookup(item.source))
        guard tree.execution.id.given == item.id.given else {
            throw damaged("its message is of another execution")
        }
        return tree
    }
}

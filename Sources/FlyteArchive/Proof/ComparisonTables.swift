import Tables

/// Empty copies of some tables, in the connection's temporary database.
///
/// SQLite looks there first. So whoever writes rows without naming a database writes the copies, and what
/// stands in the file can be compared with them row by row, with the same ids. It works on read-only media.
final class ComparisonTables {
    private let database: Database
    let tables: [Copy]

    struct Copy {
        var name: String
        /// Of the primary key, in order.
        var key: [String]
        var columns: [String]
    }

    /// A row that the file and the copy do not have in common.
    struct Difference {
        enum Kind {
            /// The columns that differ.
            case differs([String])
            /// Only the copy has it.
            case missing
            /// Only the file has it.
            case extra
        }
        var table: String
        var kind: Kind
        var key: [Cell]
    }

    /// - Parameter names: Tables of the schema.
    init(_ names: [String], in database: Database) throws(ArchiveError) {
        self.database = database
        var tables: [Copy] = []
        for row in try Migration.schema(of: database.steps) where row[0] == .text("table") {
            guard let name = row[1].text, names.contains(name), let sql = row[3].text else { continue }
            // A foreign key would look for its table among the copies.
            let plain = sql.replacing(#/ REFERENCES \w+( ON DELETE CASCADE)?/#, with: "")
            try database.execute(
                plain.replacing("CREATE TABLE", with: "CREATE TEMP TABLE", maxReplacements: 1))
            let columns = try database.rows(
                "SELECT name, pk FROM pragma_table_info(?, 'temp')", [.text(name)])
            tables.append(
                Copy(
                    name: name,
                    key: columns.filter { $0[1] != .integer(0) }
                        .sorted { ($0[1].integer ?? 0) < ($1[1].integer ?? 0) }.compactMap { $0[0].text },
                    columns: columns.compactMap { $0[0].text }))
        }
        self.tables = tables
        // What was compiled before means the file's tables still.
        database.forgetStatements()
    }

    /// Takes the copies away: names mean the file's tables again.
    func close() throws(ArchiveError) {
        for table in tables { try database.execute("DROP TABLE temp.\(table.name)") }
    }

    func clear() throws(ArchiveError) {
        for table in tables { try database.run("DELETE FROM temp.\(table.name)") }
    }

    /// The first so many rows of a table in which the file and the copy differ.
    ///
    /// - Parameter column: Where it is not nil, only rows that have `id` there.
    func differences(
        in table: Copy, where column: String? = nil, id: Int64 = 0, limit: Int = 10
    ) throws(ArchiveError) -> [Difference] {
        let condition = column.map { "WHERE \($0) = ?" } ?? ""
        let values: [Cell] = column == nil ? [] : [.integer(id)]
        let order = table.key.joined(separator: ", ")
        func rows(_ schema: String) throws(ArchiveError) -> Statement {
            let statement = try database.statement(
                "SELECT \(order), * FROM \(schema).\(table.name) \(condition) ORDER BY \(order)")
            try statement.bind(values)
            return statement
        }
        let (made, stored) = (try rows("temp"), try rows("main"))
        defer {
            made.reset()
            stored.reset()
        }
        let keys = table.key.count
        var differences: [Difference] = []
        var (hasMade, hasStored) = (try made.step(), try stored.step())
        while hasMade || hasStored, differences.count < limit {
            if hasMade, hasStored, made.hasSameRow(as: stored) {
                (hasMade, hasStored) = (try made.step(), try stored.step())
                continue
            }
            let (left, right) = (hasMade ? made.cells(keys) : nil, hasStored ? stored.cells(keys) : nil)
            if let left, left == right {
                let columns = made.columnsThatDiffer(from: stored).filter { $0 >= keys }
                differences.append(
                    Difference(
                        table: table.name, kind: .differs(columns.map { table.columns[$0 - keys] }), key: left
                    ))
                (hasMade, hasStored) = (try made.step(), try stored.step())
            } else if let left, right.map({ Self.precedes(left, $0) }) ?? true {
                differences.append(Difference(table: table.name, kind: .missing, key: left))
                hasMade = try made.step()
            } else if let right {
                differences.append(Difference(table: table.name, kind: .extra, key: right))
                hasStored = try stored.step()
            }
        }
        return differences
    }

    /// Keys are integers; a damaged file may hold others, and then any order ends.
    private static func precedes(_ left: [Cell], _ right: [Cell]) -> Bool {
        left.map { $0.integer ?? .min }.lexicographicallyPrecedes(right.map { $0.integer ?? .min })
    }

    /// Puts the copy's rows in the place of the file's.
    func replace(_ table: Copy, where column: String? = nil, id: Int64 = 0) throws(ArchiveError) {
        let condition = column.map { "WHERE \($0) = ?" } ?? ""
        let values: [Cell] = column == nil ? [] : [.integer(id)]
        try database.run("DELETE FROM main.\(table.name) \(condition)", values)
        try database.run(
            "INSERT INTO main.\(table.name) SELECT * FROM temp.\(table.name) \(condition)", values)
    }

    /// Gives rows that others refer to the copy's values, by their ids.
    func update(_ table: Copy, id: Int64? = nil) throws(ArchiveError) {
        let columns = table.columns.filter { !table.key.contains($0) }.joined(separator: ", ")
        try database.run(
            """
            UPDATE main.\(table.name) SET (\(columns)) =
                (SELECT \(columns) FROM temp.\(table.name) t WHERE t.id = main.\(table.name).id)
            WHERE id IN (SELECT id FROM temp.\(table.name)) AND (?1 IS NULL OR id = ?1)
            """, [id.map { .integer($0) } ?? .null])
    }
}

import Tables

/// A table as the archive fills it: each of its columns once, by its name, with where its value comes from.
///
/// The names, types and order that the file has, and what each column means, are the schema's (`schema/*.sql`); a test
/// holds both against each other. Statements are made of this, so that the order here is nobody's concern.
final class RowTable<Row>: Sendable {
    typealias Value = @Sendable (RowPlace, Row) throws -> Cell
    typealias Column = (name: String, value: Value)

    let name: String
    /// Columns that are filled elsewhere, or by SQLite.
    let others: [String]
    let columns: [Column]
    private let insertion: String
    private let change: String

    /// - Parameters:
    ///   - others: Columns that are filled elsewhere, or by SQLite.
    ///   - skipsKnown: Whether a row whose key is there already is passed over.
    ///   - more: Columns that are declared with another table, because they are also written alone.
    init(
        _ name: String, others: [String] = [], skipsKnown: Bool = false,
        _ columns: KeyValuePairs<String, Value>, and more: [Column] = []
    ) {
        self.name = name
        self.others = others
        self.columns = columns.map { ($0.key, $0.value) } + more
        let names = self.columns.map(\.name)
        insertion = """
            INSERT \(skipsKnown ? "OR IGNORE " : "")INTO \(name) (\(names.joined(separator: ", ")))
            VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))
            """
        change = "UPDATE \(name) SET \(names.map { "\($0) = ?" }.joined(separator: ", ")) WHERE id = ?"
    }

    /// These columns of a table whose rows have a row of this one as a part.
    func columns<Whole>(of part: @escaping @Sendable (Whole) -> Row) -> [RowTable<Whole>.Column] {
        columns.map { column in (column.name, { try column.value($0, part($1)) }) }
    }

    /// Makes a row.
    func insert(_ row: Row, at place: RowPlace) throws {
        try run(try place.database.statement(insertion, of: self, isChange: false), row, place)
    }

    /// Gives the row with this id these values.
    func update(_ id: Int64, _ row: Row, at place: RowPlace) throws {
        let statement = try place.database.statement(change, of: self, isChange: true)
        try statement.bind(.integer(id), at: Int32(columns.count + 1))
        try run(statement, row, place)
    }

    private func run(_ statement: Statement, _ row: Row, _ place: RowPlace) throws {
        // Bound one by one: an array of the values would be one more allocation a row.
        for index in columns.indices {
            try statement.bind(try columns[index].value(place, row), at: Int32(index + 1))
        }
        try statement.run()
    }
}

extension RowTable: DeclaredTable {
    var columnNames: [String] { columns.map(\.name) }
}

import Tables

/// The rows of a table of the journal that belong to an installation, with all columns that two archives have in
/// common; each archive numbers its own.
struct JournalRows {
    private let origin: Archive
    private let target: Archive
    private let table: String
    private let columns: [String]

    /// - Parameter table: Has an `id` and a `source_id`.
    init(_ table: String, from origin: Archive, to target: Archive) throws(ArchiveError) {
        (self.origin, self.target, self.table) = (origin, target, table)
        let here = try Self.columns(of: table, in: target)
        columns = try Self.columns(of: table, in: origin)
            .filter { here.contains($0) && $0 != "id" && $0 != "source_id" }
    }

    private static func columns(of table: String, in archive: Archive) throws(ArchiveError) -> [String] {
        try archive.database.rows("SELECT name FROM pragma_table_info(?)", [.text(table)])
            .compactMap { $0[0].text }
    }

    /// By their numbers in the archive that they come from.
    ///
    /// - Parameter condition: Over the columns of `p`, the table.
    func rows(of source: SourceID, where condition: String = "TRUE") throws(ArchiveError) -> [[Cell]] {
        try origin.database.rows(
            "SELECT \(columns.joined(separator: ", ")) FROM \(table) p WHERE source_id = ? AND (\(condition)) ORDER BY id",
            [.integer(source.id)])
    }

    /// The value of a column of a row; NULL where an archive does not have the column.
    subscript(column: String, row: [Cell]) -> Cell {
        columns.firstIndex(of: column).map { row[$0] } ?? .null
    }

    func set(_ column: String, of row: inout [Cell], to value: Cell) {
        if let index = columns.firstIndex(of: column) { row[index] = value }
    }

    /// - Parameter otherwise: What follows the values in SQL.
    func insert(_ row: [Cell], for source: SourceID, otherwise: String = "") throws(ArchiveError) {
        let marks = row.map { _ in ", ?" }.joined()
        try target.database.run(
            """
            INSERT INTO \(table) (source_id, \(columns.joined(separator: ", "))) VALUES (?\(marks)) \(otherwise)
            """, [.integer(source.id)] + row)
    }
}

import CSQLite
import Glibc
import Tables

/// A compiled statement.
final class Statement {
    // nil for a text without a statement, such as a comment.
    private let pointer: OpaquePointer?
    private unowned let database: Database
    private let sql: String

    init(_ pointer: OpaquePointer?, database: Database, sql: String) {
        self.pointer = pointer
        self.database = database
        self.sql = sql
    }

    deinit { sqlite3_finalize(pointer) }

    var isEmpty: Bool { pointer == nil }

    /// Whether it cannot change the file.
    var isReadOnly: Bool { pointer.map { sqlite3_stmt_readonly($0) != 0 } ?? true }

    /// Parameters by position, from 1: all of them, or some keep the values they had. Whoever steps resets.
    func bind(_ values: [Cell]) throws(ArchiveError) {
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
    }

    /// The names of the parameters, with their first character, in order; nil for one without a name.
    var parameterNames: [String?] {
        guard let pointer else { return [] }
        return (1..<(sqlite3_bind_parameter_count(pointer) + 1)).map { index in
            sqlite3_bind_parameter_name(pointer, index).map { String(cString: $0) }
        }
    }

    func bind(_ value: Cell, at index: Int32) throws(ArchiveError) {
        guard let pointer else { return }
        let code: Int32
        switch value {
        case .null: code = sqlite3_bind_null(pointer, index)
        case .integer(let value): code = sqlite3_bind_int64(pointer, index, value)
        case .real(let value): code = sqlite3_bind_double(pointer, index, value)
        case .text(var value):
            code = value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { text in
                    // An empty text still needs an address, or it would be NULL.
                    text.baseAddress.map { csqlite_bind_text(pointer, index, $0, UInt64(text.count)) }
                        ?? csqlite_bind_text(pointer, index, "", 0)
                }
            }
        case .blob(let value):
            code =
                value.isEmpty
                ? sqlite3_bind_zeroblob(pointer, index, 0)
                : value.withUnsafeBytes {
                    csqlite_bind_blob(pointer, index, $0.baseAddress, UInt64($0.count))
                }
        }
        guard code == SQLITE_OK else { throw database.error(code, sql: sql) }
    }

    /// Goes to the next row; false at the end.
    func step() throws(ArchiveError) -> Bool {
        guard let pointer else { return false }
        let code = sqlite3_step(pointer)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let error = database.error(code, sql: sql)
            sqlite3_reset(pointer)
            throw error
        }
    }

    /// Goes to the end, and is ready for other values.
    func run() throws(ArchiveError) {
        while try step() {}
        reset()
    }

    func reset() { sqlite3_reset(pointer) }

    var row: [Cell] { (0..<sqlite3_column_count(pointer)).map { cell($0) } }

    /// The first columns of the row.
    func cells(_ count: Int) -> [Cell] { (0..<Int32(count)).map { cell($0) } }

    /// Whether both are at rows with the same values, byte for byte.
    func hasSameRow(as other: Statement) -> Bool {
        (0..<sqlite3_column_count(pointer)).allSatisfy { hasSame($0, as: other) }
    }

    /// The places of the columns in which two rows differ, byte for byte.
    func columnsThatDiffer(from other: Statement) -> [Int] {
        (0..<sqlite3_column_count(pointer)).filter { !hasSame($0, as: other) }.map { Int($0) }
    }

    private func hasSame(_ column: Int32, as other: Statement) -> Bool {
        let type = sqlite3_column_type(pointer, column)
        guard type == sqlite3_column_type(other.pointer, column) else { return false }
        switch type {
        case SQLITE_INTEGER:
            return sqlite3_column_int64(pointer, column) == sqlite3_column_int64(other.pointer, column)
        case SQLITE_FLOAT:
            return sqlite3_column_double(pointer, column).bitPattern
                == sqlite3_column_double(other.pointer, column).bitPattern
        case SQLITE_NULL: return true
        default:
            let count = sqlite3_column_bytes(pointer, column)
            guard count == sqlite3_column_bytes(other.pointer, column) else { return false }
            guard count > 0, let left = sqlite3_column_blob(pointer, column),
                let right = sqlite3_column_blob(other.pointer, column)
            else { return count == 0 }
            return memcmp(left, right, Int(count)) == 0
        }
    }

    private func cell(_ column: Int32) -> Cell {
        switch sqlite3_column_type(pointer, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(pointer, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(pointer, column))
        case SQLITE_TEXT:
            let count = Int(sqlite3_column_bytes(pointer, column))
            guard let text = sqlite3_column_text(pointer, column) else { return .text("") }
            return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            let count = Int(sqlite3_column_bytes(pointer, column))
            guard let bytes = sqlite3_column_blob(pointer, column) else { return .blob([]) }
            return .blob(Array(UnsafeRawBufferPointer(start: bytes, count: count)))
        default: return .null
        }
    }

    /// The columns' names, with the kinds that their declarations say; text where they say nothing.
    var columns: [Column] {
        (0..<sqlite3_column_count(pointer)).map { index in
            let name = sqlite3_column_name(pointer, index).map { String(cString: $0) } ?? ""
            let declared =
                sqlite3_column_decltype(pointer, index).map { String(cString: $0).uppercased() } ?? ""
            let kind: Column.Kind =
                declared.contains("INT") ? .integer : declared.contains("REAL") ? .real : .text
            return Column(name, kind)
        }
    }
}

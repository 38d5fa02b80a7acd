import CFlightlogSQLite
import CSQLite
import Glibc
import Tables

/// A connection to a SQLite file. It belongs to the task that opened it.
final class Database {
    enum Mode {
        case readOnly, readWrite
        /// For media that nobody can write: without locks, and without the log that writers keep beside a file.
        case immutable

        var flags: Int32 {
            switch self {
            case .readOnly: SQLITE_OPEN_READONLY
            case .readWrite: SQLITE_OPEN_READWRITE
            case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            }
        }
    }

    let path: String
    private let handle: OpaquePointer
    /// What builds an archive's schema.
    var steps = Migration.steps
    /// The schema version, once the file is known to be an archive.
    var archiveVersion: Int?
    private var statements: [Text: Statement] = [:]
    private var tableStatements: [TableStatement: Statement] = [:]

    private struct TableStatement: Hashable {
        var table: ObjectIdentifier
        var isChange: Bool
    }

    /// A statement's text. A few dozen hardly share their lengths, and hashing all of a text for each row takes
    /// longer than binding its values.
    private struct Text: Hashable {
        var sql: String
        func hash(into hasher: inout Hasher) { hasher.combine(sql.utf8.count) }
    }

    init(path: String, mode: Mode) throws(ArchiveError) {
        self.path = path
        var handle: OpaquePointer?
        let name = mode == .immutable ? Self.immutableURI(path) : path
        let code = sqlite3_open_v2(name, &handle, mode.flags | SQLITE_OPEN_NOMUTEX, nil)
        guard let handle else { throw ArchiveError(.other, path: path, detail: "no memory") }
        self.handle = handle
        guard code == SQLITE_OK else {
            let error = self.error(code)
            throw error
        }
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 10_000)
        // Hostile files: schemas are not written by hand. Views and triggers are trusted as far as SQLite trusts them by
        // itself: with TRUSTED_SCHEMA off, 3.40, Debian 12's, refuses `->>` in v_literal, v_literal_leaf and v_failure,
        // `json_array` in the seals, and in triggers the full-text index of errors, for which there is no other way; a test
        // tells when that has changed. What must not be called from there says so itself, whatever is trusted: SQLite's
        // functions with side effects, and ours that read the file.
        _ = csqlite_set_flag(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1)
        _ = csqlite_set_flag(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
        // raw_json(), literals_json(), percentile() and the others of the loadable extension.
        let added = flightlog_sqlite_add(handle)
        guard added == SQLITE_OK else {
            let error = self.error(added)
            throw error
        }
    }

    /// https://www.sqlite.org/uri.html: three characters have a meaning of their own.
    private static func immutableURI(_ path: String) -> String {
        let escaped = path.map { character in
            switch character {
            case "%": "%25"
            case "?": "%3f"
            case "#": "%23"
            default: String(character)
            }
        }
        return "file:\(escaped.joined())?immutable=1"
    }

    deinit {
        statements.removeAll()
        tableStatements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Runs statements that give no rows.
    func execute(_ sql: String) throws(ArchiveError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, sql: sql) }
    }

    /// A statement, compiled once for each text.
    func statement(_ sql: String) throws(ArchiveError) -> Statement {
        let text = Text(sql: sql)
        if let known = statements[text] { return known }
        let statement = try compile(sql).statement
        statements[text] = statement
        return statement
    }

    /// The one statement that fills a declared table, or that changes its rows: found by the table and the verb, as a
    /// look-up by the text would take a good part of the time that binding a row's values does.
    func statement(
        _ sql: String, of table: AnyObject, isChange: Bool
    ) throws(ArchiveError) -> Statement {
        let key = TableStatement(table: ObjectIdentifier(table), isChange: isChange)
        if let known = tableStatements[key] { return known }
        let statement = try compile(sql).statement
        tableStatements[key] = statement
        return statement
    }

    /// Compiles the first statement of a text, and gives what follows it.
    func compile(_ sql: String) throws(ArchiveError) -> (statement: Statement, rest: String) {
        var pointer: OpaquePointer?
        var code: Int32 = SQLITE_OK
        var rest = ""
        sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            code = sqlite3_prepare_v3(handle, text, -1, 0, &pointer, &tail)
            if let tail { rest = String(cString: tail) }
        }
        guard code == SQLITE_OK else { throw error(code, sql: sql) }
        return (Statement(pointer, database: self, sql: sql), rest)
    }

    /// Lets each statement be compiled again when it is next needed.
    func forgetStatements() {
        statements.removeAll()
        tableStatements.removeAll()
    }

    /// Runs a statement with these values.
    func run(_ sql: String, _ values: [Cell] = []) throws(ArchiveError) {
        let statement = try statement(sql)
        try statement.bind(values)
        try statement.run()
    }

    /// Runs a statement that makes a row, and gives its id.
    func insert(_ sql: String, _ values: [Cell]) throws(ArchiveError) -> Int64 {
        try run(sql, values)
        return insertedRow
    }

    /// The id of the row that was made last in a table that has ids.
    var insertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    /// All rows of an answer.
    func rows(_ sql: String, _ values: [Cell] = []) throws(ArchiveError) -> [[Cell]] {
        let statement = try statement(sql)
        try statement.bind(values)
        defer { statement.reset() }
        var rows: [[Cell]] = []
        while try statement.step() { rows.append(statement.row) }
        return rows
    }

    func row(_ sql: String, _ values: [Cell] = []) throws(ArchiveError) -> [Cell]? {
        let statement = try statement(sql)
        try statement.bind(values)
        defer { statement.reset() }
        return try statement.step() ? statement.row : nil
    }

    func integer(_ sql: String, _ values: [Cell] = []) throws(ArchiveError) -> Int64? {
        try row(sql, values)?.first?.integer
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Whether the file is no longer where it was opened.
    var hasMoved: Bool {
        var moved: Int32 = 0
        return sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0
    }

    /// Does all of it or nothing.
    func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // A full disk, say, has rolled back already.
            if isInTransaction { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Reads the file as it is at this moment, whoever writes to it meanwhile.
    func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
        try execute("BEGIN")
        defer { try? execute("COMMIT") }
        return try body()
    }

    /// Copies the file page by page, as it is at this moment. The copy appears when it is whole, for its owner alone.
    func copy(to path: String) throws(ArchiveError) {
        let partial = path + ".partial"
        unlink(partial)
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ArchiveError(.unwritable, path: partial, detail: String(cString: strerror(errno)))
        }
        close(descriptor)
        do {
            try fill(try Database(path: partial, mode: .readWrite))
        } catch {
            unlink(partial)
            throw error
        }
        guard rename(partial, path) == 0 else {
            throw ArchiveError(.unwritable, path: path, detail: String(cString: strerror(errno)))
        }
    }

    private func fill(_ copy: Database) throws(ArchiveError) {
        guard let backup = sqlite3_backup_init(copy.handle, "main", handle, "main") else {
            throw copy.error(sqlite3_errcode(copy.handle))
        }
        sqlite3_backup_step(backup, -1)
        let code = sqlite3_backup_finish(backup)
        guard code == SQLITE_OK else { throw copy.error(code) }
    }

    var changes: Int64 { sqlite3_total_changes64(handle) }

    /// Ends a statement that has run for longer than this, in seconds.
    func setTimeLimit(_ seconds: Double?) {
        guard let seconds else {
            sqlite3_progress_handler(handle, 0, nil, nil)
            return
        }
        deadline = ContinuousClock.now + .seconds(seconds)
        sqlite3_progress_handler(
            // Often, since a single step may make a value of many megabytes.
            handle, 100,
            { context in
                guard let context else { return 0 }
                let database = Unmanaged<Database>.fromOpaque(context).takeUnretainedValue()
                return ContinuousClock.now > database.deadline ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }
    private var deadline = ContinuousClock.now

    /// Refuses more memory than this to SQLite, for all connections of the process; nil for no limit.
    static func limitMemory(to bytes: Int?) { sqlite3_hard_heap_limit64(Int64(bytes ?? 0)) }

    /// Refuses values of more bytes than this, and what else hostile statements exhaust.
    func limitValues(to bytes: Int) {
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Int32(clamping: bytes))
        sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 1_000_000)
        // Patterns of many '%' take exponential time, in which no time-out is looked at.
        sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000)
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
    }

    /// Lets statements read, and nothing else: no other files, no extensions, no changes of settings.
    func allowReadingOnly() {
        // The first statement about errors' texts declares the columns of their search, which looks like a change of the
        // schema: it is compiled before there is anybody to ask, and not run.
        _ = try? compile("SELECT rowid FROM error_search")
        sqlite3_set_authorizer(
            handle,
            { _, action, first, second, _, _ in
                switch action {
                case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
                case SQLITE_FUNCTION:
                    let name = second.map { String(cString: $0).lowercased() } ?? ""
                    return ["load_extension", "fts3_tokenizer"].contains(name) ? SQLITE_DENY : SQLITE_OK
                case SQLITE_PRAGMA:
                    // What tells about the file, without a value that would change it.
                    let name = first.map { String(cString: $0).lowercased() } ?? ""
                    let reading = [
                        "table_info", "table_xinfo", "table_list", "index_list", "index_info",
                        "foreign_key_list",
                        "function_list", "collation_list", "pragma_list", "database_list",
                    ]
                    if reading.contains(name) { return SQLITE_OK }
                    let telling = [
                        "user_version", "application_id", "page_size", "page_count", "schema_version",
                        "encoding", "freelist_count",
                        // Full-text search asks it, to see whether others have written.
                        "data_version",
                    ]
                    return telling.contains(name) && second == nil ? SQLITE_OK : SQLITE_DENY
                default: return SQLITE_DENY
                }
            }, nil)
    }

    /// What a result code means, with SQLite's words for it.
    func error(_ code: Int32, sql: String? = nil) -> ArchiveError {
        let detail = String(cString: sqlite3_errmsg(handle))
        let kind: ArchiveError.Kind =
            switch code & 0xFF {
            case SQLITE_NOTADB: .notAnArchive
            case SQLITE_CORRUPT: .damaged
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_FULL: .full
            // SQLite takes only the first of these for a full disk; a quota and a limit on files are like it.
            // Rolling back may have hidden why the write failed.
            case SQLITE_IOERR
            where code == csqlite_write_failed
                || [ENOSPC, EDQUOT, EFBIG].contains(sqlite3_system_errno(handle)):
                .full
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM: .unwritable
            case SQLITE_IOERR: .unwritable
            case SQLITE_ERROR, SQLITE_AUTH, SQLITE_INTERRUPT, SQLITE_RANGE: .sql
            default: .other
            }
        if kind == .sql, detail.hasPrefix("no such "), let version = archiveVersion,
            version < steps.count
        {
            return ArchiveError(.tooOld(found: version, newest: steps.count), path: path, detail: detail)
        }
        return ArchiveError(kind, path: path, detail: detail, sql: sql)
    }
}

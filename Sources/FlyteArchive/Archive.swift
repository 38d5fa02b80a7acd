import CSQLite
import EmbeddedFiles
import FlyteModel
import Glibc
public import Tables

/// One SQLite file with what Flyte installations know about their executions.
///
/// It belongs to the task that opened it. Readers and one writer may have it open at once.
public final class Archive {
    public enum Mode: Sendable {
        /// Changes nothing, and works on read-only media.
        case readOnly
        /// Makes the file when there is none, and brings an older one to the newest schema.
        case readWrite
    }

    public let path: String
    let database: Database
    let packer: Packer
    /// The file's schema version.
    var version: Int { database.archiveVersion ?? 0 }
    /// The schema version that the steps make.
    var newestVersion: Int { database.steps.count }
    /// That the file was brought up to date when it was opened; nil when it was already.
    public internal(set) var migration: Migration?
    /// Ids of texts that recur, as long as the archive is open.
    var interned = InternedTexts()
    /// The tables of what belongs to an execution, as the file has them.
    private(set) lazy var owned = Result { () throws(ArchiveError) in
        try OwnedTables(of: "execution", in: database)
    }
    /// Decoded definitions, as long as the archive is open.
    var definitions = DefinitionCache()
    /// The names that were given out more than once, by installation; nil until somebody asks.
    var reused: [Int64: Set<ExecutionID>]?
    /// The executions that were written in the transaction that `commit()` ends, whose ancestors follow from them; nil
    /// when none is open.
    var changed: [SourceID: Set<ExecutionID>]?

    /// Whether rows are to be made again; only writers know.
    var hasOverdue = false

    public convenience init(path: String, mode: Mode) throws(ArchiveError) {
        try self.init(path: path, mode: mode, steps: Migration.steps)
    }

    /// - Parameter steps: What builds the schema; tests have further ones.
    package init(path: String, mode: Mode, steps: [Migration.Step]) throws(ArchiveError) {
        try SQLiteVersion.check(for: path)
        self.path = path
        var isNew = try Self.prepareFile(path, mode)
        database = try mode == .readOnly ? Self.openReading(path) : Database(path: path, mode: .readWrite)
        database.steps = steps
        packer = Packer(database: database)
        // Where making it was cut off, by a full disk or a kill, there is nothing in it.
        if !isNew, try isBlank() {
            guard mode == .readWrite else { throw ArchiveError(.missing, path: path) }
            isNew = true
        }
        try checkKind(isNew: isNew)
        try database.execute("PRAGMA foreign_keys = ON; PRAGMA cache_size = -4000")
        database.archiveVersion = Int(try database.integer("PRAGMA user_version") ?? 0)
        guard mode == .readWrite else { return }
        if isNew { try database.execute("PRAGMA page_size = 8192") }
        try migrate(isNew: isNew)
        try noteRules()
        // Readers go on while a harvest writes; the log grows to 32 MiB before it is folded in.
        try database.execute(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4096")
    }

    /// Makes an empty file that only its owner can read; true when the file is new.
    private static func prepareFile(_ path: String, _ mode: Mode) throws(ArchiveError) -> Bool {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw ArchiveError(.notAnArchive, path: path, detail: "it is no file")
            }
            guard access(path, R_OK) == 0 else {
                throw ArchiveError(.unreadable, path: path, detail: String(cString: strerror(errno)))
            }
            guard mode == .readOnly || access(path, W_OK) == 0 else {
                throw ArchiveError(.unwritable, path: path, detail: String(cString: strerror(errno)))
            }
            return status.st_size == 0 && mode == .readWrite
        }
        guard errno == ENOENT || errno == ENOTDIR, mode == .readWrite else {
            let kind: ArchiveError.Kind =
                errno == ENOENT ? .missing : mode == .readOnly ? .unreadable : .unwritable
            throw ArchiveError(kind, path: path, detail: String(cString: strerror(errno)))
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ArchiveError(.unwritable, path: path, detail: String(cString: strerror(errno)))
        }
        close(descriptor)
        return true
    }

    /// Whether nobody has written anything into the file yet.
    private func isBlank() throws(ArchiveError) -> Bool {
        guard try database.integer("PRAGMA application_id") == 0,
            try database.integer("PRAGMA user_version") == 0
        else { return false }
        return try database.integer("SELECT count(*) FROM sqlite_schema") == 0
    }

    /// A file whose last writer was cut off needs a file beside it to be read, which read-only media refuse.
    private static func openReading(_ path: String) throws(ArchiveError) -> Database {
        let database = try Database(path: path, mode: .readOnly)
        do {
            _ = try database.integer("PRAGMA schema_version")
            return database
        } catch {
            guard error.kind == .unwritable else { throw error }
            guard FileSpace.size(of: path + "-wal") == 0 else {
                throw ArchiveError(
                    .unwritable, path: path,
                    detail:
                        "its last writer was cut off, and what '\(path)-wal' still has cannot be folded in here"
                )
            }
            return try Database(path: path, mode: .immutable)
        }
    }

    /// Too old, current, too new, not ours.
    private func checkKind(isNew: Bool) throws(ArchiveError) {
        if isNew { return }
        guard try database.integer("PRAGMA application_id") == Migration.applicationID else {
            throw ArchiveError(.notAnArchive, path: path)
        }
        let version = Int(try database.integer("PRAGMA user_version") ?? 0)
        guard version <= newestVersion else {
            throw ArchiveError(.tooNew(found: version, supported: newestVersion), path: path)
        }
    }

    /// Folds the write-ahead log into the file and syncs it: what was written survives a power loss, and the
    /// file can be copied and read alone.
    public func settle() throws(ArchiveError) {
        _ = try database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        // Fails while somebody reads, and then the next writer does it.
        _ = try? database.rows("PRAGMA journal_mode = DELETE")
    }

    /// Throws where the file at the path is another one than that which was opened: what is written would be lost, and
    /// nobody would know.
    func checkPlace() throws(ArchiveError) {
        guard !database.hasMoved else { throw ArchiveError(.moved, path: path) }
    }

    /// Rows that were written, changed or taken away since it was opened.
    public var rowsWritten: Int64 { database.changes }

    // MARK: Asking

    /// The answer to a statement of our own, with parameters by name, without their first character.
    public func query(_ sql: String, _ parameters: [String: Cell] = [:]) throws(ArchiveError) -> Table {
        let statement = try statement(sql, parameters)
        var table = Table(columns: statement.columns)
        while try statement.step() { table.rows.append(statement.row) }
        table.takeKindsFromValues()
        return table
    }

    /// The one statement of a text, ready to go.
    func statement(_ sql: String, _ parameters: [String: Cell]) throws(ArchiveError) -> Statement {
        let (statement, rest) = try database.compile(sql)
        guard !statement.isEmpty else {
            throw ArchiveError(.sql, path: path, detail: "There is no statement.")
        }
        guard rest.allSatisfy({ $0.isWhitespace || $0 == ";" }) || Self.isComment(rest) else {
            throw ArchiveError(.sql, path: path, detail: "There is more than one statement; one at a time.")
        }
        for (index, name) in statement.parameterNames.enumerated() {
            guard let name, let value = parameters[String(name.dropFirst())] else { continue }
            try statement.bind(value, at: Int32(index + 1))
        }
        return statement
    }

    private static func isComment(_ rest: String) -> Bool {
        rest.split { $0 == "\n" }.allSatisfy { line in
            let text = line.drop { $0.isWhitespace || $0 == ";" }
            return text.isEmpty || text.hasPrefix("--")
        }
    }

    /// The names of a statement's parameters, without their first character.
    public func parameterNames(of sql: String) throws(ArchiveError) -> [String] {
        try database.compile(sql).statement.parameterNames.compactMap { $0.map { String($0.dropFirst()) } }
    }
}

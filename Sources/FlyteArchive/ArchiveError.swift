import Glibc
import Tables

/// Why an archive cannot do what it was asked.
public struct ArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        case missing
        /// There is a file already where a new one was to be made.
        case exists
        /// Something else, or nothing that SQLite knows.
        case notAnArchive
        /// A newer version of the tool wrote it.
        case tooNew(found: Int, supported: Int)
        /// An older version of the tool wrote it, and what was asked for came later.
        case tooOld(found: Int, newest: Int)
        case damaged
        /// The system's SQLite does not know what the schema is made of.
        case oldSQLite(found: String, needed: String)
        /// Somebody else writes, and did not finish in time.
        case busy
        /// Somebody else is changing it; who, in words.
        case held(String)
        case unwritable
        case unreadable
        /// The file that was opened is no longer at its path.
        case moved
        case full
        /// The disk would be full before the work is done.
        case noRoom
        /// Whoever wrote the statement can mend it.
        case sql
        case other
    }

    public var kind: Kind
    public var path: String
    /// SQLite's words or the system's.
    public var detail: String
    /// The statement that failed. Bound values never stand in it.
    public var sql: String?

    public init(_ kind: Kind, path: String, detail: String = "", sql: String? = nil) {
        self.kind = kind
        self.path = path
        self.detail = detail
        self.sql = sql
    }

    public var description: String {
        switch kind {
        case .missing: "There is no archive '\(path)'. 'flightlog harvest' makes one."
        case .exists: "'\(path)' is there already. Choose another name, or remove it first."
        case .notAnArchive: "'\(path)' is not an archive of flightlog's; nothing was done to it."
        case .tooNew(let found, let supported):
            "'\(path)' has schema version \(found), and this tool reads up to \(supported). Use the version of the tool that wrote it, or a newer one."
        case .tooOld(let found, let newest):
            "'\(path)' has schema version \(found), which lacks what this needs (\(detail)). 'flightlog migrate \(path)' brings it to version \(newest), and keeps a copy."
        case .damaged:
            "'\(path)' is damaged (\(detail)). Keep a copy as it is; 'sqlite3 \(path) .recover' may save what is readable."
        case .oldSQLite(let found, let needed):
            "SQLite \(found) is installed here, and archives need \(needed) or later: install a newer libsqlite3. '\(path)' was not touched."
        case .busy:
            "'\(path)' is being written by somebody else, who did not finish in time. Try again later."
        case .held(let who):
            "'\(path)' is held by \(who.isEmpty ? "another process" : who). Wait for it, or end it."
        case .unwritable:
            (detail == Self.noSuchFile ? MissingFolder.sentence(for: path) : nil)
                ?? "'\(path)' cannot be written: \(detail). Check the folder's and the file's permissions."
        case .unreadable:
            "'\(path)' cannot be read: \(detail). Check the folder's and the file's permissions."
        case .moved:
            "'\(path)' was moved, removed or replaced while it was written, and nothing more was. What is there now was not harvested into; its newest rows may still be in '\(path)-wal'."
        case .full:
            "The disk of '\(path)' is full, or a quota or limit is reached, or it fails. The last transaction was taken back, and nothing before it is lost; make room and run again."
        case .noRoom:
            "There is no room to work on '\(path)': \(detail). Nothing was done; make room and run again."
        case .sql: "\(detail)\(sql.map { " - in `\($0)`" } ?? "")"
        case .other: "SQLite error in '\(path)': \(detail)\(sql.map { " - while executing `\($0)`" } ?? "")"
        }
    }

    private static let noSuchFile = String(cString: strerror(ENOENT))
}

public import Tables

extension Archive {
    /// Bounds of an answer to somebody else's statement.
    public struct UserSQLLimits: Sendable {
        /// nil: as long as it takes.
        public var seconds: Double?
        /// nil: all rows.
        public var rows: Int?

        public init(seconds: Double? = nil, rows: Int? = nil) {
            self.seconds = seconds
            self.rows = rows
        }
    }

    /// Asks somebody else's statement: it can read, and nothing else.
    ///
    /// `start` gets the columns once, then `take` each row. A value may have ``userValueLimit`` bytes.
    ///
    /// - Returns: Whether there were more rows than the limit.
    public func userRows(
        _ sql: String, _ parameters: [String: Cell] = [:], limits: UserSQLLimits = UserSQLLimits(),
        start: ([Column]) throws -> Void, take: ([Cell]) throws -> Void
    ) throws -> Bool {
        database.allowReadingOnly()
        database.limitValues(to: Self.userValueLimit)
        database.setTimeLimit(limits.seconds)
        Database.limitMemory(to: Self.userMemoryLimit)
        defer {
            database.setTimeLimit(nil)
            Database.limitMemory(to: nil)
        }
        do {
            let statement = try statement(sql, parameters)
            try start(statement.columns)
            var count = 0
            while try statement.step() {
                if count == limits.rows { return true }
                count += 1
                try take(statement.row)
            }
            return false
        } catch let error as ArchiveError {
            throw told(error, limits)
        }
    }

    /// The same as a table.
    public func userQuery(
        _ sql: String, _ parameters: [String: Cell] = [:], limits: UserSQLLimits = UserSQLLimits()
    ) throws -> Table {
        var table = Table(columns: [])
        _ = try userRows(
            sql, parameters, limits: limits, start: { table.columns = $0 }, take: { table.rows.append($0) })
        table.takeKindsFromValues()
        return table
    }

    /// Larger values are refused, so that a slip such as `randomblob(1e9)` does not eat the machine.
    public static let userValueLimit = 100_000_000

    /// Bytes that SQLite takes while it answers. What it sorts goes to files beyond its cache.
    public static let userMemoryLimit = 1 << 30

    /// What SQLite says of our limits, in words that tell what to do.
    private func told(_ error: ArchiveError, _ limits: UserSQLLimits) -> ArchiveError {
        var told = error
        if error.detail.hasPrefix("not authorized") || error.detail == "authorization denied" {
            told.kind = .sql
            told.detail = "Only reading is allowed here, and only what is in the archive"
        } else if error.detail.hasPrefix("string or blob too big") {
            told.kind = .sql
            told.detail = "A value is larger than \(Self.userValueLimit / 1_000_000) MB"
        } else if error.detail == "out of memory" {
            told.kind = .sql
            told.detail = "The answer takes more than \(Self.userMemoryLimit >> 20) MiB of memory"
        } else if let seconds = limits.seconds, error.detail == "interrupted" {
            told.detail = "The statement was given up after \(seconds) seconds"
        }
        return told
    }
}

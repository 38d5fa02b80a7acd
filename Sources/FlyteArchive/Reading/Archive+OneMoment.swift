public import Tables

extension Archive {
    /// Answers several questions from the archive as it is at one moment, whoever writes to it meanwhile.
    ///
    /// The moment is that of the first question. Within another `reading` it is that one's moment. A writer goes on
    /// meanwhile, but what it writes is not folded into the file before this is over, and a harvest waits for ten
    /// seconds at most to begin with a file that nobody wrote before: whatever takes long and asks nothing belongs
    /// outside.
    public func reading<Result>(_ body: () throws -> Result) throws -> Result {
        database.isInTransaction ? try body() : try database.snapshot(body)
    }

    /// Ends whatever still runs so many seconds from now; nil for never.
    public func limitTime(to seconds: Double?) { database.setTimeLimit(seconds) }

    /// Hands the rows of an answer over as they are found, so that one of any length takes no memory.
    ///
    /// - Parameters:
    ///   - sql: A statement of our own.
    ///   - parameters: By name, without their first character.
    ///   - start: Gets the columns once; of those that were not declared the kind is text.
    public func rows(
        _ sql: String, _ parameters: [String: Cell] = [:], start: ([Column]) throws -> Void,
        take: ([Cell]) throws -> Void
    ) throws {
        let statement = try statement(sql, parameters)
        try start(statement.columns)
        while try statement.step() { try take(statement.row) }
    }
}

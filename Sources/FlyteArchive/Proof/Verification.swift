/// What is checked of an archive, and what came of it.
public struct Verification: Sendable {
    public enum Extent: Hashable, Sendable {
        /// Everything that an archive can be checked for.
        case everything
        /// SQLite's quick check, references, the schema, counts, and the messages of a sample of executions.
        case quick
        /// Only some of what follows from each execution. Who asks for spans wants to know of each difference: none is
        /// called an oddity then.
        case only(spans: Bool, paths: Bool)
    }

    public var executions = 0
    public var messages = 0
    /// Of the messages.
    public var bytes: Int64 = 0
    public var definitions = 0
    /// Executions, definitions and errors that are to be made again: their messages were checked, and not that their
    /// rows follow from them.
    public var overdue = 0
    /// How many findings there were, without oddities.
    public var findings = 0
    /// How many oddities of the server's there were.
    public var oddities = 0

    /// How far a check is: executions done, and how many there are to do.
    public typealias Progress = (_ done: Int, _ total: Int) -> Void
}

extension Archive {
    /// Checks the archive, as it is at this moment, and tells each finding as it is met. It changes nothing and
    /// holds one execution at a time in memory. Damage is a finding.
    ///
    /// The archive must be used for nothing else before it is closed, and have the newest schema.
    public func verify(
        _ extent: Verification.Extent = .everything, progress: Verification.Progress = { _, _ in },
        found: @escaping (Finding) -> Void
    ) throws -> Verification {
        guard version == newestVersion else {
            throw ArchiveError(
                .tooOld(found: version, newest: newestVersion), path: path, detail: "the newest schema")
        }
        try keepCopiesInMemory()
        let verifier = Verifier(self, found: found)
        try database.snapshot { try verifier.run(extent, progress: progress) }
        return verifier.result
    }

    /// Temporary tables are small here, and nothing is written beside the archive. Not within a transaction.
    func keepCopiesInMemory() throws(ArchiveError) { try database.execute("PRAGMA temp_store = MEMORY") }
}

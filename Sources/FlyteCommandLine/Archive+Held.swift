import CommandLineParser
import FlyteArchive
import FlyteModel
import Glibc

extension ArchiveLock {
    /// The right to write an archive, for as long as this process has it.
    static func hold(_ path: String) throws(ArchiveError) -> ArchiveLock {
        try ArchiveLock(
            archive: path, who: "\(verb) (process \(getpid()), since \(Timestamp.now.secondText))")
    }

    /// What this process was started to do; no other word of its command line, of which some are nobody's business.
    private static var verb: String {
        let word = CommandLine.arguments.dropFirst().first ?? ""
        return Flightlog.command.subcommands.contains { $0.name == word }
            ? "'flightlog \(word)'" : "flightlog"
    }
}

extension Archive {
    /// Opens an archive to change it, with the right to do so until the change is done.
    ///
    /// - Parameter isNew: Whether the archive may be made. Otherwise nothing is left where there is none.
    static func changing<Result>(
        _ path: String, orNew isNew: Bool = false, _ change: (Archive) throws -> Result
    ) throws -> Result {
        if !isNew || access(path, F_OK) == 0 { _ = try Archive(path: path, mode: .readOnly) }
        // What SQLite builds beside the archive has room there, and may not have where small files are kept.
        let slash = path.lastIndex(of: "/")
        setenv("SQLITE_TMPDIR", slash.map { "\(path[..<$0])/" } ?? ".", 0)
        let lock = try ArchiveLock.hold(path)
        return try withExtendedLifetime(lock) {
            let archive = try Archive(path: path, mode: .readWrite)
            archive.tellMigration()
            let result = try change(archive)
            try archive.settle()
            return result
        }
    }

    /// Says that the file was of an older version.
    func tellMigration() {
        guard let migration else { return }
        Terminal.say(
            "'\(path)' was brought from schema version \(migration.from) to \(migration.to); '\(migration.copy)' has it as it was."
        )
    }

    /// What a harvest takes, at most, to make rows again that a newer version makes otherwise.
    private static let remakingLimit = Duration.seconds(300)

    /// Makes rows again that are overdue, and says so; what takes too long is left to the next harvest.
    func makeSomeOverdue(
        isStopped: () -> Bool, tell: (Remaking) -> Void = { _ in }
    ) throws {
        let due = try overdue().filter { $0.remaining > 0 }
        guard !due.isEmpty else { return }
        let progress = CheckProgress("made again", "rows")
        defer { progress.close() }
        let remaking = try makeOverdue(
            within: Self.remakingLimit, isStopped: isStopped, progress: progress.show)
        progress.close()
        Terminal.say(Self.sentence(remaking, due: due, path))
        tell(remaking)
    }

    private static func sentence(_ remaking: Remaking, due: [OverdueRows], _ path: String) -> String {
        let reasons = due.map { "\($0.part.rawValue)s: \($0.reason)" }.joined(separator: "; ")
        var text = "\(remaking.made) rows of '\(path)' were made again from their messages (\(reasons))."
        if !remaking.damaged.isEmpty {
            text +=
                " \(remaking.damaged.count) could not be read, and stay as they are; 'flightlog rebuild \(path)' lists them."
        }
        let rest = remaking.rest.reduce(0) { $0 + $1.remaining }
        if rest > 0 { text += " \(rest) are left to the next harvest, or to 'flightlog rebuild \(path)'." }
        return text
    }
}

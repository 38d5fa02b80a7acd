import Glibc
import Tables

extension Archive {
    /// The steps that the file lacks.
    public var missingSteps: [Migration.Step] { Array(database.steps.dropFirst(version)) }

    /// Runs the steps that the file lacks: all of them, or none. What was there before is copied first, and the copy
    /// stays when all went well.
    func migrate(isNew: Bool) throws(ArchiveError) {
        let steps = missingSteps
        guard !steps.isEmpty else { return }
        if isNew { return try run(steps, over: database) }
        // Steps may not meet what is damaged, and would hide it.
        // Over a connection of its own: with full-text tables in the file SQLite 3.40 keeps a lock after this check.
        let health =
            try Database(path: path, mode: .readOnly).row("PRAGMA quick_check(1)")?[0].text ?? ""
        guard health == "ok" else { throw ArchiveError(.damaged, path: path, detail: health) }
        let copy = "\(path).before-v\(newestVersion)"
        let found = version
        try FileSpace.require(2 * FileSpace.size(of: path), beside: path)
        try database.copy(to: copy)
        do {
            // As above: a column that is added to a strict table is checked by the same means.
            let own = try Database(path: path, mode: .readWrite)
            try own.execute("PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000")
            try run(steps, over: own)
        } catch {
            unlink(copy)
            throw error
        }
        migration = Migration(from: found, to: version, copy: copy)
    }

    private func run(_ steps: [Migration.Step], over connection: Database) throws(ArchiveError) {
        do {
            try connection.transaction {
                for step in steps { try connection.execute(step.sql) }
            }
        } catch let error as ArchiveError {
            throw error
        } catch {
            throw ArchiveError(.other, path: path, detail: "\(error)")
        }
        database.archiveVersion = newestVersion
    }
}

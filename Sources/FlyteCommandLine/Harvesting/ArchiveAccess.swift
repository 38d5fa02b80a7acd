import Glibc

/// Who may read an archive.
enum ArchiveAccess: String, CaseIterable, Sendable {
    case owner = "600"
    case group = "640"
    case everybody = "644"

    /// Gives it to the archive and to what lies beside it: readers need those while it is written.
    ///
    /// SQLite makes such files with the mode of the archive. The redaction's key stays its owner's.
    func apply(to path: String) throws {
        guard let mode = mode_t(rawValue, radix: 8) else { return }
        for ending in ["", "-wal", "-shm", ".lock"] where chmod(path + ending, mode) != 0 && errno != ENOENT {
            throw Failure(
                "The mode of '\(path + ending)' cannot be changed: \(String(cString: strerror(errno))).")
        }
    }
}

import Glibc

/// The right to change an archive: one at a time, and gone with the process that had it, however that
/// ended. Readers are never held up.
public final class ArchiveLock {
    private let descriptor: Int32

    /// Takes the lock of an archive, on a file beside it.
    ///
    /// - Parameter who: Told to whoever comes second.
    public init(archive path: String, who: String) throws(ArchiveError) {
        try SQLiteVersion.check(for: path)
        let file = path + ".lock"
        // Whoever may write in the folder could have laid a link there, so that another file is emptied.
        descriptor = open(file, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = errno == ELOOP ? "it is a link" : String(cString: strerror(errno))
            throw ArchiveError(.unwritable, path: file, detail: reason)
        }
        do throws(ArchiveError) {
            try take(file, path, who)
        } catch {
            close(descriptor)
            throw error
        }
    }

    private func take(_ file: String, _ path: String, _ who: String) throws(ArchiveError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink <= 1 else {
            throw ArchiveError(
                .unwritable, path: file,
                detail: "it is no file of its own, as a lock's is: a link, or no file")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var text = [UInt8](repeating: 0, count: Self.longest)
            let count = max(0, pread(descriptor, &text, text.count, 0))
            throw ArchiveError(.held(String(decoding: text.prefix(count), as: UTF8.self)), path: path)
        }
        ftruncate(descriptor, 0)
        let bytes = Array(who.utf8.prefix(Self.longest))
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }

    private static let longest = 300

    deinit { close(descriptor) }
}

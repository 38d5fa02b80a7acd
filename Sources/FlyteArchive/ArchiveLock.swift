import Glibc

/// The right to harvest into an archive: one at a time, and gone with the process that had it, however that
/// ended. Readers are never held up.
public final class ArchiveLock {
    private let descriptor: Int32

    /// Takes the lock of an archive, on a file beside it.
    ///
    /// - Parameter who: Told to whoever comes second.
    public init(archive path: String, who: String) throws(ArchiveError) {
        try SQLiteVersion.check(for: path)
        let file = path + ".lock"
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ArchiveError(.unwritable, path: file, detail: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var text = [UInt8](repeating: 0, count: 300)
            let count = max(0, read(descriptor, &text, text.count))
            close(descriptor)
            throw ArchiveError(.held(String(decoding: text.prefix(count), as: UTF8.self)), path: path)
        }
        ftruncate(descriptor, 0)
        let bytes = Array(who.utf8.prefix(300))
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }

    deinit { close(descriptor) }
}

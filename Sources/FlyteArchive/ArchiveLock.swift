import Glibc

/// The right to change an archive: one at a time, and gone with the process that had it, however that
/// ended. Readers are never held up.
public final class ArchiveLock {
    private let descriptor: Int32

    /// Whether somebody has the right.
    public enum State: Hashable, Sendable {
        case free
        /// Who says so of himself.
        case held(String)
        /// It may not be looked at, or not here.
        case unknown
    }

    /// Whether somebody writes an archive now.
    public static func state(ofArchive path: String) -> State {
        let descriptor = open(path + ".lock", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT ? .free : .unknown }
        defer { close(descriptor) }
        // Those who look do not see each other; for a moment they are in the way of whoever takes it.
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return .free }
        return errno == EWOULDBLOCK ? .held(holder(descriptor)) : .unknown
    }

    private static func holder(_ descriptor: Int32) -> String {
        var text = [UInt8](repeating: 0, count: longest)
        let count = max(0, pread(descriptor, &text, text.count, 0))
        return String(decoding: text.prefix(count), as: UTF8.self)
    }

    /// Microseconds between tries to take it, and how many there are: longer than anybody looks.
    private static let (pause, tries): (UInt32, Int) = (10_000, 20)

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
        var left = Self.tries
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            left -= 1
            guard left > 0 else {
                throw ArchiveError(.held(Self.holder(descriptor)), path: path)
            }
            usleep(Self.pause)
        }
        ftruncate(descriptor, 0)
        let bytes = Array(who.utf8.prefix(Self.longest))
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }

    private static let longest = 300

    deinit { close(descriptor) }
}

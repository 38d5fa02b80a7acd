import Glibc

/// A file that is whole, or not there: nobody reads half of it, and a full disk leaves the old one.
///
/// It is written beside its place under a name that nothing has yet, and renamed into it by `finish()`. One that
/// is given up before leaves nothing.
public final class AtomicFile: ByteSink {
    private let path: String
    private let partial: String
    /// -1 once it is closed.
    private var descriptor: Int32

    /// Opens it beside its place, so that one who may not write there learns it before the work.
    ///
    /// - Parameter mode: Its permissions, whatever the process is told to mask.
    public init(_ path: String, mode: FileMode = .ownerOnly) throws(OutputError) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { String(path[...$0]) } ?? ""
        var partial = ""
        var descriptor: Int32 = -1
        // A name of 64 random bits is taken by somebody who guesses, and then another one is tried.
        for _ in 0..<8 {
            partial = "\(folder).flightlog-\(String(UInt64.random(in: .min ... .max), radix: 16)).partial"
            descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            if descriptor >= 0 || errno != EEXIST { break }
        }
        guard descriptor >= 0 else { throw OutputError(path: path, code: errno) }
        self.path = path
        self.partial = partial
        self.descriptor = descriptor
        // Best effort: a file system without permissions gives each file the same ones.
        _ = fchmod(descriptor, mode.bits)
    }

    deinit { giveUp() }

    public func write(_ bytes: [UInt8]) throws {
        guard let code = DescriptorBytes.write(bytes, to: descriptor) else { return }
        giveUp()
        throw OutputError(path: path, code: code)
    }

    public func finish() throws {
        let isClosed = close(descriptor) == 0
        descriptor = -1
        guard isClosed, rename(partial, path) == 0 else {
            let code = errno
            unlink(partial)
            throw OutputError(path: path, code: code)
        }
    }

    private func giveUp() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        unlink(partial)
    }

    /// Writes a whole text, and puts it in its place.
    public func finish(_ text: String) throws {
        try write(Array(text.utf8))
        try finish()
    }

    /// Writes a whole text at a path.
    public static func write(_ text: String, to path: String, mode: FileMode = .ownerOnly) throws {
        try AtomicFile(path, mode: mode).finish(text)
    }

    /// Whether a file can be made beside others at this path; sets `errno`.
    public static func isFolderWritable(of path: String) -> Bool {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        return access(folder, W_OK) == 0
    }
}

import Glibc

/// Files for people: whole, or not there.
enum OutputFile {
    /// Writes beside the place and moves there, so that nobody reads half of it and a full disk leaves the old one.
    static func write(_ text: String, to path: String) throws {
        let temporary = path + ".partial"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                let failure = failure(path)
                close(descriptor)
                unlink(temporary)
                throw failure
            }
            rest = rest.dropFirst(written)
        }
        guard close(descriptor) == 0, rename(temporary, path) == 0 else {
            let failure = failure(path)
            unlink(temporary)
            throw failure
        }
    }

    /// Whether a file can be made beside others at this path; sets `errno`.
    static func isFolderWritable(of path: String) -> Bool {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        return access(folder, W_OK) == 0
    }

    private static func failure(_ path: String) -> Failure {
        Failure("'\(path)' cannot be written: \(String(cString: strerror(errno))).")
    }
}

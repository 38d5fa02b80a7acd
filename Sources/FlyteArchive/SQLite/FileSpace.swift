import Glibc

/// The room that a file takes, and that there is for it.
enum FileSpace {
    /// 0 when there is no such file.
    static func size(of path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Refuses when the archive's file system does not have so many bytes to spare.
    static func require(_ bytes: Int64, beside path: String) throws(ArchiveError) {
        // What cannot be asked is found out by trying.
        guard let free = free(beside: path), free < bytes else { return }
        throw ArchiveError(
            .noRoom, path: path,
            detail: "it takes \(megabytes(bytes)) MiB beside it, and there are \(megabytes(free)) MiB")
    }

    /// nil where the system does not say.
    static func free(beside path: String) -> Int64? {
        var status = statvfs()
        guard statvfs(folder(of: path), &status) == 0 else { return nil }
        return Int64(status.f_bavail) * Int64(status.f_frsize)
    }

    private static func megabytes(_ bytes: Int64) -> Int64 { (bytes + (1 << 20) - 1) >> 20 }
}

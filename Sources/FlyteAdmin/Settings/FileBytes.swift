import Glibc

/// Reads a small file whole.
package enum FileBytes {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// Whether anybody on this machine may read a file; false where there is none.
    package static func isOpenToAll(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o004 != 0
    }

    package static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        guard let file = fopen(path, "rb") else {
            throw Failure(description: String(cString: strerror(errno)))
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { throw Failure(description: String(cString: strerror(errno))) }
        guard count <= limit else { throw Failure(description: "it is larger than \(limit) bytes") }
        return Array(bytes.prefix(count))
    }
}

import Glibc

/// Reads a small file whole.
package enum FileBytes {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
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

import Glibc

/// That an answer could not be written where it should go.
public struct OutputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's path; nil for standard output.
    public var path: String?
    /// The `errno` of the call that failed.
    public var code: Int32

    public init(path: String? = nil, code: Int32) {
        self.path = path
        self.code = code
    }

    public var description: String {
        if code == ENOENT, let path, let sentence = MissingFolder.sentence(for: path) { return sentence }
        return
            "\(path.map { "'\($0)'" } ?? "Standard output") cannot be written: \(String(cString: strerror(code)))."
    }
}

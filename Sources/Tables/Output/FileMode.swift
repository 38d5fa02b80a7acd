import Glibc

/// Who may read and write a file.
public struct FileMode: Hashable, Sendable {
    /// Read and write, of owner, group and others.
    public let bits: UInt32

    private init(_ bits: UInt32) { self.bits = bits & 0o666 }

    /// For its owner alone.
    public static let ownerOnly = FileMode(0o600)

    /// Written as `chmod` takes it: three octal digits, such as `644`. nil for anything else, and for what its owner could
    /// not write again.
    public init?(_ text: String) {
        guard text.utf8.count == 3, let bits = UInt32(text, radix: 8), bits & ~0o666 == 0,
            bits & 0o600 == 0o600
        else { return nil }
        self.init(bits)
    }

    /// Those of a regular file; nil where there is none. Its owner may read and write it.
    public init?(ofFile path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(status.st_mode | 0o600)
    }

    /// The permissions of a folder for such files: who may read them may look into it.
    public var ofFolder: UInt32 { bits | (bits & 0o444) >> 2 }
}

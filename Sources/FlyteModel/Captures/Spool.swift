import Glibc

/// A file without a name for what is too large for memory: it goes with its owner, also when the process dies.
// Unchecked: `count` is for whoever made it, who appends one piece after the other. Others are given ranges that were
// appended before, and read them by `bytes(in:)`, which asks the file and nothing that changes.
public final class Spool: @unchecked Sendable {
    private let descriptor: Int32
    private let folder: String
    /// nil for what anybody may read who can read the file.
    private let cipher: SpoolCipher?
    public private(set) var count = 0

    /// Where temporary files go when nothing says otherwise.
    public static var temporaryFolder: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }

    /// - Parameters:
    ///   - folder: Where the room is taken from.
    ///   - isSealed: Whether nobody but this process may ever read what is put there, not even from the disk itself.
    public init(folder: String, isSealed: Bool = false) throws(SpoolError) {
        self.folder = folder
        cipher = isSealed ? SpoolCipher() : nil
        guard !isSealed || cipher != nil else { throw SpoolError(folder: folder, code: EIO) }
        let (descriptor, code) = Self.unnamedFile(in: folder)
        guard let descriptor else { throw SpoolError(folder: folder, code: code) }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Closed in whatever is started, from the first moment on: `mkstemp` leaves it open until it is told otherwise, and
    /// a command for a log-in may start in between.
    private static func unnamedFile(in folder: String) -> (descriptor: Int32?, code: Int32) {
        while true {
            let path = "\(folder)/.flightlog-\(String(UInt64.random(in: .min ... .max), radix: 36))"
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if descriptor >= 0 {
                unlink(path)
                return (descriptor, 0)
            }
            let code = errno
            guard code == EEXIST || code == EINTR else { return (nil, code) }
        }
    }

    public func append(_ bytes: UnsafeRawBufferPointer) throws(SpoolError) {
        guard let cipher else { return try write(bytes) }
        for start in stride(from: 0, to: bytes.count, by: MessageContent.pieceBytes) {
            let end = min(bytes.count, start + MessageContent.pieceBytes)
            var piece = Array(bytes[start..<end])
            let isSealed = piece.withUnsafeMutableBufferPointer { cipher.apply(to: $0, at: count) }
            guard isSealed else { throw SpoolError(folder: folder, code: EIO) }
            var failure: SpoolError?
            piece.withUnsafeBytes { piece in
                do throws(SpoolError) { try write(piece) } catch { failure = error }
            }
            if let failure { throw failure }
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(SpoolError) {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let written = pwrite(descriptor, start, rest.count, count)
            if written < 0 {
                if errno == EINTR { continue }
                throw SpoolError(folder: folder, code: errno)
            }
            count += written
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    public func append(_ bytes: [UInt8]) throws(SpoolError) {
        var failure: SpoolError?
        bytes.withUnsafeBytes { bytes in
            do throws(SpoolError) { try append(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// What lies there; the range is one that was appended.
    ///
    /// - Parameter isWhole: false for a range that may go beyond what was appended.
    public func bytes(in range: Range<Int>, isWhole: Bool = true) throws(SpoolError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            while filled < range.count {
                let read = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, range.count - filled,
                    range.lowerBound + filled)
                if read < 0, errno == EINTR { continue }
                guard read > 0 else {
                    code = read < 0 ? errno : isWhole ? EIO : 0
                    break
                }
                filled += read
            }
            guard let cipher, filled > 0 else { return }
            let isOpen = cipher.apply(
                to: UnsafeMutableBufferPointer(rebasing: buffer[..<filled]), at: range.lowerBound)
            if !isOpen { code = EIO }
        }
        guard code == 0 else { throw SpoolError(folder: folder, code: code) }
        return bytes
    }
}

/// There is no room beside memory, or it cannot be read again.
public struct SpoolError: Error, Hashable, Sendable, CustomStringConvertible {
    public var folder: String
    /// The system's number of the error.
    public var code: Int32

    public init(folder: String, code: Int32) {
        self.folder = folder
        self.code = code
    }

    public var description: String {
        "A large message cannot be put aside in '\(folder)': \(String(cString: strerror(code)))."
    }
}

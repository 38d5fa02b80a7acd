import CCrypto
import Glibc

/// The key of the tokens: whoever has it can tell whether a guess is right, and nobody else can.
public struct RedactionKey: Sendable {
    private let bytes: [UInt8]

    /// Why there is no key.
    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// - Parameter text: 16 bytes at least; space around it does not count.
    public init(_ text: String, from place: String) throws(Invalid) {
        let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        bytes = Array(String(trimmed).utf8)
        guard bytes.count >= 16 else {
            throw Invalid(
                description:
                    "The redaction key in \(place) is shorter than 16 characters. 'openssl rand -hex 32' makes one."
            )
        }
    }

    /// The key in a file that only its owner can read. A file that is missing is made, with a key that nobody has
    /// seen.
    public static func file(_ path: String) throws(Invalid) -> RedactionKey {
        func failure(_ reason: String) -> Invalid {
            Invalid(description: "The redaction key '\(path)' \(reason).")
        }
        func words() -> String { String(cString: strerror(errno)) }
        let new = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if new >= 0 {
            let digits = Array((try random()).utf8)
            let written = write(new, digits, digits.count)
            guard fsync(new) == 0, Glibc.close(new) == 0, written == digits.count else {
                let reason = words()
                unlink(path)
                throw failure("cannot be written: \(reason)")
            }
        } else if errno != EEXIST {
            throw failure("cannot be made: \(words()). Name a place for it with 'key-file'")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot be read: \(words())") }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("cannot be read: \(words())") }
        guard status.st_mode & 0o077 == 0 else {
            throw failure("can be read by others than its owner. 'chmod 600 \(path)' mends that")
        }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw failure("cannot be read: \(words())") }
        return try RedactionKey(String(decoding: buffer.prefix(count), as: UTF8.self), from: "'\(path)'")
    }

    /// A key for a trial, whose tokens nobody keeps.
    public static func temporary() throws(Invalid) -> RedactionKey {
        try RedactionKey(try random(), from: "memory")
    }

    /// 32 bytes of chance in hexadecimal digits, and the line's end.
    private static func random() throws(Invalid) -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        guard RAND_bytes(&bytes, Int32(bytes.count)) == 1 else {
            throw Invalid(description: "There is no chance to make a redaction key of.")
        }
        return hex(bytes) + "\n"
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }

    /// What stands in a secret's place: `[redacted:RULE:12 digits]`. The digits depend on the secret and the key
    /// alone (HMAC-SHA-256), so that equal secrets stay equal, whatever rule found them.
    func token(for secret: [UInt8], rule: String) -> String {
        var code = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        _ = HMAC(
            EVP_sha256(), bytes, Int32(bytes.count), secret, secret.count, &code, &length)
        return "[redacted:\(rule):\(Self.hex(code.prefix(6)))]"
    }

    /// Whether the text is a token, and nothing else: an archive that is harvested again keeps them.
    static func isToken(_ text: some Collection<UInt8>) -> Bool {
        guard text.count < 200, text.starts(with: "[redacted:".utf8),
            text.reversed().first == UInt8(ascii: "]")
        else { return false }
        let parts = text.dropLast().split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return parts.count == 3 && parts[2].count == 12
            && parts[2].allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

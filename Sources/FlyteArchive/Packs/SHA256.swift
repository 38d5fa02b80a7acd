import CCrypto
import FlyteModel

/// SHA-256, by OpenSSL.
enum SHA256 {
    // Fetched once, which takes longer than a short message. It never changes, and any thread may use it:
    // https://docs.openssl.org/3.0/man7/crypto/#explicit-fetching
    nonisolated(unsafe) private static let algorithm: OpaquePointer = {
        guard let algorithm = EVP_MD_fetch(nil, "SHA256", nil) else {
            preconditionFailure("OpenSSL has no SHA-256")
        }
        return algorithm
    }()

    static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_Digest(bytes, bytes.count, &digest, nil, algorithm, nil)
        return digest
    }

    /// Of a part of a message that may be too large for memory.
    static func hash(_ content: MessageContent, in range: Range<Int>? = nil) throws -> [UInt8] {
        let range = range ?? 0..<content.count
        if case .held(let bytes) = content, range == bytes.indices { return hash(bytes) }
        guard range.count > MessageContent.pieceBytes else { return hash(try content.bytes(in: range)) }
        var hash = Running()
        try content.pieces(of: range) { hash.add($0) }
        return hash.digest
    }

    /// Of what comes piece by piece.
    struct Running: ~Copyable {
        private let context: OpaquePointer

        init() {
            guard let context = EVP_MD_CTX_new() else { preconditionFailure("OpenSSL has no memory") }
            self.context = context
            EVP_DigestInit_ex(context, algorithm, nil)
        }

        deinit { EVP_MD_CTX_free(context) }

        mutating func add(_ bytes: [UInt8]) { EVP_DigestUpdate(context, bytes, bytes.count) }

        /// Of all that was added; nothing can be added afterwards.
        var digest: [UInt8] {
            var digest = [UInt8](repeating: 0, count: 32)
            EVP_DigestFinal_ex(context, &digest, nil)
            return digest
        }
    }

    /// The first eight bytes as a number, big-endian.
    static func number(_ text: String) -> Int64 { number(hash(Array(text.utf8))) }

    /// The first eight bytes of a digest as a number, big-endian.
    static func number(_ digest: [UInt8]) -> Int64 { digest.prefix(8).reduce(0) { $0 << 8 | Int64($1) } }

    /// The first sixteen bytes of a digest.
    static func beginning(of digest: [UInt8]) -> SIMD2<UInt64> {
        digest.withUnsafeBytes {
            SIMD2(
                $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }

    /// In lower case.
    static func hex(_ digest: [UInt8]) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

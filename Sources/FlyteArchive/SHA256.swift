import CCrypto

/// SHA-256, by OpenSSL.
enum SHA256 {
    static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        _ = CCrypto.SHA256(bytes, bytes.count, &digest)
        return digest
    }

    /// The first eight bytes as a number, big-endian.
    static func number(_ text: String) -> Int64 {
        hash(Array(text.utf8)).prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }

    /// In lower case.
    static func hex(_ digest: [UInt8]) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

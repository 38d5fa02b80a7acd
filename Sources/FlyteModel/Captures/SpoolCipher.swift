import CCrypto

/// Makes the bytes of a file unreadable to everybody else: the key is in this process's memory, and nowhere else.
struct SpoolCipher: Sendable {
    private let key: [UInt8]

    private static let blockBytes = 16

    /// nil when there is no chance to make a key of.
    init?() {
        var key = [UInt8](repeating: 0, count: 32)
        guard RAND_bytes(&key, Int32(key.count)) == 1 else { return nil }
        self.key = key
    }

    /// Encrypts bytes that lie at a position of the file, or decrypts them: AES-256 in counter mode, where both are
    /// the same, and any part can be had without the ones before it.
    ///
    /// - Returns: Whether it was done.
    func apply(to bytes: UnsafeMutableBufferPointer<UInt8>, at position: Int) -> Bool {
        guard let context = EVP_CIPHER_CTX_new() else { return false }
        defer { EVP_CIPHER_CTX_free(context) }
        var counter = [UInt8](repeating: 0, count: 8)
        withUnsafeBytes(of: UInt64(position / Self.blockBytes).bigEndian) { counter += $0 }
        guard EVP_EncryptInit_ex(context, EVP_aes_256_ctr(), nil, key, counter) == 1 else { return false }
        var written: Int32 = 0
        let skipped = position % Self.blockBytes
        if skipped > 0 {
            var scratch = [UInt8](repeating: 0, count: skipped)
            guard EVP_EncryptUpdate(context, &scratch, &written, scratch, Int32(skipped)) == 1 else {
                return false
            }
        }
        return EVP_EncryptUpdate(
            context, bytes.baseAddress, &written, bytes.baseAddress, Int32(bytes.count)) == 1
    }
}

import CCrypto

extension LibraryVersion {
    /// Hashes and ciphers.
    public static var openSSL: LibraryVersion {
        let numbers = [
            Int(OPENSSL_version_major()), Int(OPENSSL_version_minor()), Int(OPENSSL_version_patch()),
        ]
        return LibraryVersion(
            "OpenSSL", found: numbers.map(String.init).joined(separator: "."), numbers: numbers,
            least: [3, 0, 0], reason: "EVP_MD_fetch")
    }
}

extension String {
    /// The text of bytes in UTF-8; nil when they are none.
    ///
    /// Nearly all of what Flyte says is ASCII, and then this takes a fraction of the time of `String(validating:as:)`.
    init?(utf8 bytes: ArraySlice<UInt8>) {
        let isASCII = bytes.withUnsafeBytes { buffer in
            let words = buffer.count / 8
            for word in 0..<words {
                let eight = buffer.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)
                guard eight & 0x8080_8080_8080_8080 == 0 else { return false }
            }
            return buffer[(words * 8)...].allSatisfy { $0 < 0x80 }
        }
        if isASCII {
            self.init(decoding: bytes, as: UTF8.self)
        } else {
            self.init(validating: bytes, as: UTF8.self)
        }
    }
}

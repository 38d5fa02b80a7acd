extension String {
    /// The text with something else in the place of each byte of a kind.
    ///
    /// What delimits is a byte, and no `Character`: a quote that a combining mark follows is a quote to whoever reads the
    /// text, and one character with the mark to `split` and `contains`.
    ///
    /// - Parameter delimiter: Below 0x80, so that it stands for itself wherever it is in UTF-8.
    public func replacingByte(_ delimiter: UInt8, with other: String) -> String {
        guard utf8.contains(delimiter) else { return self }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count + 16)
        for byte in utf8 { if byte == delimiter { bytes += other.utf8 } else { bytes.append(byte) } }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Between two of a byte, which is doubled inside: as CSV and SQL write texts.
    public func quoted(by quote: UInt8) -> String {
        let mark = String(Unicode.Scalar(quote))
        return mark + replacingByte(quote, with: mark + mark) + mark
    }

    /// The text with something else in the place of a word in ASCII, whatever follows it.
    package func replacingBytes(of word: String, with other: String) -> String {
        let (bytes, sought) = (Array(utf8), Array(word.utf8))
        guard bytes.count >= sought.count else { return self }
        var result: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place...].starts(with: sought) {
                result += other.utf8
                place += sought.count
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

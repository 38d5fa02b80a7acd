import Glibc

extension String {
    /// Whether both strings are the same bytes. `==` holds for some that are not: those that Unicode calls equivalent.
    public func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let same = utf8.withContiguousStorageIfAvailable { mine in
            other.utf8.withContiguousStorageIfAvailable { its in
                guard let (a, b) = mine.baseAddress.flatMap({ a in its.baseAddress.map { (a, $0) } }) else {
                    return true
                }
                return memcmp(a, b, mine.count) == 0
            }
        }
        return (same ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}

extension StringProtocol {
    /// Whether these are the first bytes. `hasPrefix` does not see them where a combining mark follows.
    public func beginsWithBytes(of text: some StringProtocol) -> Bool { utf8.starts(with: text.utf8) }

    /// Whether these are the last bytes.
    public func endsWithBytes(of text: some StringProtocol) -> Bool {
        utf8.count >= text.utf8.count && utf8.suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}

extension Substring {
    /// What stands between the places of a byte, empty parts too.
    ///
    /// What delimits in a path, a query or a list is a byte, and no `Character`: a slash that a combining mark follows is a
    /// slash to whoever wrote the text, and one character with the mark to `split`.
    ///
    /// - Parameters:
    ///   - separator: Below 0x80, so that it stands for itself wherever it is in UTF-8.
    ///   - limit: How many parts there may be; the last one holds the rest.
    public func parts(by separator: UInt8, atMost limit: Int = .max) -> [Substring] {
        precondition(separator < 0x80 && limit > 0, "it stands for itself, and there is a part")
        return utf8.split(separator: separator, maxSplits: limit - 1, omittingEmptySubsequences: false)
            .map { Substring($0) }
    }
}

extension String {
    /// The same of a whole text.
    public func parts(by separator: UInt8, atMost limit: Int = .max) -> [Substring] {
        self[...].parts(by: separator, atMost: limit)
    }
}

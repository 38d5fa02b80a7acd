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

extension String {
    /// Whether both strings are the same bytes. `==` holds for some that are not.
    func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count, self == other else { return false }
        let same = utf8.withContiguousStorageIfAvailable { mine in
            other.utf8.withContiguousStorageIfAvailable { mine.elementsEqual($0) }
        }
        return (same ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}

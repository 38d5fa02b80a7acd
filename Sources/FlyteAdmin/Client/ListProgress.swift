import FlyteIDL

/// Whether a list that is read page by page still gets anywhere: rows that come in between move others to the next
/// page, and these come twice; a list of which nothing is new any more has no end.
struct ListProgress {
    /// Hashes of ids, the older half and the newer: what is further back than both is not remembered.
    private var older: Set<Int> = []
    private var newer: Set<Int> = []
    private var rows = 0
    /// Rows and pages without anything new in them, up to now.
    private var stale = (rows: 0, pages: 0)

    private static let remembered = 50_000
    private static let staleRows = 200
    private static let stalePages = 5
    /// More than any installation has.
    static let rowsAtMost = 20_000_000

    /// Takes the rows of the next page; false when the list should be left.
    mutating func goesOn(_ items: [[UInt8]]) -> Bool {
        rows += items.count
        var isNew = false
        for item in items {
            let id = Self.id(item).hashValue
            if !newer.contains(id), !older.contains(id) { isNew = true }
            newer.insert(id)
        }
        if newer.count > Self.remembered { (older, newer) = (newer, []) }
        stale = isNew ? (0, 0) : (stale.rows + items.count, stale.pages + 1)
        return rows < Self.rowsAtMost && (stale.rows < Self.staleRows || stale.pages < Self.stalePages)
    }

    /// The bytes of an item's identifier, which all of Flyte's rows have in field 1; the whole item without one.
    private static func id(_ item: [UInt8]) -> ArraySlice<UInt8> {
        var reader = WireReader(item)
        while let tag = try? reader.next() {
            guard tag == WireTag(number: 1, kind: .lengthDelimited) else {
                guard (try? reader.skip(tag)) != nil else { break }
                continue
            }
            guard let id = try? reader.byteArray() else { break }
            return id[...]
        }
        return item[...]
    }
}

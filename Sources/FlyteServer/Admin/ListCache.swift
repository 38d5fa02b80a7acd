import FlyteModel
import Locking

/// Whole long lists as they were last selected and sorted, so that the next page need not do it again.
final class ListCache: Sendable {
    struct Key: Hashable {
        var path: KeyBytes
        /// What else the rows depend on, such as a parent.
        var condition: KeyBytes
        var filters: [Filter]
        var sort: ListQuery.Sort?
        /// The installation's, so that a change makes another list.
        var generation: UInt64
    }

    private let lists = Guarded<[(key: Key, rows: [StoredRow])]>([])
    private static let count = 8
    /// Thousands of lists have a page only.
    private static let fewRows = 100

    /// The list of a key; made when it is not among the last ones.
    func rows(_ key: Key, make: () -> [StoredRow]) -> [StoredRow] {
        if let known = lists.withLock({ $0.first { $0.key == key }?.rows }) { return known }
        let rows = make()
        guard rows.count > Self.fewRows else { return rows }
        lists.withLock { lists in
            if lists.count >= Self.count { lists.removeFirst() }
            lists.append((key, rows))
        }
        return rows
    }
}

import FlyteModel
import Locking

/// The nodes of one tree. A node's id is its own within the whole execution, so that a row that comes again, because
/// others were added meanwhile or the server pays no heed to the parent asked for, is the same node.
final class SeenNodes: Sendable {
    private let ids = Guarded<Set<KeyBytes>>([])

    /// More than any engine runs in one execution.
    static let atMost = 1_000_000

    var count: Int { ids.withLock { $0.count } }

    /// true when the node is new.
    func insert(_ id: String) -> Bool { ids.withLock { $0.insert(id) } }

    /// Forgets them, when none is to come any more.
    func removeAll() { ids.withLock { $0 = [] } }
}

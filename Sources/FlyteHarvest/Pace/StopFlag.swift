import Synchronization

/// Says to a harvest that it should finish what is in hand and stop. May be set from a signal handler: an atomic of one
/// byte takes no lock.
public final class StopFlag: Sendable {
    private let flag = Atomic(false)

    public init() {}

    // Nothing else is handed over by it, so that no order among other memory is asked for.
    public func set() { flag.store(true, ordering: .relaxed) }
    public var isSet: Bool { flag.load(ordering: .relaxed) }
}

import Glibc

/// Says to a harvest that it should finish what is in hand and stop. May be set from a signal handler.
// Unchecked: one word, written and read whole, and only ever from false to true.
public final class StopFlag: @unchecked Sendable {
    private let word: UnsafeMutablePointer<sig_atomic_t>

    public init() {
        word = .allocate(capacity: 1)
        word.pointee = 0
    }

    deinit { word.deallocate() }

    public func set() { word.pointee = 1 }
    public var isSet: Bool { word.pointee != 0 }
}

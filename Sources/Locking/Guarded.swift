import Glibc

/// A value behind a lock.
///
/// A pthread mutex, since `Synchronization.Mutex` makes the thread sanitizer report races on Linux that are none.
// Unchecked, because the compiler cannot see that the value is only touched under the lock. What comes in and goes out is
// `sending`: nobody else keeps a way to it.
public final class Guarded<Value>: @unchecked Sendable {
    private var value: Value
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    public init(_ value: sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Does something with the value while nobody else can.
    public func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}

import CMicrohttpd
import Glibc

/// Resumes suspended connections when their time has come, on one thread for all of them.
// Unchecked: all state is touched under the mutex only, but for `thread`, which `init` sets and `stop` reads. Its owner
// calls `stop`, once, before it lets go: until then the thread has it.
final class DelayQueue: @unchecked Sendable {
    private struct Waiting {
        var deadline: UInt64
        var connection: OpaquePointer
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var thread = pthread_t()
    private var isStopping = false
    /// A heap with the earliest deadline first.
    private var heap: [Waiting] = []

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
        pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<DelayQueue>.fromOpaque(context).takeUnretainedValue().run() }
                return nil
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Suspends a connection. A deadline of `UInt64.max` is never reached.
    func suspend(_ connection: OpaquePointer, until deadline: UInt64) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        MHD_suspend_connection(connection)
        if isStopping {
            MHD_resume_connection(connection)
        } else {
            push(Waiting(deadline: deadline, connection: connection))
            pthread_cond_signal(condition)
        }
    }

    /// Resumes all that wait, whatever their deadline. Whatever is suspended from now on is resumed at once.
    func stop() {
        pthread_mutex_lock(mutex)
        isStopping = true
        for waiting in heap { MHD_resume_connection(waiting.connection) }
        heap = []
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
        pthread_join(thread, nil)
    }

    private func run() {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isStopping {
            guard let first = heap.first, first.deadline != .max else {
                pthread_cond_wait(condition, mutex)
                continue
            }
            if first.deadline <= Self.now() {
                pop()
                MHD_resume_connection(first.connection)
            } else {
                var time = timespec(
                    tv_sec: Int(first.deadline / 1_000_000_000), tv_nsec: Int(first.deadline % 1_000_000_000))
                pthread_cond_timedwait(condition, mutex, &time)
            }
        }
    }

    private func push(_ waiting: Waiting) {
        heap.append(waiting)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].deadline < heap[parent].deadline else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private func pop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].deadline < heap[least].deadline {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

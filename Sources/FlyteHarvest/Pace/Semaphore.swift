/// A counting semaphore for tasks: who waits is let through once there is room, in the order of asking, and says so
/// when done.
actor Semaphore {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) { free = max(1, count) }

    func wait() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// Lets through whoever finds room at once.
    func takeIfFree() -> Bool {
        guard free > 0 else { return false }
        free -= 1
        return true
    }

    func signal() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

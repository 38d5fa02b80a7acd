import FlyteArchive
import FlyteModel

/// A stretch of the time at which executions were made, in a first harvest.
struct HistoryWindow: Sendable {
    fileprivate let number: Int
    /// nil: from the beginning.
    let from: Timestamp?
    /// nil: to the end.
    let to: Timestamp?
    /// The last that there is.
    let isLast: Bool
    fileprivate let progress: HistoryProgress

    var filters: [String] {
        [from.map { "gte(execution_created_at,\($0))" }, to.map { "lt(execution_created_at,\($0))" }]
            .compactMap { $0 }
    }

    /// A page of its list had rows that were made at these times.
    func listed(_ made: [Timestamp?]) async {
        // Flyte rounds to microseconds.
        let outside = made.count { time in
            guard let time else { return false }
            return from.map { time < $0 - Self.tolerance } ?? false
                || to.map { time > $0 + Self.tolerance } ?? false
        }
        await progress.change(number) {
            $0.rows += made.count
            $0.outside += outside
        }
    }

    private static let tolerance: Int64 = 1_000_000_000

    /// An execution is being read.
    func begin() async { await progress.change(number) { $0.open += 1 } }
    /// One of them is in the archive.
    func end() async throws {
        await progress.change(number) { $0.open -= 1 }
        try await progress.save()
    }
    /// Its list was read to the end.
    func close() async throws {
        await progress.close(number)
        try await progress.save()
    }
}

/// Gives out the windows of a first harvest one after the other, and tells the archive when all up to one are done:
/// the executions of several may be under way at once.
actor HistoryProgress {
    struct Count {
        var rows = 0
        /// Those that were made at another time.
        var outside = 0
        var open = 0
        var isListed = false
        /// What is open once the window and all before are done.
        var from: Timestamp?
        var to: Timestamp?
    }

    private let store: @Sendable (FirstHarvest) async throws -> Void
    /// What is done.
    private var done: FirstHarvest
    /// What has been given out: nothing more when nil.
    private var rest: (from: Timestamp?, to: Timestamp?)?
    private var step: Int64
    private var windows: [Int: Count] = [:]
    private let windowSize: Int
    private var given = 0
    private var oldest = 0

    /// - Parameter windowSize: Executions a window, about.
    init(
        _ start: FirstHarvest, windowSize: Int, store: @escaping @Sendable (FirstHarvest) async throws -> Void
    ) {
        self.windowSize = windowSize
        done = start
        rest = (start.from, start.to)
        step = start.step
        self.store = store
    }

    func next(isNewestFirst: Bool) -> HistoryWindow? {
        guard let (from, to) = rest else { return nil }
        var window = (from: from, to: to)
        let bounds = (lower: from ?? done.oldest, upper: to ?? done.newest)
        // Times saturate, and an installation may hold the least and the greatest: a window that would not end inside
        // the bounds is the last, so that each window leaves less.
        rest = nil
        if isNewestFirst {
            let start = bounds.upper - step
            if start > bounds.lower, start < bounds.upper {
                window.from = start
                rest = (from, start)
            }
        } else {
            let end = bounds.lower + step
            if end > bounds.lower, end < bounds.upper {
                window.to = end
                rest = (end, to)
            }
        }
        var count = Count()
        (count.from, count.to) = rest ?? (done.began, done.began)
        windows[given] = count
        given += 1
        return HistoryWindow(
            number: given - 1, from: window.from, to: window.to, isLast: rest == nil,
            progress: self)
    }

    fileprivate func change(_ number: Int, _ body: @Sendable (inout Count) -> Void) {
        if var count = windows[number] {
            body(&count)
            windows[number] = count
        }
    }

    fileprivate func close(_ number: Int) {
        guard let rows = windows[number]?.rows, let outside = windows[number]?.outside else { return }
        windows[number]?.isListed = true
        // Whoever pays no heed to the window has named everything, and would do so again for each.
        if outside > rows / 2 {
            rest = nil
            windows[number]?.from = done.began
            windows[number]?.to = done.began
        }
        if rows < windowSize / 4 {
            step = FirstHarvest.saturated(step, times: 2)
        } else if rows > windowSize * 2 {
            step = max(step / 2, 1_000_000_000)
        }
    }

    fileprivate func save() async throws {
        var isNew = false
        while let count = windows[oldest], count.isListed, count.open == 0 {
            windows[oldest] = nil
            oldest += 1
            (done.from, done.to, done.step) = (count.from, count.to, step)
            isNew = true
        }
        if isNew { try await store(done) }
    }
}

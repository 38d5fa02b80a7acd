import FlyteAdmin
import FlyteArchive

/// Counts what a harvest does, and tells whoever listens.
actor Tally {
    private let client: AdminClient
    private let tell: @Sendable (HarvestProgress) -> Void
    private let start = ContinuousClock.now
    private var state = HarvestProgress()
    private var result = HarvestSummary()

    init(client: AdminClient, progress: @escaping @Sendable (HarvestProgress) -> Void) {
        self.client = client
        tell = progress
    }

    private func update(_ place: String? = nil) {
        if let place { state.place = place }
        state.counts = client.counts
        state.seconds = seconds
        tell(state)
    }

    private var seconds: Double {
        let passed = (ContinuousClock.now - start).components
        return Double(passed.seconds) + Double(passed.attoseconds) / 1e18
    }

    func at(_ place: String) { update(place) }

    func found() {
        state.total += 1
        update()
    }

    func skipped() { result.skipped += 1 }

    /// - Parameter failures: Parts of the execution that could not be read.
    func done(_ written: WriteResult, failures: Int, at place: String) {
        state.done += 1
        if failures > 0 {
            state.problems += 1
            result.problems += 1
        }
        switch written {
        case .new: result.new += 1
        case .updated: result.updated += 1
        case .unchanged: result.unchanged += 1
        }
        update(place)
    }

    func problem(at place: String? = nil) {
        if place != nil { state.done += 1 }
        state.problems += 1
        result.problems += 1
        update(place)
    }

    func summary() -> HarvestSummary {
        var summary = result
        summary.requests = client.counts.requests
        summary.retries = client.counts.retries
        summary.bytesIn = client.counts.bytesIn
        summary.seconds = seconds
        return summary
    }
}

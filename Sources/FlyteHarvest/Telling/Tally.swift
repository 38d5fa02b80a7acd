import FlyteAdmin
import FlyteArchive
import FlyteModel

/// Counts what a harvest does, and tells whoever listens.
actor Tally {
    private let client: AdminClient
    private let tell: @Sendable (HarvestEvent) -> Void
    private let start = ContinuousClock.now
    private var state = HarvestProgress()
    private var result = HarvestSummary()

    init(client: AdminClient, tell: @escaping @Sendable (HarvestEvent) -> Void) {
        self.client = client
        self.tell = tell
    }

    private func update() {
        state.counts = client.counts
        state.seconds = seconds
        tell(.progress(state))
    }

    private var seconds: Double {
        let passed = (ContinuousClock.now - start).components
        return Double(passed.seconds) + Double(passed.attoseconds) / 1e18
    }

    /// So many lists are going to be read.
    func begin(lists: Int) {
        state.openLists = lists
        update()
    }

    /// So many executions are going to be read.
    func found(_ count: Int) {
        state.total += count
        update()
    }

    /// A list has come to its end.
    func listed(_ project: String, _ domain: String, executions: Int, toRead: Int) {
        state.openLists -= 1
        tell(.listed(project: project, domain: domain, executions: executions, toRead: toRead))
        update()
    }

    func skipped(_ count: Int) { result.skipped += count }

    /// - Parameter failures: Parts of the execution that could not be read.
    func done(_ id: ExecutionID, _ written: WriteResult, failures: [AdminError]) {
        state.done += 1
        let outcome: HarvestEvent.Outcome
        switch written {
        case .new:
            result.new += 1
            outcome = .new
        case .nameReused(let earlier):
            result.new += 1
            result.nameReused += 1
            outcome = .new
            tell(.nameReused(id, earlier: earlier))
        case .updated:
            result.updated += 1
            outcome = .updated
        case .unchanged:
            result.unchanged += 1
            outcome = .unchanged
        }
        if !failures.isEmpty { count(failures, id.project, id.domain, id.name) }
        tell(.execution(id, outcome))
        update()
    }

    /// The execution could not be read.
    func failed(_ id: ExecutionID, _ error: AdminError) {
        state.done += 1
        count([error], id.project, id.domain, id.name)
        tell(.execution(id, .problem))
        update()
    }

    /// The server no longer has the execution.
    func vanished(_ id: ExecutionID) {
        // Those that an audit missed were not going to be read.
        state.done += 1
        state.total = max(state.total, state.done)
        result.vanished += 1
        tell(.execution(id, .vanished))
        update()
    }

    /// So many executions are on the server again.
    func returned(_ count: Int) { result.returned += count }

    /// A row of a list could not be read, and so not be named.
    func failed(_ project: String, _ domain: String, _ error: AdminError) {
        count([error], project, domain, nil)
        update()
    }

    /// A list could not be read to its end.
    func listFailed(_ project: String, _ domain: String, _ error: AdminError) {
        state.openLists -= 1
        failed(project, domain, error)
    }

    private func count(_ errors: [AdminError], _ project: String, _ domain: String, _ execution: String?) {
        state.problems += 1
        result.problems += 1
        for error in errors {
            tell(.problem(project: project, domain: domain, execution: execution, error))
        }
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

/// Something that a window's figures say, and that is more than chance.
public struct WeeklyFinding: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A failure that the archive had never seen before; its subject is the task, or the project.
        case newFailure = "new_failure"
        /// A failure that was not seen in the four weeks before.
        case returnedFailure = "returned_failure"
        case failsMore = "fails_more"
        case abortedMore = "aborted_more"
        /// A workflow that ran in the window before, and of which nothing ended in this one.
        case stopped
        case slower
        /// A task that often succeeds only after a retry.
        case flaky
        case failsLess = "fails_less"
        case abortedLess = "aborted_less"
        case faster

        /// What costs runs comes first, then what costs time, then what is good.
        var rank: Int {
            switch self {
            case .newFailure, .returnedFailure, .failsMore, .abortedMore, .stopped: 0
            case .slower: 1
            case .flaky: 2
            case .failsLess, .abortedLess, .faster: 3
            }
        }
    }

    public var kind: Kind
    /// The workflow or task.
    public var subject: WeeklySummary.Subject
    /// By what findings of one rank are ordered: the executions that it cost or saved, of durations the seconds.
    public var weight: Double
    /// How many executions (of a flaky task nodes) it is about.
    public var runs: Int
    /// Of the window before, where there is something to compare with.
    public var previousRuns: Int?
    public var rateChange: RateChange.Measured?
    public var durationChange: DurationChange.Measured?
    /// Of a new or returned failure.
    public var failure: WeeklySummary.Failure?
    /// Of `runs`, those that failed, were aborted, or (nodes of a flaky task) succeeded only after a retry. Of a workflow
    /// that stopped: executions that are open.
    public var count: Int?
    /// Of `previousRuns`, those that failed or were aborted.
    public var previousCount: Int?

    init(
        _ kind: Kind, _ subject: WeeklySummary.Subject, weight: Double, runs: Int, previousRuns: Int? = nil,
        rateChange: RateChange.Measured? = nil, durationChange: DurationChange.Measured? = nil,
        failure: WeeklySummary.Failure? = nil, count: Int? = nil, previousCount: Int? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.weight = weight
        self.runs = runs
        self.previousRuns = previousRuns
        self.rateChange = rateChange
        self.durationChange = durationChange
        self.failure = failure
        self.count = count
        self.previousCount = previousCount
    }

    /// What people should do something about; what is flaky has done no harm yet.
    public var isBad: Bool { kind.rank < 2 }
    public var isGood: Bool { kind.rank == 3 }

    /// All that there is to say, what matters most first: what cost most executions, then what cost most time, then what
    /// is flaky, then what is better. Nothing is left out.
    static func all(
        workflows: [WeeklySummary.Workflow], failures: [WeeklySummary.Failure],
        stopped: [WeeklySummary.Stopped],
        flaky: [WeeklySummary.Flaky]
    ) -> [WeeklyFinding] {
        var findings = workflows.flatMap(of)
        for failure in failures where failure.novelty != .known {
            let subject = WeeklySummary.Subject(
                source: failure.source, project: failure.project, domain: failure.domain,
                name: failure.task.isEmpty ? failure.project : failure.task)
            findings.append(
                WeeklyFinding(
                    failure.novelty == .new ? .newFailure : .returnedFailure, subject,
                    weight: Double(failure.executions), runs: failure.executions, failure: failure))
        }
        for workflow in stopped {
            findings.append(
                WeeklyFinding(
                    .stopped, workflow.subject, weight: Double(workflow.previousOutcomes.ended), runs: 0,
                    previousRuns: workflow.previousOutcomes.ended, count: workflow.open))
        }
        for task in flaky where task.flaky >= Statistics.minimumRuns {
            findings.append(
                WeeklyFinding(
                    .flaky, task.task, weight: Double(task.flaky), runs: task.nodes, count: task.flaky))
        }
        return findings.sorted { $0.order < $1.order }
    }

    private static func of(_ workflow: WeeklySummary.Workflow) -> [WeeklyFinding] {
        let (now, before) = (workflow.outcomes, workflow.previousOutcomes)
        var findings: [WeeklyFinding] = []
        if let change = workflow.rateChange.measured, change.verdict != .unchanged {
            findings.append(
                WeeklyFinding(
                    change.verdict == .worse ? .failsMore : .failsLess, workflow.subject,
                    weight: abs(change.difference) * Double(now.judged), runs: now.judged,
                    previousRuns: before.judged, rateChange: change, count: now.failed + now.timedOut,
                    previousCount: before.failed + before.timedOut))
        }
        if let change = workflow.abortedChange.measured, change.verdict != .unchanged {
            findings.append(
                WeeklyFinding(
                    change.verdict == .worse ? .abortedMore : .abortedLess, workflow.subject,
                    weight: abs(change.difference) * Double(now.ended), runs: now.ended,
                    previousRuns: before.ended, rateChange: change, count: now.aborted,
                    previousCount: before.aborted))
        }
        if let change = workflow.durationChange.measured, change.verdict != .unchanged {
            findings.append(
                WeeklyFinding(
                    change.verdict == .worse ? .slower : .faster, workflow.subject,
                    // Without a shift nobody can say how much it costs: as much as it can.
                    weight: change.shift.map { abs($0) * Double(now.ended) } ?? .greatestFiniteMagnitude,
                    runs: now.ended, previousRuns: before.ended, durationChange: change))
        }
        return findings
    }

    private var order: Order {
        Order(
            rank: kind.rank, weight: -weight, name: subject.name, project: subject.project,
            domain: subject.domain,
            source: subject.source, kind: kind.rawValue, fingerprint: failure?.fingerprint ?? "")
    }

    /// Total: no two findings share it.
    private struct Order: Comparable {
        var rank: Int
        var weight: Double
        var name: String
        var project: String
        var domain: String
        var source: String
        var kind: String
        var fingerprint: String

        static func < (a: Order, b: Order) -> Bool {
            (a.rank, a.weight) != (b.rank, b.weight)
                ? (a.rank, a.weight) < (b.rank, b.weight)
                : (a.name, a.project, a.domain, a.source, a.kind, a.fingerprint)
                    < (b.name, b.project, b.domain, b.source, b.kind, b.fingerprint)
        }
    }
}

public import FlyteArchive
public import FlyteModel
import Tables

extension WeeklySummary {
    /// Asks the named queries of `queries/` about a window and the one before it.
    ///
    /// - Parameters:
    ///   - window: Any stretch of time; usually a week.
    ///   - project: Only this one; nil for all.
    ///   - domain: Only this one; nil for all.
    ///   - limit: The most rows of each list.
    public init(
        of archive: Archive, window: TimeWindow, project: String? = nil, domain: String? = nil,
        limit: Int = 20
    ) throws(ArchiveError) {
        let now = WindowQuestions(archive: archive, window: window, project: project, domain: domain)
        let before = WindowQuestions(
            archive: archive, window: window.previous, project: project, domain: domain)
        self.init(
            window: window, previousWindow: window.previous, sources: try archive.sources().map(\.name),
            project: project,
            domain: domain, headline: try Self.headline(now, before),
            workflows: try Self.workflows(now, before, limit),
            failures: try Self.failures(now, limit), slowestNodes: try Self.slowestNodes(now, limit),
            criticalNodes: try Self.criticalNodes(now, limit), timeByClass: try Self.timeByClass(now),
            requestedTotal: try Self.requestedTotal(now), requested: try Self.requested(now, limit),
            coverage: try Self.coverage(now))
        headline.newFailures = try Self.newFailures(now)
    }

    // MARK: The headline

    private static func headline(
        _ now: WindowQuestions, _ before: WindowQuestions
    ) throws(ArchiveError) -> Headline {
        var headline = Headline()
        let row = try now.rows("outcomes").first
        let old = try before.rows("outcomes").first
        if let row {
            headline.outcomes = outcomes(row)
            headline.totalDuration = row.real("duration_s") ?? 0
            headline.workflows = row.count("workflows")
        }
        if let old { headline.previousOutcomes = outcomes(old) }
        headline.rateChange = rateChanges([(headline.outcomes, headline.previousOutcomes)])[0]
        headline.retries = try now.rows("retries").reduce(0) { $0 + $1.count("retried_attempts") }
        headline.previousRetries = try before.rows("retries").reduce(0) { $0 + $1.count("retried_attempts") }
        let mostFlaky = try now.rows("retries").map { $0.count("flaky") }.max() ?? 0
        headline.flakiest = try now.rows("retries").first { mostFlaky > 0 && $0.count("flaky") == mostFlaky }
            .map { Flaky(task: subject($0, "task"), flaky: mostFlaky, nodes: $0.count("nodes")) }
        headline.cacheHits = try now.rows("cache-hits").reduce(0) { $0 + $1.count("hits") }
        headline.receipts = ["outcomes", "retries", "cache-hits"].flatMap {
            [now.receipt($0), before.receipt($0)]
        }
        return headline
    }

    private static func outcomes(_ row: QueryRow) -> Outcomes {
        var outcomes = Outcomes()
        outcomes.succeeded = row.count("succeeded")
        outcomes.failed = row.count("failed")
        outcomes.timedOut = row.count("timed_out")
        outcomes.aborted = row.count("aborted")
        outcomes.userFailures = row.count("user_failures")
        outcomes.systemFailures = row.count("system_failures")
        outcomes.otherFailures = row.count("other_failures")
        return outcomes
    }

    // MARK: Workflows

    private static func workflows(
        _ now: WindowQuestions, _ before: WindowQuestions, _ limit: Int
    ) throws(ArchiveError) -> Section<Workflow> {
        let rates = try now.rows("failure-rate-by-workflow")
        let oldRates = bySubject(try before.rows("failure-rate-by-workflow"))
        let percentiles = bySubject(try now.rows("duration-percentiles-by-workflow"))
        let oldPercentiles = bySubject(try before.rows("duration-percentiles-by-workflow"))
        let newDurations = durations(try now.rows("execution-durations"))
        let oldDurations = durations(try before.rows("execution-durations"))
        let subjects = rates.map { subject($0, "workflow") }
        // All workflows are compared before the list is cut: the false discovery rate is one over all.
        let rateChanges = rateChanges(
            zip(rates, subjects).map { (outcomes($0), oldRates[$1].map(outcomes) ?? Outcomes()) })
        let durationChanges = durationChanges(
            subjects.map { (newDurations[$0] ?? [], oldDurations[$0] ?? []) })
        let rows = subjects.indices.map { index in
            let subject = subjects[index]
            let (row, old) = (percentiles[subject], oldPercentiles[subject])
            return Workflow(
                subject: subject, outcomes: outcomes(rates[index]),
                previousOutcomes: oldRates[subject].map(outcomes) ?? Outcomes(), p50: row?.real("p50_s"),
                p95: row?.real("p95_s"), previousP50: old?.real("p50_s"), previousP95: old?.real("p95_s"),
                unknownDurations: row?.count("unknown") ?? 0, rateChange: rateChanges[index],
                durationChange: durationChanges[index], longestExecution: row?.text("longest_execution"))
        }
        let names = ["failure-rate-by-workflow", "duration-percentiles-by-workflow", "execution-durations"]
        return Section(
            rows: Array(rows.prefix(limit)), total: rows.count,
            receipts: names.flatMap { [now.receipt($0), before.receipt($0)] })
    }

    /// Durations of those that were not cut off, by workflow.
    private static func durations(_ rows: [QueryRow]) -> [Subject: [Double]] {
        var durations: [Subject: [Double]] = [:]
        for row in rows where row.count("is_censored") == 0 {
            guard let duration = row.real("duration_s") else { continue }
            durations[subject(row, "workflow"), default: []].append(duration)
        }
        return durations
    }

    private static func bySubject(_ rows: [QueryRow]) -> [Subject: QueryRow] {
        Dictionary(rows.map { (subject($0, "workflow"), $0) }) { first, _ in first }
    }

    private static func subject(_ row: QueryRow, _ column: String) -> Subject {
        Subject(
            source: row.text("source") ?? "", project: row.text("project") ?? "",
            domain: row.text("domain") ?? "",
            name: row.text(column) ?? "")
    }

    private static func rateChanges(_ pairs: [(now: Outcomes, before: Outcomes)]) -> [RateChange] {
        let compared = pairs.map { pair -> (new: Proportion, old: Proportion)? in
            guard pair.now.judged >= Statistics.minimumRuns, pair.before.judged >= Statistics.minimumRuns,
                let new = pair.now.failureRate, let old = pair.before.failureRate
            else { return nil }
            return (new, old)
        }
        let pValues = compared.map { $0.map { $0.new.fisherPValue(against: $0.old) } }
        let adjusted = adjusted(pValues)
        return compared.indices.map { index in
            guard let (new, old) = compared[index], let pValue = pValues[index],
                let adjustedValue = adjusted[index]
            else { return .notEnoughData }
            let difference = new.estimate - old.estimate
            return .measured(
                RateChange.Measured(
                    difference: difference, interval: new.differenceInterval(from: old), pValue: pValue,
                    adjustedPValue: adjustedValue, verdict: verdict(difference, adjustedValue)))
        }
    }

    private static func durationChanges(_ pairs: [(now: [Double], before: [Double])]) -> [DurationChange] {
        let compared = pairs.map { pair -> RankComparison? in
            guard pair.now.count >= Statistics.minimumRuns, pair.before.count >= Statistics.minimumRuns else {
                return nil
            }
            return RankComparison(pair.now, pair.before)
        }
        let adjusted = adjusted(compared.map { $0?.pValue })
        return compared.indices.map { index in
            guard let comparison = compared[index], let adjustedValue = adjusted[index] else {
                return .notEnoughData
            }
            let median = Statistics.quantile(0.5, of: pairs[index].before)
            return .measured(
                DurationChange.Measured(
                    shift: comparison.shift, interval: comparison.shiftInterval,
                    relativeShift: median.flatMap { $0 == 0 ? nil : comparison.shift / $0 },
                    pValue: comparison.pValue,
                    adjustedPValue: adjustedValue, verdict: verdict(comparison.shift, adjustedValue)))
        }
    }

    /// Benjamini-Hochberg over those that there are.
    private static func adjusted(_ pValues: [Double?]) -> [Double?] {
        var adjusted = Statistics.benjaminiHochberg(pValues.compactMap { $0 }).makeIterator()
        return pValues.map { $0 == nil ? nil : adjusted.next() }
    }

    private static func verdict(_ difference: Double, _ pValue: Double) -> Verdict {
        guard pValue <= Statistics.falseDiscoveryRate, difference != 0 else { return .unchanged }
        return difference > 0 ? .worse : .better
    }

    // MARK: Lists

    private static func failures(_ now: WindowQuestions, _ limit: Int) throws(ArchiveError) -> Section<
        Failure
    > {
        try now.section("top-errors", limit) { row in
            Failure(
                source: row.text("source") ?? "", fingerprint: row.text("fingerprint") ?? "",
                novelty: FailureNovelty(rawValue: row.text("novelty") ?? "") ?? .known,
                attempts: row.count("attempts"),
                executions: row.count("executions"), kind: row.text("kind") ?? "",
                code: row.text("code") ?? "",
                message: row.text("message") ?? "", task: row.text("task") ?? "",
                project: row.text("project") ?? "",
                domain: row.text("domain") ?? "", execution: row.text("execution") ?? "",
                firstSeenAt: row.text("first_seen_at") ?? "", lastSeenAt: row.text("last_seen_at") ?? "")
        }
    }

    private static func newFailures(_ now: WindowQuestions) throws(ArchiveError) -> Int {
        try now.rows("top-errors").count { $0.text("novelty") == FailureNovelty.new.rawValue }
    }

    private static func slowestNodes(_ now: WindowQuestions, _ limit: Int) throws(ArchiveError) -> Section<
        Node
    > {
        try now.section("slowest-nodes", limit) { row in
            Node(
                workflow: subject(row, "workflow"), node: row.text("node") ?? "", task: row.text("task"),
                runs: row.count("runs"), unknownDurations: row.count("unknown"), p50: row.real("p50_s"),
                p90: row.real("p90_s"), max: row.real("max_s"), totalSeconds: row.real("total_s") ?? 0,
                slowestExecution: row.text("slowest_execution"))
        }
    }

    private static func criticalNodes(
        _ now: WindowQuestions, _ limit: Int
    ) throws(ArchiveError) -> Section<CriticalNode> {
        try now.section("critical-nodes", limit) { row in
            CriticalNode(
                workflow: subject(row, "workflow"), node: row.text("node") ?? "",
                executions: row.count("executions"),
                onPath: row.count("on_path"), meanSeconds: row.real("mean_s") ?? 0,
                totalSeconds: row.real("total_s") ?? 0,
                criticality: row.real("criticality") ?? 0)
        }
    }

    private static func timeByClass(_ now: WindowQuestions) throws(ArchiveError) -> Section<TimeClass> {
        try now.section("time-by-class", .max) { row in
            TimeClass(
                name: row.text("class") ?? "", seconds: row.real("total_s") ?? 0,
                share: row.real("share") ?? 0,
                executions: row.count("executions"))
        }
    }

    private static func requested(_ now: WindowQuestions, _ limit: Int) throws(ArchiveError) -> Section<
        Requested
    > {
        try now.section("requested-resources", limit) { requested($0, subject($0, "workflow")) }
    }

    private static func requestedTotal(_ now: WindowQuestions) throws(ArchiveError) -> Requested {
        var total = requested(QueryRow(columns: [:], cells: []), nil)
        for row in try now.rows("requested-resources") { total.add(requested(row, nil)) }
        return total
    }

    private static func requested(_ row: QueryRow, _ subject: Subject?) -> Requested {
        Requested(
            workflow: subject, attempts: row.count("attempts"), coreHours: row.real("core_hours") ?? 0,
            gibHours: row.real("gib_hours") ?? 0, gpuHours: row.real("gpu_hours") ?? 0,
            usefulCoreHours: row.real("useful_core_hours") ?? 0,
            failedCoreHours: row.real("failed_core_hours") ?? 0,
            retriedCoreHours: row.real("retried_core_hours") ?? 0,
            abortedCoreHours: row.real("aborted_core_hours") ?? 0,
            wastedGibHours: row.real("wasted_gib_hours") ?? 0,
            unseenCoreHours: row.real("unseen_core_hours") ?? 0,
            attemptsWithoutRequest: row.count("attempts_without_request"))
    }

    private static func coverage(_ now: WindowQuestions) throws(ArchiveError) -> Section<Coverage> {
        try now.section("coverage", .max) { row in
            Coverage(
                source: row.text("source") ?? "", project: row.text("project") ?? "",
                domain: row.text("domain") ?? "",
                executions: row.count("executions"), open: row.count("open"),
                incomplete: row.count("incomplete"),
                withheld: row.count("withheld"), problems: row.count("problems"))
        }
    }
}

extension WeeklySummary.Requested {
    mutating func add(_ other: Self) {
        attempts += other.attempts
        coreHours += other.coreHours
        gibHours += other.gibHours
        gpuHours += other.gpuHours
        usefulCoreHours += other.usefulCoreHours
        failedCoreHours += other.failedCoreHours
        retriedCoreHours += other.retriedCoreHours
        abortedCoreHours += other.abortedCoreHours
        wastedGibHours += other.wastedGibHours
        unseenCoreHours += other.unseenCoreHours
        attemptsWithoutRequest += other.attemptsWithoutRequest
    }
}

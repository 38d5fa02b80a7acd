public import FlyteArchive
public import FlyteModel
import Tables

extension WeeklySummary {
    /// Asks the named queries of `queries/` about a window and the one before it.
    ///
    /// - Parameters:
    ///   - window: Any stretch of time; usually a week.
    ///   - zone: Whose days and weeks it has.
    ///   - project: Only this one; nil for all.
    ///   - domain: Only this one; nil for all.
    ///   - children: Executions that others launched count, too.
    public init(
        of archive: Archive, window: TimeWindow, in zone: TimeZoneRules = .utc, project: String? = nil,
        domain: String? = nil, children: Bool = false
    ) throws(ArchiveError) {
        func questions(_ window: TimeWindow) -> WindowQuestions {
            WindowQuestions(
                archive: archive, window: window, project: project, domain: domain, children: children)
        }
        let previous = window.previous(in: zone)
        let (now, before) = (questions(window), questions(previous))
        let reach = try archive.sources().map(\.name).map { (source) throws(ArchiveError) in
            ArchiveReach(
                source: source,
                firstEndedAt: try Self.firstEnd(of: source, archive, project: project, domain: domain),
                harvestedAt: try Self.lastHarvest(of: source, archive), window: window, previous: previous)
        }
        self.init(
            window: window, previousWindow: previous, zone: zone, children: children, project: project,
            domain: domain, headline: try Self.headline(now, before, reach), findings: [],
            workflows: try Self.workflows(now, before), stopped: try Self.stopped(now, before, reach),
            failures: try Self.failures(now), overcome: try Self.overcome(now),
            slowestNodes: try Self.slowestNodes(now), criticalNodes: try Self.criticalNodes(now),
            timeByClass: try Self.timeByClass(now), requestedTotal: try Self.requestedTotal(now),
            requested: try Self.requested(now), coverage: try Self.coverage(now))
        findings = WeeklyFinding.all(
            workflows: workflows.rows, failures: failures.rows, stopped: stopped.rows,
            flaky: try Self.flaky(now))
    }

    /// When the first execution of a source that the archive has ended.
    private static func firstEnd(
        of source: String, _ archive: Archive, project: String?, domain: String?
    ) throws(ArchiveError) -> Timestamp? {
        let first = try archive.query(
            """
            SELECT ended_at FROM v_execution
            WHERE source = :source AND ended_at >= '' AND phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')
                AND (:project IS NULL OR project = :project) AND (:domain IS NULL OR domain = :domain)
            ORDER BY ended_at LIMIT 1
            """,
            [
                "source": .text(source), "project": Cell(project),
                "domain": Cell(domain),
            ])
        return first.rows.first?[0].text.flatMap { Timestamp($0) }
    }

    private static func lastHarvest(
        of source: String, _ archive: Archive
    ) throws(ArchiveError) -> Timestamp? {
        let last = try archive.query(
            "SELECT max(started_at) FROM v_harvest WHERE source = :source AND outcome IN ('done', 'problems')",
            ["source": .text(source)])
        return last.rows.first?[0].text.flatMap { Timestamp($0) }
    }

    // MARK: The headline

    private static func headline(
        _ now: WindowQuestions, _ before: WindowQuestions, _ reach: [ArchiveReach]
    ) throws(ArchiveError) -> Headline {
        var headline = Headline()
        headline.sources = reach.map { Source(reach: $0) }
        for row in try now.rows("outcomes") {
            headline.outcomes = headline.outcomes + outcomes(row)
            headline.totalDuration += row.real("duration_s") ?? 0
            headline.workflows += row.count("workflows")
            for index in reach.indices where reach[index].source == row.text("source") {
                headline.sources[index].outcomes = outcomes(row)
            }
        }
        for row in try before.rows("outcomes") {
            headline.previousOutcomes = headline.previousOutcomes + outcomes(row)
            headline.previousTotalDuration += row.real("duration_s") ?? 0
            for index in reach.indices where reach[index].source == row.text("source") {
                headline.sources[index].previousOutcomes = outcomes(row)
            }
        }
        headline.rateChange =
            WindowComparison.rateChanges([failureRates(headline.outcomes, headline.previousOutcomes)])[0]
        headline.abortedChange =
            WindowComparison.rateChanges([abortedRates(headline.outcomes, headline.previousOutcomes)])[0]
        let pairs = headline.sources.map { ($0.outcomes, $0.previousOutcomes) }
        let rateChanges = WindowComparison.rateChanges(pairs.map(failureRates))
        let abortedChanges = WindowComparison.rateChanges(pairs.map(abortedRates))
        for index in headline.sources.indices {
            headline.sources[index].rateChange = rateChanges[index]
            headline.sources[index].abortedChange = abortedChanges[index]
        }
        headline.retries = try now.rows("retries").reduce(0) { $0 + $1.count("retried_attempts") }
        headline.previousRetries = try before.rows("retries").reduce(0) { $0 + $1.count("retried_attempts") }
        let flaky = try flaky(now)
        let mostFlaky = flaky.map(\.flaky).max() ?? 0
        headline.flakiest = flaky.first { $0.flaky == mostFlaky }
        headline.cacheHits = try now.rows("cache-hits").reduce(0) { $0 + $1.count("hits") }
        headline.newFailures = try now.rows("top-errors").count {
            $0.text("novelty") == FailureNovelty.new.rawValue
        }
        headline.receipts =
            ["outcomes", "retries"].flatMap { [now.receipt($0), before.receipt($0)] }
            + ["cache-hits", "top-errors"].map(now.receipt)
        return headline
    }

    private static func failureRates(_ now: Outcomes, _ before: Outcomes) -> WindowComparison.Rates {
        WindowComparison.Rates(now: now.failureRate, before: before.failureRate)
    }

    private static func abortedRates(_ now: Outcomes, _ before: Outcomes) -> WindowComparison.Rates {
        WindowComparison.Rates(now: now.abortedRate, before: before.abortedRate)
    }

    /// Tasks of which a node succeeded only after a retry.
    private static func flaky(_ now: WindowQuestions) throws(ArchiveError) -> [Flaky] {
        try now.rows("retries").filter { $0.count("flaky") > 0 }.map {
            Flaky(task: subject($0, "task"), flaky: $0.count("flaky"), nodes: $0.count("nodes"))
        }
    }

    private static func outcomes(_ row: QueryRow) -> Outcomes {
        var outcomes = Outcomes()
        outcomes.succeeded = row.count("succeeded")
        outcomes.failed = row.count("failed")
        outcomes.timedOut = row.count("timed_out")
        outcomes.aborted = row.count("aborted")
        outcomes.userFailures = row.count("user_failures")
        outcomes.systemFailures = row.count("system_failures")
        outcomes.rejectedFailures = row.count("rejected_failures")
        outcomes.otherFailures = row.count("other_failures")
        return outcomes
    }

    // MARK: Workflows

    private static func workflows(
        _ now: WindowQuestions, _ before: WindowQuestions
    ) throws(ArchiveError) -> Section<Workflow> {
        let rates = try now.rows("failure-rate-by-workflow")
        let oldRates = bySubject(try before.rows("failure-rate-by-workflow"))
        let percentiles = bySubject(try now.rows("duration-percentiles-by-workflow"))
        let oldPercentiles = bySubject(try before.rows("duration-percentiles-by-workflow"))
        let newDurations = durations(try now.rows("execution-durations"))
        let oldDurations = durations(try before.rows("execution-durations"))
        let subjects = rates.map { subject($0, "workflow") }
        let pairs = zip(rates, subjects).map {
            (now: outcomes($0), before: oldRates[$1].map(outcomes) ?? Outcomes())
        }
        let rateChanges = WindowComparison.rateChanges(pairs.map { failureRates($0.now, $0.before) })
        let abortedChanges = WindowComparison.rateChanges(pairs.map { abortedRates($0.now, $0.before) })
        let durationChanges = WindowComparison.durationChanges(
            subjects.map { .init(now: newDurations[$0] ?? [], before: oldDurations[$0] ?? []) })
        let rows = subjects.indices.map { index in
            let subject = subjects[index]
            let (row, old) = (percentiles[subject], oldPercentiles[subject])
            var workflow = Workflow(
                subject: subject, outcomes: pairs[index].now, previousOutcomes: pairs[index].before)
            (workflow.p50, workflow.p95) = (row?.real("p50_s"), row?.real("p95_s"))
            (workflow.previousP50, workflow.previousP95) = (old?.real("p50_s"), old?.real("p95_s"))
            workflow.censored = row?.count("censored") ?? 0
            workflow.previousCensored = old?.count("censored") ?? 0
            workflow.unknownDurations = row?.count("unknown") ?? 0
            workflow.rateChange = rateChanges[index]
            workflow.abortedChange = abortedChanges[index]
            workflow.durationChange = durationChanges[index]
            workflow.longestExecution = row?.text("longest_execution")
            return workflow
        }
        let names = ["failure-rate-by-workflow", "duration-percentiles-by-workflow", "execution-durations"]
        return Section(
            rows: rows, receipts: names.flatMap { [now.receipt($0), before.receipt($0)] })
    }

    private static func stopped(
        _ now: WindowQuestions, _ before: WindowQuestions, _ reach: [ArchiveReach]
    ) throws(ArchiveError) -> Section<Stopped> {
        let running = Set(try now.rows("failure-rate-by-workflow").map { subject($0, "workflow") })
        var open: [Subject: Int] = [:]
        for row in try now.rows("open-executions") { open[subject(row, "workflow"), default: 0] += 1 }
        let shares = Dictionary(uniqueKeysWithValues: reach.map { ($0.source, $0.share) })
        // Fewer than that in the time that the archive knows may have paused by chance.
        let rows = try before.rows("failure-rate-by-workflow").filter {
            Double($0.count("ended")) * (shares[$0.text("source") ?? ""] ?? 1)
                >= Double(Statistics.minimumRuns)
                && !running.contains(subject($0, "workflow"))
        }.map { row in
            let subject = subject(row, "workflow")
            return Stopped(subject: subject, previousOutcomes: outcomes(row), open: open[subject] ?? 0)
        }
        return Section(
            rows: rows,
            receipts: [
                before.receipt("failure-rate-by-workflow"), now.receipt("failure-rate-by-workflow"),
                now.receipt("open-executions"),
            ])
    }

    private static func durations(_ rows: [QueryRow]) -> [Subject: [Statistics.Duration]] {
        var durations: [Subject: [Statistics.Duration]] = [:]
        for row in rows {
            guard let seconds = row.real("duration_s") else { continue }
            durations[subject(row, "workflow"), default: []].append(
                Statistics.Duration(seconds: seconds, isCensored: row.count("is_censored") != 0))
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

    // MARK: Lists

    private static func failures(_ now: WindowQuestions) throws(ArchiveError) -> Section<Failure> {
        try now.section("top-errors") { row in
            Failure(
                source: row.text("source") ?? "", fingerprint: row.text("fingerprint") ?? "",
                novelty: FailureNovelty(rawValue: row.text("novelty") ?? "") ?? .known,
                executions: row.count("executions"), workflows: row.count("workflows"),
                label: row.text("label") ?? "", causeClass: row.text("cause_class") ?? "",
                kind: row.text("kind") ?? "", code: row.text("code") ?? "",
                message: row.text("message") ?? "",
                tasks: row.text("tasks") ?? "", task: row.text("task") ?? "",
                project: row.text("project") ?? "",
                domain: row.text("domain") ?? "", execution: row.text("execution") ?? "",
                firstSeenAt: row.text("first_seen_at") ?? "", lastSeenAt: row.text("last_seen_at") ?? "")
        }
    }

    private static func overcome(_ now: WindowQuestions) throws(ArchiveError) -> Section<Overcome> {
        try now.section("retried-errors") { row in
            Overcome(
                source: row.text("source") ?? "", fingerprint: row.text("fingerprint") ?? "",
                attempts: row.count("attempts"), retried: row.count("retried"),
                executions: row.count("executions"), succeeded: row.count("succeeded"),
                kind: row.text("kind") ?? "", code: row.text("code") ?? "",
                message: row.text("message") ?? "",
                tasks: row.text("tasks") ?? "", project: row.text("project") ?? "",
                domain: row.text("domain") ?? "", execution: row.text("execution") ?? "",
                lastSeenAt: row.text("last_seen_at") ?? "")
        }
    }

    private static func slowestNodes(_ now: WindowQuestions) throws(ArchiveError) -> Section<Node> {
        try now.section("slowest-nodes") { row in
            Node(
                workflow: subject(row, "workflow"), node: row.text("node") ?? "",
                path: row.text("node_path") ?? "", task: row.text("task"), runs: row.count("runs"),
                failed: row.count("failed"), unknownDurations: row.count("unknown"), p50: row.real("p50_s"),
                p90: row.real("p90_s"), max: row.real("max_s"), totalSeconds: row.real("total_s") ?? 0,
                slowestExecution: row.text("slowest_execution"))
        }
    }

    private static func criticalNodes(_ now: WindowQuestions) throws(ArchiveError) -> Section<CriticalNode> {
        try now.section("critical-nodes") { row in
            CriticalNode(
                workflow: subject(row, "workflow"), node: row.text("node") ?? row.text("node_path") ?? "",
                path: row.text("node_path") ?? "", executions: row.count("executions"),
                onPath: row.count("on_path"), meanSeconds: row.real("mean_s") ?? 0,
                totalSeconds: row.real("total_s") ?? 0,
                criticality: row.real("criticality") ?? 0)
        }
    }

    private static func timeByClass(_ now: WindowQuestions) throws(ArchiveError) -> Section<TimeClass> {
        try now.section("time-by-class") { row in
            TimeClass(
                source: row.text("source") ?? "", name: row.text("class") ?? "",
                seconds: row.real("total_s") ?? 0,
                share: row.real("share") ?? 0, executions: row.count("executions"),
                unseenShare: row.real("unseen_share"))
        }
    }

    private static func requested(_ now: WindowQuestions) throws(ArchiveError) -> Section<Requested> {
        try now.section("requested-resources") { requested($0, subject($0, "workflow")) }
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
            coreHoursLow: row.real("core_hours_low") ?? 0, gibHoursLow: row.real("gib_hours_low") ?? 0,
            gpuHoursLow: row.real("gpu_hours_low") ?? 0,
            usefulCoreHours: row.real("useful_core_hours") ?? 0,
            failedCoreHours: row.real("failed_core_hours") ?? 0,
            retriedCoreHours: row.real("retried_core_hours") ?? 0,
            abortedCoreHours: row.real("aborted_core_hours") ?? 0,
            wastedGibHours: row.real("wasted_gib_hours") ?? 0,
            unseenCoreHours: row.real("unseen_core_hours") ?? 0,
            childCoreHours: row.real("child_core_hours") ?? 0,
            attemptsWithoutRequest: row.count("attempts_without_request"),
            attemptsWithoutContainer: row.count("attempts_without_container"))
    }

    private static func coverage(_ now: WindowQuestions) throws(ArchiveError) -> Section<Coverage> {
        try now.section("coverage") { row in
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
        coreHoursLow += other.coreHoursLow
        gibHoursLow += other.gibHoursLow
        gpuHoursLow += other.gpuHoursLow
        childCoreHours += other.childCoreHours
        attemptsWithoutContainer += other.attemptsWithoutContainer
        usefulCoreHours += other.usefulCoreHours
        failedCoreHours += other.failedCoreHours
        retriedCoreHours += other.retriedCoreHours
        abortedCoreHours += other.abortedCoreHours
        wastedGibHours += other.wastedGibHours
        unseenCoreHours += other.unseenCoreHours
        attemptsWithoutRequest += other.attemptsWithoutRequest
    }
}

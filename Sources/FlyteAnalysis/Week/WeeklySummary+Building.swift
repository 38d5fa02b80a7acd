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
    ///   - children: Executions that others launched count, too.
    ///   - limit: The most rows of each list; nil for all. Findings are never cut.
    public init(
        of archive: Archive, window: TimeWindow, project: String? = nil, domain: String? = nil,
        children: Bool = false, limit: Int? = nil
    ) throws(ArchiveError) {
        func questions(_ window: TimeWindow) -> WindowQuestions {
            WindowQuestions(
                archive: archive, window: window, project: project, domain: domain, children: children)
        }
        let (now, before) = (questions(window), questions(window.previous))
        let sources = try archive.sources().map(\.name)
        self.init(
            window: window, previousWindow: window.previous, sources: sources, project: project,
            domain: domain, headline: try Self.headline(now, before), findings: [],
            reach: try sources.map { (source) throws(ArchiveError) in
                ArchiveReach(
                    source: source,
                    firstEndedAt: try Self.firstEnd(of: source, archive, project: project, domain: domain),
                    previous: window.previous)
            },
            workflows: try Self.workflows(now, before), stopped: try Self.stopped(now, before),
            failures: try Self.failures(now), overcome: try Self.overcome(now),
            slowestNodes: try Self.slowestNodes(now), criticalNodes: try Self.criticalNodes(now),
            timeByClass: try Self.timeByClass(now), requestedTotal: try Self.requestedTotal(now),
            requested: try Self.requested(now), coverage: try Self.coverage(now))
        findings = WeeklyFinding.all(
            workflows: workflows.rows, failures: failures.rows, stopped: stopped.rows,
            flaky: try Self.flaky(now))
        if let limit {
            workflows.rows = Array(workflows.rows.prefix(limit))
            stopped.rows = Array(stopped.rows.prefix(limit))
            failures.rows = Array(failures.rows.prefix(limit))
            overcome.rows = Array(overcome.rows.prefix(limit))
            slowestNodes.rows = Array(slowestNodes.rows.prefix(limit))
            criticalNodes.rows = Array(criticalNodes.rows.prefix(limit))
            requested.rows = Array(requested.rows.prefix(limit))
        }
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
                "source": .text(source), "project": project.map { .text($0) } ?? .null,
                "domain": domain.map { .text($0) } ?? .null,
            ])
        return first.rows.first?[0].text.flatMap { Timestamp($0) }
    }

    // MARK: The headline

    private static func headline(
        _ now: WindowQuestions, _ before: WindowQuestions
    ) throws(ArchiveError) -> Headline {
        var headline = Headline()
        for row in try now.rows("outcomes") {
            headline.outcomes = headline.outcomes + outcomes(row)
            headline.totalDuration += row.real("duration_s") ?? 0
            headline.workflows += row.count("workflows")
        }
        for row in try before.rows("outcomes") {
            headline.previousOutcomes = headline.previousOutcomes + outcomes(row)
        }
        let (outcomes, previous) = (headline.outcomes, headline.previousOutcomes)
        headline.rateChange =
            WindowComparison.rateChanges([.init(now: outcomes.failureRate, before: previous.failureRate)])[0]
        headline.abortedChange =
            WindowComparison.rateChanges([.init(now: outcomes.abortedRate, before: previous.abortedRate)])[0]
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
        let rateChanges = WindowComparison.rateChanges(
            pairs.map { .init(now: $0.now.failureRate, before: $0.before.failureRate) })
        let abortedChanges = WindowComparison.rateChanges(
            pairs.map { .init(now: $0.now.abortedRate, before: $0.before.abortedRate) })
        let durationChanges = WindowComparison.durationChanges(
            subjects.map { .init(now: newDurations[$0] ?? [], before: oldDurations[$0] ?? []) })
        let rows = subjects.indices.map { index in
            let subject = subjects[index]
            let (row, old) = (percentiles[subject], oldPercentiles[subject])
            return Workflow(
                subject: subject, outcomes: pairs[index].now, previousOutcomes: pairs[index].before,
                p50: row?.real("p50_s"), p95: row?.real("p95_s"), previousP50: old?.real("p50_s"),
                previousP95: old?.real("p95_s"), unknownDurations: row?.count("unknown") ?? 0,
                rateChange: rateChanges[index], abortedChange: abortedChanges[index],
                durationChange: durationChanges[index], longestExecution: row?.text("longest_execution"))
        }
        let names = ["failure-rate-by-workflow", "duration-percentiles-by-workflow", "execution-durations"]
        return Section(
            rows: rows, total: rows.count, receipts: names.flatMap { [now.receipt($0), before.receipt($0)] })
    }

    private static func stopped(
        _ now: WindowQuestions, _ before: WindowQuestions
    ) throws(ArchiveError) -> Section<Stopped> {
        let running = Set(try now.rows("failure-rate-by-workflow").map { subject($0, "workflow") })
        var open: [Subject: Int] = [:]
        for row in try now.rows("open-executions") { open[subject(row, "workflow"), default: 0] += 1 }
        // Fewer than that may have paused by chance.
        let rows = try before.rows("failure-rate-by-workflow").filter {
            $0.count("ended") >= Statistics.minimumRuns && !running.contains(subject($0, "workflow"))
        }.map { row in
            let subject = subject(row, "workflow")
            return Stopped(subject: subject, previousRuns: row.count("ended"), open: open[subject] ?? 0)
        }
        return Section(
            rows: rows, total: rows.count,
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

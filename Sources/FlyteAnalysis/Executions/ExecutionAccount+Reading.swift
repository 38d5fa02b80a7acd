public import FlyteArchive
public import FlyteModel
import Tables

extension ExecutionAccount {
    /// Asks an archive about an execution that it has.
    public init(of details: ExecutionDetails, in archive: Archive) throws(ArchiveError) {
        let questions = ExecutionQuestions(
            archive: archive, execution: ArchivedExecution(source: details.source, id: details.id))
        let (path, pathReceipt) = try questions.rows(
            """
            SELECT step, node_id, attempt, class, start_at, end_at, duration_s FROM v_critical_path
            WHERE \(ArchivedExecution.condition) ORDER BY step
            """)
        let (wall, wallReceipt) = try questions.rows(
            """
            SELECT class, duration_s, share FROM v_wall_time WHERE \(ArchivedExecution.condition)
            ORDER BY duration_s DESC, class
            """)
        let (slack, slackReceipt) = try questions.rows(
            "SELECT node_id, slack_s, drag_s, on_path FROM v_slack WHERE \(ArchivedExecution.condition)")
        let (whatIf, whatIfReceipt) = try questions.rows(
            """
            SELECT scenario, wall_low_s, wall_high_s FROM v_what_if WHERE \(ArchivedExecution.condition)
            ORDER BY wall_high_s, scenario
            """)
        let (work, workReceipt) = try questions.rows(
            """
            SELECT task, outcome, count(*) AS attempts, sum(is_seen = 0) AS unseen, sum(seconds_low) AS seconds_low,
                sum(seconds_high) AS seconds, sum(core_hours_low) AS core_hours_low, sum(core_hours) AS core_hours,
                sum(gib_hours_low) AS gib_hours_low, sum(gib_hours) AS gib_hours,
                sum(gpu_hours_low) AS gpu_hours_low, sum(gpu_hours) AS gpu_hours
            FROM v_work_time WHERE \(ArchivedExecution.condition)
            GROUP BY task, outcome ORDER BY seconds DESC, task, outcome
            """)
        let (variables, variablesReceipt) = try questions.rows(
            """
            SELECT direction, name, type, value_json, uri, size_bytes FROM v_literal
            WHERE \(ArchivedExecution.condition) AND node_id IS NULL ORDER BY direction, name
            """)
        let (redactions, redactionsReceipt) = try questions.rows(
            """
            SELECT node_id, attempt, field, name, rule, count FROM v_redaction
            WHERE \(ArchivedExecution.condition) ORDER BY node_id, attempt, field, name, rule, token
            """)
        let (waiting, _) = try questions.rows(
            "SELECT node_id, attempt FROM v_task_execution WHERE \(ArchivedExecution.condition) AND had_container = 0"
        )
        self.init(
            workReceipt: workReceipt, variablesReceipt: variablesReceipt, redactionsReceipt: redactionsReceipt
        )
        pathReceipts = [wallReceipt, pathReceipt, slackReceipt] + (whatIf.isEmpty ? [] : [whatIfReceipt])
        self.path = path.map(PathStep.init)
        wallTime = wall.map {
            WallTime(
                kind: $0.text("class") ?? "", seconds: $0.real("duration_s") ?? 0,
                share: $0.real("share") ?? 0)
        }
        self.slack = Dictionary(
            slack.map {
                (
                    KeyBytes($0.text("node_id") ?? ""),
                    Slack(
                        slack: $0.real("slack_s"), drag: $0.real("drag_s"),
                        isOnPath: $0.integer("on_path") == 1)
                )
            }, uniquingKeysWith: { first, _ in first })
        self.whatIf = whatIf.map {
            WhatIf(
                scenario: $0.text("scenario") ?? "", low: $0.real("wall_low_s") ?? 0,
                high: $0.real("wall_high_s") ?? 0)
        }
        self.work = work.map(Work.init)
        self.variables = variables.map {
            Variable(
                direction: $0.text("direction") ?? "", name: $0.text("name") ?? "",
                type: $0.text("type") ?? "",
                json: $0.text("value_json"), uri: $0.text("uri"), bytes: $0.integer("size_bytes"))
        }
        withoutContainer = Set(
            waiting.map {
                AttemptPlace(nodeID: KeyBytes($0.text("node_id") ?? ""), attempt: $0.count("attempt"))
            })
        self.redactions = redactions.map {
            Redaction(
                nodeID: $0.text("node_id"), attempt: $0.integer("attempt").flatMap { Int(exactly: $0) },
                field: $0.text("field") ?? "", name: $0.text("name"), rule: $0.text("rule") ?? "",
                count: $0.count("count"))
        }
        try readUsual(details, questions)
    }

    /// Its workflow's forty runs before it that succeeded, whatever launched them.
    private mutating func readUsual(
        _ details: ExecutionDetails, _ questions: ExecutionQuestions
    ) throws(ArchiveError) {
        guard let workflow = details.workflow?.name, let created = details.times.createdAt else { return }
        let (rows, receipt) = try questions.rows(
            """
            SELECT count(*) AS runs, percentile(wall_s, 5) AS low, percentile(wall_s, 50) AS median,
                percentile(wall_s, 95) AS high
            FROM (
                SELECT wall_s FROM v_execution
                WHERE source = :source AND project = :project AND domain = :domain AND workflow = :workflow
                    AND created_at < :created_at AND phase = 'SUCCEEDED' AND name <> :execution
                ORDER BY created_at DESC LIMIT 40)
            """, ["workflow": workflow, "created_at": created.microsecondText])
        guard let row = rows.first, row.count("runs") >= Statistics.minimumRuns, let low = row.real("low"),
            let median = row.real("median"), let high = row.real("high")
        else { return }
        usual = Usual(runs: row.count("runs"), low: low, median: median, high: high)
        usualReceipt = receipt
    }

    /// Seconds of the critical path, by the ids of nodes.
    public var pathSeconds: [KeyBytes: Double] {
        var seconds: [KeyBytes: Double] = [:]
        for step in path { if let node = step.nodeID { seconds[KeyBytes(node), default: 0] += step.seconds } }
        return seconds
    }
}

extension ExecutionAccount.PathStep {
    fileprivate init(_ row: QueryRow) {
        self.init(
            number: row.count("step"), nodeID: row.text("node_id"),
            attempt: row.integer("attempt").flatMap { Int(exactly: $0) }, kind: row.text("class") ?? "",
            start: row.text("start_at").flatMap { Timestamp($0) },
            end: row.text("end_at").flatMap { Timestamp($0) },
            seconds: row.real("duration_s") ?? 0)
    }
}

extension ExecutionAccount.Work {
    fileprivate init(_ row: QueryRow) {
        self.init(
            task: row.text("task"), outcome: row.text("outcome") ?? "", attempts: row.count("attempts"),
            unseen: row.count("unseen"), secondsLow: row.real("seconds_low") ?? 0,
            seconds: row.real("seconds") ?? 0,
            coreHoursLow: row.real("core_hours_low"), coreHours: row.real("core_hours"),
            gibHoursLow: row.real("gib_hours_low"), gibHours: row.real("gib_hours"),
            gpuHoursLow: row.real("gpu_hours_low"), gpuHours: row.real("gpu_hours"))
    }
}

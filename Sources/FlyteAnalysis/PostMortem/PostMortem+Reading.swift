public import FlyteArchive
import FlyteIDL
import FlyteModel
import Tables

extension PostMortem {
    /// Asks an archive about an execution.
    ///
    /// nil when the archive does not have it.
    public init?(_ execution: ArchivedExecution, in archive: Archive) throws {
        guard let details = try ExecutionDetails(of: execution.id, source: execution.source, in: archive),
            let compared = try ComparedExecution(execution.id, source: execution.source, in: archive)
        else { return nil }
        let questions = ExecutionQuestions(archive: archive, execution: execution)
        self.details = details
        self.compared = compared
        chain = FailureLink.chain(of: details)
        let last = try LastSuccess(before: compared, in: archive)
        change = try Self.change(compared, last, in: archive)
        if let cause = details.cause?.execution, cause != details.id,
            let inner = try ComparedExecution(cause, source: execution.source, in: archive)
        {
            causeChange = try Self.change(inner, LastSuccess(before: inner, in: archive), in: archive)
        }
        baseline = try Self.baseline(compared, questions)
        reach = try Reach(of: details, last: last, questions)
        alike = try Self.alike(compared, [details.id] + reach.parents.map(\.execution), questions)
        let after = try Self.aftermath(compared, questions)
        aftermath = after?.row
        if let receipt = after?.receipt { alike.receipts.append(receipt) }
        events = PostMortemEvent.all(of: details)
        if let passed = aftermath?.passedExecution,
            let time = aftermath?.passedEndedAt.flatMap({ Timestamp($0) })
        {
            events.append(
                PostMortemEvent(
                    at: time, .later, "execution \(passed)", "first success after it ended"))
        }
        path = try Self.path(questions)
        evidence = try Self.evidence(chain, details, questions)
    }

    private static func change(
        _ compared: ComparedExecution, _ last: LastSuccess?, in archive: Archive
    ) throws -> Change {
        guard let last else {
            return Change(
                comparison: nil, reason: try LastSuccess.whyNot(before: compared, in: archive), receipts: [])
        }
        return Change(
            comparison: try ExecutionComparison(last.execution, compared, in: archive), reason: last.reason,
            receipts: [Receipt(.command("diff", arguments: [compared.id.description, "--last-success"]))])
    }

    private static func path(_ questions: ExecutionQuestions) throws(ArchiveError) -> Answer<PathStep> {
        let answer = try questions.rows(
            """
            SELECT
                p.step, p.node_id, p.class, p.start_at, p.duration_s,
                (
                    SELECT coalesce(n.node_name, n.spec_node_id, n.node_id) FROM v_node_execution n
                    WHERE n.source = p.source AND n.project = p.project AND n.domain = p.domain
                        AND n.execution = p.execution AND n.node_id = p.node_id
                ) AS node
            FROM v_critical_path p
            WHERE p.source = :source AND p.project = :project AND p.domain = :domain AND p.execution = :execution
            ORDER BY p.step
            """)
        return Answer(
            rows: answer.rows.map {
                PathStep(
                    step: $0.count("step"), nodeID: $0.text("node_id"), label: $0.text("node"),
                    kind: $0.text("class") ?? "", startAt: $0.text("start_at"),
                    seconds: $0.real("duration_s") ?? 0)
            }, receipts: [answer.receipt])
    }

    private static func baseline(
        _ compared: ComparedExecution, _ questions: ExecutionQuestions
    ) throws(ArchiveError) -> Baseline {
        var baseline = Baseline()
        guard compared.workflow != nil else { return baseline }
        let answer = try questions.rows(
            """
            WITH this AS (
                SELECT workflow, created_at FROM v_execution WHERE \(ArchivedExecution.ownCondition)
            ),
            run AS (
                SELECT phase, wall_s, created_at FROM v_execution
                WHERE source = :source AND project = :project AND domain = :domain AND name <> :execution
                    AND workflow = (SELECT workflow FROM this) AND created_at < (SELECT created_at FROM this)
                    AND phase IN ('SUCCEEDED', 'FAILED', 'TIMED_OUT')
                ORDER BY created_at DESC, name LIMIT \(Baseline.runLimit)
            ),
            ranked AS (
                SELECT wall_s, row_number() OVER (ORDER BY wall_s) AS place, count(*) OVER () AS n
                FROM run WHERE phase = 'SUCCEEDED' AND wall_s IS NOT NULL
            )
            SELECT
                (SELECT count(*) FROM run) AS runs,
                (SELECT count(*) FROM run WHERE phase <> 'SUCCEEDED') AS failures,
                (SELECT min(created_at) FROM run) AS first_created_at,
                max(CASE WHEN place = max(1, CAST(ceil(n * 0.05 - 1e-9) AS INTEGER)) THEN wall_s END) AS p05_s,
                max(CASE WHEN place = max(1, CAST(ceil(n * 0.5 - 1e-9) AS INTEGER)) THEN wall_s END) AS p50_s,
                max(CASE WHEN place = max(1, CAST(ceil(n * 0.95 - 1e-9) AS INTEGER)) THEN wall_s END) AS p95_s
            FROM ranked
            """)
        baseline.receipts = [answer.receipt]
        guard let row = answer.rows.first else { return baseline }
        baseline.runs = row.count("runs")
        baseline.failures = row.count("failures")
        baseline.firstCreatedAt = row.text("first_created_at")
        (baseline.low, baseline.median, baseline.high) = (
            row.real("p05_s"), row.real("p50_s"), row.real("p95_s")
        )
        return baseline
    }

    // MARK: Failures alike

    /// - Parameter own: The execution and those above it, which failed for the same reason.
    private static func alike(
        _ compared: ComparedExecution, _ own: [ExecutionID], _ questions: ExecutionQuestions
    ) throws(ArchiveError) -> Alike {
        var alike = Alike(fingerprint: compared.fingerprint)
        guard let fingerprint = compared.fingerprint else { return alike }
        // Of executions that launched each other the outermost counts.
        let counted = try questions.rows(
            """
            SELECT
                count(*) AS executions, coalesce(sum(f.ended_at < t.ended_at), 0) AS before,
                count(DISTINCT f.project || '/' || f.domain || '/' || coalesce(f.workflow, '')) AS workflows,
                min(f.ended_at) AS first_ended_at, max(f.ended_at) AS last_ended_at
            FROM (SELECT source, fingerprint, ended_at FROM v_failure WHERE \(ArchivedExecution.condition)) t
            JOIN v_failure f ON f.source = t.source AND f.fingerprint = t.fingerprint
            WHERE f.is_child IS NOT 1
                AND f.project || '/' || f.domain || '/' || f.execution NOT IN (SELECT value FROM json_each(:own))
            """, ["own": JSONValue.array(own.map { .string($0.description) }).text])
        alike.receipts = [counted.receipt]
        if let row = counted.rows.first {
            alike.executions = row.count("executions")
            alike.before = row.count("before")
            alike.workflows = row.count("workflows")
            alike.firstEndedAt = row.text("first_ended_at")
            alike.lastEndedAt = row.text("last_ended_at")
        }
        guard alike.executions > 0 else { return alike }
        let newest = try questions.rows(
            query: "after-failures",
            [
                "source": questions.execution.source, "fingerprint": fingerprint,
                "limit": String(Alike.newestLimit + 1),
            ])
        alike.newest = newest.rows.map(Aftermath.init).filter { !own.contains($0.execution) }
        if alike.newest.count > Alike.newestLimit { alike.newest.removeLast() }
        alike.receipts.append(newest.receipt)
        return alike
    }

    private static func aftermath(
        _ compared: ComparedExecution, _ questions: ExecutionQuestions
    ) throws(ArchiveError) -> (row: Aftermath, receipt: Receipt)? {
        guard compared.hasFailed else { return nil }
        var parameters = questions.execution.parameters
        parameters["children"] = "1"
        let answer = try questions.rows(query: "after-failures", parameters)
        return answer.rows.first.map { (Aftermath($0), answer.receipt) }
    }

    // MARK: Evidence

    /// The messages of the execution itself and of the nodes and attempts on the way to where the failure began.
    private static func evidence(
        _ chain: [FailureLink], _ details: ExecutionDetails, _ questions: ExecutionQuestions
    ) throws(ArchiveError) -> Answer<Message> {
        var answer = Answer<Message>()
        var executions: [ExecutionID] = [details.id]
        for link in chain where !executions.contains(link.execution) { executions.append(link.execution) }
        for id in executions {
            let nodes = chain.filter { $0.execution == id && $0.kind == .node }.compactMap(\.nodeID)
            let own = ExecutionQuestions(
                archive: questions.archive,
                execution: ArchivedExecution(source: questions.execution.source, id: id))
            let asked = try own.rows(
                """
                SELECT message_id, kind, node_id, attempt, direction, length, sha256 FROM v_message
                WHERE \(ArchivedExecution.condition)
                    AND (node_id IS NULL OR node_id IN (SELECT value FROM json_each(:nodes)))
                ORDER BY message_id
                """, ["nodes": JSONValue.array(nodes.map { .string($0) }).text])
            answer.receipts.append(asked.receipt)
            answer.rows += asked.rows.map {
                Message(
                    id: $0.integer("message_id") ?? 0, kind: $0.text("kind") ?? "",
                    nodeID: $0.text("node_id"),
                    attempt: $0.integer("attempt"), direction: $0.text("direction"),
                    bytes: $0.integer("length") ?? 0, sha256: $0.text("sha256") ?? "")
            }
        }
        return answer
    }
}

extension PostMortem.Aftermath {
    init(_ row: QueryRow) {
        execution = ExecutionID(
            project: row.text("project") ?? "", domain: row.text("domain") ?? "",
            name: row.text("execution") ?? "")
        workflow = row.text("workflow")
        workflowVersion = row.text("workflow_version")
        endedAt = row.text("ended_at")
        label = row.text("label")
        followedBy = row.text("followed_by") ?? ""
        nextExecution = row.text("next_execution")
        nextVersion = row.text("next_version")
        passedExecution = row.text("passed_execution")
        passedVersion = row.text("passed_version")
        passedEndedAt = row.text("passed_ended_at")
        failedBetween = row.count("failed_between")
    }
}

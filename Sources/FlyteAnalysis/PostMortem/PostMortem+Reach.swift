import FlyteArchive
import FlyteModel
import Tables

extension PostMortem.Reach {
    init(
        of details: ExecutionDetails, last: LastSuccess?, _ questions: ExecutionQuestions
    ) throws {
        try findWhatNeverRan(details, questions)
        try climb(from: details, questions)
        children = details.children.values.filter { $0.phase != .succeeded }.map {
            PostMortem.Related(
                execution: $0.id, workflow: $0.workflow?.name, phase: $0.phase.rawValue,
                endedAt: $0.times.endedAt?.microsecondText)
        }.sorted { KeyBytes($0.execution.description) < KeyBytes($1.execution.description) }
        if details.phase != .succeeded, let last {
            try findReaders(of: last.execution, but: details, questions.archive)
        }
        try addWork(questions)
    }

    /// What lies downstream of a failed node in the workflow's graph and has no row: an arm of a branch that was not taken
    /// has none either, but nothing that failed lies before it.
    private mutating func findWhatNeverRan(
        _ details: ExecutionDetails, _ questions: ExecutionQuestions
    ) throws(ArchiveError) {
        guard details.phase != .succeeded, !details.isOpen else { return }
        let answer = try questions.rows(
            """
            SELECT u.value AS upstream, w.value AS downstream
            FROM execution e
            JOIN scope c ON c.id = e.scope_id
            JOIN source s ON s.id = c.source_id
            JOIN edge g ON g.definition_id = e.workflow_id
            JOIN name u ON u.id = g.upstream_id
            JOIN name w ON w.id = g.downstream_id
            WHERE s.name = :source AND c.project = :project AND c.domain = :domain AND e.name = :execution
            ORDER BY 1, 2
            """)
        guard !answer.rows.isEmpty else { return }
        receipts.append(answer.receipt)
        var next: [KeyBytes: [String]] = [:]
        for row in answer.rows {
            next[KeyBytes(row.text("upstream") ?? ""), default: []].append(row.text("downstream") ?? "")
        }
        let top = details.roots.map { details.nodes[$0] }
        let present = Set(top.map { KeyBytes($0.specID ?? $0.id) })
        var open = top.filter { $0.hasFailed || $0.phase == .aborted }.map { $0.specID ?? $0.id }
        var seen: Set<KeyBytes> = []
        while let id = open.popLast() {
            for downstream in next[KeyBytes(id)] ?? [] where seen.insert(KeyBytes(downstream)).inserted {
                if !present.contains(KeyBytes(downstream)), downstream != "end-node" {
                    neverRan.append(downstream)
                }
                open.append(downstream)
            }
        }
        neverRan.sort { KeyBytes($0) < KeyBytes($1) }
    }

    private static let parentsAtMost = 50

    private mutating func climb(
        from details: ExecutionDetails, _ questions: ExecutionQuestions
    ) throws(ArchiveError) {
        var next = details.parent
        var seen: Set<ExecutionID> = [details.id]
        while let id = next, seen.insert(id).inserted, parents.count < Self.parentsAtMost {
            let place = ArchivedExecution(source: questions.execution.source, id: id)
            let asked = try ExecutionQuestions(archive: questions.archive, execution: place).rows(
                "SELECT workflow, phase, ended_at, parent_execution FROM v_execution WHERE \(ArchivedExecution.ownCondition)"
            )
            guard let row = asked.rows.first else { return }
            receipts.append(asked.receipt)
            parents.append(
                PostMortem.Related(
                    execution: id, workflow: row.text("workflow"), phase: row.text("phase") ?? "",
                    endedAt: row.text("ended_at")))
            next = row.text("parent_execution").map { Archive.execution(written: $0, in: id) }
        }
    }

    private mutating func findReaders(
        of last: ComparedExecution, but details: ExecutionDetails, _ archive: Archive
    ) throws {
        guard let start = try archive.lineageExecution(last.id, source: last.source) else { return }
        let walk = try LineageWalk(from: .execution(start), [.down], depth: 1, in: archive)
        var seen: Set<ExecutionID> = [last.id, details.id]
        for step in walk.steps {
            guard let reader = step.execution, seen.insert(reader.id).inserted else { continue }
            readers.append(
                PostMortem.Related(
                    execution: reader.id, workflow: reader.workflow, phase: reader.phase, endedAt: nil))
        }
        if !readers.isEmpty {
            receipts.append(
                Receipt(.command("lineage", arguments: [last.id.description, "--down", "--depth", "1"])))
        }
    }

    private mutating func addWork(_ questions: ExecutionQuestions) throws(ArchiveError) {
        // Time and cost each by itself: an outer join of the views would price every attempt of the archive first.
        let answer = try questions.rows(
            """
            WITH RECURSIVE part (project, domain, execution) AS (
                SELECT :project, :domain, :execution
                UNION
                SELECT c.project, c.domain, c.name
                FROM part p
                JOIN v_execution c ON c.parent_execution IN (p.execution, p.project || '/' || p.domain || '/' || p.execution)
                WHERE c.source = :source
                    AND (instr(c.parent_execution, '/') OR (c.project = p.project AND c.domain = p.domain))
                LIMIT 10000
            ),
            spent AS MATERIALIZED (
                SELECT
                    w.outcome, count(*) AS attempts,
                    sum(w.seconds_low) / 3600 AS hours_low, sum(w.seconds_high) / 3600 AS hours,
                    sum(w.core_hours_low) AS core_hours_low, sum(w.core_hours) AS core_hours
                FROM part p
                CROSS JOIN v_work_time w
                    ON w.source = :source AND w.project = p.project AND w.domain = p.domain AND w.execution = p.execution
                GROUP BY w.outcome
            ),
            priced AS MATERIALIZED (
                SELECT
                    k.outcome, sum(k.cost) AS cost, max(k.currency) AS currency, count(DISTINCT k.currency) AS currencies
                FROM part p
                CROSS JOIN v_cost k
                    ON k.source = :source AND k.project = p.project AND k.domain = p.domain AND k.execution = p.execution
                GROUP BY k.outcome
            )
            SELECT
                w.outcome, w.attempts, w.hours_low, w.hours, w.core_hours_low, w.core_hours, k.cost, k.currency, k.currencies
            FROM spent w
            LEFT JOIN priced k ON k.outcome = w.outcome
            ORDER BY hours DESC, w.outcome
            """)
        receipts.append(answer.receipt)
        work = answer.rows.map { row in
            // Of several currencies there is no sum.
            let isOne = row.count("currencies") == 1
            return PostMortem.Work(
                outcome: row.text("outcome") ?? "", attempts: row.count("attempts"),
                hoursLow: row.real("hours_low") ?? 0, hours: row.real("hours") ?? 0,
                coreHoursLow: row.real("core_hours_low"), coreHours: row.real("core_hours"),
                cost: isOne ? row.real("cost") : nil, currency: isOne ? row.text("currency") : nil)
        }
    }
}

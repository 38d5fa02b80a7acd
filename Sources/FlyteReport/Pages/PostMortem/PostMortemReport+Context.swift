import FlyteAnalysis
import FlyteModel
import Tables

/// The attempts and the path to the failure, who failed alike, what it touched, what proves it.
extension PostMortemReport {
    // MARK: Attempts

    static func attempts(_ one: PostMortem, _ words: PostMortemWords) -> [Block] {
        var rows: [[Figure]] = []
        var others = 0
        let executions =
            [one.details]
            + one.details.children.values.filter { $0.phase != .succeeded }.sorted {
                KeyBytes($0.id.description) < KeyBytes($1.id.description)
            }
        for execution in executions {
            for node in execution.nodes {
                let isTold =
                    node.hasFailed || node.attempts.count > 1 || node.attempts.contains(where: \.hasFailed)
                for attempt in node.attempts {
                    guard isTold || attempt.phase.rawValue == "ABORTED" else {
                        others += 1
                        continue
                    }
                    rows.append(row(attempt, node, execution, one, words))
                }
            }
        }
        let explanation =
            "Each attempt of the nodes that failed, were tried again or were ended\(others > 0 ? "; \(HumanText.count(others, "attempt")) that went well at once \(others == 1 ? "is" : "are") left out" : "")."
        return [
            .heading(HeadingBlock("Attempts", id: "attempts", explanation: explanation)),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Execution", "execution", for: executions.count > 1 ? .all : .machines),
                        FigureColumn("Node", "node"), FigureColumn("", "node_id", for: .machines),
                        FigureColumn("Attempt", "attempt", isNumber: true), FigureColumn("Ended as", "phase"),
                        FigureColumn("", "created_at", for: .machines),
                        FigureColumn("Waited", "queue_s", isNumber: true),
                        FigureColumn("Ran", "duration_s", isNumber: true),
                        FigureColumn("Asked for", "request"),
                        FigureColumn("Code", "error_code"), FigureColumn("Error", "", for: .people),
                        FigureColumn("", "error_message", for: .machines),
                        FigureColumn("Told last", "reason"), FigureColumn("Pod", "pod", for: .machines),
                        FigureColumn("Log", "log", for: .machines),
                    ], rows: rows, shown: 30, whenEmpty: "No attempt failed or was tried again.")),
            .receipts(
                ReceiptsBlock([
                    Receipt(
                        sql:
                            "SELECT node_id, attempt, phase, created_at, queue_s, duration_s, cpu_request, memory_request_bytes, error_code, error_message, reason, pod FROM v_task_execution WHERE \(ArchivedExecution.condition) ORDER BY node_id, attempt",
                        parameters: ArchivedExecution(source: one.details.source, id: one.details.id)
                            .parameters)
                ])),
        ]
    }

    private static func row(
        _ attempt: AttemptDetails, _ node: NodeDetails, _ execution: ExecutionDetails, _ one: PostMortem,
        _ words: PostMortemWords
    ) -> [Figure] {
        let isGood = attempt.phase == .succeeded
        return [
            .code(execution.id.name), .text(node.label), .text(node.id), .count(attempt.number),
            .verdict(attempt.phase.rawValue, isGood ? .good : .bad), words.time(attempt.times.createdAt),
            Figure.duration(ifKnown: attempt.times.queueSeconds),
            Figure.duration(ifKnown: attempt.times.seconds),
            HumanText.request(attempt.request).map { .text($0) } ?? .none,
            Figure.code(ifAny: attempt.error?.code),
            Figure.code(ifAny: attempt.error.map { WeeklyReport.firstLine($0.message) }),
            Figure.code(ifAny: attempt.error?.message),
            Figure.code(
                ifAny: attempt.reasons.last { !$0.text.isEmpty }.map { PostMortemWords.line($0.text) }),
            attempt.pod.map { .text($0) } ?? .none, attempt.logs.first.map { .text($0.uri) } ?? .none,
        ]
    }

    // MARK: The path

    static func path(_ one: PostMortem, _ words: PostMortemWords) -> [Block] {
        guard !one.path.rows.isEmpty else { return [] }
        let total = one.path.rows.reduce(0) { $0 + $1.seconds }
        return [
            .heading(
                HeadingBlock(
                    "The critical path to the end", id: "path",
                    explanation: "What the execution waited for, step by step, from its creation to its end.")
            ),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Step", "step", isNumber: true), FigureColumn("Node", "node"),
                        FigureColumn("", "node_id", for: .machines), FigureColumn("Waited for", "class"),
                        FigureColumn("From", "start_at"), FigureColumn("Took", "duration_s", isNumber: true),
                        FigureColumn("Share", "share", isNumber: true),
                    ],
                    rows: one.path.rows.map { step in
                        [
                            .count(step.step), .text(step.label ?? "the engine"),
                            step.nodeID.map { .text($0) } ?? .none,
                            .text(step.kind.replacing("_", with: " ")), words.time(step.startAt),
                            .duration(step.seconds), total > 0 ? .share(step.seconds / total) : .none,
                        ]
                    }, shown: 20)),
            .receipts(ReceiptsBlock(one.path.receipts)),
        ]
    }

    // MARK: Failures alike

    static func alike(_ one: PostMortem, _ words: PostMortemWords) -> [Block] {
        let base = one.baseline
        var facts: [FactsBlock.Fact] = []
        if base.runs > 0 {
            let failures = Proportion(base.failures, of: base.runs)
            facts += [
                FactsBlock.Fact("Runs before it", "runs_before", .count(base.runs)),
                FactsBlock.Fact("of them failed", "failure_rate", WeeklyReport.rate(failures)),
                FactsBlock.Fact("A success takes (median)", "p50_s", Figure.duration(ifKnown: base.median)),
                FactsBlock.Fact("5 % are quicker than", "p05_s", Figure.duration(ifKnown: base.low)),
                FactsBlock.Fact("5 % are slower than", "p95_s", Figure.duration(ifKnown: base.high)),
            ]
        }
        if one.alike.fingerprint != nil {
            facts.append(FactsBlock.Fact("Others alike", "alike", .count(one.alike.executions)))
            if one.alike.executions > 0 {
                facts.append(FactsBlock.Fact("First", "first_ended_at", words.time(one.alike.firstEndedAt)))
                facts.append(FactsBlock.Fact("Last", "last_ended_at", words.time(one.alike.lastEndedAt)))
            }
        }
        let own = one.aftermath.map { [row($0, words, isOwn: true)] } ?? []
        return [
            .heading(
                HeadingBlock(
                    "How it usually goes, and who failed alike", id: "alike",
                    explanation:
                        "The last \(PostMortem.Baseline.runLimit) ended runs of the workflow before this one, and other failures with the same cause: what followed each says whether waiting, repeating or a new version helped."
                )),
            .facts(FactsBlock(facts)),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("", "", for: .people), FigureColumn("Execution", "execution"),
                        FigureColumn("Workflow", "workflow"), FigureColumn("Version", "workflow_version"),
                        FigureColumn("Failed", "ended_at"), FigureColumn("Followed by", "followed_by"),
                        FigureColumn("Next run", "next_execution", for: .machines),
                        FigureColumn("First success after", "passed_execution"),
                        FigureColumn("Its version", "passed_version"),
                        FigureColumn("Ended", "passed_ended_at"),
                        FigureColumn("Failed between", "failed_between", isNumber: true),
                    ], rows: own + one.alike.newest.map { row($0, words, isOwn: false) }, shown: 11,
                    whenEmpty: "The archive has no failure like it.")),
            .receipts(ReceiptsBlock(base.receipts + one.alike.receipts)),
        ]
    }

    private static func row(_ after: PostMortem.Aftermath, _ words: PostMortemWords, isOwn: Bool) -> [Figure]
    {
        let isGood = after.followedBy.hasSuffix("passed")
        return [
            .text(isOwn ? "this one" : ""),
            .execution(ArchivedExecution(source: words.one.details.source, id: after.execution)),
            after.workflow.map { .text($0) } ?? .none,
            after.workflowVersion.map { .text($0) } ?? .none, words.time(after.endedAt),
            .verdict(after.followedBy, isGood ? .good : after.followedBy == "nothing" ? .plain : .bad),
            Figure.code(ifAny: after.nextExecution), Figure.code(ifAny: after.passedExecution),
            after.passedVersion.map { .text($0) } ?? .none,
            words.time(after.passedEndedAt), .count(after.failedBetween),
        ]
    }

    // MARK: What it touched

    static func reach(_ one: PostMortem, _ words: PostMortemWords) -> [Block] {
        let reach = one.reach
        var blocks: [Block] = [
            .heading(
                HeadingBlock(
                    "What it touched", id: "reach",
                    explanation:
                        "What never ran because of it, what launched it and what it launched, who reads what it should have written, and the container time that it took."
                ))
        ]
        if !reach.neverRan.isEmpty {
            let names = Dictionary(
                (one.change.comparison?.nodes ?? []).map { (KeyBytes($0.path), $0.name) },
                uniquingKeysWith: { first, _ in first })
            blocks.append(
                .table(
                    TableBlock(
                        key: "never_ran", "Never ran",
                        columns: [FigureColumn("Node", "spec_node_id"), FigureColumn("Name", "node")],
                        rows: reach.neverRan.map {
                            [.text($0), (names[KeyBytes($0)] ?? nil).map { .text($0) } ?? .none]
                        },
                        shown: 20)))
        }
        for (key, title, rows) in [
            ("parents", "Launched it", reach.parents),
            ("children", "Launched by it, and did not succeed", reach.children),
            ("readers", "Read what the last success wrote", reach.readers),
        ] where !rows.isEmpty {
            blocks.append(.table(related(rows, key: key, title, words)))
        }
        let priced = reach.work.contains { $0.cost != nil }
        blocks.append(
            .table(
                TableBlock(
                    key: "work", "Container time, with all that it launched",
                    columns: [
                        FigureColumn("Became", "outcome"),
                        FigureColumn("Attempts", "attempts", isNumber: true),
                        FigureColumn("Container-hours", "container_hours", isNumber: true, .bounds),
                        FigureColumn("Core-hours", "core_hours", isNumber: true, .bounds),
                        FigureColumn("Cost", "cost", isNumber: true, for: priced ? .all : .machines),
                        FigureColumn("Currency", "currency", for: priced ? .all : .machines),
                    ],
                    rows: reach.work.map { work in
                        [
                            .text(work.outcome), .count(work.attempts),
                            .bounds(low: work.hoursLow, high: work.hours, digits: 2),
                            work.coreHours.map { .bounds(low: work.coreHoursLow ?? 0, high: $0, digits: 2) }
                                ?? .none,
                            work.cost.map { .number($0, digits: 2) } ?? .none,
                            work.currency.map { .text($0) } ?? .none,
                        ]
                    }, whenEmpty: "No attempt of it has ended.")))
        blocks.append(.receipts(ReceiptsBlock(reach.receipts)))
        return blocks
    }

    private static func related(
        _ rows: [PostMortem.Related], key: String, _ title: String, _ words: PostMortemWords
    ) -> TableBlock {
        TableBlock(
            key: key, title,
            columns: [
                FigureColumn("Execution", "execution"), FigureColumn("Workflow", "workflow"),
                FigureColumn("Ended as", "phase"), FigureColumn("At", "ended_at"),
            ],
            rows: rows.map {
                [
                    .execution(ArchivedExecution(source: words.one.details.source, id: $0.execution)),
                    $0.workflow.map { .text($0) } ?? .none,
                    .verdict($0.phase, $0.phase == "SUCCEEDED" ? .good : .bad), words.time($0.endedAt),
                ]
            }, shown: 20)
    }

    // MARK: What proves it

    static func evidence(_ one: PostMortem, _ words: PostMortemWords) -> [Block] {
        var blocks: [Block] = [
            .heading(
                HeadingBlock(
                    "Evidence", id: "evidence",
                    explanation:
                        "The server's messages of the execution and of the nodes on the way to the failure, as they were kept: raw(id) and raw_json(id) give each in SQL, and its hash proves that it is the same."
                ))
        ]
        if !one.details.gaps.isEmpty {
            blocks.append(
                .table(
                    TableBlock(
                        key: "gaps", "Not in the archive",
                        columns: [
                            FigureColumn("What", "field"), FigureColumn("Node", "node_id"),
                            FigureColumn("Attempt", "attempt", isNumber: true),
                            FigureColumn("State", "state"),
                            FigureColumn("Why", "detail"),
                        ],
                        rows: one.details.gaps.map { gap in
                            [
                                .text(gap.field), gap.nodeID.map { .text($0) } ?? .blank,
                                gap.attempt.map { .count($0) } ?? .blank, .verdict(gap.state, .bad),
                                Figure.code(ifAny: gap.detail.map(PostMortemWords.line)),
                            ]
                        }, shown: 10)))
        }
        blocks.append(
            .table(
                TableBlock(
                    key: "messages",
                    columns: [
                        FigureColumn("Message", "message_id"), FigureColumn("Kind", "kind"),
                        FigureColumn("Node", "node_id"), FigureColumn("Attempt", "attempt", isNumber: true),
                        FigureColumn("Direction", "direction"),
                        FigureColumn("Bytes", "length", isNumber: true),
                        FigureColumn("SHA-256", "sha256"),
                    ],
                    rows: one.evidence.rows.map { message in
                        [
                            .code(String(message.id)), .text(message.kind),
                            message.nodeID.map { .text($0) } ?? .blank,
                            message.attempt.map { .count(Int(clamping: $0)) } ?? .blank,
                            message.direction.map { .text($0) } ?? .blank,
                            .count(Int(clamping: message.bytes)),
                            .code(message.sha256),
                        ]
                    }, shown: 8, whenEmpty: "The archive keeps no message of it.")))
        blocks.append(.receipts(ReceiptsBlock(one.evidence.receipts)))
        return blocks
    }

    // MARK: What only people know

    static func people(_ one: PostMortem) -> [Block] {
        guard one.details.phase != .succeeded else { return [] }
        let blank = Figure.text("[to be written]")
        return [
            .heading(
                HeadingBlock(
                    "For people to write", id: "people",
                    explanation: "What no archive knows. Look for what made it possible, not for who did it.")
            ),
            .facts(
                FactsBlock(
                    key: "blanks",
                    [
                        FactsBlock.Fact("Impact: who missed what, for how long", "impact", blank),
                        FactsBlock.Fact("Detection: who noticed, by what", "detection", blank),
                        FactsBlock.Fact("Root cause, and how it was confirmed", "root_cause", blank),
                        FactsBlock.Fact("What went well", "went_well", blank),
                        FactsBlock.Fact("What went badly, and where luck helped", "went_badly", blank),
                        FactsBlock.Fact("Actions: what, who, until when", "actions", blank),
                    ])),
        ]
    }
}

import FlyteAnalysis
import FlyteModel
import Tables

/// What failed, what was different, and what happened when.
extension PostMortemReport {
    // MARK: What failed

    static func failure(_ one: PostMortem, _ words: PostMortemWords) -> [Block] {
        let details = one.details
        var blocks: [Block] = [
            .heading(
                HeadingBlock(
                    details.phase == .succeeded || details.isOpen ? "What it was" : "What failed",
                    id: "failure",
                    explanation: one.chain.isEmpty
                        ? "" : "From the execution down to where its failure began."))
        ]
        if !one.chain.isEmpty { blocks.append(.tree(TreeBlock(key: "chain", chain(one)))) }
        var told: [String] = []
        for link in one.chain.reversed() {
            guard let error = link.error, !error.message.isEmpty,
                // What launched a failure repeats it in its own words.
                !told.contains(where: {
                    !$0.isEmpty && error.message.utf8.suffix($0.utf8.count).elementsEqual($0.utf8)
                })
            else { continue }
            let place = link.isOrigin ? "Where it began" : "As \(link.label) tells it"
            let code = error.code.isEmpty ? error.kind.rawValue : "\(error.code) (\(error.kind.rawValue))"
            blocks.append(.code(CodeBlock(key: "error", "\(place): \(code)", error.message)))
            told.append(error.message)
        }
        if let cause = details.abort?.cause, !cause.isEmpty {
            blocks.append(.code(CodeBlock(key: "abort", "Why it was aborted", cause)))
        }
        blocks.append(.facts(FactsBlock(facts(one, words))))
        if !details.causeInputs.isEmpty {
            blocks.append(.table(inputs(details.causeInputs, key: "cause_inputs", "What the node was given")))
        }
        if !details.inputs.isEmpty {
            blocks.append(.table(inputs(details.inputs, key: "inputs", "What the execution was given")))
        }
        let links = links(details)
        if !links.isEmpty { blocks.append(.links(LinksBlock(links))) }
        let place = ArchivedExecution(source: details.source, id: details.id)
        blocks.append(
            .receipts(
                ReceiptsBlock([
                    Receipt(
                        sql:
                            "SELECT phase, error_code, error_message, cause_execution, cause_node_id, cause_attempt, cause_class, cause_code, cause_message FROM v_execution WHERE \(ArchivedExecution.ownCondition)",
                        parameters: place.parameters)
                ])))
        return blocks
    }

    private static func chain(_ one: PostMortem) -> [TreeBlock.Item] {
        one.chain.enumerated().map { depth, link in
            let name: String
            switch link.kind {
            case .execution: name = "execution \(link.label)"
            case .node:
                name =
                    link.nodeID.map { $0 == link.label ? "node \($0)" : "node \(link.label) (\($0))" }
                    ?? link.label
            case .attempt: name = link.label
            }
            return TreeBlock.Item(
                depth: depth, name, status: link.phase, .bad,
                detail: link.detail
                    + (link.isOrigin ? (link.detail.isEmpty ? "" : "; ") + "where it began" : ""))
        }
    }

    private static func facts(_ one: PostMortem, _ words: PostMortemWords) -> [FactsBlock.Fact] {
        let details = one.details
        var facts: [FactsBlock.Fact] = []
        func add(_ title: String, _ key: String, _ text: String?) {
            guard let text, !text.isEmpty else { return }
            facts.append(FactsBlock.Fact(title, key, .text(text)))
        }
        if let cause = details.cause {
            add("Blame", "cause_class", cause.causeClass)
            facts.append(
                FactsBlock.Fact("Fingerprint", "fingerprint", Figure.code(ifAny: one.compared.fingerprint)))
        }
        let node = details.causeNode
        let attempt = details.causeAttempt
        add("Task", "task", node?.task.map { "\($0.name) \($0.version)" })
        add("Image", "image", node?.task?.image)
        add(
            "Asked for", "request",
            (attempt?.request ?? node?.task?.request).flatMap { HumanText.request($0) })
        add("Pod", "pod", attempt?.pod)
        add("Time limit", "time_limit_s", node?.task?.timeLimit.map { HumanText.duration($0) })
        add("Workflow", "workflow", details.workflow.map { "\($0.name) \($0.version)" })
        add("Launched as", "launch_plan", details.launchPlan.map { "\($0.name) \($0.version)" })
        add(
            "Started by", "started_by",
            details.mode == "SCHEDULED" && !words.scope.namesPrincipals
                ? "its schedule" : words.principal(details.principal, "a person or program (\(details.mode))")
        )
        if details.scheduledAt != nil {
            facts.append(FactsBlock.Fact("Meant for", "scheduled_at", words.time(details.scheduledAt)))
        }
        facts.append(FactsBlock.Fact("Created", "created_at", words.time(details.times.createdAt)))
        facts.append(
            FactsBlock.Fact("Waited", "queue_s", Figure.duration(ifKnown: details.times.queueSeconds)))
        if !details.isOpen {
            facts.append(FactsBlock.Fact("Ended", "ended_at", words.time(details.times.endedAt)))
            facts.append(
                FactsBlock.Fact("Ran", "duration_s", Figure.duration(ifKnown: details.times.seconds)))
        }
        add("Cluster", "cluster", details.cluster)
        add("Repeats", "reference_execution", details.reference.map { "\($0)" })
        return facts
    }

    private static func inputs(
        _ variables: [ExecutionDetails.Variable], key: String, _ title: String
    ) -> TableBlock {
        TableBlock(
            key: key, title,
            columns: [
                FigureColumn("Variable", "name"), FigureColumn("Type", "type"),
                FigureColumn("Value", "value_json"),
                FigureColumn("Bytes", "size_bytes", isNumber: true),
            ],
            rows: variables.map {
                [
                    .code($0.name), .text($0.type), Figure.code(ifAny: $0.json.map(PostMortemWords.line)),
                    .count(Int(clamping: $0.bytes)),
                ]
            }, shown: 12)
    }

    private static func links(_ details: ExecutionDetails) -> [LinksBlock.Link] {
        var links: [LinksBlock.Link] = []
        if let console = details.consoleURL {
            links.append(LinksBlock.Link("The execution in Flyte's console", console))
        }
        for log in details.causeAttempt?.logs ?? [] { links.append(LinksBlock.Link(log.name, log.uri)) }
        if let deck = details.causeNode?.deckURI { links.append(LinksBlock.Link("Deck", deck)) }
        return links
    }

    // MARK: What changed

    static func changes(_ one: PostMortem, _ words: PostMortemWords) -> [Block] {
        var blocks: [Block] = [
            .heading(
                HeadingBlock(
                    "What changed since the last success", id: "changes",
                    explanation:
                        "What most likely explains a failure comes first; ids, times and pods, which no two runs share, are left out."
                ))
        ]
        blocks += differences(one.change, words)
        if let inner = one.causeChange, let cause = one.details.cause {
            blocks.append(
                .heading(
                    HeadingBlock(
                        "In \(cause.execution.name), where it began", id: "changes-of-cause", level: .part)))
            blocks += differences(inner, words)
        }
        return blocks
    }

    private static func differences(_ change: PostMortem.Change, _ words: PostMortemWords) -> [Block] {
        let reason = Block.prose(ProseBlock(key: "compared", [ProseBlock.Sentence(change.reason)]))
        guard let comparison = change.comparison else { return [reason] }
        return [
            reason,
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("What", "aspect"), FigureColumn("Node", "node_path"),
                        FigureColumn("Name", "name"), FigureColumn("Last success", "before"),
                        FigureColumn("This one", "after"), FigureColumn("Note", "note"),
                    ],
                    rows: comparison.differences.map { difference in
                        [
                            .text(difference.aspect.rawValue.replacing("_", with: " ")),
                            difference.nodePath.map { .text($0) } ?? .blank, .text(difference.name),
                            side(difference.before, difference, words),
                            side(difference.after, difference, words),
                            difference.note.isEmpty ? .blank : .text(difference.note),
                        ]
                    }, shown: 20, whenEmpty: "Nothing differs.")),
            .receipts(ReceiptsBlock(change.receipts)),
        ]
    }

    private static func side(
        _ text: String?, _ difference: ExecutionDifference, _ words: PostMortemWords
    ) -> Figure {
        text == nil ? .none : .code(PostMortemWords.line(words.value(text, difference)))
    }

    // MARK: What happened when

    static func timeline(_ one: PostMortem, _ words: PostMortemWords) -> [Block] {
        let details = one.details
        let start = details.times.createdAt
        var blocks: [Block] = [
            .heading(
                HeadingBlock(
                    "What happened when", id: "timeline",
                    explanation:
                        "As the engine told it. Of a large execution the nodes that went well are left out."))
        ]
        if let drawing = gantt(one) { blocks.append(.timeline(drawing)) }
        let isLocal = words.scope.zone != .utc
        blocks.append(
            .table(
                TableBlock(
                    key: "events",
                    columns: [
                        FigureColumn(isLocal ? "UTC" : "Time (UTC)", "at"),
                        FigureColumn("Local", "", for: isLocal ? .people : .machines),
                        FigureColumn("After", "after_s", isNumber: true), FigureColumn("Where", "place"),
                        FigureColumn("What", "what"), FigureColumn("", "kind", for: .machines),
                    ].filter { isLocal || $0.title != "Local" },
                    rows: one.events.map { event in
                        let offset = start.map { Double(event.at - $0) / 1e9 }
                        let utc = Figure.time(
                            HumanText.time(event.at.microsecondText, saysZone: false),
                            utc: event.at.microsecondText)
                        let local: [Figure] = isLocal ? [.text(words.said(event.at))] : []
                        return [utc] + local + [
                            Figure.duration(ifKnown: offset), .text(event.place), what(event),
                            .text(event.kind.rawValue),
                        ]
                    }, shown: 40, whenEmpty: "The server told no times.")))
        let place = ArchivedExecution(source: details.source, id: details.id).parameters
        blocks.append(
            .receipts(
                ReceiptsBlock([
                    Receipt(
                        sql:
                            "SELECT node_id, attempt, phase, created_at, started_at, ended_at, error_code FROM v_task_execution WHERE \(ArchivedExecution.condition) ORDER BY created_at, node_id, attempt",
                        parameters: place),
                    Receipt(
                        sql:
                            "SELECT node_id, attempt, at, reason FROM v_reason WHERE \(ArchivedExecution.condition) ORDER BY at, node_id, attempt",
                        parameters: place),
                ])))
        return blocks
    }

    private static func what(_ event: PostMortemEvent) -> Figure {
        switch event.kind {
        case .failed, .aborted: .verdict(PostMortemWords.line(event.text), .bad)
        case .succeeded: .verdict(event.text, .good)
        case .told: .code(PostMortemWords.line(event.text))
        case .scheduled, .created, .started, .later: .text(PostMortemWords.line(event.text))
        }
    }

    /// Rows that anybody reads: those that failed, then those on the way, in the order of time.
    private static let ganttRows = 30

    private static func gantt(_ one: PostMortem) -> TimelineBlock? {
        let details = one.details
        guard let start = details.times.createdAt,
            let end = details.times.endedAt ?? Optional(details.observedAt),
            end > start, !start.isSaturated, !end.isSaturated, !Timestamp.isTooFar(from: start, to: end)
        else { return nil }
        var rows: [TimelineBlock.Row] = []
        let onPath = Set(one.path.rows.compactMap { $0.nodeID.map { KeyBytes($0) } })
        func add(_ execution: ExecutionDetails, _ name: String?, depth: Int) {
            let open = execution.isOpen
            rows.append(
                TimelineBlock.Row(
                    name ?? "execution", depth: depth,
                    spans(execution.times, isBad: execution.phase != .succeeded && !open, isOpen: open)))
            let nodes = execution.nodes.filter {
                !$0.isMarker
                    && ($0.hasFailed || $0.phase == .aborted || onPath.contains(KeyBytes($0.id))
                        || execution.nodes.count <= ganttRows)
            }
            for node in nodes {
                guard !node.attempts.isEmpty else {
                    rows.append(
                        TimelineBlock.Row(
                            node.label, depth: depth + 1,
                            spans(
                                node.times, isBad: node.hasFailed || node.phase == .aborted,
                                isOpen: !node.phase.isTerminal)))
                    continue
                }
                for attempt in node.attempts {
                    rows.append(
                        TimelineBlock.Row(
                            node.attempts.count > 1 ? "\(node.label), attempt \(attempt.number)" : node.label,
                            depth: depth + 1,
                            spans(
                                attempt.times,
                                isBad: attempt.hasFailed || attempt.phase.rawValue == "ABORTED",
                                isOpen: !attempt.phase.isTerminal)))
                }
            }
        }
        add(details, nil, depth: 0)
        for link in one.chain where link.kind == .execution && link.execution != details.id {
            if let child = details.children[link.execution] { add(child, link.execution.name, depth: 1) }
        }
        let shown = rows.filter { !$0.spans.isEmpty }
        return TimelineBlock(
            "From creation to end", from: start, to: end, Array(shown.prefix(ganttRows * 2)))
    }

    private static func spans(_ times: ObservedTimes, isBad: Bool, isOpen: Bool) -> [TimelineBlock.Span] {
        guard let first = times.createdAt ?? times.startedAt else { return [] }
        let end = isOpen ? nil : times.endedAt
        var spans: [TimelineBlock.Span] = []
        if let started = times.startedAt, started > first {
            spans.append(TimelineBlock.Span("waiting", from: first, to: started))
        }
        let start = times.startedAt ?? first
        if isOpen || end.map({ $0 >= start }) == true {
            spans.append(
                TimelineBlock.Span(
                    times.startedAt == nil ? "not seen running" : "running", from: start, to: end,
                    isBad ? .bad : .plain))
        }
        return spans
    }
}

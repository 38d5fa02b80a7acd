import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

/// One execution: what became of it, when what ran, what it waited for, what it was given and made.
struct ExecutionReport {
    let details: ExecutionDetails
    let account: ExecutionAccount
    let graphs: [ExecutionGraph]
    let outline: NodeOutline
    let scope: ExecutionReportScope
    /// Seconds of nodes on the critical path, by their ids.
    let pathSeconds: [KeyBytes: Double]
    /// Steps of the critical path, by the ids of nodes.
    let steps: [KeyBytes: [ExecutionAccount.PathStep]]
    /// The places of nodes, by their ids.
    let places: [KeyBytes: Int]

    init(_ details: ExecutionDetails, in archive: Archive, _ scope: ExecutionReportScope) throws {
        self.details = details
        self.scope = scope
        account = try ExecutionAccount(of: details, in: archive)
        graphs = try ExecutionGraph.all(of: details, in: archive)
        pathSeconds = account.pathSeconds
        steps = Dictionary(grouping: account.path.filter { $0.nodeID != nil }) { KeyBytes($0.nodeID ?? "") }
        places = Dictionary(
            details.nodes.enumerated().map { (KeyBytes($1.id), $0) }, uniquingKeysWith: { first, _ in first })
        outline = NodeOutline(of: details, pathSeconds: pathSeconds)
    }

    static let maker = ReportMaker<ExecutionReportScope> { archive, scope in
        guard let execution = scope.executions.first,
            let details = try ExecutionDetails(of: execution.id, source: execution.source, in: archive)
        else {
            return Report(
                title: "No execution", subtitle: "", lead: [.init("The archive does not have it.")],
                blocks: [],
                notes: [])
        }
        return try ExecutionReport(details, in: archive, scope).report
    }

    var report: Report {
        let sentences = ExecutionSentences(self)
        return Report(
            title: sentences.title, subtitle: sentences.subtitle, lead: sentences.lead,
            blocks: facts + failures + timeline + structure + waiting + work + nodes + data + gaps,
            notes: Self.notes)
    }

    private static let notes = [
        "Wall time runs from the creation of an execution to its end, and its classes sum to it exactly. Run: an attempt's run time; queue: from its creation to its start; retries: attempts that failed and were tried again, with the pauses after them; engine: setup, transitions and teardown; people: gates and sleeps; child: inside of an execution that it launched and that the archive does not have.",
        "The critical path is what the execution waited for, step by step, over the graph of its workflow. Drag of a node: how much less the execution would have taken, had the node taken no time. Slack: how much longer it could have taken without the execution taking longer.",
        "Hours are requested, not used: what was used lies below. Two numbers are a lower and an upper bound: they differ where nobody saw an attempt run, and where elements of a map have no times of their own.",
        "Of large executions nodes that are alike are told as one: the same kind, task and outcome in the same place. CSV and JSON have each by itself.",
        "Unknown is shown as –, never as zero. Attempts count from 0.",
    ]

    /// A table that people have in other words, or aggregated: of 100,000 nodes it takes more room than all else.
    func forMachines(_ table: @autoclosure () -> TableBlock) -> [Block] {
        scope.readers == .people ? [] : [.table(table())]
    }

    // MARK: Words

    /// To the second, in the page's zone.
    func time(_ time: Timestamp?) -> Figure { .time(time, in: scope.zone) }

    func said(_ time: Timestamp) -> String { scope.zone.text(time) }

    static func tone(_ node: NodeDetails) -> Tone {
        node.hasFailed ? .bad : node.hasSucceeded ? .good : .plain
    }

    /// Classes of time as people call them; whoever writes a new one is told as it is.
    static func timeClass(_ name: String) -> String {
        [
            "user_code": "run", "queue": "queue", "retry": "retries", "flyte_overhead": "engine",
            "human_wait": "people", "cache": "cache", "child": "a child that is not here",
            "unexplained": "unexplained",
        ][name] ?? name
    }

    var place: ArchivedExecution { ArchivedExecution(source: details.source, id: details.id) }

    /// What asks for the rows of this execution in a view.
    func receipt(_ columns: String, of view: String, and more: String = "", by order: String = "") -> Receipt
    {
        let condition = view == "v_execution" ? ArchivedExecution.ownCondition : ArchivedExecution.condition
        return Receipt(
            sql:
                "SELECT \(columns) FROM \(view) WHERE \(condition)\(more)\(order.isEmpty ? "" : " ORDER BY \(order)")",
            parameters: place.parameters)
    }

    // MARK: What it is

    private var facts: [Block] {
        var facts: [FactsBlock.Fact] = []
        func add(_ title: String, _ key: String, _ value: Figure) {
            if value != .none { facts.append(FactsBlock.Fact(title, key, value)) }
        }
        add("Execution", "execution", .code(details.id.description))
        add("Installation", "source", .text(details.source))
        add("Phase", "phase", .verdict(details.phase.rawValue, tone))
        add("Workflow", "workflow", Figure.text(ifAny: details.workflow?.name))
        add("Version", "workflow_version", Figure.code(ifAny: details.workflow?.version))
        if let plan = details.launchPlan, plan != details.workflow {
            add(
                "Launch plan", "launch_plan",
                .text(plan.name + (plan.version == details.workflow?.version ? "" : " \(plan.version)")))
        }
        add("Started", "started_by", .text(startedBy))
        add("Meant for", "scheduled_at", time(details.scheduledAt))
        add("Created", "created_at", time(details.times.createdAt))
        add("Waited to start", "queue_s", Figure.duration(ifKnown: details.times.queueSeconds))
        if !details.isOpen { add("Ended", "ended_at", time(details.times.endedAt)) }
        add("Wall time", "wall_s", Figure.duration(ifKnown: wallSeconds))
        add(
            "Ran, as the server says", "duration_s",
            Figure.duration(ifKnown: details.times.duration.map { Double($0) / 1e9 }))
        if let usual = account.usual {
            let text =
                "\(HumanText.duration(usual.median)), 90 % of \(usual.runs) successes before it took \(HumanText.duration(usual.low)) to \(HumanText.duration(usual.high))"
            facts.append(FactsBlock.Fact("Usual wall time", "usual", .text(text)))
        }
        let own = details.nodes.filter { !$0.isMarker }
        if !details.nodes.isEmpty {
            add("Nodes", "nodes", .count(own.count))
            add("Attempts", "attempts", .count(own.reduce(0) { $0 + $1.attempts.count }))
            add("Retries", "retries", .count(details.retryCount))
        }
        func named(_ id: ExecutionID) -> Figure {
            .execution(ArchivedExecution(source: details.source, id: id))
        }
        if let parent = details.parent { add("Launched by", "parent_execution", named(parent)) }
        add("at its node", "parent_node_id", Figure.code(ifAny: details.parentNodeID))
        if let reference = details.reference { add("Repeats", "reference_execution", named(reference)) }
        add("Cluster", "cluster", Figure.text(ifAny: details.cluster))
        if scope.namesPrincipals { add("Principal", "principal", Figure.text(ifAny: details.principal)) }
        add("Read from the server", "observed_at", time(details.observedAt))
        var blocks: [Block] = [
            .heading(HeadingBlock("The execution", id: "execution")), .facts(FactsBlock(facts)),
        ]
        if let console = details.consoleURL {
            blocks.append(.links(LinksBlock([.init("The execution in Flyte's console", console)])))
        }
        let columns =
            "phase, workflow, workflow_version, mode, scheduled_at, created_at, queue_s, ended_at, wall_s, duration_s, node_count, attempt_count, retry_count, parent_execution, reference_execution, cluster"
        blocks.append(
            .receipts(
                ReceiptsBlock(
                    [receipt(columns, of: "v_execution")] + [account.usualReceipt].compactMap { $0 })))
        return blocks
    }

    /// Seconds from its creation to its end; nil while it is open.
    var wallSeconds: Double? {
        guard !details.isOpen, let created = details.times.createdAt, let ended = details.times.endedAt,
            !Timestamp.isTooFar(from: created, to: ended), !created.isSaturated, !ended.isSaturated
        else { return nil }
        return Double(ended - created) / 1e9
    }

    var tone: Tone {
        if details.phase == .succeeded { return .good }
        return details.phase == .failed || details.phase == .timedOut ? .bad : .plain
    }

    /// By its part, not by its name.
    private var startedBy: String {
        switch details.mode {
        case "MANUAL": "by hand (MANUAL)"
        case "SCHEDULED": "by its schedule (SCHEDULED)"
        case "RELAUNCH": "as a relaunch (RELAUNCH)"
        case "CHILD_WORKFLOW": "by another execution (CHILD_WORKFLOW)"
        case "RECOVERED": "as a recovery (RECOVERED)"
        case "": "nobody knows how"
        default: details.mode
        }
    }
}

extension ReportPage {
    /// One execution in full.
    public static let execution = ReportPage(
        "execution",
        "One execution: what became of it, when what ran, what it waited for, its nodes, inputs and outputs.",
        details: """
            One self-contained page: no network, no JavaScript. It has the timeline of all nodes with the critical path, the graph of \
            the workflow, where the wall time and the requested work went, attempts that failed with their errors and logs, inputs and \
            outputs, and what the archive does not have. Large executions are told in groups of what is alike; csv and json have \
            each node. The same archive gives the same bytes.
            """,
        of: .executions(atMost: 1, ExecutionReport.maker))
}

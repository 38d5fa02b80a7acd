import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Tables

/// What a window's work asked for and cost, what of it came to nothing, and what the cache saved.
struct CostReport {
    private let page: WindowReport
    private let summary: WeeklySummary

    static let maker = ReportMaker<ReportScope> { archive, scope in
        try CostReport(
            page: WindowReport(archive, scope),
            summary: WeeklySummary(of: archive, scope)
        ).report()
    }

    private func report() throws -> Report {
        Report(
            title: page.title("Cost"), subtitle: page.subtitle("All attempts that ended"), lead: try lead(),
            blocks: try outcomes() + prices() + WeeklyReport.requested(summary) + time() + cache(),
            notes: [
                "Hours are requested, not used: what was used lies below. Two numbers are a lower and an upper bound: they differ where nobody saw an attempt run, and where elements of a map have no times of their own. Work counts where it was done, once, whatever launched it.",
                "Wasted, of the upper bound, are attempts that failed, were retried or aborted.",
                "Cost is requests times container time times the prices that held when the attempt ended; what has no price or no request is told as unpriced, and costs nothing here.",
                "What the cache saved is hits times the mean run of the same version; time on the critical path may be less.",
                "Unknown is shown as –, never as zero.",
            ])
    }

    // MARK: The verdict

    private func hours(_ questions: WindowQuestions) throws -> (low: Double, hours: Double, wasted: Double) {
        try questions.rows("work-time").reduce(into: (0, 0, 0)) { sum, row in
            sum.0 += row.real("hours_low") ?? 0
            sum.1 += row.real("hours") ?? 0
            sum.2 +=
                (row.real("failed_hours") ?? 0) + (row.real("retried_hours") ?? 0)
                + (row.real("aborted_hours") ?? 0)
        }
    }

    private func lead() throws -> [ProseBlock.Sentence] {
        let rows = try page.now.rows("work-time")
        let (now, before) = (try hours(page.now), try hours(page.before))
        guard now.hours > 0 else {
            return [.init("No attempt that ended in this window took any container time.")]
        }
        var sentences: [ProseBlock.Sentence] = []
        var text = "\(HumanText.bounds(now.low, now.hours, 1)) container-hours"
        let requested = summary.requestedTotal
        if requested.coreHours > 0 {
            text += ", \(HumanText.bounds(requested.coreHoursLow, requested.coreHours, 1)) core-hours"
        }
        // A window of which the archive does not know the whole is no yardstick.
        if before.hours > 0, summary.headline.sources.allSatisfy({ $0.reach.extent == .whole }) {
            text +=
                "; \(HumanText.bounds(before.low, before.hours, 1)) container-hours the \(page.period) before"
        }
        sentences.append(.init(text + "."))
        if now.wasted > 0 {
            let worst = rows.max {
                Self.wasted($0) != Self.wasted($1)
                    ? Self.wasted($0) < Self.wasted($1) : page.name($0) > page.name($1)
            }
            var text =
                "\(HumanText.shortPercent(now.wasted / now.hours)) of the container-hours went to attempts that failed, were retried or aborted"
            if let worst, Self.wasted(worst) > 0 {
                text +=
                    ", \(HumanText.shortPercent(Self.wasted(worst) / now.wasted)) of these in \(page.name(worst))"
            }
            sentences.append(.init(text + ".", now.wasted > 0.2 * now.hours ? .bad : .plain))
        }
        if let first = rows.first, let hours = first.real("hours"), rows.count > 1 {
            sentences.append(
                .init("\(page.name(first)) took most: \(HumanText.shortPercent(hours / now.hours)) of it."))
        }
        let priced = try page.now.rows("cost").filter { $0.text("currency") != nil }
        for currency in Set(priced.compactMap { $0.text("currency") }).sorted() {
            let own = priced.filter { $0.text("currency") == currency }
            let (low, high) = (
                own.reduce(0) { $0 + ($1.real("cost_low") ?? 0) },
                own.reduce(0) { $0 + ($1.real("cost") ?? 0) }
            )
            let wasted = own.reduce(0) { $0 + ($1.real("wasted") ?? 0) }
            var text = "It cost \(HumanText.bounds(low, high, 2)) \(currency) by its requests"
            if wasted > 0 { text += ", \(NumberText.fixed(wasted, 2)) of which came to nothing" }
            sentences.append(.init(text + "."))
        }
        let saved = try page.now.rows("cache-savings").reduce(0) { $0 + ($1.real("saved_s") ?? 0) }
        if saved > 0 {
            sentences.append(.init("The cache saved \(HumanText.duration(saved)) of run time.", .good))
        }
        return sentences
    }

    private static func wasted(_ row: QueryRow) -> Double {
        (row.real("failed_hours") ?? 0) + (row.real("retried_hours") ?? 0) + (row.real("aborted_hours") ?? 0)
    }

    // MARK: Sections

    private func outcomes() throws -> [Block] {
        let rows = try page.now.rows("work-time")
        let total = try hours(page.now).hours
        let parts = ["useful", "failed", "retried", "aborted"].map { name in
            (name, rows.reduce(0) { $0 + ($1.real("\(name)_hours") ?? 0) })
        }
        return [
            .heading(
                HeadingBlock(
                    "What became of the work", id: "outcomes",
                    explanation:
                        "Container-hours, at most. Failed: nothing took its place; retried: another attempt did."
                )),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Outcome", "outcome"), FigureColumn("Share", "share", isNumber: true),
                        FigureColumn("Container-hours", "hours", isNumber: true),
                    ],
                    rows: total > 0
                        ? parts.map { [.text($0.0), .share($0.1 / total), .number($0.1, digits: 2)] } : [],
                    whenEmpty: "No attempt that ended in this window took any container time.",
                    picture: .stack(
                        name: "outcome", share: "share",
                        palette: ["useful", "retried", "", "failed", "aborted"])
                )),
            .receipts(ReceiptsBlock([page.now.receipt("work-time"), page.before.receipt("work-time")])),
        ]
    }

    private func prices() throws -> [Block] {
        let rows = try page.now.rows("cost")
        let hasPrices = rows.contains { $0.text("currency") != nil }
        var blocks: [Block] = [
            .heading(
                HeadingBlock(
                    "What it cost", id: "cost",
                    explanation: hasPrices ? "By workflow and currency; most expensive first." : ""))
        ]
        if hasPrices {
            blocks.append(
                QuestionTable(columns: [
                    .text("Workflow", "part"),
                    QuestionTable.Column(
                        FigureColumn("Source", "source", for: page.sources.count < 2 ? .machines : .all)
                    ) {
                        .text($0.text("source") ?? "")
                    },
                    .text("Currency", "currency"), .count("Attempts", "attempts"),
                    .number("Container-hours", "container_hours"), .bounds("Cost", "cost", low: "cost_low"),
                    .number("Useful", "useful"), .number("Wasted", "wasted"), .number("failed", "failed"),
                    .number("retried", "retried"), .number("aborted", "aborted"),
                    .share("Unpriced", "unpriced_share"), .share("Partly priced", "partly_share"),
                ]).block(rows, whenEmpty: "No attempt ended in this window."))
        } else {
            blocks.append(
                .prose(
                    ProseBlock([
                        .init(
                            "The archive has no prices for it: 'flightlog prices ARCHIVE FILE' puts them in.")
                    ])))
        }
        return blocks + [.receipts(ReceiptsBlock([page.now.receipt("cost")]))]
    }

    private func time() throws -> [Block] {
        let rows = try page.now.rows("work-time")
        return [
            .heading(
                HeadingBlock(
                    "Container time by workflow", id: "time",
                    explanation:
                        "Whether executions waited for it or not; unseen are attempts that nobody saw running."
                )),
            QuestionTable(
                columns: [.text("Workflow", "workflow")] + QuestionTable.place(rows) + [
                    .count("Attempts", "attempts"), .bounds("Hours", "hours", low: "hours_low"),
                    .number("Useful", "useful_hours"), .number("failed", "failed_hours"),
                    .number("retried", "retried_hours"), .number("aborted", "aborted_hours"),
                    .share("Thrown away", "thrown_away_share"), .count("Unseen", "unseen_attempts"),
                ]
            ).block(rows, whenEmpty: "No attempt ended in this window."),
            .receipts(ReceiptsBlock([page.now.receipt("work-time")])),
        ]
    }

    private func cache() throws -> [Block] {
        let rows = try page.now.rows("cache-savings")
        return [
            .heading(
                HeadingBlock(
                    "What the cache saved", id: "cache",
                    explanation:
                        "Hits times the mean run of the same version, with the 95 % interval of that mean from ten runs on."
                )),
            QuestionTable(
                columns: [.text("Task", "task")] + QuestionTable.place(rows) + [
                    .count("Hits", "hits"), .count("Not measured", "unmeasured"), .count("Runs", "runs"),
                    .seconds("Saved", "saved_s"), .seconds("at least", "saved_low_s"),
                    .seconds("at most", "saved_high_s"),
                    .seconds("Beside runs of", "attempts_s"),
                ]
            ).block(rows, whenEmpty: "The cache had no hit in this window."),
            .receipts(ReceiptsBlock([page.now.receipt("cache-savings")])),
        ]
    }
}

extension ReportPage {
    /// What it cost.
    public static let cost = ReportPage(
        "cost", "What a window's work asked for and cost, what came to nothing, what the cache saved.",
        details: """
            One self-contained page: no network, no JavaScript. Work counts in the window in which its attempt ended, by what it \
            requested; 'flightlog prices' puts in what that costs. The same archive and window give the same bytes.
            """,
        of: .window(CostReport.maker))
}

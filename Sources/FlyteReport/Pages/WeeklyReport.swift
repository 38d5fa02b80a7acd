public import FlyteAnalysis
import FlyteModel
import Tables

/// `flightlog report weekly`: a week's summary as a report.
///
/// Tables have all rows and all columns; what people need not see at first is folded away, or for machines alone.
public enum WeeklyReport {
    public static func report(on summary: WeeklySummary) -> Report {
        var scope = summary.sources.isEmpty ? "an empty archive" : summary.sources.joined(separator: ", ")
        if let project = summary.project { scope += ", project \(project)" }
        if let domain = summary.domain { scope += ", domain \(domain)" }
        let executions =
            summary.children
            ? "Executions, those that others launched as well," : "Top-level executions,"
        return Report(
            title: "Flyte, \(summary.window.title(in: summary.zone))",
            subtitle:
                "\(scope). \(executions) and all nodes and attempts, that ended from \(time(summary.window.start, summary)) up to \(time(summary.window.end, summary)), beside the \(length(summary)) before.",
            lead: WeeklySentences(summary).lead, shownLead: 12,
            blocks: [
                headline(summary), workflows(summary), failures(summary), overcome(summary),
                slowestNodes(summary), criticalNodes(summary), timeByClass(summary), requested(summary),
                coverage(summary),
            ].flatMap { $0 },
            notes: notes, principalSection: "workflows")
    }

    /// Asks for a week's summary, and makes the page of it.
    public static let maker = ReportMaker<ReportScope> { archive, scope in
        report(
            on: try WeeklySummary(of: archive, scope))
    }

    private static let notes = [
        "Executions that others launched are part of these, and count once: '--children' counts them beside. Nodes, attempts and requested hours are work, and count wherever it was done.",
        "Failure rate: FAILED and TIMED_OUT executions over those that succeeded, failed or timed out; aborted ones have a rate of their own, over all that ended, and running ones never count. In parentheses the 95 % Wilson interval.",
        "Blame: told where the failure began, at the last attempt of the node that failed first; the execution's own error says USER for nearly everything. A time-out is a class of its own, whatever code it has.",
        "Changes are against the window before: rates by Fisher's exact test with Newcombe's interval, durations by Mann-Whitney with the Hodges-Lehmann shift, or, where some failed, timed out or were aborted and so count as cut off, by the log-rank test with the difference of the medians, over all workflows at a false discovery rate of 5 % (Benjamini-Hochberg). Too few runs give no verdict. JSON and CSV have the intervals and p-values.",
        "Hours are requested, not used: what was used lies below. Two numbers are a lower and an upper bound: they differ where nobody saw an attempt run, and where elements of a map have no times of their own. Wasted, of the upper bound, are those of attempts that failed, were retried or aborted.",
        "Unknown is shown as –, never as zero: attempts that nobody saw running have no duration.",
        "The number before the colon of a fingerprint says which version of the rules made it; 'flightlog rebuild' makes all by today's.",
    ]

    /// What the window is called: a week, or just a window.
    static func period(_ summary: WeeklySummary) -> String {
        summary.window.isWeek(in: summary.zone) ? "week" : "window"
    }

    /// `7 days`, `6 h 00 min`.
    private static func length(_ summary: WeeklySummary) -> String {
        let window = summary.window
        return window.days(in: summary.zone).map { HumanText.count($0, "day") }
            ?? HumanText.duration(Double(window.end - window.start) / 1e9)
    }

    /// A moment, in the words of the page's zone; in UTC as machines have it.
    static func time(_ time: Timestamp, _ summary: WeeklySummary) -> String {
        guard summary.zone != .utc else { return time.microsecondText }
        return summary.zone.text(time)
    }

    // MARK: Figures

    /// How many rows people see at first.
    static let shownRows = 20

    static func rate(_ proportion: Proportion?) -> Figure {
        guard let proportion else { return .none }
        let interval = proportion.wilsonInterval()
        return .rate(proportion.estimate, low: interval.low, high: interval.high)
    }

    static func change(_ change: RateChange) -> Figure {
        guard let measured = change.measured else { return .change(FigureChange("not enough data")) }
        let points = HumanText.signed(measured.difference, HumanText.points(measured.difference))
        return .change(
            FigureChange(
                measured.verdict == .unchanged ? "as before" : points, measured.verdict,
                difference: measured.difference, interval: measured.interval, pValue: measured.pValue,
                adjustedPValue: measured.adjustedPValue))
    }

    static func change(_ change: DurationChange) -> Figure {
        guard let measured = change.measured else { return .change(FigureChange("not enough data")) }
        let shift =
            measured.shift.map { HumanText.signed($0, HumanText.duration(abs($0))) }
            ?? (measured.verdict == .worse ? "slower" : "faster")
        return .change(
            FigureChange(
                measured.verdict == .unchanged ? "as before" : shift, measured.verdict,
                difference: measured.shift, interval: measured.interval, pValue: measured.pValue,
                adjustedPValue: measured.adjustedPValue))
    }

    // MARK: Columns that several tables have

    /// Where something is: the source where there are several, project and domain.
    static func placeColumns(_ summary: WeeklySummary) -> [FigureColumn] {
        [
            FigureColumn("Source", "source", for: summary.sources.count < 2 ? .machines : .all),
            FigureColumn("Where", "place"),
        ]
    }

    static func place(_ subject: WeeklySummary.Subject) -> [Figure] {
        [.text(subject.source), .text("\(subject.project)/\(subject.domain)")]
    }
}

extension ReportPage {
    /// What happened in a week.
    public static let weekly = ReportPage(
        "weekly", "How a week went: failures, what got slower, what is new, where the time went.",
        details: """
            One self-contained page: no network, no JavaScript. Executions count in the week in which they ended. The same \
            archive and window give the same bytes.
            """,
        csvContent: "the table of workflows",
        of: .window(WeeklyReport.maker))
}

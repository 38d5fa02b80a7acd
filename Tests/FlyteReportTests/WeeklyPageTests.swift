import FlyteArchive
import FlyteModel
import Foundation
import TestSupport
import Testing

@testable import FlyteAnalysis
@testable import FlyteReport

/// What the weekly page says of weeks that were made up for it: nothing that counts is cut, merged or taken for granted.
@Suite struct WeeklyPageTests {
    private static let early = "2026-01-01"
    private static let before = "2026-01-06"
    private static let now = "2026-01-13"
    private static let window = TimeWindow(
        start: Timestamp(nanoseconds: 1_768_176_000_000_000_000),
        end: Timestamp(nanoseconds: 1_768_780_800_000_000_000))

    private func summary(
        _ runs: [MadeRuns], window: TimeWindow = Self.window, children: Bool = false
    ) throws -> WeeklySummary {
        try TemporaryFolder.with { folder in
            try MadeRuns.archive(of: runs, at: folder + "/a.db")
            return try WeeklySummary(
                of: try Archive(path: folder + "/a.db", mode: .readOnly), window: window, children: children)
        }
    }

    private func page(_ runs: [MadeRuns], window: TimeWindow = Self.window) throws -> Report {
        WeeklyReport.report(on: try summary(runs, window: window))
    }

    private func json(_ report: Report) throws -> [String: [String: Any]] {
        let object =
            try JSONSerialization.jsonObject(with: Data(try report.text(as: .json).utf8)) as? [String: Any]
        let sections = try #require(object?["sections"] as? [[String: Any]])
        return Dictionary(uniqueKeysWithValues: sections.map { ($0["id"] as? String ?? "", $0) })
    }

    private func rows(_ section: [String: Any]?, _ key: String = "rows") throws -> [[String: Any]] {
        try #require(section?[key] as? [[String: Any]])
    }

    /// Busy workflows, and one that is not.
    private static let many: [MadeRuns] =
        (0..<40).flatMap { number in
            [MadeRuns("busy\(number)", before, 9), MadeRuns("busy\(number)", now, 8 + number % 2)]
        } + [
            MadeRuns("old", early, 1), MadeRuns("rare", before, 7),
            MadeRuns("rare", now, 7, "FAILED", error: 1),
        ]

    // It goes from 0 of 7 to 7 of 7, and 40 others ran more often.
    @Test func whatMattersIsOnThePageHoweverManyRanMoreOften() throws {
        let report = try page(Self.many)
        for format in [ReportFormat.html, .md] {
            let text = try report.text(as: format)
            #expect(text.contains("rare (p/d) fails more often: 7 of 7, after 0 of 7 (+100 points"))
        }
        let sections = try json(report)
        let workflows = try rows(sections["workflows"])
        #expect(workflows.count == 41 && workflows[0]["workflow"] as? String == "rare")
        #expect(try report.text(as: .csv).split(separator: "\r\n").count == 42)
        let markdown = try report.text(as: .md)
        #expect(markdown.contains("The first 20 of 41: the other formats have the others."))
        let html = try report.text(as: .html)
        #expect((0..<40).allSatisfy { html.contains(">busy\($0)</td>") && html.contains("21 more") })
    }

    @Test func allFindingsAreThereAndTheRestIsFolded() throws {
        let runs = (0..<60).flatMap { number in
            [
                MadeRuns("w\(number)", Self.before, 12),
                MadeRuns("w\(number)", Self.now, 12, "FAILED", error: 1),
            ]
        }
        let report = try page([MadeRuns("old", Self.early, 1)] + runs)
        for format in [ReportFormat.html, .md] {
            let text = try report.text(as: format)
            let lead = text.components(separatedBy: "fails more often").count - 1
            #expect(lead == 60, "\(format)")
            #expect(text.contains("<details") && text.contains("more</summary>"))
        }
        #expect(try rows(json(report)["headline"], "findings").count == 61)
        // What is folded on a page has nothing before it that is not.
        let html = try report.text(as: .html)
        let shown = try #require(html.components(separatedBy: "<details").first)
        #expect(shown.components(separatedBy: "fails more often").count - 1 == 10)
    }

    @Test func verdictsAreNumbers() throws {
        let workflows = try rows(json(try page(Self.many))["workflows"])
        let rare = try #require(workflows.first)
        #expect(rare["failure_rate"] as? Double == 1 && rare["failure_rate_before"] as? Double == 0)
        #expect(
            rare["failure_rate_change"] as? Double == 1
                && rare["failure_rate_change_verdict"] as? String == "worse")
        let p = try #require(rare["failure_rate_change_p"] as? Double)
        // Fisher's exact test of 7 of 7 against 0 of 7: two of the 3432 tables.
        #expect(abs(p - 2 / 3432) < 1e-12)
        // Benjamini-Hochberg over 41 comparisons, of which it has the least p.
        #expect(abs((rare["failure_rate_change_adjusted_p"] as? Double ?? 0) - p * 41) < 1e-12)
        let low = try #require(rare["failure_rate_change_low"] as? Double)
        // Newcombe's, from Wilson's interval of 7 of 7, which begins at 1 / (1 + z² / 7).
        #expect(abs(low - (1 - 2.0.squareRoot() * (1 - 1 / (1 + 3.841458820694124 / 7)))) < 1e-12)
        let busy = try #require(workflows.last)
        #expect(busy["duration_change_s"] is Double && busy["duration_change_s_p"] is Double)
        #expect(busy["duration_change_method"] as? String == "mann_whitney")
    }

    /// Their number does not follow from what the rows hold.
    @Test func columnsNeverVanish() throws {
        func header(_ runs: [MadeRuns]) throws -> Substring? {
            try page(runs).text(as: .csv).split(separator: "\r\n").first
        }
        let full = try header(Self.many)
        #expect(full?.contains("failure_rate,failure_rate_low,failure_rate_high,") == true)
        #expect(try header([MadeRuns("w", Self.now, 2, "ABORTED")]) == full)
        #expect(try header([]) == full)
    }

    @Test func theHeadlinesColumnsAreOfTheirWindow() throws {
        let runs = [
            MadeRuns("w", Self.before, 20), MadeRuns("w", Self.now, 5, "FAILED", error: 1),
            MadeRuns("w", Self.now, 5),
        ]
        let headline = try rows(json(try page(runs))["headline"])
        let rate = try #require(headline.first { $0["key"] as? String == "failure_rate" })
        #expect(rate["this_week"] as? Double == 0.5 && rate["week_before"] as? Double == 0)
        let low = try #require(rate["this_week_low"] as? Double)
        #expect(low > 0.23 && low < 0.24 && rate["week_before_low"] as? Double == 0)
        #expect(rate["change"] as? Double == 0.5 && rate["change_verdict"] as? String == "worse")
    }

    // MARK: Failures

    @Test func aFailureBelongsToAllItsTasks() throws {
        var summary = try summary(Self.many)
        let index = try #require(summary.findings.firstIndex { $0.kind == .newFailure })
        #expect(summary.failures.rows.count == 1 && summary.failures.rows[0].tasks.isEmpty)
        func lead(_ tasks: String, _ task: String) throws -> String {
            summary.findings[index].failure?.tasks = tasks
            summary.findings[index].failure?.task = task
            summary.failures.rows[0].tasks = tasks
            let markdown = try WeeklyReport.report(on: summary).text(as: .md)
            #expect(markdown.contains("| \(tasks.isEmpty ? "no task" : tasks) |"))
            return try #require(
                markdown.split(separator: "\n").first { $0.contains("New failure") }.map(String.init))
        }
        #expect(try lead("", "") == "- ✘ New failure outside of any task (p/d): A: one – 7 executions.")
        #expect(try lead("a (7)", "a") == "- ✘ New failure in a: A: one – 7 executions.")
        #expect(
            try lead("a (6), b (1)", "b")
                == "- ✘ New failure in several tasks: A: one – 7 executions: a (6), b (1).")
    }

    /// The list of failures has as many as the figures say, wherever they began.
    @Test func theListHasWhatTheFiguresCount() throws {
        let runs = [
            MadeRuns("w", Self.now, 3, "FAILED", error: 1), MadeRuns("w", Self.now, 4, "FAILED", error: 2),
            MadeRuns("w", Self.now, 2, "FAILED"), MadeRuns("w", Self.now, 1, "TIMED_OUT"),
        ]
        let sections = try json(try page(runs))
        let headline = try rows(sections["headline"])
        func figure(_ key: String) -> Int? {
            headline.first { $0["key"] as? String == key }?["this_week"] as? Int
        }
        let listed = try rows(sections["failures"]).compactMap { $0["executions"] as? Int }.reduce(0, +)
        #expect(figure("failed") == 9 && figure("timed_out") == 1 && listed == 10)
        #expect(!(try page(runs).text(as: .md)).contains("No execution failed"))
        // Aborted ones are none of these, and have a rate of their own.
        let aborted = try page([MadeRuns("w", Self.now, 4, "ABORTED"), MadeRuns("w", Self.now, 4)])
        let markdown = try aborted.text(as: .md)
        #expect(
            markdown.contains("8 executions ended, and none failed.")
                && markdown.contains("4 were aborted: 50 %"))
        #expect(markdown.contains("No execution failed in this window."))
    }

    @Test func whatIsOvercomeIsNoFailureOfAnExecution() throws {
        var summary = try summary([MadeRuns("w", Self.now, 4)])
        let none = WeeklyReport.report(on: summary)
        #expect(try none.text(as: .md).contains("No other attempt failed in this window."))
        summary.overcome.rows = [
            WeeklySummary.Overcome(
                source: "east", fingerprint: "2:cc", attempts: 9, retried: 8, executions: 7, succeeded: 6,
                kind: "SYSTEM", code: "Interrupted", message: "evicted", tasks: "a (5), b (4)", project: "p",
                domain: "d", execution: "x", lastSeenAt: "2026-01-13")
        ]
        let report = WeeklyReport.report(on: summary)
        let markdown = try report.text(as: .md)
        #expect(markdown.contains("| 9 | 8 | 7 | 6 | a (5), b (4) | SYSTEM | Interrupted | evicted |"))
        #expect(markdown.contains("4 executions ended, and none failed."))
        #expect(markdown.contains("No execution failed in this window."))
        let row = try #require(try rows(json(report)["overcome"]).first)
        #expect(row["succeeded"] as? Int == 6 && row["fingerprint"] as? String == "2:cc")
    }

    @Test func escapeSequencesAreNowhereForPeople() throws {
        var summary = try summary(Self.many)
        summary.failures.rows[0].message = "\u{1B}[31mValueError\u{1B}[0m: \u{9B}1mbad"
        summary.findings[0].failure?.label = "\u{1B}]0;title\u{7}bad"
        let report = WeeklyReport.report(on: summary)
        for format in [ReportFormat.html, .md] {
            let text = try report.text(as: format)
            #expect(text.contains("ValueError: bad"), "\(format)")
            #expect(!text.contains("[31m") && !text.contains("title\u{2407}") && !text.contains("1mbad"))
        }
    }

    // MARK: What the archive knows

    @Test func nothingIsNewWhereTheArchiveDoesNotReachBack() throws {
        let runs = [MadeRuns("w", Self.now, 7, "FAILED", error: 1)]
        let first = try page(runs).text(as: .md)
        #expect(first.contains("The archive knows of this only since 2026-01-13: there is no week before"))
        #expect(first.contains("✘ New to the archive: a failure") && first.contains("| new to the archive |"))
        #expect(!first.contains("New failure"))
        let headline = try rows(json(try page(runs))["headline"])
        // That nothing happened is not known.
        #expect(headline.first?["week_before"] is NSNull)
        let later = try page(runs + [MadeRuns("w", Self.before, 1)]).text(as: .md)
        #expect(later.contains("within the week before: that week is not whole"))
        let whole = try page(runs + [MadeRuns("w", Self.early, 1)]).text(as: .md)
        #expect(whole.contains("✘ New failure outside of any task") && !whole.contains("knows of this"))
    }

    @Test func aWorkflowThatStoppedIsARowAndASentence() throws {
        let report = try page(
            [
                MadeRuns("old", Self.early, 1), MadeRuns("gone", Self.before, 30),
                MadeRuns("gone", Self.now, 2, "RUNNING", seconds: nil), MadeRuns("w", Self.now, 9),
            ])
        #expect(
            try report.text(as: .md).contains(
                "- ✘ gone (p/d) stopped: 30 executions ended the week before, and none in this one; 2 are open."
            ))
        let row = try #require(try rows(json(report)["workflows"]).first)
        #expect(row["workflow"] as? String == "gone" && row["ended"] as? Int == 0)
        #expect(row["ended_before"] as? Int == 30 && row["open"] as? Int == 2)
        #expect(row["failure_rate"] is NSNull)
        #expect(try report.text(as: .csv).contains("gone,east,p/d,0,30,"))
    }

    @Test func installationsStayApart() throws {
        let report = try page([
            MadeRuns("old", Self.early, 1), MadeRuns("w", Self.now, 6),
            MadeRuns("w", Self.now, 7, "FAILED", error: 1, source: 2),
            MadeRuns("w", Self.before, 7, source: 2),
        ])
        let sections = try json(report)
        let sources = try rows(sections["headline"], "sources")
        #expect(sources.map { $0["source"] as? String } == ["east", "west"])
        #expect(sources.map { $0["failure_rate"] as? Double } == [0, 1])
        #expect(sources.map { $0["ended_before"] as? Int } == [0, 7])
        let markdown = try report.text(as: .md)
        #expect(markdown.contains("Each installation by itself"))
        #expect(markdown.contains("w (p/d, west) fails more often: 7 of 7, after 0 of 7"))
        #expect(
            markdown.contains("| w | west | p/d | 7 | 7 |") && markdown.contains("| w | east | p/d | 6 | 0 |")
        )
    }

    // MARK: Windows and bounds

    @Test func theTitleNamesTheDaysThatItMeans() throws {
        let half = TimeWindow(
            start: Self.window.start + 13 * 3_600_000_000_000, end: Self.window.start + 37 * 3_600_000_000_000
        )
        let report = try page(Self.many, window: half)
        #expect(report.title == "Flyte, 12 January 2026, 13:00 to 13 January 2026, 13:00 UTC")
        #expect(report.subtitle.hasSuffix("beside the 1 day before."))
        #expect(try report.text(as: .md).contains("This window") && !report.title.contains("11"))
        #expect(try page(Self.many).title == "Flyte, 12 January 2026 to 18 January 2026")
        let short = TimeWindow(start: Self.window.start, end: Self.window.start + 5_400_000_000_000)
        #expect(try page(Self.many, window: short).subtitle.hasSuffix("beside the 1 h 30 min before."))
    }

    @Test func bothBoundsOfWhatWasRequestedArePrinted() throws {
        var summary = try summary(Self.many)
        summary.requestedTotal.coreHoursLow = 2
        summary.requestedTotal.coreHours = 40
        summary.requestedTotal.failedCoreHours = 10
        summary.requested.rows = [summary.requestedTotal]
        summary.requested.rows[0].workflow = summary.workflows.rows[0].subject
        let report = WeeklyReport.report(on: summary)
        let markdown = try report.text(as: .md)
        #expect(
            markdown.contains(
                "- 2.0–40.0 core-hours were requested, 25 % of the upper bound for attempts that failed"))
        #expect(markdown.contains("| All workflows |  | 2.00–40.00 |"))
        let row = try #require(try rows(json(report)["requested"]).last)
        #expect(row["core_hours_low"] as? Double == 2 && row["core_hours"] as? Double == 40)
    }

    @Test func userCodeThatNobodySawIsToldBesideTheLedger() throws {
        var summary = try summary(Self.many)
        summary.headline.sources.append(summary.headline.sources[0])
        summary.timeByClass.rows = ["east", "west"].flatMap { source in
            [
                WeeklySummary.TimeClass(
                    source: source, name: "user_code", seconds: 75, share: 0.75, executions: 1,
                    unseenShare: 0.2),
                WeeklySummary.TimeClass(
                    source: source, name: "queue", seconds: 25, share: 0.25, executions: 1, unseenShare: nil),
            ]
        }
        let report = WeeklyReport.report(on: summary)
        #expect(try report.text(as: .md).contains("| east | user\\_code | 75 % | 1 min 15 s | 20 % | 1 |"))
        let html = try report.text(as: .html)
        // A whole for each installation.
        #expect(html.components(separatedBy: "<figcaption>").count == 3)
        #expect(html.components(separatedBy: "preserveAspectRatio=\"none\"").count == 3)
    }

    @Test func childrenAreCountedWhereTheyAreAskedFor() throws {
        let runs = [MadeRuns("top", Self.now, 6), MadeRuns("low", Self.now, 5, parent: "x0-1")]
        #expect(WeeklyReport.report(on: try summary(runs)).subtitle.contains("Top-level executions"))
        let all = WeeklyReport.report(on: try summary(runs, children: true))
        #expect(all.subtitle.contains("those that others launched as well"))
        #expect(try all.text(as: .md).contains("outcomes --param children=1 --param since="))
    }
}

import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteReport

/// The pages about a window: failures, cost and changes.
@Suite struct WindowPageTests {
    /// Four weeks from 24 August 2026, with every kind of failure and the hostile texts.
    private static let weeks = TimeWindow(
        start: Timestamp(nanoseconds: 1_787_529_600_000_000_000),
        end: Timestamp(nanoseconds: 1_789_948_800_000_000_000))
    private static let nothing = TimeWindow(
        start: Timestamp(nanoseconds: 0), end: Timestamp(nanoseconds: 604_800_000_000_000))

    private static let pages = ["failures", "cost", "changes"]

    private static func maker(_ name: String) -> ReportMaker<ReportScope> {
        switch name {
        case "failures": FailuresReport.maker
        case "cost": CostReport.maker
        default: ChangesReport.maker
        }
    }

    /// - Parameter change: Statements that alter the archive first.
    private func report(
        _ page: String, _ window: TimeWindow = weeks, change: String = "", in zone: TimeZoneRules = .utc
    ) throws -> Report {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Fixtures.unpackArchive(version: 7, to: path)
            do { _ = try Archive(path: path, mode: .readWrite) }
            if !change.isEmpty { try SQLiteFile.run(path, change) }
            return try Self.maker(page).report(
                on: Archive(path: path, mode: .readOnly), ReportScope(window: window, in: zone))
        }
    }

    /// A workflow that takes twice as long from a day on, and one that fails more often.
    private func changed(_ body: (Archive, Report) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/made.db"
            try MadeRuns.archive(
                of: [
                    MadeRuns("slow", "2026-01-05", 30, seconds: 100),
                    MadeRuns("slow", "2026-01-13", 30, seconds: 200),
                    MadeRuns("frail", "2026-01-05", 30),
                    MadeRuns("frail", "2026-01-13", 12, "FAILED", error: 1),
                    MadeRuns("even", "2026-01-05", 30), MadeRuns("even", "2026-01-13", 30),
                ], at: path)
            let archive = try Archive(path: path, mode: .readWrite)
            try ChangeKeeper(archive).update()
            let start = try #require(Timestamp("2026-01-12T00:00:00.000000Z"))
            try body(
                archive,
                try ChangesReport.maker.report(
                    on: archive, ReportScope(window: TimeWindow(weekFrom: start, in: .utc))))
        }
    }

    @Test(arguments: pages, ReportFormat.allCases) func thePageIsAsItWas(page: String, format: ReportFormat)
        throws
    {
        guard page != "changes" else {
            try changed { _, report in
                let text = try report.text(as: format)
                let difference = try Snapshot.difference(of: text, from: "changes.\(format.rawValue)")
                #expect(difference == nil)
            }
            return
        }
        #expect(
            try Snapshot.difference(of: report(page).text(as: format), from: "\(page).\(format.rawValue)")
                == nil)
    }

    @Test(arguments: pages) func aWindowWithoutAnythingSaysSo(page: String) throws {
        let report = try report(page, Self.nothing)
        let words = [
            "failures": "Nothing ended in this window.", "cost": "No attempt that ended in this window took",
            "changes": "No workflow or node changed in this window",
        ]
        for format in [ReportFormat.html, .md, .json, .csv] {
            let text = try report.text(as: format)
            #expect(text.contains(words[page] ?? "?"))
        }
    }

    @Test(arguments: pages) func nothingIsRunOrAskedFor(page: String) throws {
        let text = try report(page).text(as: .html)
        #expect(text.contains("default-src 'none'") && text.utf8.count < 300_000)
        for word in ["<script", "<img", "<iframe", "src=\"", "@import", "url("] {
            #expect(!text.contains(word))
        }
    }

    @Test func hostileTextsStayTexts() throws {
        let report = try report("failures")
        let page = try report.text(as: .html)
        #expect(page.contains("&lt;script&gt;alert('x')&lt;"))
        for format in [ReportFormat.html, .md, .json] {
            let text = try report.text(as: format)
            #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
        }
    }

    /// What is printed under a table gives the table.
    @Test(arguments: ["failures", "cost"]) func receiptsGiveTheFigures(page: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Fixtures.unpackArchive(version: 7, to: path)
            let archive = try Archive(path: path, mode: .readWrite)
            let report = try Self.maker(page).report(on: archive, ReportScope(window: Self.weeks))
            var compared = 0
            for section in report.sections {
                let receipts = section.blocks.flatMap { block -> [Receipt] in
                    if case .receipts(let block) = block { block.receipts } else { [] }
                }
                let id = try #require(section.heading?.id)
                #expect(!receipts.isEmpty, "\(id)")
                guard ["tasks", "flaky", "recovery", "zombies", "time", "cache"].contains(id) else {
                    continue
                }
                guard case .query(let name) = try #require(receipts.first).question else {
                    Issue.record("\(receipts)")
                    continue
                }
                let query = try #require(NamedQuery.named(name))
                let answer = try query.run(
                    on: archive,
                    query.cells(
                        for: receipts[0].parameters.map { ($0.key, $0.value) }, now: Timestamp(nanoseconds: 0)
                    ))
                for case .table(let block) in section.blocks {
                    let figures = block.figures.table
                    for (place, column) in figures.columns.enumerated() {
                        guard let other = answer.columns.firstIndex(where: { $0.name == column.name }) else {
                            continue
                        }
                        // Tasks that did not fail are left out of the page.
                        let rows = answer.rows.filter { row in
                            id != "tasks"
                                || row[answer.columns.firstIndex { $0.name == "failed" } ?? 0].integer != 0
                        }
                        #expect(rows.count == figures.rows.count)
                        for (figure, row) in zip(figures.rows, rows) {
                            compared += 1
                            #expect(
                                figure[place] == row[other] || figure[place].real == row[other].real,
                                "\(id) \(column.name)")
                        }
                    }
                }
            }
            #expect(compared > 20)
        }
    }

    // MARK: Failures

    @Test func whatMostFailuresComeDownToIsSaid() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/made.db"
            try MadeRuns.archive(
                of: [
                    MadeRuns("w", "2026-01-06", 20), MadeRuns("w", "2026-01-13", 5),
                    MadeRuns("w", "2026-01-13", 8, "FAILED", error: 1),
                    MadeRuns("other", "2026-01-14", 1, "FAILED", error: 2),
                ], at: path)
            let start = try #require(Timestamp("2026-01-12T00:00:00.000000Z"))
            let report = try FailuresReport.maker.report(
                on: Archive(path: path, mode: .readWrite),
                ReportScope(window: TimeWindow(weekFrom: start, in: .utc)))
            let lead = report.lead.sentences.map(\.text)
            #expect(
                lead.contains { $0.hasPrefix("8 of the 9 failures are one ") && $0.contains("A: one") },
                "\(lead)")
            #expect(
                lead.contains { $0.hasPrefix("8 of the 9 failures are of w (p/d): 62 % of its runs.") },
                "\(lead)")
        }
    }

    // MARK: Cost

    @Test func pricesAreTimesHours() throws {
        let change = """
            INSERT INTO price (source, cluster, project, domain, from_at, until_at, currency, core_hour, gib_hour, gpu_hour)
            VALUES (NULL, NULL, NULL, NULL, 0, NULL, 'EUR', 2.0, 0.0, 0.0);
            """
        let report = try report("cost", change: change)
        let lead = report.lead.sentences.map(\.text)
        #expect(lead.contains { $0.hasPrefix("It cost ") && $0.contains(" EUR by its requests") }, "\(lead)")
        let section = try #require(report.sections.first { $0.heading?.id == "cost" })
        var cost = 0.0
        for case .table(let table) in section.blocks {
            let place = try #require(table.figures.columns.firstIndex { $0.key == "cost" })
            cost = table.figures.rows.reduce(0) { $0 + ($1[place].number ?? 0) }
        }
        let requested = try #require(report.sections.first { $0.heading?.id == "requested" })
        var hours = 0.0
        for case .table(let table) in requested.blocks {
            let place = try #require(table.figures.columns.firstIndex { $0.key == "core_hours" })
            hours = table.figures.rows.first?[place].number ?? 0
        }
        #expect(cost > 0 && abs(cost - 2 * hours) < 1e-9)
    }

    @Test func withoutPricesItSaysHowToPutThemIn() throws {
        let page = try report("cost").text(as: .md)
        #expect(page.contains("'flightlog prices ARCHIVE FILE' puts them in"))
    }

    // MARK: Changes

    @Test func aChangeIsToldAndDrawnOnBothSides() throws {
        try changed { archive, report in
            let lead = report.lead.sentences.map(\.text)
            #expect(lead.first == "2 changes, 2 for the worse: 1 of durations, 1 of failures.", "\(lead)")
            #expect(
                lead.contains {
                    $0.hasPrefix(
                        "slow (p/d) takes longer since 2026-01-13 00:00 UTC: 1 min 40 s → 3 min 20 s (+100 %)"
                    )
                })
            #expect(
                lead.contains {
                    $0.hasPrefix("frail (p/d) fails more often since 2026-01-13 00:00 UTC: 0.0 % → 100 %")
                })
            let section = try #require(report.sections.first { $0.heading?.id == "series" })
            let charts = section.blocks.compactMap { if case .chart(let chart) = $0 { chart } else { nil } }
            let slow = try #require(charts.first { $0.title.hasPrefix("slow") })
            #expect(slow.figures.rows.count == 60)
            #expect(
                slow.figures.rows.count { $0[1] != .none } == 30
                    && slow.figures.rows.count { $0[2] != .none } == 30)
            // Its statement gives its points.
            let receipts = section.blocks.flatMap { block -> [Receipt] in
                if case .receipts(let block) = block { block.receipts } else { [] }
            }
            let own = try #require(receipts.first { $0.parameters["workflow"] == "slow" })
            guard case .sql(let sql) = own.question else { throw CancellationError() }
            let rows = try archive.query(sql, own.parameters.mapValues { .text($0) }).rows
            #expect(rows.map { $0[2].real } == slow.figures.rows.map { $0[1].number ?? $0[2].number })
        }
    }
}

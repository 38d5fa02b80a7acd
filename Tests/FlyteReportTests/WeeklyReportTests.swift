import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

@testable import FlyteReport

/// The weekly report on a small archive that never changes: thirty executions, kept as version 1 wrote them.
@Suite struct WeeklyReportTests {
    /// Four weeks from 24 August 2026, with every kind of failure and the hostile texts.
    private static let weeks = TimeWindow(
        start: Timestamp(nanoseconds: 1_787_529_600_000_000_000),
        end: Timestamp(nanoseconds: 1_789_948_800_000_000_000))

    private func report(_ window: TimeWindow = weeks) throws -> Report {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Fixtures.unpackArchive(version: 1, to: path)
            return WeeklyReport.report(
                on: try WeeklySummary(of: try Archive(path: path, mode: .readWrite), window: window))
        }
    }

    @Test func theWholePageIsAsItWas() throws {
        #expect(try Snapshot.difference(of: report().text(as: .html), from: "weekly.html") == nil)
    }

    @Test func theMarkdownIsAsItWas() throws {
        #expect(try Snapshot.difference(of: report().text(as: .md), from: "weekly.md") == nil)
    }

    @Test func theJSONIsAsItWas() throws {
        #expect(try Snapshot.difference(of: report().text(as: .json), from: "weekly.json") == nil)
    }

    @Test func theTableOfWorkflowsIsAsItWas() throws {
        #expect(try Snapshot.difference(of: report().text(as: .csv), from: "weekly.csv") == nil)
    }

    @Test func thePageAsksNothingOfANetworkAndRunsNothing() throws {
        let page = try report().text(as: .html)
        #expect(page.contains("default-src 'none'"))
        #expect(page.utf8.count < 300_000)
        // An icon of nothing keeps browsers from asking for one.
        #expect(
            page.components(separatedBy: "<link").count == 2
                && page.contains("<link rel=\"icon\" href=\"data:,\">"))
        for word in ["<script", "<img", "<iframe", "src=\"", "@import", "url(", "href=\"http"] {
            #expect(!page.contains(word), "\(word)")
        }
    }

    @Test func namesMayBreakBehindTheirSeparators() throws {
        let page = try report().text(as: .html)
        for cell in [
            "release.<wbr>approve", "types.<wbr>hostile_<wbr>texts", "s3://<wbr>data/<wbr>in/85.<wbr>csv",
        ] {
            #expect(page.contains(cell), "\(cell)")
        }
    }

    @Test func hostileTextsStayTexts() throws {
        let report = try report()
        let page = try report.text(as: .html)
        #expect(page.contains("&lt;script&gt;alert('x')&lt;/script&gt;"))
        let markdown = try report.text(as: .md)
        let line = try #require(
            markdown.split(separator: "\n").first { $0.contains("HostileError") && $0.hasPrefix("|") })
        #expect(
            line.contains("&lt;script&gt;") && line.contains("\\`code") && line.contains("\\|"), "\(line)")
        for text in [page, markdown] {
            #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
        }
    }

    @Test func everyFigureNamesTheQueryItCameFrom() throws {
        let report = try report()
        #expect(report.sections.count == 9)
        for section in report.sections {
            let receipts = section.blocks.flatMap { block -> [Receipt] in
                if case .receipts(let block) = block { block.receipts } else { [] }
            }
            #expect(!receipts.isEmpty, "\(section.heading?.id ?? "")")
            for receipt in receipts {
                guard case .query(let name) = receipt.question else {
                    Issue.record("\(receipt)")
                    continue
                }
                #expect(NamedQuery.named(name) != nil, "\(receipt)")
                // What is open is so whenever it began.
                let isInWindow = receipt.parameters["since"] != nil && receipt.parameters["until"] != nil
                #expect(isInWindow || name == "open-executions")
            }
        }
    }

    /// A rate stands in the same columns as counts do, and has two more of its own.
    @Test func aFigureWithoutAnIntervalLeavesItsPlacesEmpty() throws {
        let text = try report().text(as: .json)
        let line = try #require(text.components(separatedBy: "\n").first { $0.contains("Executions ended") })
        let keys = ["this_week_low", "this_week_high", "week_before_low", "week_before_high"]
        for key in keys { #expect(line.contains("\"\(key)\":null"), "\(line)") }
    }

    @Test func aWeekWithoutExecutionsSaysSoInEveryFormat() throws {
        let report = try report(
            TimeWindow(start: Timestamp(nanoseconds: 0), end: Timestamp(nanoseconds: 604_800_000_000_000)))
        for format in [ReportFormat.html, .md, .json] {
            #expect(try report.text(as: format).contains("Nothing ended in this window."))
        }
    }
}

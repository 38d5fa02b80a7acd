import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Foundation
import TestSupport
import Testing

@testable import FlyteReport

/// A report with every block there is, in every form.
@Suite struct BlockTests {
    private static let hostile = "</td><script>alert('x')</script> | `a` *b* \u{1B}[31m\u{202E}"

    private static func time(_ second: Int64) -> Timestamp {
        Timestamp(nanoseconds: 1_787_529_600_000_000_000 + second * 1_000_000_000)
    }

    private static let report = Report(
        title: "What befell \(hostile)", subtitle: "One of everything.",
        lead: [.init("It failed.", .bad), .init("It was retried.", .good)],
        blocks: [
            .prose(ProseBlock([.init("Before the first heading.")])),
            .heading(HeadingBlock("The run", id: "run", explanation: "What it was.")),
            .facts(
                FactsBlock([
                    .init("Name", "name", .code(hostile)), .init("Wall time", "wall_s", .duration(3_725)),
                    .init("Failure rate", "failure_rate", .rate(0.25, low: 0.1, high: 0.5)),
                    .init("Ended", "ended_at", .none),
                ])),
            .prose(ProseBlock(key: "verdict", [.init("The user's code failed.", .bad)])),
            .tree(
                TreeBlock([
                    .init(depth: 0, "start", status: "SUCCEEDED", .good),
                    .init(depth: 1, "train \(hostile)", status: "FAILED", .bad, detail: "ran 3 s"),
                    // Two levels deeper than what it lies in.
                    .init(depth: 3, "attempt 0", detail: "pod-0"),
                    .init(depth: 0, "end"),
                ])),
            .timeline(
                TimelineBlock(
                    "From start to end", from: time(0), to: time(100),
                    [
                        .init(
                            "train \(hostile)",
                            [
                                .init("queued", from: time(0), to: time(25)),
                                .init("running", from: time(25), to: time(75), .bad),
                            ]),
                        .init(
                            "attempt 1", depth: 1, [.init("running", from: time(50), to: nil)],
                            marked: [.init("critical path", from: time(60), to: time(90))]),
                    ])),
            .timeline(
                TimelineBlock(
                    key: "night", "A night", from: time(0), to: time(40_000),
                    [
                        .init("load", [.init("running", from: time(0), to: time(300))]),
                        .init(
                            "approve", [.init("waiting", from: time(300), to: time(39_000), isQuiet: true)]),
                        .init("publish", [.init("running", from: time(39_000), to: time(40_000))]),
                    ])),
            .graph(
                GraphBlock(
                    "The workflow",
                    nodes: [
                        .init("n0", "load", status: "SUCCEEDED 3 s", .good, isMarked: true),
                        .init("n1", "train \(hostile)", status: "FAILED", .bad, isMarked: true),
                        .init("n\"2", "publish", status: "never ran", .plain, isAbsent: true),
                    ],
                    edges: [
                        .init(from: 0, to: 1, isMarked: true), .init(from: 1, to: 2), .init(from: 0, to: 2),
                        .init(from: 2, to: 0), .init(from: 2, to: 9),
                    ])),
            .heading(HeadingBlock("Over the weeks", id: "weeks")),
            .heading(HeadingBlock("How long", id: "how-long", level: .part, explanation: "Seconds.")),
            .chart(
                ChartBlock(
                    "Median run time", .line,
                    columns: [
                        FigureColumn("Week", "week"), FigureColumn("p50", "p50_s", isNumber: true),
                        FigureColumn("p95", "p95_s", isNumber: true),
                    ],
                    rows: [
                        [.text("W1"), .duration(60), .duration(90)], [.text("W2"), .none, .duration(100)],
                        [.text("W3"), .duration(75), .duration(120)],
                    ])),
            .heading(HeadingBlock("How often", id: "how-often", level: .part)),
            .chart(
                ChartBlock(
                    "Failure rate", .bars,
                    columns: [
                        FigureColumn("Week", "week"), FigureColumn("Rate", "rate", isNumber: true, .rate),
                    ],
                    rows: [
                        [.text("W1"), .rate(0.5, low: 0.25, high: 0.75)], [.text("W2"), .none],
                    ])),
            .table(
                TableBlock(
                    columns: [
                        FigureColumn("Class", "class"), FigureColumn("Share", "share", isNumber: true),
                    ],
                    rows: [[.text("queue"), .share(0.25)], [.text("user_code"), .share(0.75)]], shown: 0,
                    picture: .stack(name: "class", share: "share"))),
            .table(TableBlock(columns: [FigureColumn("What", "what")], rows: [], whenEmpty: "Nothing.")),
            .heading(HeadingBlock("Evidence", id: "evidence")),
            .code(CodeBlock("Traceback", "line 1\n```\n\(hostile)\n\n  line 5")),
            .links(
                LinksBlock([
                    .init("Console", "https://flyte.example.com/console?a=1&b=(2)"),
                    .init("Log <1>", "javascript:alert(1)"), .init("Odd", "https://x/\"onclick=\"y"),
                ])),
            .receipts(ReceiptsBlock([Receipt(query: "outcomes", parameters: ["project": "it's `x`"])])),
        ],
        notes: ["How to read it."])

    @Test(arguments: ReportFormat.allCases) func everyBlockIsAsItWas(format: ReportFormat) throws {
        #expect(
            try Snapshot.difference(
                of: Self.report.text(as: format), from: "blocks.\(format.rawValue)") == nil)
    }

    @Test func thePageRunsNothingAndLeadsNowhereElse() throws {
        let page = try Self.report.text(as: .html)
        #expect(page.contains("default-src 'none'"))
        for word in ["<script", "<img", "javascript:alert(1)\"", "url(", "src=\""] {
            #expect(!page.contains(word), "\(word)")
        }
        #expect(page.components(separatedBy: "href=\"http").count == 2)
        for tag in page.components(separatedBy: "<a ").dropFirst() {
            #expect(!tag.prefix { $0 != ">" }.contains("onclick"))
        }
        for text in [page, try Self.report.text(as: .md), try Self.report.text(as: .json)] {
            #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
        }
    }

    @Test func elementsCloseInTheOrderTheyWereOpened() throws {
        let page = try Self.report.text(as: .html)
        var open: [Substring] = []
        for piece in page.components(separatedBy: "<").dropFirst() {
            let name = piece.prefix { $0.isLetter || $0.isNumber || $0 == "/" || $0 == "!" }
            if ["!", "!DOCTYPE", "meta", "link", "br", "wbr"].contains(String(name)) { continue }
            if name.hasPrefix("/") {
                #expect(open.popLast() == name.dropFirst())
            } else {
                open.append(name)
            }
        }
        #expect(open.isEmpty)
    }

    @Test func jsonHasEveryBlockUnderANameOfItsOwn() throws {
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(try Self.report.text(as: .json).utf8))
                as? [String: Any])
        let sections = try #require(object["sections"] as? [[String: Any]])
        #expect(
            sections.map { $0.keys.sorted() } == [
                ["prose"], ["facts", "graph", "id", "night", "timeline", "title", "tree", "verdict"],
                ["how-long", "how-often", "id", "title"], ["code", "id", "links", "receipts", "title"],
            ])
        let part = try #require(sections[2]["how-often"] as? [String: Any])
        #expect(
            part.keys.sorted() == ["chart", "id", "rows", "rows_2", "title", "total", "total_2"])
        #expect(part["total"] as? Int == 2 && part["total_2"] as? Int == 0)
        let facts = try #require(sections[1]["facts"] as? [String: Any])
        #expect(facts["failure_rate_high"] as? Double == 0.5 && facts["ended_at"] is NSNull)
        let tree = try #require(sections[1]["tree"] as? [[String: Any]])
        #expect(tree.map { $0["parent"] as? Int } == [nil, 1, 2, nil])
    }

    @Test func aTreeOfAnyDepthIsDrawn() throws {
        let items = (0..<5_000).map { TreeBlock.Item(depth: $0, "n\($0)") }
        let report = Report(
            title: "t", subtitle: "", lead: [],
            blocks: [.tree(TreeBlock(items + [TreeBlock.Item(depth: 0, "last")]))], notes: [])
        for format in ReportFormat.allCases {
            let text = try report.text(as: format)
            #expect(text.contains("n4999") && text.contains("last"))
        }
        #expect(try report.text(as: .html).components(separatedBy: "<ul>").count == 31)
    }

    @Test func aPageAsksAnArchiveOfOneMoment() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Fixtures.unpackArchive(version: 1, to: path)
            let writer = try Archive(path: path, mode: .readWrite)
            let page = ReportMaker<ReportScope> { archive, _ in
                let before = try archive.sources().count
                // Another connection, which commits.
                let name = "source \(before)"
                _ = try Archive(path: path, mode: .readWrite).source(named: name, endpoint: "https://\(name)")
                return Report(
                    title: "\(before)", subtitle: "\(try archive.sources().count)", lead: [], blocks: [],
                    notes: [])
            }
            let reader = try Archive(path: path, mode: .readOnly)
            let scope = ReportScope(window: TimeWindow(lastWeekBefore: Self.time(0)))
            for count in ["1", "2"] {
                let report = try page.report(on: reader, scope)
                #expect(report.title == count && report.subtitle == count)
            }
            withExtendedLifetime(writer) {}
        }
    }
}

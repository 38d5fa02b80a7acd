import FlyteAnalysis
import FlyteArchive
import FlyteModel
import Foundation
import Markup
import Tables
import TestSupport
import Testing

/// What people see at a terminal, on a small archive that never changes: thirty executions with every kind of failure and
/// the hostile texts, kept as version 1 wrote them.
struct TerminalTableTests {
    private static func with<Result>(_ body: (Archive) throws -> Result) throws -> Result {
        try TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            try Fixtures.unpackArchive(version: 1, to: path)
            return try body(try Archive(path: path, mode: .readWrite))
        }
    }

    private static func page(
        _ width: Int, colors: Bool = false, zone: TimeZoneRules = .utc, primary: Set<String> = [],
        secondary: Set<String> = []
    ) -> TerminalPage {
        let clock =
            zone == .utc
            ? ZoneClock.utc
            : ZoneClock(name: zone.name) { text in
                Timestamp(text).map { time in
                    let local = zone.local(time)
                    return ZoneClock.Reading(time: local.text, zone: local.abbreviation)
                }
            }
        return TerminalPage(
            width: width, colors: TerminalColors(isOn: colors), clock: clock,
            readings: { columns in
                zip(columns, ViewColumn.readings(columns)).map { column, reading in
                    primary.contains(column.name)
                        ? ColumnReading(reading.meaning, .high)
                        : secondary.contains(column.name) ? ColumnReading(reading.meaning, .low) : reading
                }
            }, style: ViewColumn.style)
    }

    private static func text(
        _ page: TerminalPage, isRecords: Bool = false, _ write: (AnswerWriter) throws -> Void
    ) throws -> String {
        let buffer = ByteBuffer()
        let answer = AnswerWriter(TerminalFormat(page, isRecords: isRecords), to: buffer, title: "")
        try write(answer)
        try answer.end()
        return buffer.text
    }

    private static func list(_ archive: Archive, _ answer: AnswerWriter, isFailed: Bool = false) throws {
        var filter = ExecutionFilter()
        filter.isFailed = isFailed
        _ = try filter.list(
            of: archive, limit: 50, start: { try answer.begin(TableHead(columns: $0)) }, take: answer.row)
    }

    private static func ask(_ name: String, _ archive: Archive, _ answer: AnswerWriter) throws {
        try #require(NamedQuery.named(name)).run(on: archive, into: answer)
    }

    /// Read these files as a user would read a terminal.
    @Test(arguments: [20, 80, 100, 120, 200]) func terminalsAreAsTheyWere(width: Int) throws {
        let plain = Self.page(width)
        let shown = try Self.with { archive in
            var text = ""
            func add(_ command: String, _ page: TerminalPage, _ write: (AnswerWriter) throws -> Void) throws {
                text += "$ flightlog \(command)\n\(try Self.text(page, write))\n"
            }
            let secondary: Set<String> = ["ended_at", "error_message", "error_code"]
            try add("list runs.db", Self.page(width, primary: ["created_at"], secondary: secondary)) {
                try Self.list(archive, $0)
            }
            try add(
                "list runs.db --failed --tz Europe/Berlin",
                Self.page(
                    width, zone: try TimeZoneRules(named: "Europe/Berlin"),
                    primary: ["ended_at"], secondary: ["created_at", "error_message", "error_code"])
            ) { try Self.list(archive, $0, isFailed: true) }
            for name in [
                "failure-rate-by-workflow", "slowest-nodes", "top-errors", "coverage", "time-by-class",
            ] {
                try add("query runs.db \(name)", plain) { try Self.ask(name, archive, $0) }
            }
            for sql in [
                "SELECT phase, count(*) AS executions, avg(wall_s) AS mean_s FROM v_execution GROUP BY phase",
                "SELECT * FROM v_execution WHERE phase = 'FAILED' ORDER BY created_at LIMIT 1",
                "SELECT execution, node_id, name, value_json FROM v_literal ORDER BY 1, 2, 3 LIMIT 8",
            ] {
                try add("sql runs.db \"\(sql)\"", plain) { answer in
                    try answer.write(try archive.query(sql))
                }
            }
            return text
        }
        #expect(try Snapshot.difference(of: shown, from: "terminal-\(width).txt") == nil)
    }

    /// Each named question, each view, and names that want to be wide, do something or look like something else.
    @Test func noLineIsWiderThanTheTerminal() throws {
        let hostile = [
            "\u{1B}[31mred\u{1B}[0m \u{202E}mirrored", String(repeating: "日本語", count: 30),
            "👨\u{200D}👩\u{200D}👧 family ❤\u{FE0F} 🇩🇪",
            "e\u{301}\u{301}\u{301}\u{301}" + String(repeating: "x", count: 90),
            "a\tb\r\nc\u{0}d\u{7F}\u{85}\u{2028}e", "", " ", String(repeating: "long-", count: 200),
            "\u{FE0F}\u{200D}",
            "{\"json\": [1, 2, 3]}", "ffffffffffffffffffff", String(repeating: "word ", count: 60),
        ]
        let columns = [
            Column("execution"), Column("workflow"), Column("phase"), Column("error_message"),
            Column("created_at"),
            Column("wall_s", .real), Column("n", .integer), Column("日本語の列名"), Column("a_\u{1B}[1m_b"),
        ]
        let made = Table(
            columns: columns,
            rows: hostile.enumerated().map { index, text in
                [
                    .text(text), .text(hostile[(index + 1) % hostile.count]),
                    .text(index % 2 == 0 ? "FAILED" : text),
                    .text(hostile[(index + 5) % hostile.count]), .text("2026-11-29T02:31:07.123456Z"),
                    .real(Double(index) * 1e6), .integer(index % 2 == 0 ? .max : .min), .text(text), .null,
                ]
            })
        try Self.with { archive in
            let views = try archive.query(
                "SELECT name FROM sqlite_schema WHERE type = 'view' AND name LIKE 'v\\_%' ESCAPE '\\'"
            )
            .rows.compactMap { $0[0].text }
            var tables = try NamedQuery.all.map { try $0.run(on: archive) }
            tables += try views.map { try archive.query("SELECT * FROM \($0) LIMIT 12") }
            #expect(tables.count > 40)
            for (number, table) in ([made] + tables).enumerated() {
                let widths = number == 0 ? Array(1...200) : [20, 21, 30, 41, 57, 80, 99, 120, 160, 200]
                for width in widths {
                    for isRecords in number < 4 ? [false, true] : [false] {
                        let text = TerminalFormat(Self.page(width), isRecords: isRecords).text(of: table)
                        let wide = text.split(separator: "\n").first { DisplayWidth.of($0) > width }
                        #expect(wide == nil, "\(table.columns.map(\.name)) at \(width)")
                        #expect(
                            !text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" || $0 == "\r" }
                        )
                    }
                }
            }
        }
    }

    /// Where an execution's column is shown its names are whole, so that they can be copied.
    @Test func namesOfExecutionsAreNeverCut() throws {
        try Self.with { archive in
            let names = try archive.query("SELECT name FROM v_execution WHERE is_child IS NOT 1").rows
                .compactMap { $0[0].text }
            for width in stride(from: 24, through: 200, by: 4) {
                let text = try Self.text(Self.page(width)) { try Self.list(archive, $0) }
                for name in names { #expect(text.contains(name), "\(name) at \(width)") }
            }
        }
    }

    @Test func statusWordsHaveColorsAndNothingElseChanges() throws {
        try Self.with { archive in
            let plain = try Self.text(Self.page(100)) { try Self.list(archive, $0) }
            let colored = try Self.text(Self.page(100, colors: true)) { try Self.list(archive, $0) }
            #expect(
                colored.contains("\u{1B}[1;31mFAILED\u{1B}[0m")
                    && colored.contains("\u{1B}[32mSUCCEEDED\u{1B}[0m"))
            #expect(TerminalEscapes.removed(from: colored) == plain)
        }
    }

    @Test func everyColumnOfTheViewsIsReadByItsName() throws {
        func meaning(_ name: String, _ kind: Column.Kind = .text) -> ColumnMeaning {
            ViewColumn.readings([Column(name, kind)])[0].meaning
        }
        #expect(
            meaning("duration_s", .real) == .seconds && meaning("memory_request_bytes", .integer) == .bytes)
        #expect(meaning("created_at") == .time && meaning("failure_rate", .real) == .share)
        #expect(meaning("complete_share", .real) == .share && meaning("node_id") == .identifier)
        #expect(meaning("parent_execution") == .identifier && meaning("phase") == .status)
        #expect(meaning("workflow_version") == .name && meaning("is_complete", .integer) == .flag)
        #expect(meaning("anything", .integer) == .number && meaning("anything") == .sentence)
        #expect(meaning("elapsed_ns", .integer) == .nanoseconds && meaning("rate_low", .real) == .share)
        #expect(ViewColumn.readings([Column("name"), Column("phase")])[0].importance == .required)
        #expect(ViewColumn.readings([Column("name"), Column("version")])[0].meaning == .name)
    }
}

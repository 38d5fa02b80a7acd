import Tables
import Testing

/// Tables as people see them.
struct TerminalFormatTests {
    private static let reading: @Sendable (Column) -> ColumnReading = { column in
        switch column.name {
        case "execution": ColumnReading(.identifier, .required)
        case "node_id": ColumnReading(.identifier, .high)
        case "phase": ColumnReading(.status, .high)
        case "workflow": ColumnReading(.name, .high)
        case "project": ColumnReading(.name, .low)
        case "message": ColumnReading(.sentence, .high)
        case "ended_at": ColumnReading(.time)
        case "wall_s": ColumnReading(.seconds)
        case "failure_rate": ColumnReading(.share)
        case "size_bytes": ColumnReading(.bytes)
        case "is_complete": ColumnReading(.flag, .low)
        default: ColumnReading(column.kind == .text ? .sentence : .number)
        }
    }

    private static func page(_ width: Int, colors: Bool = false, clock: ZoneClock = .utc) -> TerminalPage {
        TerminalPage(
            width: width, colors: TerminalColors(isOn: colors), clock: clock, readings: { $0.map(reading) },
            style: { $0 == "FAILED" ? .bad : nil })
    }

    private static let runs = Table(
        columns: [
            Column("project"), Column("execution"), Column("workflow"), Column("phase"), Column("ended_at"),
            Column("wall_s", .real), Column("failure_rate", .real), Column("size_bytes", .integer),
            Column("is_complete", .integer), Column("message"),
        ],
        rows: [
            [
                .text("sales"), .text("a8s7d6f5g4h3j2k1l0q9"), .text("sales.pipelines.daily_revenue_report"),
                .text("FAILED"), .text("2026-11-29T02:31:07.999999Z"), .real(3300), .real(0.04),
                .integer(1_610_612_736), .integer(1), .text("ValueError: no rows\\nin table"),
            ],
            [
                .text("sales"), .text("f1"), .text("日本.学習"), .text("SUCCEEDED"),
                .text("2026-11-28T02:31:07.000000Z"), .real(0.42), .real(1), .null, .integer(0), .null,
            ],
        ])

    @Test func everythingIsInTheWordsOfPeople() {
        #expect(
            TerminalFormat(Self.page(160)).text(of: Self.runs)
                == """
                project sales · times UTC
                                                                                                                    failure_    size_  is_
                execution             workflow                              phase      ended_at             wall_s      rate    bytes  complete  message
                ────────────────────  ────────────────────────────────────  ─────────  ───────────────────  ──────  ────────  ───────  ────────  ─────────────────────────────
                a8s7d6f5g4h3j2k1l0q9  sales.pipelines.daily_revenue_report  FAILED     2026-11-29 02:31:07  55 min       4 %  1.5 GiB  yes       ValueError: no rows\\nin table
                f1                    日本.学習                             SUCCEEDED  2026-11-28 02:31:07  420 ms     100 %           no

                """.replacing(#/ +(?=failure_    size)/#, with: String(repeating: " ", count: 100)))
    }

    @Test(arguments: 1...200) func noLineIsWider(width: Int) {
        for isRecords in [false, true] {
            let text = TerminalFormat(Self.page(width), isRecords: isRecords).text(of: Self.runs)
            #expect(text.split(separator: "\n").allSatisfy { DisplayWidth.of($0) <= width })
        }
    }

    @Test func whatDoesNotFitIsLeftOutAndNamed() {
        let text = TerminalFormat(Self.page(80)).text(of: Self.runs)
        #expect(
            text == """
                project sales
                execution             workflow            phase      wall_s  message
                ────────────────────  ──────────────────  ─────────  ──────  ───────────────────
                a8s7d6f5g4h3j2k1l0q9  sales.pip…e_report  FAILED     55 min  ValueError: no row…
                f1                    日本.学習           SUCCEEDED  420 ms
                Left out: ended_at, failure_rate, size_bytes, is_complete. A wider terminal has
                room, or '--format records'.

                """)
        let narrow = TerminalFormat(Self.page(30)).text(of: Self.runs)
        #expect(narrow.contains("phase\n  FAILED\n") && narrow.contains("size_bytes\n  –\n"))
    }

    @Test func aZoneWhoseClocksWereSetIsSaidWithEachTime() {
        let clock = ZoneClock(name: "Here") { text in
            ZoneClock.Reading(
                time: String(text.prefix(10)) + " 03:31:07", zone: text.hasPrefix("2026-11-29") ? "HT" : "HST"
            )
        }
        let text = TerminalFormat(Self.page(200, clock: clock)).text(of: Self.runs)
        #expect(
            text.contains("times Here\n") && text.contains("2026-11-29 03:31:07 HT ")
                && text.contains("07 HST "))
        var one = Self.runs
        one.rows.removeLast()
        one.rows.append(one.rows[0])
        one.rows[1][4] = .text("2026-11-29T05:31:07.000000Z")
        one.rows[1][1] = .text("f1")
        #expect(TerminalFormat(Self.page(200, clock: clock)).text(of: one).contains("times HT (Here)\n"))
    }

    @Test func namesOfThatRowsAreToldApartByAreShown() {
        var runs = Self.runs
        runs.columns.removeSubrange(1...1)
        runs.rows = runs.rows.map { row in
            var row = row
            row.remove(at: 1)
            row[1] = .text("the.same.workflow.in.both.projects")
            row[2] = .text("FAILED")
            row[3] = .text("2026-11-29T02:31:07.000000Z")
            row[8] = .null
            return row
        }
        runs.rows[1][0] = .text("other")
        #expect(TerminalFormat(Self.page(44)).text(of: runs).contains("other"))
    }

    @Test func aSingleRowOfManyColumnsIsARecord() {
        let one = Table(columns: Self.runs.columns, rows: [Self.runs.rows[0]])
        #expect(TerminalFormat(Self.page(80)).text(of: one).contains("\nsize_bytes    1.5 GiB\n"))
        #expect(TerminalFormat(Self.page(200)).text(of: one).contains("1.5 GiB  yes"))
    }

    @Test func linesOfATextAreOneLineInATableAndLinesInARecord() {
        let table = Table(
            columns: [Column("message"), Column("n", .integer)],
            rows: [
                [
                    .text("Trace:\r\n\n    Traceback (most recent call last):\n  x\nKeyError: 'a'"),
                    .integer(1),
                ]
            ])
        #expect(
            TerminalFormat(Self.page(40)).text(of: table).contains("Trace:⏎Traceback (…):⏎x⏎KeyError: 'a'  1")
        )
        let record = TerminalFormat(Self.page(60), isRecords: true).text(of: table)
        #expect(record.contains("message  Trace:\n\n             Traceback (most recent call last):\n"))
    }

    /// A text of many megabytes is shown without going through all of it.
    @Test func aHugeTextIsCut() {
        let huge = String(repeating: "日本語 ", count: 2_000_000)
        let table = Table(columns: [Column("message")], rows: [[.text(huge)], [.text("b")]])
        let text = TerminalFormat(Self.page(80)).text(of: table)
        #expect(text.utf8.count < 2_000 && text.contains("…"))
    }
}

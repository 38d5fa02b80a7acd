import Foundation
import Glibc
import Tables
import Testing

/// Answers that are written row by row, and where they go.
struct AnswerWriterTests {
    private func text(
        _ name: AnswerFormatName, width: Int? = nil, hasParts: Bool = false,
        _ write: (AnswerWriter) throws -> Void
    ) throws -> String {
        let buffer = ByteBuffer()
        let answer = AnswerWriter(
            name.format(page: width.map { TerminalPage(width: $0) }, style: "p { color: red }\n"), to: buffer,
            title: "A <title>",
            hasParts: hasParts)
        try write(answer)
        try answer.end()
        return buffer.text
    }

    private static let runs = Table(
        columns: [Column("name"), Column("n", .integer)],
        rows: [[.text("a"), .integer(1)], [.text("b|"), .null]])

    @Test(arguments: AnswerFormatName.allCases)
    func rowByRowOrAllAtOnceGiveTheSameBytes(name: AnswerFormatName) throws {
        let written = try text(name) { try $0.write(FormatTests.table) }
        let whole = name.format(page: nil, style: "p { color: red }\n").text(of: FormatTests.table)
        #expect(
            written
                == whole.replacing("<title></title>", with: "<title>A &lt;title&gt;</title>")
                .replacing("<h1></h1>", with: "<h1>A &lt;title&gt;</h1>"))
    }

    @Test(
        arguments: [
            (
                .csv,
                "part,name,n\r\nruns,a,1\r\nruns,b|,\r\n\r\npart,gap\r\n"
            ),
            (
                .ndjson,
                "{\"part\":\"runs\",\"name\":\"a\",\"n\":1}\n{\"part\":\"runs\",\"name\":\"b|\",\"n\":null}\n"
            ),
            (
                .json,
                "{\n\"runs\":[\n{\"name\":\"a\",\"n\":1},\n{\"name\":\"b|\",\"n\":null}\n],\n\"gaps\":[]\n}\n"
            ),
            (
                .md,
                "## The runs\n\n| name | n |\n| --- | ---: |\n| a | 1 |\n| b\\| |  |\n\n## The gaps\n\nnone\n"
            ),
            (.table, "The runs\nname  n\n────  ─\na     1\nb|\n\nThe gaps\nnone\n"),
        ] as [(AnswerFormatName, String)])
    func severalTablesAreOneAnswer(name: AnswerFormatName, expected: String) throws {
        let written = try text(name, hasParts: true) { answer in
            try answer.write(Self.runs, name: "runs", title: "The runs")
            try answer.write(Table(columns: [Column("gap")]), name: "gaps", title: "The gaps")
        }
        #expect(written == expected)
    }

    @Test func aPageHasATableForEachPart() throws {
        let page = try text(.html, hasParts: true) { answer in
            try answer.write(Self.runs, name: "runs", title: "The <runs>")
            try answer.write(Table(columns: [Column("gap")]), name: "gaps", title: "The gaps")
        }
        #expect(page.contains("default-src 'none'") && page.hasSuffix("</div>\n</body>\n</html>\n"))
        #expect(
            page.contains(
                """
                <h1>A &lt;title&gt;</h1>
                <h2>The &lt;runs&gt;</h2>
                <div class="scroll"><table><thead><tr><th scope="col" class="">name</th>\
                <th scope="col" class="number">n</th></tr>
                </thead>
                <tbody><tr><td class="">a</td><td class="number">1</td></tr>
                <tr><td class="">b|</td><td class="number"></td></tr>
                </tbody>
                </table>
                </div>
                <h2>The gaps</h2>
                """))
    }

    @Test func aColumnThatWasNotDeclaredHasTheKindOfItsFirstValue() throws {
        let columns = [Column("late"), Column("text"), Column("never")]
        func write(_ answer: AnswerWriter) throws {
            try answer.begin(TableHead(columns: columns))
            for _ in 0..<100 { try answer.row([.null, .text("x"), .null]) }
            try answer.row([.real(1.5), .integer(1), .null])
        }
        #expect(try text(.md, write).contains("\n| ---: | --- | --- |\n"))
        let html = try text(.html, write)
        #expect(
            html.contains(
                "<th scope=\"col\" class=\"number\">late</th><th scope=\"col\" class=\"\">text</th>"))
    }

    @Test func onlyTheFirstRowsAreHeldBack() throws {
        /// Counts what comes.
        final class Counter: ByteSink {
            var count = 0
            func write(_ bytes: [UInt8]) { count += bytes.count }
            func finish() {}
        }
        for (name, row) in [
            (AnswerFormatName.md, [Cell.null, .text("x")]), (.html, [.null, .text("x")]),
            (.table, [.null, .text("x")]),
        ] {
            let sink = Counter()
            let answer = AnswerWriter(
                name.format(page: nil, style: ""), to: sink, title: "")
            try answer.begin(TableHead(columns: [Column("gap"), Column("x")]))
            for _ in 0..<(Lookahead.rows - 1) { try answer.row(row) }
            #expect(sink.count == 0, "\(name)")
            for _ in 0..<30_000 { try answer.row(row) }
            #expect(sink.count > 100_000, "\(name)")
            // A few large values count for many.
            let large = Counter()
            let second = AnswerWriter(name.format(page: nil, style: ""), to: large, title: "")
            try second.begin(TableHead(columns: [Column("gap"), Column("x")]))
            let megabyte = Cell.text(String(repeating: "x", count: 1 << 20))
            for _ in 0..<4 { try second.row([.null, megabyte]) }
            #expect(large.count > 4 << 20, "\(name)")
        }
    }

    @Test func rowsBeyondTheFirstOnesKeepTheWidths() throws {
        func write(_ answer: AnswerWriter) throws {
            try answer.begin(TableHead(columns: [Column("name"), Column("n", .integer), Column("end")]))
            for _ in 0..<Lookahead.rows { try answer.row([.text("short"), .integer(1), .text("z")]) }
            try answer.row([.text("much longer"), .integer(123_456), .text("z")])
        }
        let loose = try text(.table, write).split(separator: "\n")
        #expect(loose[2] == "short  1  z" && loose.last == "much longer  123456  z")
        // A number that is cut is another number: such a row is told by itself.
        let tight = try text(.table, width: 80, write)
        #expect(tight.contains("short  1  z\n\nname  much longer\nn     123456\nend   z\n"))
    }

    @Test func aFileIsWholeOrNotThere() throws {
        let folder = NSTemporaryDirectory() + "answer-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func files() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        }
        let path = folder + "/answer.csv"
        try AtomicFile.write("before", to: path)
        do {
            let answer = AnswerWriter(.csv, to: try AtomicFile(path), title: "")
            try answer.write(FormatTests.table)
            #expect(try files().count == 2)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
        }
        // Given up.
        #expect(try files() == ["answer.csv"])
        let answer = AnswerWriter(.csv, to: try AtomicFile(path), title: "")
        try answer.write(FormatTests.table)
        try answer.end()
        #expect(try files() == ["answer.csv"])
        #expect(
            try String(contentsOfFile: path, encoding: .utf8) == CSVFormat.csv.text(of: FormatTests.table))
        // Whoever may not write there learns it before the work.
        #expect(throws: OutputError(path: folder + "/none/x", code: ENOENT)) {
            try AtomicFile(folder + "/none/x")
        }
        // A link is replaced, and what it leads to is not written.
        try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: path)
        try AtomicFile.write("new", to: folder + "/link")
        #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("name,"))
        #expect(try String(contentsOfFile: folder + "/link", encoding: .utf8) == "new")
        var status = stat()
        // What was made of an archive is for whom the archive is.
        #expect(stat(folder + "/link", &status) == 0 && status.st_mode & 0o777 == 0o600)
        try AtomicFile.write("new", to: folder + "/page", mode: try #require(FileMode("640")))
        #expect(stat(folder + "/page", &status) == 0 && status.st_mode & 0o777 == 0o640)
        #expect(FileMode(ofFile: folder + "/page")?.ofFolder == 0o750)
    }

    @Test(arguments: ["", "64", "0644", "888", "044", "755", "444", "rw-", "6٤4"])
    func whatIsNoFileModeIsRefused(text: String) { #expect(FileMode(text) == nil) }

    @Test func afterAFailureNothingIsLeft() throws {
        // A sink that fails half-way, as a full disk does.
        final class Full: ByteSink {
            func write(_ bytes: [UInt8]) throws { throw OutputError(path: "x", code: ENOSPC) }
            func finish() {}
        }
        let answer = AnswerWriter(.csv, to: Full(), title: "")
        try answer.begin(TableHead(columns: [Column("x")]))
        let error = #expect(throws: OutputError.self) {
            for _ in 0..<100_000 { try answer.row([.integer(1)]) }
        }
        #expect(error?.description == "'x' cannot be written: No space left on device.")
    }
}

import Tables
import Testing

/// One awkward table, through every format.
struct FormatTests {
    static let table = Table(
        columns: [Column("name"), Column("n", .integer), Column("x", .real)],
        rows: [
            [.text("plain"), .integer(.max), .real(0.1)],
            [.text("a,\"b\"|c\r\nd"), .integer(.min), .real(-1234.5)],
            [.text("<script>&*_`"), .null, .real(.nan)],
            [.text(""), .integer(0), .null],
            [.text("日本 e\u{301} \u{1B}[31m\u{202E}x"), .integer(1), .real(1e20)],
            [.text("=1+1"), .integer(2), .real(2)],
            [.null, .integer(3), .real(.infinity)],
        ])

    @Test func csv() {
        #expect(
            CSVFormat().text(of: Self.table) == """
                name,n,x\r
                plain,9223372036854775807,0.1\r
                "a,""b""|c\r
                d",-9223372036854775808,-1234.5\r
                <script>&*_`,,NaN\r
                "",0,\r
                日本 e\u{301} \u{1B}[31m\u{202E}x,1,1e+20\r
                =1+1,2,2.0\r
                ,3,Infinity\r

                """)
        #expect(CSVFormat(isForSpreadsheets: true).text(of: Self.table).contains("\r\n'=1+1,2"))
    }

    private static let formulas = [
        "=1+1", "+49 30", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "'=x", "''=x", "'quoted'", "a;=1", "plain",
        "",
        "\u{FF1D}1", "=\"\u{301},x", "\"\u{301}=x", "1=1",
    ]

    @Test func noTextIsAFormulaToASpreadsheet() {
        let csv = CSVFormat(isForSpreadsheets: true)
        for text in Self.formulas {
            let line = csv.text(of: Table(columns: [Column("t")], rows: [[.text(text)]]))
            let field = line.dropFirst("t\r\n".count)
            let first = field.unicodeScalars.first { $0 != "\"" }
            #expect(
                first.map { !"=+-@\t\r\n\u{FF1D}".unicodeScalars.contains($0) } != false || text.isEmpty,
                "\(line)")
            // Nor is a part of it where a semicolon or a tab parts fields.
            if text.contains(";") { #expect(field.hasPrefix("\"")) }
        }
        let numbers = Table(columns: [Column("n", .real)], rows: [[.real(-1.5)], [.integer(-1)]])
        #expect(csv.text(of: numbers) == "n\r\n-1.5\r\n-1\r\n")
    }

    /// What a reader does to have the texts again.
    @Test func defusedTextsCanBeHadAgain() {
        for text in Self.formulas {
            let line = CSVFormat(isForSpreadsheets: true).text(
                of: Table(columns: [Column("t")], rows: [[.text(text)]]))
            var bytes = Array(line.utf8.dropFirst(3).dropLast(2))
            if bytes.first == 0x22 {
                bytes = Array(bytes.dropFirst().dropLast())
                bytes = bytes.indices.filter {
                    $0 == 0 || bytes[$0] != 0x22
                        || bytes[..<$0].reversed().prefix { $0 == 0x22 }.count % 2 == 0
                }
                .map { bytes[$0] }
            }
            let value = String(decoding: bytes, as: UTF8.self)
            let isDefused =
                value.hasPrefix("'")
                && value.wholeMatch(of: #/(?s)'+[=+\-@\t\r\n＝＋－＠].*/#.matchingSemantics(.unicodeScalar))
                    != nil
            #expect(
                (isDefused ? String(value.unicodeScalars.dropFirst()) : value).utf8.elementsEqual(text.utf8),
                "\(line)")
        }
    }

    @Test func json() {
        #expect(
            JSONFormat().text(of: Self.table) == #"""
                [
                {"name":"plain","n":9223372036854775807,"x":0.1},
                {"name":"a,\"b\"|c\r\nd","n":-9223372036854775808,"x":-1234.5},
                {"name":"<script>&*_`","n":null,"x":"NaN"},
                {"name":"","n":0,"x":null},
                {"name":"日本 é \u001b[31m\u202ex","n":1,"x":1e+20},
                {"name":"=1+1","n":2,"x":2.0},
                {"name":null,"n":3,"x":"Infinity"}
                ]

                """#)
        #expect(JSONFormat().text(of: Table(columns: [Column("a")])) == "[]\n")
        #expect(JSONFormat(isLines: true).text(of: Self.table).split(separator: "\n").count == 7)
    }

    @Test func markdown() {
        #expect(
            MarkdownFormat().text(of: Self.table) == #"""
                | name | n | x |
                | --- | ---: | ---: |
                | plain | 9223372036854775807 | 0.1000 |
                | a,"b"\|c<br>d | -9223372036854775808 | -1234.5 |
                | &lt;script&gt;&amp;\*\_\` |  | NaN |
                |  | 0 |  |
                | 日本 é <U+202E>x | 1 | 1e+20 |
                | =1+1 | 2 | 2 |
                |  | 3 | Infinity |

                """#)
    }

    @Test func aligned() {
        #expect(
            AlignedFormat().text(of: Self.table) == """
                name                                 n         x
                ────────────────  ────────────────────  ────────
                plain              9223372036854775807    0.1000
                a,"b"|c␍⏎d        -9223372036854775808   -1234.5
                <script>&*_`                                 NaN
                                                     0
                日本 e\u{301} <U+202E>x                     1     1e+20
                =1+1                                 2         2
                                                     3  Infinity

                """)
    }

    @Test(
        arguments: [
            (1.005, 2, "1.00"), (-0.004, 2, "0.00"), (1234.5, 0, "1235"), (0.05, 1, "0.1"), (-2.5, 0, "-3"),
        ] as [(Double, Int, String)])
    func fixedNumbers(value: Double, digits: Int, text: String) {
        #expect(NumberText.fixed(value, digits) == text)
    }
}

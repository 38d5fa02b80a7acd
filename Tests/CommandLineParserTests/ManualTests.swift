import Testing

@testable import CommandLineParser

/// Pages for `man`. 'make check-manual' reads the tool's own with mandoc and groff.
struct ManualTests {
    private static let tool: Command = {
        let greet = Command("greet", "Says 'hello'.") { declare in
            _ = declare.argument("NAME", "Whom to greet; .dots and \\backslashes too.")
            _ = declare.option("format", "F", "How.", choices: ["csv", "html"])
            declare.example("tool greet World --format csv", "Says it…")
            return { _ in 0 }
        }
        return Command("tool", "A friendly tool.", subcommands: [greet]) { declare in
            declare.version("tool 1\n")
            declare.topic(
                Topic(
                    "manners",
                    text:
                        "# How to say it\n\nLoud, with `--loud`.\n\n## More\n\n| a | b |\n|---|---|\n| `x` | y |"
                ))
            declare.section("Exit codes", [("0", "Done.")])
        }
    }()

    @Test func everyCommandAndTopicHasAPage() {
        let pages = Self.tool.manual(date: "2026-01-31", version: "1.2")
        #expect(pages.map(\.file) == ["tool.1", "tool-greet.1", "tool-manners.7"])
        #expect(
            pages[1].text == #"""
                .TH TOOL\-GREET 1 2026-01-31 "tool 1.2"
                .SH NAME
                tool\-greet \- Says \(aqhello\(aq
                .SH SYNOPSIS
                \fBtool greet\fR \fINAME\fR \fI[OPTIONS]\fR
                .SH DESCRIPTION
                Says \(aqhello\(aq.
                .SH ARGUMENTS
                .TP
                \fBNAME\fR
                Whom to greet; .dots and \ebackslashes too.
                .SH OPTIONS
                .TP
                \fB\-\-format F\fR
                How. One of csv, html.
                .TP
                \fB\-h, \-\-help\fR
                Shows this help.
                .SH EXAMPLES
                .RS 4
                .EX
                tool greet World \-\-format csv
                .EE
                .RE
                .PP
                Says it\[u2026]
                .SH SEE ALSO
                \fBtool\fR(1)

                """#)
        #expect(pages[0].text.contains(".SH EXIT CODES\n.TP\n\\fB0\\fR\nDone.\n"))
        #expect(pages[0].text.contains("\\fBtool\\-greet\\fR(1), \\fBtool\\-manners\\fR(7)\n"))
        #expect(
            pages[2].text.contains(
                ".SH DESCRIPTION\nLoud, with \\fB\\-\\-loud\\fR.\n.SS More\n.TP\n\\fBx\\fR\ny\n"))
    }

    /// Nothing in a text can begin a macro or a request of the formatter's.
    @Test(arguments: [".so /etc/passwd", "'br", "a\n.sy id", "\\*(x", "\u{1B}[1m"]) func textIsNeverARequest(
        text: String
    ) {
        let command = Command("t", text) { _ in { _ in 0 } }
        let page = command.manual(date: "2026-01-31", version: "1")[0].text
        for line in page.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
            #expect(line.hasPrefix(".TH ") || line.hasPrefix(".SH ") || line == ".TP", "\(line)")
        }
        #expect(!page.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" } && !page.contains("\\*"))
    }

    @Test func theToolTellsItsVersionAndTopics() throws {
        func help(_ words: [String]) throws -> String {
            guard case .help(let text) = try Self.tool.parse(words) else { return "" }
            return text
        }
        #expect(try help(["--version"]) == "tool 1\n" && help(["-V"]) == "tool 1\n")
        #expect(
            try help(["help", "manners"]).hasPrefix("How to say it.\n\n  Loud, with `--loud`.\n\nMore\n"))
        #expect(try help(["help", "greet"]).hasPrefix("Says 'hello'."))
        #expect(try help(["help"]).contains("Topics:\n  manners  How to say it."))
        #expect(
            throws: UsageError(
                "No command or topic is called 'maners'. Did you mean 'manners'?\nUsage: tool COMMAND …\nSee 'tool --help'."
            )
        ) {
            try Self.tool.parse(["help", "maners"])
        }
        #expect(throws: UsageError.self) { try Self.tool.parse(["greet", "--version"]) }
    }
}

import Foundation
import Testing

@testable import CommandLineParser

/// Text in lines, for terminals of any width.
struct HelpLayoutTests {
    private static func shell(_ script: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A shell reads the same words of a command line, however it is broken.
    @Test(
        arguments: [
            "tool sql runs.db \"SELECT name, value FROM v WHERE e = :e AND 'a b' = x\" --param e=1",
            "tool 'one long word in single quotes that must not be broken' --flag --other value",
            "tool short", "tool \"a $HOME b\" c d e f g h i j k l m n o p q r s t u v w x y z",
        ], [20, 30, 60, 100]) func brokenCommandLinesStayCommands(line: String, width: Int) throws
    {
        let broken = TextLayout(width: width).commandLine(line)
        let words = broken.split(separator: "\n")
        for line in words {
            #expect(
                line.count <= width || !line.drop { $0 == " " }.dropLast(2).contains(" ")
                    || line.contains("'"), "\(line)")
        }
        let define = "tool() { for word; do printf '<%s>' \"$word\" | tr -s ' '; done; }\n"
        #expect(try Self.shell(define + broken) == Self.shell(define + line))
    }

    @Test func breaksAtSpacesAndWhereAWordIsTooLong() {
        let text = TextLayout(width: 16).paragraphs(
            "An extraordinarily-long-word here.\nAnother one.", indent: 2)
        #expect(text == "  An\n  extraordinaril\n  y-long-word\n  here.\n  Another one.")
    }

    @Test func listsStandBesideOrBelow() {
        let entries = [("--name VALUE", "What it is."), ("-h", "Help.")]
        #expect(TextLayout(width: 80).list(entries) == "  --name VALUE  What it is.\n  -h            Help.")
        #expect(TextLayout(width: 40).list(entries) == "  --name VALUE\n      What it is.\n  -h\n      Help.")
    }

    @Test(arguments: [16, 20, 40, 80, 120]) func proseFitsInto(width: Int) {
        let page = """
            # Title

            A paragraph with `code`, *emphasis*, and a [link](https://example.com/a) that
            goes on.

            - First, which is long enough to need another line.
              Continued.
            - Second.

            ## Part

            | a | b | c |
            |---|---|---|
            | `x \\| y` | means one thing | or another |

            ```sh
            code   stays as it is, however long the line may be, to be copied
            ```
            """
        var prose = Prose(page)
        #expect(prose.takeTitle() == "Title")
        let text = prose.text(TextLayout(width: width))
        for line in text.split(separator: "\n") where line.count > width {
            #expect(line.hasPrefix("    code "))
        }
        let words = text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        if width >= 40 {
            #expect(
                words.contains(
                    "A paragraph with `code`, emphasis, and a link (https://example.com/a) that goes on."))
            #expect(
                words.contains(
                    "- First, which is long enough to need another line. Continued. - Second. Part"))
            #expect(text.contains("`x | y`"))
        }
        #expect(text.contains("    code   stays as it is, however long the line may be, to be copied"))
    }

    @Test func aTableOfProse() {
        var prose = Prose(
            "| name | what it is |\n|---|---|\n| one | the first of them all, and the best |\n| three | last |"
        )
        #expect(prose.takeTitle() == nil)
        #expect(
            prose.text(TextLayout(width: 80)) == """
                  name   what it is
                  one    the first of them all, and the best
                  three  last
                """)
    }
}

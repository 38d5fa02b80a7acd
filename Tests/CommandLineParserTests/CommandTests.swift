import CommandLineParser
import Testing

/// A tool with everything in it, whose commands give back what they were given.
private final class Box: @unchecked Sendable { var text = "" }  // one test, one task

private func tool(_ box: Box) -> Command {
    let greet = Command("greet", "Says hello.") { declare in
        let name = declare.argument("NAME", "Whom to greet.")
        let more = declare.optionalArgument("MORE", "What else to say.")
        let format = declare.option("format", "F", "How it is written.", choices: ["csv", "html"])
        let count = declare.option("count", "N", "How often.") { text throws(UsageError) in
            guard let number = Int(text) else { throw UsageError("'\(text)' is no number.") }
            return number
        }
        let tags = declare.repeatedOption("tag", "T", "A tag.")
        let loud = declare.flag("loud", "In capitals.")
        declare.example("tool greet World --loud", "Says HELLO.")
        return { input in
            box.text =
                "\(input[name]) \(input[more] ?? "-") \(input[format] ?? "-") \(input[count] ?? 1) \(input[tags]) \(input[loud])"
            return 0
        }
    }
    let join = Command("join", "Joins words.") { declare in
        let words = declare.repeatedArgument("WORD", "What to join.")
        return { input in
            box.text = input[words].joined(separator: "+")
            return 7
        }
    }
    let report = Command("report", "Reports.", subcommands: [join])
    return Command("tool", "A friendly tool.", subcommands: [greet, report])
}

struct CommandTests {
    private func run(_ line: String) async throws -> (String, Int32) {
        let box = Box()
        let words = line.split(separator: " ").map(String.init)
        guard case .run(let action) = try tool(box).parse(words) else { return ("help", -1) }
        let code = try await action()
        return (box.text, code)
    }

    @Test(arguments: [
        ("greet World", "World - - 1 [] false"),
        (
            "greet World again --format csv --count=3 --tag a --tag=b --loud",
            #"World again csv 3 ["a", "b"] true"#
        ),
        ("greet --loud -- --World", "--World - - 1 [] true"),
        ("greet - -5", "- -5 - 1 [] false"),
        ("greet --tag= x", #"x - - 1 [""] false"#),
        ("report join a b c", "a+b+c"),
    ])
    func understands(line: String, values: String) async throws {
        #expect(try await run(line).0 == values)
    }

    /// No option's name has a space in it.
    @Test(arguments: ["-- a comment\nSELECT 1", "--loud please", "- x", "-- a = b"])
    func takesTextForAnArgument(text: String)
        async throws
    {
        let box = Box()
        guard case .run(let action) = try tool(box).parse(["greet", text, "--tag=a b"]) else {
            Issue.record("help")
            return
        }
        _ = try await action()
        #expect(box.text == "\(text) - - 1 [\"a b\"] false")
    }

    @Test func givesTheExitCodeOfTheCommand() async throws { #expect(try await run("report join a").1 == 7) }

    @Test(arguments: [
        (
            "gret x",
            "Unknown command 'gret'. Did you mean 'greet'?\nUsage: tool COMMAND …\nSee 'tool --help'."
        ),
        (
            "greet x --formt csv",
            "Unknown option '--formt'. Did you mean '--format'?\nUsage: tool greet NAME [MORE] [OPTIONS]\nSee 'tool greet --help'."
        ),
        (
            "greet",
            "Missing argument 'NAME': Whom to greet.\nUsage: tool greet NAME [MORE] [OPTIONS]\nSee 'tool greet --help'."
        ),
        (
            "greet a b c",
            "Unexpected argument 'c'.\nUsage: tool greet NAME [MORE] [OPTIONS]\nSee 'tool greet --help'."
        ),
        (
            "greet a --count x",
            "--count: 'x' is no number.\nUsage: tool greet NAME [MORE] [OPTIONS]\nSee 'tool greet --help'."
        ),
        (
            "greet a --count",
            "Option '--count' needs a value: --count N.\nUsage: tool greet NAME [MORE] [OPTIONS]\nSee 'tool greet --help'."
        ),
        (
            "greet a --format cvs",
            "--format cannot be 'cvs'; it is one of csv, html. Did you mean 'csv'?\nUsage: tool greet NAME [MORE] [OPTIONS]\nSee 'tool greet --help'."
        ),
        (
            "greet a --loud=yes",
            "Option '--loud' takes no value.\nUsage: tool greet NAME [MORE] [OPTIONS]\nSee 'tool greet --help'."
        ),
        (
            "greet a --count 1 --count 2",
            "Option '--count' is given twice.\nUsage: tool greet NAME [MORE] [OPTIONS]\nSee 'tool greet --help'."
        ),
        (
            "report join",
            "Missing argument 'WORD': What to join.\nUsage: tool report join WORD…\nSee 'tool report join --help'."
        ),
    ])
    func refuses(line: String, sentence: String) {
        #expect(throws: UsageError(sentence)) {
            try tool(Box()).parse(line.split(separator: " ").map(String.init))
        }
    }

    @Test(arguments: ["greet --help", "greet x -h", "help greet"]) func helps(line: String) throws {
        guard case .help(let text) = try tool(Box()).parse(line.split(separator: " ").map(String.init)) else {
            Issue.record("no help")
            return
        }
        #expect(
            text == """
                Says hello.

                Usage: tool greet NAME [MORE] [OPTIONS]

                Arguments:
                  NAME  Whom to greet.
                  MORE  What else to say.

                Options:
                  --format F  How it is written. One of csv, html.
                  --count N   How often.
                  --tag T …   A tag.
                  --loud      In capitals.
                  -h, --help  Shows this help.

                Examples:
                  tool greet World --loud
                      Says HELLO.

                """)
    }

    @Test func listsItsCommands() throws {
        guard case .help(let text) = try tool(Box()).parse([]) else {
            Issue.record("no help")
            return
        }
        #expect(text.contains("  greet   Says hello.\n  report  Reports."))
    }

    @Test(arguments: Command.Shell.allCases) func completionsNameCommandsAndOptions(shell: Command.Shell) {
        let script = tool(Box()).completions(for: shell)
        for word in ["greet", "report", "join", "format", "csv", "html"] { #expect(script.contains(word)) }
    }
}

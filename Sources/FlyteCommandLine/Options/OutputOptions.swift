import CommandLineParser
import Tables

/// How an answer is written.
struct OutputOptions: Sendable {
    private let format: Parameter<String?>

    static let formats = ["table", "csv", "md", "html", "json", "ndjson"]

    init(_ declare: inout Declaration) {
        format = declare.option(
            "format", "FORMAT", "How the answer is written. Default: table on a terminal, csv elsewhere.",
            choices: Self.formats)
    }

    func print(_ table: Table, _ input: Input, title: String) throws {
        let isTerminal = Terminal.width != nil
        try Terminal.print(
            TableText.text(
                of: table, as: input[format] ?? (isTerminal ? "table" : "csv"), width: Terminal.width,
                title: title))
    }
}

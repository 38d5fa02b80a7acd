import CommandLineParser
import Tables

/// How an answer is written.
struct OutputOptions: Sendable {
    private let format: Parameter<String?>

    static let formats = ["table", "csv", "md", "html", "json", "ndjson"]

    /// - Parameter isForPeople: A table is the default, also where no terminal is.
    init(_ declare: inout Declaration, isForPeople: Bool = false) {
        format = declare.option(
            "format", "FORMAT",
            isForPeople
                ? "How the answer is written. Default: table."
                : "How the answer is written. Default: table on a terminal, csv elsewhere.",
            choices: Self.formats)
    }

    /// The format; without the option a table.
    func format(_ input: Input) -> String { input[format] ?? "table" }

    func print(_ table: Table, _ input: Input, title: String) throws {
        try Terminal.print(
            TableText.text(of: table, as: chosen(input), width: Terminal.width, title: title))
    }

    /// For rows that come one by one.
    func rowPrinter(_ input: Input, title: String) -> RowPrinter {
        RowPrinter(format: chosen(input), title: title)
    }

    private func chosen(_ input: Input) -> String {
        input[format] ?? (Terminal.width == nil ? "csv" : "table")
    }
}

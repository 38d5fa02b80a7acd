import CommandLineParser
import FlyteReport
import Tables

/// How an answer is written.
struct OutputOptions: Sendable {
    private let format: Parameter<String?>
    private let formulas: Parameter<String?>
    private let isForPeople: Bool

    static let formats = AnswerFormatName.allCases.map(\.rawValue)

    /// - Parameter isForPeople: A table is the default, also where no terminal is.
    init(_ declare: inout Declaration, isForPeople: Bool = false) {
        self.isForPeople = isForPeople
        format = declare.option(
            "format", "FORMAT",
            isForPeople
                ? "How the answer is written. Default: table."
                : "How the answer is written. Default: table on a terminal, csv elsewhere.",
            choices: Self.formats)
        formulas = declare.formulaOption(default: .keep)
    }

    func format(_ input: Input) -> AnswerFormatName {
        input[format].flatMap(AnswerFormatName.init(rawValue:))
            ?? (isForPeople || Terminal.width != nil ? .table : .csv)
    }

    /// An answer on standard output.
    func writer(_ input: Input, title: String, hasParts: Bool = false) -> AnswerWriter {
        Self.writer(
            format(input), to: nil, title: title, hasParts: hasParts,
            isForSpreadsheets: FormulaHandling(input[formulas], default: .keep) == .defuse)
    }

    /// Writes a table that is there already.
    func print(_ table: Table, _ input: Input, title: String) throws {
        let answer = writer(input, title: title)
        try answer.write(table)
        try answer.end()
    }

    /// - Parameter file: nil for standard output.
    static func writer(
        _ format: AnswerFormatName, to file: AtomicFile?, title: String, hasParts: Bool = false,
        isForSpreadsheets: Bool = false
    ) -> AnswerWriter {
        AnswerWriter(
            format.format(
                width: file == nil ? Terminal.width : nil, style: PageStyle.sheet,
                isForSpreadsheets: isForSpreadsheets),
            to: file ?? StandardOutput(), title: title, hasParts: hasParts)
    }
}

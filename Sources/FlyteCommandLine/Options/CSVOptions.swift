import CommandLineParser
import Tables

/// How CSV is written: what becomes of texts that a spreadsheet would take for formulas, and what ends a row.
struct CSVOptions: Sendable {
    private let formulas: Parameter<String?>
    private let lineEnds: Parameter<String?>
    private let handling: FormulaHandling

    /// - Parameter handling: What becomes of formulas unless one says otherwise.
    init(_ declare: inout Declaration, formulas handling: FormulaHandling) {
        self.handling = handling
        formulas = declare.formulaOption(default: handling)
        lineEnds = declare.option(
            "line-ends", "WHAT",
            "Of CSV: what ends a row, lf or crlf. Default: crlf (RFC 4180) in files of --out, lf elsewhere.",
            choices: CSVFormat.LineEnd.allCases.map(\.rawValue))
    }

    /// - Parameter isFile: Whether it is written to a file, and not to standard output.
    func format(_ input: Input, isFile: Bool) -> CSVFormat {
        CSVFormat(
            isForSpreadsheets: FormulaHandling(input[formulas], default: handling) == .defuse,
            lineEnd: input[lineEnds].flatMap(CSVFormat.LineEnd.init(rawValue:)) ?? (isFile ? .crlf : .lf))
    }
}

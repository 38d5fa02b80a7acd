import CommandLineParser
import FlyteArchive
import FlyteModel
import FlyteReport
import Tables

/// How an answer is written, and where.
struct OutputOptions: Sendable {
    private let format: Parameter<String?>
    private let file: Parameter<String?>
    private let csv: CSVOptions
    let page: PageOptions
    private let isForPeople: Bool

    static let formats = AnswerFormatName.allCases.map(\.rawValue)

    /// - Parameter isForPeople: A table is the default, also where no terminal is.
    init(_ declare: inout Declaration, isForPeople: Bool = false) {
        self.isForPeople = isForPeople
        format = declare.option(
            "format", "FORMAT",
            "How the answer is written; records tells each row by itself, a field a line. Default: by the ending of --out, else table\(isForPeople ? "" : " on a terminal, csv elsewhere").",
            choices: Self.formats)
        file = declare.option(
            "out", "FILE",
            "Where the answer is written. Default: standard output.")
        csv = CSVOptions(&declare, formulas: .keep)
        page = PageOptions(&declare)
    }

    func format(_ input: Input) throws -> AnswerFormatName {
        if let name = input[format].flatMap(AnswerFormatName.init(rawValue:)) { return name }
        if let path = input[file] {
            guard let name = AnswerFormatName(ofFile: path) else {
                let endings = AnswerFormatName.endings.joined(separator: ", ")
                throw Failure(
                    "The ending of '\(path)' says no format: it is one of \(endings). Or choose one with --format.",
                    .usage)
            }
            return name
        }
        return isForPeople || Terminal.width != nil ? .table : .csv
    }

    /// Whether it goes to a file that was named.
    func isFile(_ input: Input) -> Bool { input[file] != nil }

    /// Whether a person at a terminal gets it.
    func isForTerminal(_ input: Input) -> Bool { Terminal.width != nil && !isFile(input) }

    /// An answer on standard output, or in the file that was named.
    ///
    /// - Parameters:
    ///   - primary: Columns that people miss more here than their names say.
    ///   - secondary: Columns that people miss less here than their names say.
    func writer(
        _ input: Input, title: String, hasParts: Bool = false, primary: Set<String> = [],
        secondary: Set<String> = []
    ) throws -> AnswerWriter {
        let format = try format(input)
        let isFile = isFile(input)
        var page = isFile ? nil : page.page(input)
        page?.readings = { columns in
            zip(columns, ViewColumn.readings(columns)).map { column, reading in
                primary.contains(column.name)
                    ? ColumnReading(reading.meaning, .high)
                    : secondary.contains(column.name) ? ColumnReading(reading.meaning, .low) : reading
            }
        }
        let sink: any ByteSink =
            try input[file].map { try AtomicFile($0) }
            ?? (format.isForPeople ? self.page.sink(input) : StandardOutput())
        return AnswerWriter(
            format.format(page: page, style: PageStyle.sheet, csv: csv.format(input, isFile: isFile)),
            to: sink, title: title, hasParts: hasParts)
    }

    /// Writes a table that is there already.
    func print(
        _ table: Table, _ input: Input, title: String, secondary: Set<String> = []
    ) throws {
        let answer = try writer(input, title: title, secondary: secondary)
        try answer.write(table)
        try answer.end()
    }

    /// Where nothing is asked but the format.
    ///
    /// - Parameter file: nil for standard output.
    static func writer(_ format: AnswerFormatName, to file: AtomicFile?, title: String) -> AnswerWriter {
        let width = file == nil ? Terminal.width : nil
        return AnswerWriter(
            format.format(
                page: width.map {
                    TerminalPage(width: $0, readings: ViewColumn.readings, style: ViewColumn.style)
                }, style: PageStyle.sheet, csv: CSVFormat(lineEnd: file == nil ? .lf : .crlf)),
            to: file ?? StandardOutput(), title: title)
    }
}

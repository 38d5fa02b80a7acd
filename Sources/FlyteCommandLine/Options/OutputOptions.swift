import CommandLineParser
import FlyteArchive
import FlyteModel
import FlyteReport
import Tables

/// How an answer is written, and where.
struct OutputOptions: Sendable {
    private let format: Parameter<String?>
    private let file: Parameter<String?>
    private let fileMode: Parameter<FileMode?>
    private let csv: CSVOptions
    let page: PageOptions
    private let isForPeople: Bool
    private let archive: Parameter<String>?

    static let formats = AnswerFormatName.allCases.map(\.rawValue)

    /// - Parameters:
    ///   - archive: What the answer is made of; nil where it is made of no archive.
    ///   - isForPeople: A table is the default, also where no terminal is.
    init(_ declare: inout Declaration, of archive: Parameter<String>?, isForPeople: Bool = false) {
        self.isForPeople = isForPeople
        self.archive = archive
        format = declare.option(
            "format", "FORMAT",
            "How the answer is written; records tells each row by itself, a field a line. Default: by the ending of --out, else table\(isForPeople ? "" : " on a terminal, csv elsewhere").",
            choices: Self.formats)
        file = declare.option(
            "out", "FILE",
            "Where the answer is written. Default: standard output.")
        fileMode = declare.fileModeOption(of: "what --out names")
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
        var page = self.page(input)
        page?.readings = { columns in
            zip(columns, ViewColumn.readings(columns)).map { column, reading in
                primary.contains(column.name)
                    ? ColumnReading(reading.meaning, .high)
                    : secondary.contains(column.name) ? ColumnReading(reading.meaning, .low) : reading
            }
        }
        return AnswerWriter(
            format.format(page: page, style: PageStyle.sheet, csv: csv.format(input, isFile: isFile)),
            to: try sink(input), title: title, hasParts: hasParts)
    }

    /// Where the answer goes: the file that was named, or standard output, at a terminal through a pager.
    func sink(_ input: Input) throws -> any ByteSink {
        guard let file = input[file] else {
            return try format(input).isForPeople ? page.sink(input) : StandardOutput()
        }
        guard let archive else { return try AtomicFile(file, mode: input[fileMode] ?? .ownerOnly) }
        return try AtomicFile.beside(input[archive], file, input[fileMode])
    }

    /// Writes an answer for people that is no table.
    func print(_ text: String, _ input: Input) throws {
        let sink = try sink(input)
        try sink.write(Array(text.utf8))
        try sink.finish()
    }

    /// The columns of the terminal that gets it; nil where none does.
    func width(_ input: Input) -> Int? { page(input)?.width }

    /// The terminal that gets it; nil where none does.
    func page(_ input: Input) -> TerminalPage? { isFile(input) ? nil : page.page(input) }

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
            to: file ?? Terminal.output, title: title)
    }
}

import CommandLineParser
import FlyteReport
import Glibc
import Tables

/// Where a report goes, and in which form.
struct ReportOutput: Sendable {
    private let format: Parameter<String?>
    private let file: Parameter<String?>
    private let csv: CSVOptions
    private let mode: Parameter<FileMode?>

    /// - Parameter csvContent: What CSV has of it, in a few words.
    init(_ declare: inout Declaration, csvContent: String) {
        format = declare.option(
            "format", "F",
            "html, md, csv (\(csvContent)), or json (everything). Default: by the ending of --out, else md.",
            choices: ReportFormat.allCases.map(\.rawValue))
        file = declare.option(
            "out", "FILE",
            "Where it is written. Default: standard output. Of CSV, a name with a slash at its end is a folder that gets a file for each table."
        )
        csv = CSVOptions(&declare, formulas: .defuse)
        mode = declare.fileModeOption(of: "what --out names")
    }

    /// Writes what `make` makes for those who read the form. The place is made ready first: what cannot be written is not
    /// asked for.
    func write(
        _ input: Input, archive: String, _ make: (FigureColumn.Readers) throws -> Report
    ) throws {
        let chosen =
            try input[format].flatMap(ReportFormat.init(rawValue:))
            ?? input[file].flatMap { try FileEnding.format(of: $0) } ?? .md
        if let folder = input[file], chosen == .csv || input[format] == nil, folder.hasSuffix("/") {
            return try write(
                make(.machines).csvFiles(csv: csv.format(input, isFile: true)), into: folder, input[mode],
                archive: archive)
        }
        let place: any ByteSink =
            try input[file].map { try AtomicFile.beside(archive, $0, input[mode]) } ?? StandardOutput()
        try make(chosen.readers).write(
            as: chosen, to: place, csv: csv.format(input, isFile: input[file] != nil))
        if let name = input[file] { Terminal.say("Wrote '\(name)'.") }
    }

    private func write(
        _ files: [(name: String, text: String)], into folder: String, _ mode: FileMode?, archive: String
    ) throws {
        guard mkdir(folder, (mode ?? .ofArchive(archive)).ofFolder) == 0 || errno == EEXIST else {
            throw Failure("The folder '\(folder)' cannot be made: \(String(cString: strerror(errno))).")
        }
        for file in files {
            try AtomicFile.beside(archive, folder + file.name, mode).finish(file.text)
        }
        Terminal.say("Wrote \(files.count) files into '\(folder)'.")
    }
}

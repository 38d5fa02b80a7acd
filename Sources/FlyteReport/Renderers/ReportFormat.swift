public import Tables

/// The forms that every report can be had in, by the names that people write.
public enum ReportFormat: String, Hashable, Sendable, CaseIterable {
    case html, md, csv, json

    /// The one that a file's ending names; nil for others.
    public init?(ofFile name: String) {
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        self.init(rawValue: ending == "htm" ? "html" : ending)
    }

    /// Who reads it.
    public var readers: FigureColumn.Readers {
        switch self {
        case .html, .md: .people
        case .csv, .json: .machines
        }
    }

    func renderer(csv: CSVFormat) -> any ReportRenderer {
        switch self {
        case .html: HTMLReport()
        case .md: MarkdownReport()
        case .csv: CSVReport(format: csv)
        case .json: JSONReport()
        }
    }
}

extension Report {
    /// Writes it, and finishes what it is written to.
    ///
    /// - Parameter csv: How CSV is written: it defuses what a spreadsheet would take for a formula.
    public func write(
        as format: ReportFormat, to sink: any ByteSink, csv: CSVFormat = CSVFormat(isForSpreadsheets: true)
    ) throws {
        try format.renderer(csv: csv).write(self, to: sink)
        try sink.finish()
    }

    public func text(as format: ReportFormat) throws -> String {
        let buffer = ByteBuffer()
        try write(as: format, to: buffer)
        return buffer.text
    }

    /// Each block that has figures as CSV, by the names of files: `failures.csv`, `headline.findings.csv`.
    public func csvFiles(
        csv format: CSVFormat = CSVFormat(isForSpreadsheets: true)
    ) -> [(name: String, text: String)] {
        let csv = CSVReport(format: format)
        // Headings have words for people, and no figures.
        return csv.parts(self).filter { $0.table.columns.map(\.name) != ["title", "explanation"] }.map {
            part in
            let name = part.name.hasSuffix(".rows") ? String(part.name.dropLast(".rows".count)) : part.name
            return ("\(name).csv", csv.format.text(of: part.table))
        }
    }
}

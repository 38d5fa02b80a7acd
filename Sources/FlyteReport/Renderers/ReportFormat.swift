public import Tables

/// The forms that every report can be had in, by the names that people write.
public enum ReportFormat: String, Hashable, Sendable, CaseIterable {
    case html, md, csv, json

    /// The one that a file's ending names; nil for others.
    public init?(ofFile name: String) {
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        self.init(rawValue: ending == "htm" ? "html" : ending)
    }

    var renderer: any ReportRenderer {
        switch self {
        case .html: HTMLReport()
        case .md: MarkdownReport()
        case .csv: CSVReport()
        case .json: JSONReport()
        }
    }
}

extension Report {
    /// Writes it, and finishes what it is written to.
    public func write(as format: ReportFormat, to sink: any ByteSink) throws {
        try format.renderer.write(self, to: sink)
        try sink.finish()
    }

    public func text(as format: ReportFormat) throws -> String {
        let buffer = ByteBuffer()
        try write(as: format, to: buffer)
        return buffer.text
    }
}

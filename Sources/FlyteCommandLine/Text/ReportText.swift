import FlyteReport
import Tables

/// A report in a format by its name.
enum ReportText {
    static func text(of report: Report, as format: String) -> String {
        switch format {
        case "html": HTMLReport.text(of: report)
        case "csv":
            CSVFormat().text(of: report.sections.first { $0.id == "workflows" }?.table ?? Table(columns: []))
        case "json": JSONReport.text(of: report)
        default: MarkdownReport.text(of: report)
        }
    }

    /// The format that a file's ending names; nil for others.
    static func format(ofFile name: String) -> String? {
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return ["html", "md", "csv", "json"].contains(ending) ? ending : ending == "htm" ? "html" : nil
    }
}

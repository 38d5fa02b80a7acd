import FlyteAnalysis
import Tables

/// A report as JSON.
///
/// ```json
/// {"title":…,"subtitle":…,"lead":[{"text":…,"tone":"plain|good|bad"}],
///  "sections":[{"id":…,"title":…,"total":…,"rows":[{column: value}],"receipts":[{"query":…,"parameters":{}}]}],
///  "notes":[…]}
/// ```
/// Rows have the keys and units of the CSV files; unknown is null.
public enum JSONReport {
    public static func text(of report: Report) -> String {
        let quoted = JSONFormat.quoted
        let lead = report.lead.map { "{\"text\":\(quoted($0.text)),\"tone\":\(quoted($0.tone.rawValue))}" }
        let sections = report.sections.map { section in
            let receipts = section.receipts.map { receipt in
                let parameters = receipt.parameters.sorted { $0.key < $1.key }.map {
                    "\(quoted($0.key)):\(quoted($0.value))"
                }
                return
                    "{\"query\":\(quoted(receipt.query)),\"parameters\":{\(parameters.joined(separator: ","))}}"
            }
            var rows = JSONFormat().text(of: section.table)
            rows.removeLast()
            return """
                {"id":\(quoted(section.id)),"title":\(quoted(section.title)),"total":\(section.total),"rows":\(rows),"receipts":[\(receipts.joined(separator: ","))]}
                """
        }
        return """
            {"title":\(quoted(report.title)),"subtitle":\(quoted(report.subtitle)),"lead":[\(lead.joined(separator: ","))],
            "sections":[\(sections.joined(separator: ",\n"))],
            "notes":[\(report.notes.map(quoted).joined(separator: ","))]}

            """
    }
}

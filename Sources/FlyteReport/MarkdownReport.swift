import FlyteAnalysis
import Tables

/// A report as GitHub-flavoured Markdown.
public enum MarkdownReport {
    public static func text(of report: Report) -> String {
        let escape = MarkdownFormat.escaped
        var text = "# \(escape(report.title))\n\n\(escape(report.subtitle))\n\n"
        for line in report.lead { text += "- \(mark(line.tone))\(escape(line.text))\n" }
        for section in report.sections {
            text += "\n## \(escape(section.title))\n\n"
            if !section.intro.isEmpty { text += escape(section.intro) + "\n\n" }
            if section.rows.isEmpty {
                text += "\(escape(section.whenEmpty))\n"
            } else {
                text += "| " + section.columns.map { escape($0.title) }.joined(separator: " | ") + " |\n"
                text += "|" + section.columns.map { $0.isNumber ? " ---: |" : " --- |" }.joined() + "\n"
                for row in section.rows {
                    text += "| " + row.map { escape(HumanText.text($0)) }.joined(separator: " | ") + " |\n"
                }
                if section.total > section.rows.count {
                    text += "\nThe first \(section.rows.count) of \(section.total).\n"
                }
            }
            for receipt in section.receipts { text += "\nFrom `flightlog query ARCHIVE \(code(receipt))`\n" }
        }
        text += "\n---\n\n"
        for note in report.notes { text += "- \(escape(note))\n" }
        return text
    }

    private static func mark(_ tone: Report.Tone) -> String {
        switch tone {
        case .plain: ""
        case .good: "✔ "
        case .bad: "✘ "
        }
    }

    /// Inside backticks nothing is markup but a backtick.
    private static func code(_ receipt: Receipt) -> String {
        TerminalFormat.visible(ShellText.command(receipt.arguments)).split(
            separator: "`", omittingEmptySubsequences: false
        )
        .joined(separator: "'")
    }
}

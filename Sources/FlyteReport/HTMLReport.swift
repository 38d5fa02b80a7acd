import EmbeddedFiles
import FlyteAnalysis
import Markup
import Tables

/// A report as one HTML file that asks nothing of a network.
public enum HTMLReport {
    public static func text(of report: Report) -> String {
        let style = EmbeddedFile.assets.first { $0.name == "report" }?.text ?? ""
        return HTMLDocument(title: report.title, style: style, body: body(report)).text
    }

    private static func body(_ report: Report) -> [HTML] {
        [
            HTML(
                "header", [:],
                HTML("h1", [:], .text(report.title)),
                HTML("p", ["class": "subtitle"], .text(report.subtitle)),
                HTML(
                    "ul", ["class": "lead"],
                    report.lead.map { HTML("li", ["class": $0.tone.rawValue], .text($0.text)) }),
                HTML(
                    "nav", ["aria-label": "Sections"],
                    report.sections.map { HTML("a", ["href": "#\($0.id)"], .text($0.title)) })),
            HTML("main", [:], report.sections.map(section)),
            HTML("footer", [:], HTML("ul", [:], report.notes.map { HTML("li", [:], .text($0)) })),
        ]
    }

    private static func section(_ section: Report.Section) -> HTML {
        var content = [HTML("h2", [:], .text(section.title))]
        if !section.intro.isEmpty { content.append(HTML("p", [:], .text(section.intro))) }
        if !section.parts.isEmpty { content.append(stack(section.parts, section.title)) }
        if section.rows.isEmpty {
            content.append(HTML("p", ["class": "empty"], .text(section.whenEmpty)))
        } else {
            content.append(
                HTML(
                    "div",
                    ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": section.title],
                    table(section)))
            if section.total > section.rows.count {
                content.append(
                    HTML(
                        "p", ["class": "more"], .text("The first \(section.rows.count) of \(section.total)."))
                )
            }
        }
        if !section.receipts.isEmpty {
            let lines = section.receipts.map { receipt in
                HTML("code", [:], .text("flightlog query ARCHIVE " + ShellText.command(receipt.arguments)))
            }
            content.append(
                HTML(
                    "details", ["class": "receipts"],
                    [HTML("summary", [:], "Where these figures come from")] + lines.map { HTML("p", [:], $0) }
                ))
        }
        return HTML("section", ["id": section.id], content)
    }

    private static func table(_ section: Report.Section) -> HTML {
        // The longest intervals decide the scale, so that rows can be compared.
        let limit = section.rows.joined().reduce(0.05) { limit, cell in
            if case .rate(_, _, let high) = cell { max(limit, high) } else { limit }
        }
        let head = HTML(
            "thead", [:],
            HTML(
                "tr", [:],
                section.columns.map {
                    HTML("th", ["scope": "col", "class": $0.isNumber ? "number" : ""], .text($0.title))
                }))
        let rows = section.rows.map { row in
            HTML("tr", [:], zip(section.columns, row).map { cell($1, isNumber: $0.isNumber, limit: limit) })
        }
        return HTML("table", [:], head, HTML("tbody", [:], rows))
    }

    private static func cell(_ cell: Report.Cell, isNumber: Bool, limit: Double) -> HTML {
        let text = HumanText.text(cell)
        switch cell {
        case .none: return HTML("td", ["class": "none"], "–")
        case .code: return HTML("td", [:], HTML("code", [:], breakable(text)))
        case .verdict(_, let tone): return HTML("td", ["class": "verdict \(tone.rawValue)"], .text(text))
        case .share(let share):
            return HTML(
                "td", ["class": "number"], SVG.bar(share, label: text), HTML("span", [:], .text(" " + text)))
        case .rate(let value, let low, let high):
            return HTML(
                "td", ["class": "number"],
                SVG.interval(value, low: low, high: high, limit: limit, label: text),
                HTML("span", [:], .text(" " + text)))
        case .text, .count, .number, .duration:
            return HTML("td", ["class": isNumber ? "number" : ""], breakable(text))
        }
    }

    /// A text that may break behind the separators of names, where its column has no room for the whole.
    private static func breakable(_ text: String) -> HTML {
        var pieces: [HTML] = []
        var start = text.startIndex
        for index in text.indices where "./_".contains(text[index]) {
            let next = text.index(after: index)
            guard next < text.endIndex, text[next].isLetter else { continue }  // 0.5 stays whole
            pieces += [.text(String(text[start..<next])), HTML("wbr", [:])]
            start = next
        }
        return .group(pieces + [.text(String(text[start...]))])
    }

    private static func stack(_ parts: [Report.Part], _ title: String) -> HTML {
        let named = parts.map { (name: "\($0.name): \(HumanText.percent($0.share))", share: $0.share) }
        let legend = named.enumerated().map { index, part in
            HTML("li", [:], HTML("span", ["class": "key part-\(index % 8)"]), .text(part.name))
        }
        return HTML(
            "figure", [:], SVG.stack(named, label: named.map(\.name).joined(separator: ", ")),
            HTML("ul", ["class": "legend"], legend))
    }
}

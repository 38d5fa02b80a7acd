import FlyteAnalysis
import Tables

/// A comparison of two executions for people: which they are, in what they differ, and their nodes.
struct ComparisonText {
    private let comparison: ExecutionComparison
    /// The terminal; nil where there is none.
    private let page: TerminalPage?

    init(_ comparison: ExecutionComparison, page: TerminalPage?) {
        self.comparison = comparison
        self.page = page
    }

    /// Those that differ come first; the rest is in the other formats.
    static let nodeLimit = 40

    var text: String {
        var text = title("before", comparison.before) + title("after ", comparison.after)
        if !comparison.differences.isEmpty {
            text += "\nDifferences, what most likely explains a failure first\n" + lines(of: differences)
        }
        if !comparison.nodes.isEmpty { text += "\nNodes\n" + lines(of: nodes) }
        return text
    }

    private func lines(of table: Table) -> String {
        guard let page else { return AlignedFormat().text(of: table) }
        return TerminalFormat(page).text(of: table)
    }

    private func title(_ side: String, _ execution: ComparedExecution) -> String {
        let version = execution.workflowVersion.map { " \($0)" } ?? ""
        let took = execution.wallSeconds.map { ", took \(HumanText.duration($0))" } ?? ""
        let words = [
            "\(side)  \(execution.id)",
            "        \(execution.workflow ?? "unknown workflow")\(version), \(execution.phase)"
                + (execution.createdAt.map { ", created \(HumanText.time($0, in: page?.clock ?? .utc))" }
                    ?? "") + took,
        ]
        return
            words
            .flatMap {
                WrappedText.lines(of: TerminalFormat.visible($0), width: page?.width, margin: "        ")
            }
            .map { $0 + "\n" }.joined()
    }

    private var differences: Table {
        Table(
            columns: ["what", "node", "name", "before", "after", "note"].map { Column($0) },
            rows: comparison.differences.map { difference in
                [
                    difference.aspect.rawValue, difference.nodePath ?? "", difference.name,
                    difference.before ?? "–",
                    difference.after ?? "–", difference.note,
                ].map { .text($0) }
            })
    }

    private var nodes: Table {
        Table(
            columns: ["node", "name", "before", "after", "usual"].map { Column($0) },
            rows: comparison.nodes.prefix(Self.nodeLimit).map { node in
                let usual = node.usualLow.flatMap { low in
                    node.usualHigh.map { "\(HumanText.duration(low)) to \(HumanText.duration($0))" }
                }
                return [
                    node.path, node.name, Self.outcome(node.before, node.secondsBefore),
                    Self.outcome(node.after, node.secondsAfter), usual,
                ].map { Cell($0) }
            })
    }

    private static func outcome(_ phase: String?, _ taken: Double?) -> String {
        phase.map { $0 + (taken.map { " \(HumanText.duration($0))" } ?? "") } ?? "–"
    }
}

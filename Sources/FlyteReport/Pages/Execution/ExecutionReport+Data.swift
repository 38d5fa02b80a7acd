import FlyteAnalysis
import FlyteModel
import Tables

/// What went in and came out, and what the archive does not have.
extension ExecutionReport {
    var data: [Block] {
        func table(_ direction: String, _ key: String, _ title: String, _ empty: String) -> TableBlock {
            TableBlock(
                key: key, title,
                columns: [
                    FigureColumn("Name", "name"), FigureColumn("Type", "type"),
                    FigureColumn("Value", "", for: .people), FigureColumn("", "value_json", for: .machines),
                    FigureColumn("", "uri", for: .machines),
                    FigureColumn("Size", "", isNumber: true, for: .people),
                    FigureColumn("", "size_bytes", isNumber: true, for: .machines),
                ],
                rows: account.variables.filter { $0.direction == direction }.map { variable in
                    [
                        .code(variable.name), .text(variable.type), .code(Self.value(variable)),
                        Figure.text(ifAny: variable.json), Figure.text(ifAny: variable.uri),
                        variable.bytes.map { .text(HumanText.bytes($0)) } ?? .none,
                        variable.bytes.map { .count(Int($0)) } ?? .none,
                    ]
                }, shown: 20, whenEmpty: empty)
        }
        let none =
            details.isOpen
            ? "None: it had not ended when it was read."
            : details.phase == .succeeded ? "None." : "None: it did not succeed."
        let command = "flightlog literals ARCHIVE \(ShellText.quoted(details.id.description))"
        return [
            .heading(
                HeadingBlock(
                    "Inputs and outputs", id: "data",
                    explanation: "Of the execution itself; those of a node come from '\(command) NODE'.")),
            .table(table("input", "inputs", "Inputs", "It has no inputs in the archive.")),
            .table(table("output", "outputs", "Outputs", none)),
            .receipts(ReceiptsBlock([account.variablesReceipt])),
        ]
    }

    private static let longestValue = 400

    private static func value(_ variable: ExecutionAccount.Variable) -> String {
        guard let json = variable.json else {
            return variable.uri ?? "\(variable.type) beyond the size of a column"
        }
        guard json.utf8.count > longestValue else { return json }
        return "\(String(json.prefix(longestValue)))… (the rest is in CSV and JSON)"
    }

    // MARK: What is missing

    var gaps: [Block] {
        let secrets = account.redactions.reduce(0) { $0 + $1.count }
        var blocks: [Block] = [
            .heading(
                HeadingBlock(
                    "What the archive does not have", id: "gaps",
                    explanation: details.gaps.isEmpty
                        ? "" : "What each of these means is told by 'flightlog help gaps'."))
        ]
        blocks.append(.prose(ProseBlock(key: "verdict", [.init(completeness(secrets))])))
        if !details.gaps.isEmpty {
            blocks.append(.table(gapTable))
            blocks += forMachines(everyGap)
        }
        if secrets > 0 {
            blocks.append(
                .table(
                    TableBlock(
                        key: "redactions", "Secrets that were replaced by tokens",
                        columns: [
                            FigureColumn("Node", "node_id"),
                            FigureColumn("Attempt", "attempt", isNumber: true),
                            FigureColumn("Where", "field"), FigureColumn("Name", "name"),
                            FigureColumn("Rule", "rule"), FigureColumn("Times", "count", isNumber: true),
                        ],
                        rows: account.redactions.map {
                            [
                                $0.nodeID.map { .text($0) } ?? .text("the execution"),
                                $0.attempt.map { .count($0) } ?? .blank, .text($0.field),
                                Figure.code(ifAny: $0.name),
                                .text($0.rule), .count($0.count),
                            ]
                        }, shown: 20)))
        }
        blocks.append(
            .receipts(
                ReceiptsBlock([
                    receipt(
                        "node_id, attempt, field, state, detail", of: "v_capture",
                        and: " AND state <> 'never_written'", by: "node_id, attempt, field, state, detail"),
                    receipt("is_complete", of: "v_execution"), account.redactionsReceipt,
                ])))
        return blocks
    }

    func completeness(_ secrets: Int) -> String {
        var text =
            details.isOpen
            ? "It had not ended when it was read: what came later is not here."
            : details.isComplete
                ? "Nothing that ever existed of it is missing." : "Something of it is missing."
        if details.unexpandedCount > 0 {
            text +=
                " \(HumanText.count(details.unexpandedCount, "execution")) that it launched are too many to be told here."
        }
        if secrets > 0 {
            text +=
                " \(HumanText.count(secrets, "value")) of it stand here as tokens, since they were secrets."
        }
        return text
    }

    /// Of what is alike one row.
    private var gapTable: TableBlock {
        var rows: [(gap: ExecutionDetails.Gap, count: Int)] = []
        var numbers: [[KeyBytes]: Int] = [:]
        for gap in details.gaps {
            let key = [gap.field, gap.state, gap.detail ?? ""].map { KeyBytes($0) }
            if let number = numbers[key] {
                rows[number].count += 1
            } else {
                numbers[key] = rows.count
                rows.append((gap, 1))
            }
        }
        return TableBlock(
            key: "alike",
            columns: [
                FigureColumn("What", "field", for: .people), FigureColumn("Why", "state", for: .people),
                FigureColumn("Detail", "detail", for: .people),
                FigureColumn("Times", "count", isNumber: true, for: .people),
                FigureColumn("Such as of", "example", for: .people),
            ],
            rows: rows.map { gap, count in
                var example = gap.nodeID ?? "the execution"
                if let attempt = gap.attempt { example += ", attempt \(attempt)" }
                return [
                    .text(gap.field), .text(gap.state), Figure.code(ifAny: gap.detail), .count(count),
                    .text(example),
                ]
            }, shown: 20, for: .people)
    }

    private var everyGap: TableBlock {
        TableBlock(
            columns: [
                FigureColumn("", "node_id"), FigureColumn("", "attempt", isNumber: true),
                FigureColumn("", "field"),
                FigureColumn("", "state"), FigureColumn("", "detail"),
            ],
            rows: details.gaps.map {
                [
                    Figure.text(ifAny: $0.nodeID), $0.attempt.map { .count($0) } ?? .none, .text($0.field),
                    .text($0.state),
                    Figure.text(ifAny: $0.detail),
                ]
            }, for: .machines)
    }
}

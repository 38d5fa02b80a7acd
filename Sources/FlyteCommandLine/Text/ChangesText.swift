import FlyteIDL
import Tables

/// Changes for people: a line or two each, with what else changed there below.
struct ChangesText {
    /// As the question `changes` gives them.
    let table: Table
    /// The terminal's columns; nil where there is none.
    let width: Int?
    var clock = ZoneClock.utc

    var text: String { table.rows.map(lines).joined() }

    private func lines(_ row: [Cell]) -> String {
        func text(_ column: String) -> String { table.index(of: column).flatMap { row[$0].text } ?? "" }
        func real(_ column: String) -> Double { table.index(of: column).flatMap { row[$0].real } ?? 0 }
        let isDuration = text("measure") == "duration"
        func value(_ number: Double) -> String {
            isDuration
                ? HumanText.duration(number) : HumanText.percent(number)
        }
        let node = text("node_path")
        let isMore = real("after") > real("before")
        let what =
            isDuration
            ? isMore ? "takes longer" : "takes less" : isMore ? "fails more often" : "fails less often"
        let first =
            "\(HumanText.time(text("at"), in: clock))  \(text("workflow"))\(node.isEmpty ? "" : " at \(node)") (\(text("project"))/\(text("domain"))) \(what)"
        let second =
            "\(value(real("before"))) before, \(value(real("after"))) after (difference \(value(real("low"))) to \(value(real("high"))), p = \(Self.probability(real("p"))))"
        let others = Self.others(text("with_what"))
        return ([first, "  " + second] + others.map { "  with it: \($0)" })
            .flatMap { WrappedText.lines(of: TerminalFormat.visible($0), width: width, margin: "    ") }
            .map { $0 + "\n" }.joined()
    }

    private static func probability(_ p: Double) -> String {
        p < 0.0001 ? "under 0.0001" : NumberText.fixed(p, 4)
    }

    /// Of a JSON object of arrays of two texts, as the archive keeps it; as it is where it is something else.
    private static func others(_ json: String) -> [String] {
        guard case .object(let members) = try? JSONValue(parsing: json) else { return [json] }
        guard !members.isEmpty else { return ["nothing else that executions tell of"] }
        return members.map { member in
            guard case .array(let values) = member.value, values.count == 2,
                case .string(let before) = values[0], case .string(let after) = values[1]
            else { return "\(member.name) \(json)" }
            return "\(member.name) \(before) → \(after)"
        }
    }
}

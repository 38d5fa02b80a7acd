import FlyteAnalysis
import FlyteArchive
import FlyteModel
import FlyteReport
import Tables

/// An answer of the archive as a table of a page: each column in the words that its name promises.
struct AnswerTable {
    private let columns: [Column]
    private let readings: [ColumnReading]
    private let places: [String: Int]
    private let zone: TimeZoneRules

    init(_ columns: [Column], _ zone: TimeZoneRules) {
        self.columns = columns
        self.zone = zone
        readings = ViewColumn.readings(columns)
        places = Dictionary(
            columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameter shown: The columns that people see, in their order, with their titles; nil for all.
    func block(
        _ rows: [[Cell]], _ shown: [(name: String, title: String)]? = nil, whenEmpty: String = "None."
    ) -> TableBlock {
        let chosen = shown ?? columns.map { ($0.name, $0.name.replacing("_", with: " ")) }
        let indexes = chosen.compactMap { places[$0.name] }
        return TableBlock(
            columns: zip(chosen, indexes).map { column, index in
                FigureColumn(column.title, column.name, isNumber: isNumber(index))
            },
            rows: rows.map { row in indexes.map { figure(row, $0) } }, whenEmpty: whenEmpty)
    }

    private func isNumber(_ index: Int) -> Bool {
        switch readings[index].meaning {
        case .seconds, .nanoseconds, .share, .bytes, .number: true
        case .identifier, .name, .sentence, .status, .time, .flag: false
        }
    }

    private func figure(_ row: [Cell], _ index: Int) -> Figure {
        let cell = row[index]
        if cell.isNull { return .none }
        if columns[index].name == "execution" || columns[index].name == "name",
            let execution = execution(row, index)
        {
            return .execution(execution)
        }
        switch (readings[index].meaning, cell) {
        case (.time, .text(let text)):
            guard let time = Timestamp(text) else { return .text(text) }
            return .time(zone.text(time), utc: text)
        case (.seconds, _): return cell.real.map { .duration($0) } ?? .none
        case (.nanoseconds, _): return cell.real.map { .duration($0 / 1e9) } ?? .none
        case (.share, _): return cell.real.map { .share($0) } ?? .none
        case (.bytes, .integer(let bytes)): return .text(HumanText.bytes(bytes))
        case (.flag, .integer(let flag)): return .text(flag == 0 ? "no" : "yes")
        case (.status, .text(let text)): return .verdict(text, Self.tone(text))
        case (.identifier, .text(let text)), (.sentence, .text(let text)):
            return .code(HumanText.firstLine(of: text, atMost: 200))
        case (_, .integer(let number)): return .count(Int(clamping: number))
        case (_, .real(let number)): return .number(number, digits: 3)
        case (_, .text(let text)): return .text(text)
        case (_, .blob(let bytes)): return .text(HumanText.bytes(Int64(bytes.count)))
        case (_, .null): return .none
        }
    }

    private func execution(_ row: [Cell], _ index: Int) -> ArchivedExecution? {
        func text(_ name: String) -> String? { places[name].flatMap { row[$0].text } }
        guard let source = text("source"), let project = text("project"), let domain = text("domain"),
            let name = row[index].text, columns[index].name == "execution" || places["execution"] == nil,
            // A name beside its executions is something else's.
            columns[index].name == "execution" || places["phase"] != nil
        else { return nil }
        return ArchivedExecution(
            source: source, id: ExecutionID(project: project, domain: domain, name: name))
    }

    private static func tone(_ text: String) -> Tone {
        switch text {
        case "SUCCEEDED", "RECOVERED", "passed", "done", "useful": .good
        case "FAILED", "TIMED_OUT", "ABORTED", "FAILING", "ABORTING", "failed", "worse": .bad
        default: .plain
        }
    }
}

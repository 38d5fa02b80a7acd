import EmbeddedFiles
public import FlyteArchive
public import FlyteModel
public import Tables

/// A question of `queries/`: one SQL statement whose first comment says what it answers and what may be bound.
///
/// ```sql
/// -- Title
/// --
/// -- What the answer is.
/// --
/// -- :since (time) Only what ended at or after this time.
/// ```
/// The statement runs in any SQLite shell with nothing bound: a parameter that is NULL limits nothing.
public struct NamedQuery: Hashable, Sendable {
    public struct Parameter: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable {
            case text, integer, real
            /// What ``TimeExpression`` reads; bound as the archive's views write times.
            case time
            /// How far the clocks of a zone are from UTC: JSON, `[["2026-03-29T01:00:00.000000Z", 7200], …]`.
            case clock
        }

        public var name: String
        public var kind: Kind
        public var help: String
    }

    public let name: String
    public let title: String
    /// One paragraph.
    public let summary: String
    public let parameters: [Parameter]
    /// The whole text, with its comment.
    public let sql: String

    /// All questions that the executable carries, by name.
    public static let all = EmbeddedFile.queries.map { NamedQuery(name: $0.name, sql: $0.text) }

    /// The question of this name; nil when there is none.
    public static func named(_ name: String) -> NamedQuery? { all.first { $0.name == name } }

    /// One that pages are made of: it is there, as they are.
    static func required(_ name: String) -> NamedQuery {
        guard let query = named(name) else { preconditionFailure("there is no query '\(name)'") }
        return query
    }

    /// What to bind for the values of a receipt.
    func cells(of receipt: [String: String]) -> [String: Cell] {
        Dictionary(
            uniqueKeysWithValues: receipt.map { key, value in
                let isText = parameters.first { $0.name == key }?.kind != .integer
                return (key, isText ? Cell.text(value) : Cell(Int64(value)))
            })
    }

    public init(name: String, sql: String) {
        let comment = sql.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .prefix { $0.starts(with: "--".utf8) }
            .map { String(Substring($0.dropFirst(2)).drop { $0 == " " }) }
        var parameters: [Parameter] = []
        var text: [String] = []
        for line in comment.dropFirst() {
            if let parameter = Self.parameter(line) {
                parameters.append(parameter)
            } else if !line.isEmpty {
                text.append(line)
            }
        }
        self.name = name
        self.sql = sql
        title = comment.first ?? name
        summary = text.joined(separator: " ")
        self.parameters = parameters
    }

    /// `:since (time) Only what …`.
    private static func parameter(_ line: String) -> Parameter? {
        guard line.hasPrefix(":"), let open = line.firstIndex(of: "("), let close = line.firstIndex(of: ")"),
            open < close,
            let kind = Parameter.Kind(rawValue: String(line[line.index(after: open)..<close]))
        else { return nil }
        return Parameter(
            name: String(line[line.index(after: line.startIndex)..<open].prefix { $0 != " " }), kind: kind,
            help: String(line[line.index(after: close)...].drop { $0 == " " }))
    }

    /// A value for a parameter that was not understood; one sentence.
    public struct InvalidParameter: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// What to bind for words that people wrote.
    ///
    /// - Parameters:
    ///   - now: What `now` means.
    ///   - zone: Whose days and weeks are meant.
    public func cells(
        for words: [(name: String, value: String)], now: Timestamp, in zone: TimeZoneRules = .utc
    ) throws(InvalidParameter) -> [String: Cell] {
        var cells: [String: Cell] = [:]
        if zone != .utc, let clock = parameters.first(where: { $0.kind == .clock }) {
            cells[clock.name] = .text(Self.clock(of: zone, until: now))
        }
        for (name, value) in words {
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                let known = parameters.map(\.name).joined(separator: ", ")
                throw InvalidParameter(
                    description:
                        "'\(self.name)' has no parameter '\(name)'\(known.isEmpty ? "" : "; it has \(known)")."
                )
            }
            cells[name] = try parameter.cell(value, now: now, in: zone)
        }
        return cells
    }

    /// What to bind for a parameter that says how far the clocks are from UTC; Flyte is younger than its beginning.
    private static func clock(of zone: TimeZoneRules, until now: Timestamp) -> String {
        let year: Int64 = 31_556_952_000_000_000
        let start = Timestamp(seconds: 1_483_228_800, nanos: 0)
        let offsets = zone.offsets(from: start, to: now + year)
        let parts = offsets.enumerated().map { index, change in
            "[\"\(index == 0 ? "" : change.at.microsecondText)\",\(change.offset)]"
        }
        return "[" + parts.joined(separator: ",") + "]"
    }

    /// Asks an archive.
    public func run(on archive: Archive, _ parameters: [String: Cell] = [:]) throws(ArchiveError) -> Table {
        try archive.query(sql, parameters)
    }

    /// Asks an archive, and hands the rows on as they are found: as a table of the answer with the question's name
    /// and title.
    public func run(
        on archive: Archive, _ parameters: [String: Cell] = [:], into answer: AnswerWriter
    ) throws {
        let part = String(name.map { $0 == "-" ? "_" : $0 })
        try archive.rows(
            sql, parameters,
            start: { try answer.begin(TableHead(name: part, title: title, columns: $0)) }, take: answer.row)
    }
}

extension NamedQuery.Parameter {
    func cell(
        _ value: String, now: Timestamp, in zone: TimeZoneRules
    ) throws(NamedQuery.InvalidParameter) -> Cell {
        switch kind {
        case .text, .clock: return .text(value)
        case .integer:
            guard let number = Int64(value) else {
                throw NamedQuery.InvalidParameter(description: "'\(value)' for '\(name)' is no whole number.")
            }
            return .integer(number)
        case .real:
            guard let number = Double(value), number.isFinite else {
                throw NamedQuery.InvalidParameter(description: "'\(value)' for '\(name)' is no number.")
            }
            return .real(number)
        case .time:
            do {
                return .text(try TimeExpression(value).timestamp(now: now, in: zone).microsecondText)
            } catch {
                throw NamedQuery.InvalidParameter(description: "For '\(name)': \(error)")
            }
        }
    }
}

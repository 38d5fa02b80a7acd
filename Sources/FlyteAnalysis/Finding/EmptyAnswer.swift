public import FlyteArchive
public import FlyteModel
import Tables

/// Why an answer has no rows, where that is no news but a slip: a name that nothing has, a time in which nothing was.
public struct EmptyAnswer {
    private let archive: Archive
    /// Near words, by their spelling.
    private let nearest: @Sendable (String, [String]) -> String?

    /// - Parameter nearest: Guesses which of several words was meant by another.
    public init(_ archive: Archive, nearest: @escaping @Sendable (String, [String]) -> String?) {
        self.archive = archive
        self.nearest = nearest
    }

    /// One sentence for what was asked, or nil where nothing of it is odd.
    ///
    /// - Parameters:
    ///   - filters: Columns of `v_execution` and the values that were wanted of them.
    ///   - window: In which executions were to end; what is nil is open.
    ///   - zone: In which days are told.
    ///   - option: How `since` is written on the command line, such as `--param since=`.
    public func sentence(
        _ filters: [(column: String, value: String)], since: Timestamp? = nil, until: Timestamp? = nil,
        in zone: TimeZoneRules = .utc, option: String
    ) throws(ArchiveError) -> String? {
        guard try archive.query("SELECT 1 FROM v_execution LIMIT 1").rows.first != nil else {
            return
                "'\(archive.path)' has no executions yet; 'flightlog harvest \(archive.path)' fetches them."
        }
        for (column, value) in filters {
            if let sentence = try unknown(column, value) { return sentence }
        }
        guard since != nil || until != nil else { return nil }
        return try nothingThen(filters, since, until, zone, option)
    }

    /// Whether no execution of which that is true ended in a window.
    public func isEmpty(
        _ filters: [(column: String, value: String)], _ window: TimeWindow
    ) throws(ArchiveError) -> Bool {
        var (conditions, cells) = Self.conditions(filters)
        conditions += ["ended_at >= :since", "ended_at < :until"]
        cells["since"] = .text(window.start.microsecondText)
        cells["until"] = .text(window.end.microsecondText)
        return try archive.query(
            "SELECT 1 FROM v_execution WHERE \(conditions.joined(separator: " AND ")) LIMIT 1", cells
        ).rows.isEmpty
    }

    private static func conditions(
        _ filters: [(column: String, value: String)]
    ) -> (conditions: [String], cells: [String: Cell]) {
        let known = filters.filter { columns.contains($0.column) && $0.column != "task" }
        return (
            known.enumerated().map { "\($1.column) = :v\($0)" },
            Dictionary(uniqueKeysWithValues: known.enumerated().map { ("v\($0)", Cell.text($1.value)) })
        )
    }

    private func unknown(_ column: String, _ value: String) throws(ArchiveError) -> String? {
        guard Self.columns.contains(column) else { return nil }
        let from = column == "task" ? "v_task_execution" : "v_execution"
        let known = try archive.query(
            "SELECT DISTINCT \(column) FROM \(from) WHERE \(column) IS NOT NULL ORDER BY 1"
        ).rows.compactMap { $0[0].text }
        guard !known.contains(where: { $0.utf8.elementsEqual(value.utf8) }) else { return nil }
        let names = known.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        let advice =
            nearest(value, known).map { "did you mean '\($0)'?" }
            ?? (known.isEmpty
                ? "no execution has one."
                : "it has \(names)\(known.count > 5 ? " and \(known.count - 5) more" : "").")
        return "'\(archive.path)' has no \(column) '\(value)'; \(advice)"
    }

    /// What filters can be told by: identifiers, so that the text of the statement is ours.
    private static let columns = ["project", "domain", "workflow", "phase", "task", "principal"]

    private func nothingThen(
        _ filters: [(column: String, value: String)], _ since: Timestamp?, _ until: Timestamp?,
        _ zone: TimeZoneRules, _ option: String
    ) throws(ArchiveError) -> String? {
        var (conditions, cells) = Self.conditions(filters)
        conditions.append("ended_at >= ''")
        func ended(_ order: String) throws(ArchiveError) -> Timestamp? {
            let answer = try archive.query(
                """
                SELECT ended_at FROM v_execution WHERE \(conditions.joined(separator: " AND "))
                ORDER BY ended_at \(order) LIMIT 1
                """, cells)
            return answer.rows.first?[0].text.flatMap { Timestamp($0) }
        }
        guard let last = try ended("DESC"), let first = try ended("ASC") else { return nil }
        if let since, last < since {
            // A week from then on has the last one in it.
            let start = zone.day(of: last).adding(days: -6)
            return
                "Nothing is that late: the last execution ended on \(Self.day(last, zone)); try \(option)\(start)."
        }
        if let until, first >= until {
            return
                "Nothing is that early: the first execution ended on \(Self.day(first, zone)); try \(option)\(zone.day(of: first))."
        }
        return nil
    }

    private static func day(_ time: Timestamp, _ zone: TimeZoneRules) -> String {
        let day = zone.day(of: time)
        return "\(day.day) \(TimeWindow.months[day.month - 1]) \(day.year)"
    }
}

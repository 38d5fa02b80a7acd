public import FlyteArchive
public import FlyteModel
public import Tables

/// Which executions somebody looks for. What is nil or empty limits nothing.
public struct ExecutionFilter: Hashable, Sendable {
    /// Flyte's names of phases; any of them.
    public var phases: [String] = []
    /// Those that failed or timed out, the latest first.
    public var isFailed = false
    public var workflow: String?
    public var project: String?
    public var domain: String?
    /// All of them.
    public var labels: [KeyValue] = []
    /// What their names begin with.
    public var name: String?
    /// An input, whose value is a number or a text as it is, or JSON.
    public var input: KeyValue?
    /// Words that an error of the execution, of a node or of an attempt of it has, all of them.
    public var text: String?
    /// From then on: created, or with ``isFailed`` ended.
    public var since: Timestamp?
    /// Before then.
    public var until: Timestamp?
    /// Executions that others launched, too.
    public var hasChildren = false
    public var order = Order.newest

    /// What comes first.
    public enum Order: String, Hashable, Sendable, CaseIterable {
        /// By creation, or with ``isFailed`` by end.
        case newest, oldest
        /// From creation to end.
        case longest
    }

    public init() {}

    /// The executions of an archive, in ``order``.
    ///
    /// - Parameters:
    ///   - limit: At most so many; nil for all.
    ///   - skipped: So many of the first are left out.
    ///   - start: Gets the columns once, then `take` each row.
    /// - Returns: Whether there are more.
    public func list(
        of archive: Archive, limit: Int?, skipping skipped: Int = 0, start: ([Column]) throws -> Void,
        take: ([Cell]) throws -> Void
    ) throws -> Bool {
        var (conditions, cells) = try conditions(archive)
        cells["limit"] = .integer(limit.map { Int64($0) + 1 } ?? -1)
        cells["skipped"] = .integer(Int64(skipped))
        // What has to be found first is not found twice.
        if limit != nil, order == .newest, text == nil, input == nil, labels.isEmpty,
            let oldest = try oldestShown(in: archive, conditions, cells)
        {
            conditions.append("\(time) >= :oldest")
            cells["oldest"] = .text(oldest)
        }
        var count = 0
        var isCut = false
        try archive.rows(
            """
            WITH found AS MATERIALIZED (
                SELECT
                    source, project, domain, name AS execution, workflow, phase, created_at, ended_at, wall_s,
                    principal, parent_execution, cause_class, coalesce(cause_code, error_code) AS error_code,
                    coalesce(cause_message, error_message, abort_cause) AS error_message
                FROM v_execution
                WHERE \(Self.all(conditions))
                ORDER BY \(sorting), source, project, domain, name
                LIMIT :limit OFFSET :skipped
            )
            SELECT
                source, project, domain, execution, workflow, phase, created_at, ended_at, wall_s,
                coalesce((
                    SELECT label FROM v_failure f
                    WHERE f.source = e.source AND f.project = e.project AND f.domain = e.domain
                        AND f.execution = e.execution
                ), error_message) AS error,
                principal, parent_execution, cause_class, error_code, error_message
            FROM found e
            ORDER BY \(sorting), source, project, domain, execution
            """, cells, start: start
        ) { row in
            guard count != limit else {
                isCut = true
                return
            }
            count += 1
            try take(row)
        }
        return isCut
    }

    /// How many there are.
    public func count(in archive: Archive) throws(ArchiveError) -> Int {
        let (conditions, cells) = try conditions(archive)
        let answer = try archive.query(
            "SELECT count(*) FROM v_execution WHERE \(Self.all(conditions))", cells)
        return answer.rows.first?.first?.integer.flatMap(Int.init(exactly:)) ?? 0
    }

    /// The time of the last row that is shown; nil where fewer are found or one has no time.
    ///
    /// An index leads to it. It has no more than the time, so that rows of one time, which other columns put in order,
    /// would be sorted with all others.
    private func oldestShown(
        in archive: Archive, _ conditions: [String], _ cells: [String: Cell]
    ) throws(ArchiveError) -> String? {
        try archive.query(
            """
            SELECT \(time) FROM v_execution WHERE \(Self.all(conditions))
            ORDER BY \(time) DESC LIMIT 1 OFFSET :skipped + :limit - 1
            """, cells
        ).rows.first?.first?.text
    }

    private static func all(_ conditions: [String]) -> String {
        conditions.isEmpty ? "1" : conditions.joined(separator: " AND ")
    }

    /// What the order and the window are about.
    private var time: String { isFailed ? "ended_at" : "created_at" }

    private var sorting: String {
        switch order {
        case .newest: "\(time) DESC"
        case .oldest: time
        case .longest: "wall_s DESC"
        }
    }

    private func conditions(_ archive: Archive) throws(ArchiveError) -> ([String], [String: Cell]) {
        var conditions: [String] = []
        var cells: [String: Cell] = [:]
        func add(_ condition: String, _ name: String, _ value: String?) {
            guard let value else { return }
            conditions.append(condition)
            cells[name] = .text(value)
        }
        add("workflow = :workflow", "workflow", workflow)
        add("project = :project", "project", project)
        add("domain = :domain", "domain", domain)
        add("\(time) >= :since", "since", since?.microsecondText)
        add("\(time) < :until", "until", until?.microsecondText)
        if let name {
            // No character sorts behind this one.
            conditions.append("name >= :name AND name <= :name || :last")
            cells["name"] = .text(name)
            cells["last"] = .text("\u{10FFFF}")
        }
        if let input {
            conditions.append(
                """
                (source, project, domain, name) IN (
                    SELECT s.name, c.project, c.domain, e.name
                    FROM execution e
                    JOIN literal l ON l.execution_id = e.id AND l.map = e.input_map
                        AND l.name_id = (SELECT id FROM name WHERE value = :input)
                    JOIN scope c ON c.id = e.scope_id
                    JOIN source s ON s.id = c.source_id
                    WHERE l.text = :input_value OR l.json = :input_value OR CAST(l.number AS TEXT) = :input_value
                )
                """)
            cells["input"] = .text(input.key)
            cells["input_value"] = .text(input.value)
        }
        if isFailed { conditions.append("phase IN ('FAILED', 'TIMED_OUT')") }
        if !phases.isEmpty {
            for (index, phase) in phases.enumerated() { cells["phase\(index)"] = .text(phase) }
            conditions.append(
                "phase IN (\(phases.indices.map { ":phase\($0)" }.joined(separator: ", ")))")
        }
        if !hasChildren { conditions.append("is_child IS NOT 1") }
        for (index, label) in labels.enumerated() {
            cells["key\(index)"] = .text(label.key)
            cells["value\(index)"] = .text(label.value)
            conditions.append(
                """
                (source, project, domain, name) IN (
                    SELECT source, project, domain, execution FROM v_execution_tag
                    WHERE kind = 'label' AND key = :key\(index) AND value = :value\(index)
                )
                """)
        }
        if let text {
            let pattern = Cell.text(Self.pattern(text))
            let search = "SELECT rowid FROM error_search WHERE error_search MATCH :text"
            let found = try archive.query("\(search) LIMIT \(Self.fewErrors + 1)", ["text": pattern]).rows
            // Numbers alone lead to the errors' indexes; behind a subquery all errors are read. But a statement has a limit.
            let isFew = found.count <= Self.fewErrors
            let errors =
                isFew ? found.compactMap { $0[0].integer.map(String.init) }.joined(separator: ", ") : search
            if !isFew { cells["text"] = pattern }
            conditions.append(
                """
                (source, project, domain, name) IN (
                    SELECT source, project, domain, execution FROM v_error
                    WHERE error_id IN (\(errors))
                )
                """)
        }
        return (conditions, cells)
    }

    /// So many are named one by one.
    private static let fewErrors = 1000

    /// Each word in quotes, so that nothing in it is taken for search syntax.
    private static func pattern(_ text: String) -> String {
        let words = text.split { $0.isWhitespace }
        guard !words.isEmpty else { return "\"\"" }
        return words.map { String($0).quoted(by: UInt8(ascii: "\"")) }.joined(separator: " ")
    }
}

public import FlyteArchive
public import FlyteModel
import Tables

/// A change of a history, as `v_change` has it, with the runs right before and after it.
public struct ChangeSeries: Hashable, Sendable {
    public struct Point: Hashable, Sendable {
        /// When the run ended.
        public var at: Timestamp
        /// Seconds; of failures 1 for a run that failed, and 0.
        public var value: Double
        public var execution: String
    }

    /// What else changed there.
    public struct Companion: Hashable, Sendable {
        public var name: String
        public var before: String
        public var after: String
    }

    public var source: String
    public var project: String
    public var domain: String
    public var workflow: String
    /// The node; nil for the workflow's own.
    public var nodePath: String?
    /// Whether it is of failures; else of durations.
    public var isOfFailures: Bool
    public var at: Timestamp
    public var before: Double
    public var after: Double
    /// The 95 % interval of the difference.
    public var low: Double?
    public var high: Double?
    public var pValue: Double?
    public var companions: [Companion]
    /// As the archive has them, for machines.
    public var withWhat: String
    /// In the order in which they ended.
    public var points: [Point] = []
    public var pointsReceipt: Receipt?

    public var isWorse: Bool { after > before }
    /// The change over what it was before; nil where that is nothing.
    public var relative: Double? { before > 0 ? (after - before) / before : nil }

    /// Runs on each side that are looked at.
    private static let runs = 40

    /// Those of a row of the query `changes`; nil for what is none.
    ///
    /// - Parameter withPoints: Whether the runs around it are read.
    public init?(_ row: QueryRow, in archive: Archive, withPoints: Bool) throws(ArchiveError) {
        guard let at = row.text("at").flatMap({ Timestamp($0) }), let before = row.real("before"),
            let after = row.real("after")
        else { return nil }
        source = row.text("source") ?? ""
        project = row.text("project") ?? ""
        domain = row.text("domain") ?? ""
        workflow = row.text("workflow") ?? ""
        nodePath = row.text("node_path").flatMap { $0.isEmpty ? nil : $0 }
        isOfFailures = row.text("measure") == "failure_rate"
        self.at = at
        self.before = before
        self.after = after
        (low, high, pValue) = (row.real("low"), row.real("high"), row.real("p"))
        withWhat = row.text("with_what") ?? "{}"
        companions = try archive.query(
            """
            SELECT key, value ->> 0, value ->> 1 FROM json_each(:what) ORDER BY key
            """, ["what": .text(withWhat)]
        ).rows.map { Companion(name: $0[0].text ?? "", before: $0[1].text ?? "", after: $0[2].text ?? "") }
        if withPoints { try readPoints(row.text("at") ?? "", archive) }
    }

    private mutating func readPoints(_ at: String, _ archive: Archive) throws(ArchiveError) {
        let questions = ExecutionQuestions(
            archive: archive,
            execution: ArchivedExecution(
                source: source, id: ExecutionID(project: project, domain: domain, name: "")))
        let phases = isOfFailures ? "('SUCCEEDED', 'FAILED', 'TIMED_OUT')" : "('SUCCEEDED')"
        // Of a node's change its workflow's runs count that failed elsewhere.
        let counted = nodePath == nil ? phases : "('SUCCEEDED', 'FAILED', 'TIMED_OUT')"
        func side(_ condition: String, _ order: String) -> String {
            """
            SELECT * FROM (SELECT source, project, domain, name, ended_at, phase, duration_s FROM v_execution
            WHERE source = :source AND project = :project AND domain = :domain AND workflow = :workflow
            AND phase IN \(counted) AND ended_at \(condition) :at ORDER BY ended_at \(order), name LIMIT \(Self.runs))
            """
        }
        let runs = "\(side("<", "DESC")) UNION ALL \(side(">=", "ASC"))"
        let sql: String
        if nodePath == nil {
            let value = isOfFailures ? "phase <> 'SUCCEEDED'" : "duration_s"
            sql =
                "SELECT name, ended_at, \(value) AS value FROM (\(runs)) WHERE value IS NOT NULL ORDER BY ended_at, name"
        } else {
            let value = isOfFailures ? "max(n.phase IN ('FAILED', 'TIMED_OUT'))" : "sum(n.wall_s)"
            let counts = isOfFailures ? "('SUCCEEDED', 'FAILED', 'TIMED_OUT')" : "('SUCCEEDED')"
            sql =
                "SELECT e.name, e.ended_at, \(value) AS value FROM (\(runs)) e JOIN v_node_execution n ON n.source = e.source AND n.project = e.project AND n.domain = e.domain AND n.execution = e.name AND n.node_path = :node_path AND n.phase IN \(counts) GROUP BY e.name, e.ended_at ORDER BY e.ended_at, e.name"
        }
        let (rows, receipt) = try questions.rows(
            sql, ["workflow": workflow, "at": at, "node_path": nodePath ?? ""])
        pointsReceipt = receipt
        points = rows.compactMap { row in
            guard let at = row.text("ended_at").flatMap({ Timestamp($0) }), let value = row.real("value")
            else { return nil }
            return Point(at: at, value: value, execution: row.text("name") ?? "")
        }
    }
}

public import FlyteArchive
public import FlyteModel
import Tables

/// An execution of an archive as a comparison sees it: what says of it how it ended, and what it ran with.
public struct ComparedExecution: Hashable, Sendable {
    public var source: String
    public var id: ExecutionID
    public var launchPlan: String?
    public var launchPlanVersion: String?
    public var workflow: String?
    public var workflowVersion: String?
    public var phase: String
    public var mode: String
    public var principal: String?
    public var cluster: String?
    /// As the archive's views write times.
    public var createdAt: String?
    /// From its creation to its end; nil while it runs.
    public var wallSeconds: Double?
    /// Of a failed one: user, system, timeout, rejected or unknown.
    public var causeClass: String?
    public var causeCode: String?
    /// The execution in which the failure began, as `v_execution` writes it.
    public var causeExecution: String?
    public var causeNodeID: String?
    /// Of a failed one: the cause in a line.
    public var label: String?
    /// What its failure has in common with the same failure elsewhere.
    public var fingerprint: String?
    /// Whether nothing that ever existed of it is missing in the archive.
    public var isComplete: Bool
    /// Labels, annotations, tags and environment variables, by their kind and key.
    public var tags: [Tag: String]
    let row: Int64
    let inputMap: Int64?

    public struct Tag: Hashable, Sendable {
        /// label, annotation, tag or env.
        public var kind: String
        public var key: KeyBytes
    }

    /// nil when the archive does not have it.
    public init?(_ id: ExecutionID, source: String, in archive: Archive) throws(ArchiveError) {
        let cells = ArchivedExecution(source: source, id: id).cells
        let own = try archive.query(
            "SELECT * FROM v_execution WHERE \(ArchivedExecution.ownCondition)", cells
        ).namedRows
        let rows = try archive.query(
            """
            SELECT e.id FROM execution e JOIN scope c ON c.id = e.scope_id JOIN source s ON s.id = c.source_id
            WHERE s.name = :source AND c.project = :project AND c.domain = :domain AND e.name = :execution
            """, cells
        ).rows
        guard let execution = own.first, let row = rows.first?[0].integer else { return nil }
        self.source = source
        self.id = id
        self.row = row
        launchPlan = execution.text("launch_plan")
        launchPlanVersion = execution.text("launch_plan_version")
        workflow = execution.text("workflow")
        workflowVersion = execution.text("workflow_version")
        phase = execution.text("phase") ?? ""
        mode = execution.text("mode") ?? ""
        principal = execution.text("principal")
        cluster = execution.text("cluster")
        createdAt = execution.text("created_at")
        wallSeconds = execution.real("wall_s")
        causeClass = execution.text("cause_class")
        causeCode = execution.text("cause_code") ?? execution.text("error_code")
        causeExecution = execution.text("cause_execution")
        causeNodeID = execution.text("cause_node_id")
        isComplete = execution.count("is_complete") == 1
        inputMap = execution.integer("input_map_id")
        let failure = try archive.query(
            "SELECT label, fingerprint FROM v_failure WHERE \(ArchivedExecution.condition)", cells
        ).namedRows.first
        label = failure?.text("label")
        fingerprint = failure?.text("fingerprint")
        tags = [:]
        for tag in try archive.query(
            "SELECT kind, key, value FROM v_execution_tag WHERE \(ArchivedExecution.condition)", cells
        ).namedRows {
            guard let kind = tag.text("kind"), let key = tag.text("key") else { continue }
            tags[Tag(kind: kind, key: KeyBytes(key))] = tag.text("value") ?? ""
        }
    }

    /// Whether it failed or timed out.
    public var hasFailed: Bool { phase == "FAILED" || phase == "TIMED_OUT" }

    /// What runs of the same thing have in common with it, for people.
    var kind: String {
        launchPlan.map { "launch plan '\($0)'" } ?? workflow.map { "workflow '\($0)'" } ?? "what ran there"
    }
}

extension Table {
    /// The rows, by the names of their columns.
    var namedRows: [QueryRow] {
        let places = Dictionary(
            columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        return rows.map { QueryRow(columns: places, cells: $0) }
    }
}

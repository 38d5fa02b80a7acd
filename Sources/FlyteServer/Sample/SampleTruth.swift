/// What the generator did, in the words of an archive's views: a row each, with the values that the engine
/// itself drew. Times are RFC 3339 with six digits; unknown is nil.
public struct SampleTruth: Sendable {
    public struct Row: Hashable, Sendable, Comparable {
        public var values: [String?]

        public init(values: [String?]) { self.values = values }
        init(_ values: String?...) { self.values = values }

        public static func < (a: Row, b: Row) -> Bool {
            a.values.map { $0 ?? "\u{0}" }.lexicographicallyPrecedes(b.values.map { $0 ?? "\u{0}" })
        }
    }

    /// `project, domain, name, phase, mode, launch_plan, workflow, workflow_version, created_at, started_at, ended_at,
    /// error_code, cause_kind, cause_code, cause_node_id, abort_cause, node_count, attempt_count`
    public internal(set) var executions: [Row] = []
    /// `project, domain, execution, node_id, parent_node_id, kind, phase, created_at, started_at, ended_at, attempt_count`
    public internal(set) var nodes: [Row] = []
    /// `project, domain, execution, node_id, attempt, task, phase, created_at, started_at, ended_at, error_kind, error_code, pod`
    public internal(set) var attempts: [Row] = []
    /// `project, domain, execution, node_id, attempt, index, subtask_attempt, phase`
    public internal(set) var subtasks: [Row] = []
    /// `project, domain, execution, node_id, attempt, direction, name, type, value_json`
    public internal(set) var literals: [Row] = []
    /// `project, domain, execution, kind, key, value`
    public internal(set) var tags: [Row] = []
    /// `project, domain, execution, node_id, attempt, name, uri`
    public internal(set) var logs: [Row] = []
    /// `project, domain, execution, node_id, attempt, at, reason`
    public internal(set) var reasons: [Row] = []
    /// Who read what, and whose it was: `project, domain, execution, uri, project, domain, execution`; of those runs only that
    /// are made to pass data on
    public internal(set) var lineage: [Row] = []
    /// `project, domain, execution, signal_id, type, value_json`
    public internal(set) var signals: [Row] = []
}

/// A kind of row in a server's database, with the columns that filters and sort keys may name.
public enum Entity: Hashable, Sendable, CaseIterable {
    case execution, nodeExecution, taskExecution
    case task, workflow, launchPlan, descriptionEntity
    case project, signal, namedEntity
    case executionTag

    public struct Column: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable {
            case bigint, integer, text, bytea
            case timestamp = "timestamp with time zone"
        }
        public var name: String
        public var kind: Kind
    }

    /// What filters write before a dot to mean this table.
    var prefix: String? {
        switch self {
        case .execution: "execution"
        case .nodeExecution: "node_execution"
        case .taskExecution: "task_execution"
        case .task: "task"
        case .workflow: "workflow"
        case .launchPlan: "launch_plan"
        case .project: "project"
        case .signal: "signal"
        case .namedEntity: "named_entity_metadata"
        case .executionTag: "execution_tag"
        case .descriptionEntity: nil
        }
    }

    /// The short name in the server's messages.
    var alias: String {
        switch self {
        case .execution: "e"
        case .nodeExecution: "ne"
        case .taskExecution: "te"
        case .task, .descriptionEntity: "t"
        case .workflow: "w"
        case .launchPlan: "l"
        case .project: "p"
        case .signal: "s"
        case .namedEntity: "nen"
        case .executionTag: "et"
        }
    }

    /// The tables that filters of a list of these may name besides its own.
    var joined: [Entity] {
        switch self {
        case .execution: [.launchPlan, .workflow, .task, .executionTag]
        case .nodeExecution: [.execution]
        case .taskExecution: [.task, .execution, .nodeExecution]
        case .launchPlan: [.workflow]
        default: []
        }
    }

    public var columns: [Column] { Self.layouts[self]?.columns ?? [] }

    public func index(of column: String) -> Int? { Self.layouts[self]?.indexes[column] }

    private static let layouts: [Entity: (columns: [Column], indexes: [String: Int])] = {
        var layouts: [Entity: (columns: [Column], indexes: [String: Int])] = [:]
        for entity in allCases {
            // Every table but that of the named entities begins with gorm's own columns.
            let common =
                entity == .namedEntity ? "" : "id:bigint created_at:time updated_at:time deleted_at:time "
            let columns = (common + entity.ownColumns).split(separator: " ").map { part in
                let pieces = part.split(separator: ":")
                let kind: Column.Kind =
                    switch pieces.count > 1 ? pieces[1] : "text" {
                    case "bigint": .bigint
                    case "integer": .integer
                    case "time": .timestamp
                    case "bytea": .bytea
                    default: .text
                    }
                return Column(name: String(pieces[0]), kind: kind)
            }
            let indexes = Dictionary(
                columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
            layouts[entity] = (columns, indexes)
        }
        return layouts
    }()

    private var ownColumns: String {
        switch self {
        case .execution:
            """
            execution_project execution_domain execution_name launch_plan_id:bigint workflow_id:bigint \
            task_id:bigint phase closure:bytea spec:bytea started_at:time execution_created_at:time \
            execution_updated_at:time duration:bigint abort_cause mode:integer source_execution_id:bigint \
            parent_node_execution_id:bigint cluster inputs_uri user_inputs_uri error_kind error_code user \
            state:integer launch_entity
            """
        case .nodeExecution:
            """
            execution_project execution_domain execution_name node_id phase input_uri closure:bytea \
            started_at:time node_execution_created_at:time node_execution_updated_at:time duration:bigint \
            node_execution_metadata:bytea parent_id:bigint parent_task_execution_id:bigint error_kind \
            error_code cache_status dynamic_workflow_remote_closure_reference internal_data:bytea
            """
        case .taskExecution:
            """
            project domain name version execution_project execution_domain execution_name node_id \
            retry_attempt:bigint phase phase_version:bigint input_uri closure:bytea started_at:time \
            task_execution_created_at:time task_execution_updated_at:time duration:bigint
            """
        case .task: "project domain name version closure:bytea digest:bytea type short_description"
        case .workflow:
            """
            project domain name version typed_interface:bytea remote_closure_identifier digest:bytea \
            short_description
            """
        case .launchPlan:
            """
            project domain name version spec:bytea workflow_id:bigint closure:bytea state:integer \
            digest:bytea schedule_type launch_condition_type
            """
        case .descriptionEntity:
            "resource_type:integer project domain name version short_description long_description:bytea link"
        case .project: "identifier name description labels:bytea state:integer"
        case .signal: "execution_project execution_domain execution_name signal_id type:bytea value:bytea"
        case .namedEntity: "resource_type:integer project domain name description state:integer"
        case .executionTag: "execution_project execution_domain execution_name key value"
        }
    }
}

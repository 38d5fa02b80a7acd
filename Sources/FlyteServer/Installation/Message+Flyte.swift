import FlyteIDL
import FlyteModel

// What several parts of the server read of Flyte's messages.
extension Message {
    /// A timestamp's field; nil when unset.
    func time(_ name: String) -> Timestamp? {
        message(name).map { Timestamp(seconds: $0.integer("seconds"), nanos: $0.integer("nanos")) }
    }

    /// A duration's field in nanoseconds; nil when unset.
    func nanoseconds(_ name: String) -> Int64? {
        message(name).map {
            Timestamp(seconds: $0.integer("seconds"), nanos: $0.integer("nanos")).nanoseconds
        }
    }

    /// An execution's id, or that of an execution nested in a node's or signal's.
    var executionID: ExecutionID {
        ExecutionID(project: string("project"), domain: string("domain"), name: string("name"))
    }

    init(_ id: ExecutionID) {
        self.init(
            "core.WorkflowExecutionIdentifier",
            ["project": .string(id.project), "domain": .string(id.domain), "name": .string(id.name)])
    }

    init(node: String, of execution: ExecutionID) {
        self.init(
            "core.NodeExecutionIdentifier",
            ["node_id": .string(node), "execution_id": .message(Message(execution))])
    }

    init(_ time: Timestamp) {
        let (seconds, nanos) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let borrow: Int64 = nanos < 0 ? 1 : 0
        self.init(
            "google.protobuf.Timestamp",
            ["seconds": .int64(seconds - borrow), "nanos": .int64(nanos + borrow * 1_000_000_000)])
    }

    /// A `core.Identifier`; nil for kinds that are no definitions.
    var definitionID: DefinitionID? {
        let kind: DefinitionID.Kind
        switch enumName("resource_type") {
        case "TASK": kind = .task
        case "WORKFLOW": kind = .workflow
        case "LAUNCH_PLAN": kind = .launchPlan
        default: return nil
        }
        return DefinitionID(
            kind: kind, project: string("project"), domain: string("domain"), name: string("name"),
            version: string("version"))
    }
}

extension DefinitionID.Kind {
    /// The value of `core.ResourceType`.
    var resourceType: String {
        switch self {
        case .task: "TASK"
        case .workflow: "WORKFLOW"
        case .launchPlan: "LAUNCH_PLAN"
        }
    }

    var entity: Entity {
        switch self {
        case .task: .task
        case .workflow: .workflow
        case .launchPlan: .launchPlan
        }
    }
}

extension ColumnValue {
    /// A time, cut to what the database keeps.
    static func time(_ time: Timestamp?) -> ColumnValue {
        guard let time else { return .null }
        let (quotient, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 1000)
        return .time(rest < 0 ? quotient - 1 : quotient)
    }
}

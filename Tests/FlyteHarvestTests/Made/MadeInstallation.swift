import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteIDL
import FlyteModel
import FlyteServer
import Tables
import TestSupport

/// A small installation, made for one question: one project, one domain, and what a test adds.
struct MadeInstallation {
    let installation = StoredInstallation(domains: ["d"])
    static let start = Timestamp(nanoseconds: 1_772_600_000_000_000_000)

    init() { installation.add(project: Message("admin.Project", ["id": "p", "name": "p"])) }

    static func time(_ time: Timestamp) -> Value {
        .message(
            Message(
                "google.protobuf.Timestamp",
                [
                    "seconds": .int64(time.nanoseconds / 1_000_000_000),
                    "nanos": .int64(time.nanoseconds % 1_000_000_000),
                ]))
    }

    static func id(_ name: String) -> Value {
        .message(
            Message(
                "core.WorkflowExecutionIdentifier", ["project": "p", "domain": "d", "name": .string(name)]))
    }

    static func definition(_ kind: String, _ name: String) -> Value {
        .message(
            Message(
                "core.Identifier",
                [
                    "resource_type": .string(kind), "project": "p", "domain": "d", "name": .string(name),
                    "version": "v1",
                ]))
    }

    /// A literal map of strings.
    static func map(_ values: [String: String]) -> Message {
        Message(
            "core.LiteralMap",
            [
                "literals": .map(
                    ValueMap(
                        values.map { name, text in
                            (key: name, value: ["scalar": ["primitive": ["string_value": .string(text)]]])
                        }))
            ])
    }

    func execution(
        _ name: String, phase: Value = "SUCCEEDED", number: Int64 = 0, closure more: [String: Value] = [:],
        spec: [String: Value] = [:], columns: HiddenColumns = HiddenColumns(), inputs: Message? = nil,
        outputs: Message? = nil
    ) {
        let created = Self.start + number * 1_000_000_000
        var closure: [String: Value] = [
            "phase": phase, "created_at": Self.time(created),
            "updated_at": Self.time(created + 60_000_000_000),
            "workflow_id": Self.definition("WORKFLOW", "w"),
        ]
        closure.merge(more) { $1 }
        installation.add(
            execution: Message(
                "admin.Execution",
                [
                    "id": Self.id(name), "closure": .map(ValueMap(closure.map { (key: $0, value: $1) })),
                    "spec": .map(
                        ValueMap(
                            spec.merging(["launch_plan": Self.definition("LAUNCH_PLAN", "w")]) { a, _ in a }
                                .map { (key: $0, value: $1) })),
                ]), columns: columns, inputs: inputs, outputs: outputs)
    }

    func node(
        _ node: String, of execution: String, phase: Value = "SUCCEEDED", parent: String? = nil,
        closure more: [String: Value] = [:], metadata: [String: Value] = [:],
        columns: HiddenColumns = HiddenColumns(), inputs: Message? = nil, outputs: Message? = nil
    ) {
        var closure: [String: Value] = [
            "phase": phase, "created_at": Self.time(Self.start + 1_000_000_000),
            "updated_at": Self.time(Self.start + 30_000_000_000),
        ]
        closure.merge(more) { $1 }
        installation.add(
            node: Message(
                "admin.NodeExecution",
                [
                    "id": ["node_id": .string(node), "execution_id": Self.id(execution)],
                    "closure": .map(ValueMap(closure.map { (key: $0, value: $1) })),
                    "metadata": .map(
                        ValueMap(
                            metadata.merging(["spec_node_id": .string(node)]) { a, _ in a }
                                .map { (key: $0, value: $1) })),
                ]), parent: parent, columns: columns, inputs: inputs, outputs: outputs)
    }

    func attempt(
        _ number: Int64, of node: String, _ execution: String, phase: Value = "SUCCEEDED",
        isParent: Bool = false,
        columns: HiddenColumns = HiddenColumns()
    ) {
        installation.add(
            attempt: Message(
                "admin.TaskExecution",
                [
                    "id": [
                        "task_id": Self.definition("TASK", "t"), "retry_attempt": .int64(number),
                        "node_execution_id": ["node_id": .string(node), "execution_id": Self.id(execution)],
                    ],
                    "is_parent": .bool(isParent),
                    "closure": [
                        "phase": phase, "created_at": Self.time(Self.start + 2_000_000_000),
                        "updated_at": Self.time(Self.start + 20_000_000_000),
                    ],
                ]), columns: columns)
    }

    /// Serves it, with a clock that stands an hour after the sample's end.
    func serving<Result>(
        _ change: (inout AdminServer.Options) -> Void = { _ in },
        _ body: (AdminServer, String) async throws -> Result
    ) async throws -> Result {
        var options = AdminServer.Options()
        options.keepsLog = true
        options.clock = { SampleHarvest.later }
        change(&options)
        let server = try AdminServer(installation, options: options)
        defer { server.stop() }
        return try await TemporaryFolder.with { try await body(server, $0 + "/runs.db") }
    }
}

extension Archive {
    /// The one column of an answer.
    static func column(_ path: String, _ sql: String) throws -> [Cell] {
        try Archive(path: path, mode: .readOnly).query(sql).rows.map { $0[0] }
    }
}

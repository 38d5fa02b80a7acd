import FlyteIDL
import FlyteModel
public import Tables

extension ExecutionDetails {
    /// A part of what is told, for machines: a name, a title, and its rows.
    public struct Part: Sendable {
        public var name: String
        public var title: String
        public var table: Table
    }

    /// All that is told, part by part. Of executions that it launched the rows are in the same parts, by their names.
    public var parts: [Part] {
        // Its own rows first.
        let all =
            [self]
            + children.values.sorted {
                ($0.times.createdAt?.nanoseconds ?? .max, KeyBytes($0.id.description))
                    < ($1.times.createdAt?.nanoseconds ?? .max, KeyBytes($1.id.description))
            }
        return [
            Part(name: "execution", title: "Execution", table: Self.heads([self])),
            Part(
                name: "children", title: "Executions that it launched",
                table: Self.heads(Array(all.dropFirst()))),
            Part(
                name: "inputs", title: "Inputs",
                table: Table(
                    columns: [
                        Column("of"), Column("name"), Column("type"), Column("value_json"),
                        Column("size_bytes", .integer),
                    ],
                    rows: Self.rows(inputs, of: "execution") + Self.rows(causeInputs, of: "cause"))),
            Part(name: "nodes", title: "Nodes", table: Self.nodes(all)),
            Part(name: "attempts", title: "Attempts", table: Self.attempts(all)),
            Part(name: "elements", title: "Elements of map tasks", table: Self.elements(all)),
            Part(name: "reasons", title: "What the engine told", table: Self.reasons(all)),
            Part(name: "logs", title: "Logs", table: Self.logs(all)),
            Part(name: "gaps", title: "Not in the archive", table: Self.gaps(all)),
        ]
    }

    private static func heads(_ executions: [ExecutionDetails]) -> Table {
        Table(
            columns: [
                Column("source"), Column("project"), Column("domain"), Column("execution"), Column("phase"),
                Column("observed_at"), Column("is_open", .integer), Column("workflow"),
                Column("workflow_version"),
                Column("launch_plan"), Column("launch_plan_version"), Column("mode"), Column("principal"),
                Column("cluster"), Column("created_at"), Column("started_at"), Column("ended_at"),
                Column("scheduled_at"), Column("duration_s", .real), Column("queue_s", .real),
                Column("error_kind"), Column("error_code"), Column("error_message"), Column("cause_class"),
                Column("cause_kind"), Column("cause_code"), Column("cause_message"),
                Column("cause_execution"),
                Column("cause_node_id"), Column("cause_attempt", .integer), Column("abort_cause"),
                Column("abort_principal"), Column("parent_execution"), Column("parent_node_id"),
                Column("reference_execution"), Column("is_complete", .integer),
                Column("retry_count", .integer),
                Column("console_url"), Column("unexpanded", .integer),
            ],
            rows: executions.map { one -> [Cell] in
                [
                    .text(one.source), .text(one.id.project), .text(one.id.domain), .text(one.id.name),
                    .text(one.phase.rawValue), Cell(time: one.observedAt), .integer(one.isOpen ? 1 : 0),
                    Cell(one.workflow?.name), Cell(one.workflow?.version), Cell(one.launchPlan?.name),
                    Cell(one.launchPlan?.version), .text(one.mode), Cell(one.principal), Cell(one.cluster),
                    Cell(time: one.times.createdAt), Cell(time: one.times.startedAt),
                    Cell(time: one.times.endedAt), Cell(time: one.scheduledAt),
                    Cell(one.times.duration.map { Double($0) / 1e9 }), Cell(one.times.queueSeconds),
                    Cell(one.error?.kind.rawValue), Cell(one.error?.code), Cell(one.error?.message),
                    Cell(one.cause?.causeClass), Cell(one.cause?.error.kind.rawValue),
                    Cell(one.cause?.error.code), Cell(one.cause?.error.message),
                    Cell(one.cause?.execution.description), Cell(one.cause?.nodeID), Cell(one.cause?.attempt),
                    Cell(one.abort?.cause), Cell(one.abort?.principal), Cell(one.parent?.description),
                    Cell(one.parentNodeID), Cell(one.reference?.description),
                    .integer(one.isComplete ? 1 : 0),
                    .integer(Int64(one.retryCount)), Cell(one.consoleURL),
                    .integer(Int64(one.unexpandedCount)),
                ]
            })
    }

    private static func rows(_ variables: [Variable], of place: String) -> [[Cell]] {
        variables.map {
            [.text(place), .text($0.name), .text($0.type), Cell($0.json), .integer($0.bytes)]
        }
    }

    private static func nodes(_ executions: [ExecutionDetails]) -> Table {
        var table = Table(columns: [
            Column("execution"), Column("node_id"), Column("parent_node_id"), Column("spec_node_id"),
            Column("node_name"), Column("kind"), Column("phase"), Column("retry_group"), Column("task"),
            Column("task_version"), Column("task_type"), Column("image"), Column("time_limit_s", .real),
            Column("cache_status"), Column("created_at"), Column("started_at"), Column("ended_at"),
            Column("duration_s", .real), Column("error_kind"), Column("error_code"), Column("error_message"),
            Column("child_execution"), Column("deck_uri"),
        ])
        for one in executions {
            for node in one.nodes {
                table.rows.append([
                    .text(one.id.description), .text(node.id), Cell(node.parent.map { one.nodes[$0].id }),
                    Cell(node.specID), Cell(node.name), .text(node.kind.rawValue), .text(node.phase.rawValue),
                    Cell(node.retryGroup), Cell(node.task?.name), Cell(node.task?.version),
                    Cell(node.task?.type),
                    Cell(node.task?.image), Cell(node.task?.timeLimit), Cell(node.cacheStatus),
                    Cell(time: node.times.createdAt), Cell(time: node.times.startedAt),
                    Cell(time: node.times.endedAt), Cell(node.times.duration.map { Double($0) / 1e9 }),
                    Cell(node.error?.kind.rawValue), Cell(node.error?.code), Cell(node.error?.message),
                    Cell(node.child?.description), Cell(node.deckURI),
                ])
            }
        }
        return table
    }

    private static func attempts(_ executions: [ExecutionDetails]) -> Table {
        var table = Table(columns: [
            Column("execution"), Column("node_id"), Column("attempt", .integer), Column("phase"),
            Column("created_at"), Column("started_at"), Column("ended_at"), Column("duration_s", .real),
            Column("queue_s", .real), Column("cpu_request", .real), Column("memory_request_bytes", .integer),
            Column("gpu_request", .real), Column("pod"), Column("error_kind"), Column("error_code"),
            Column("error_message"),
        ])
        for (one, node, attempt) in executions.attempts {
            table.rows.append([
                .text(one.id.description), .text(node.id), .integer(Int64(attempt.number)),
                .text(attempt.phase.rawValue), Cell(time: attempt.times.createdAt),
                Cell(time: attempt.times.startedAt), Cell(time: attempt.times.endedAt),
                Cell(attempt.times.duration.map { Double($0) / 1e9 }), Cell(attempt.times.queueSeconds),
                Cell(attempt.request.cpu), attempt.request.memoryBytes.map { .integer($0) } ?? .null,
                Cell(attempt.request.gpu), Cell(attempt.pod), Cell(attempt.error?.kind.rawValue),
                Cell(attempt.error?.code), Cell(attempt.error?.message),
            ])
        }
        return table
    }

    private static func elements(_ executions: [ExecutionDetails]) -> Table {
        var table = Table(columns: [
            Column("execution"), Column("node_id"), Column("attempt", .integer), Column("index", .integer),
            Column("tries", .integer), Column("phase"), Column("cache_status"), Column("external_id"),
            Column("error"), Column("log"),
        ])
        for (one, node, attempt) in executions.attempts {
            for element in attempt.elements {
                table.rows.append([
                    .text(one.id.description), .text(node.id), .integer(Int64(attempt.number)),
                    .integer(Int64(element.index)), .integer(Int64(element.tries.count)),
                    .text(element.phase),
                    Cell(element.tries.last?.cacheStatus), Cell(element.tries.last?.externalID),
                    Cell(element.error), Cell(element.logs.last?.uri),
                ])
            }
        }
        return table
    }

    private static func reasons(_ executions: [ExecutionDetails]) -> Table {
        var table = Table(columns: [
            Column("execution"), Column("node_id"), Column("attempt", .integer), Column("at"),
            Column("reason"),
        ])
        for (one, node, attempt) in executions.attempts {
            for reason in attempt.reasons {
                table.rows.append([
                    .text(one.id.description), .text(node.id), .integer(Int64(attempt.number)),
                    Cell(time: reason.at), .text(reason.text),
                ])
            }
        }
        return table
    }

    private static func logs(_ executions: [ExecutionDetails]) -> Table {
        var table = Table(columns: [
            Column("execution"), Column("node_id"), Column("attempt", .integer), Column("name"),
            Column("uri"),
        ])
        for (one, node, attempt) in executions.attempts {
            for log in attempt.logs {
                table.rows.append([
                    .text(one.id.description), .text(node.id), .integer(Int64(attempt.number)),
                    .text(log.name),
                    .text(log.uri),
                ])
            }
        }
        return table
    }

    private static func gaps(_ executions: [ExecutionDetails]) -> Table {
        Table(
            columns: [
                Column("execution"), Column("node_id"), Column("attempt", .integer), Column("field"),
                Column("state"), Column("detail"),
            ],
            rows: executions.flatMap { one in
                one.gaps.map {
                    [
                        .text(one.id.description), Cell($0.nodeID), Cell($0.attempt), .text($0.field),
                        .text($0.state), Cell($0.detail),
                    ]
                }
            })
    }
}

extension [ExecutionDetails] {
    fileprivate var attempts: [(ExecutionDetails, NodeDetails, AttemptDetails)] {
        flatMap { one in one.nodes.flatMap { node in node.attempts.map { (one, node, $0) } } }
    }
}

extension Cell {
    fileprivate init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
    fileprivate init(time: Timestamp?) { self = time.map { .text($0.microsecondText) } ?? .null }
}

import FlyteArchive
import FlyteModel
import Tables

/// What ran at one place of a workflow: as a rule one node; several for the elements of a map, and for what a dynamic
/// node made anew at each try.
struct ComparedNode {
    var path: String
    var name: String?
    var nodeID: String
    var kind: String
    /// How many nodes ended in each phase.
    var phases: [String: Int]
    var task: String?
    var taskVersion: String?
    /// Whose the task is: the id of its row.
    var taskRow: Int64?
    var cacheStatus: String?
    var attempts: Int
    /// From the creation to the end, of all of them together; nil where one has no end.
    var seconds: Double?
    var errorCode: String?
    var child: String?
    var inputMap: Int64?
    var hasChildren = false
    var requests: [String: String] = [:]
    var images: [String] = []

    var count: Int { phases.values.reduce(0, +) }

    /// `SUCCEEDED`, or `3 SUCCEEDED, 1 FAILED`.
    var outcome: String {
        if phases.count == 1, let phase = phases.first {
            return phase.value == 1 ? phase.key : "\(phase.value) \(phase.key)"
        }
        return phases.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    var hasSucceeded: Bool { phases.keys.allSatisfy { $0 == "SUCCEEDED" } }
    var hasFailed: Bool { phases.keys.contains { $0 == "FAILED" || $0 == "TIMED_OUT" } }

    /// Whether it works by itself, and is no frame around other nodes or a mark of where a workflow begins and ends.
    var isWork: Bool {
        ["task", "array", "launch_plan", "unknown", "failure"].contains(kind) && !hasChildren
    }

    /// Those of an execution, in the order in which they lie in it.
    static func all(of execution: ComparedExecution, in archive: Archive) throws(ArchiveError)
        -> [ComparedNode]
    {
        let rows = try archive.query(
            """
            SELECT
                coalesce(p.value, sp.value, i.value) AS path, w.value AS name, i.value AS node_id, n.kind AS kind,
                n.phase AS phase, d.name AS task, d.version AS task_version, d.id AS task_row, c.value AS cache_status,
                n.attempt_count AS attempts, (n.ended_at - n.created_at) / 1e9 AS seconds, x.code AS error_code,
                n.child AS child, e.key * 1048576 + n.input_map AS input_map, n.number AS number, n.parent AS parent,
                coalesce(a.cpu_request, d.cpu_request) AS cpu,
                coalesce(a.memory_request_bytes, d.memory_request_bytes) AS memory,
                coalesce(a.gpu_request, d.gpu_request) AS gpu
            FROM node n
            JOIN execution e ON e.id = n.execution_id
            JOIN name i ON i.id = n.node_id
            LEFT JOIN name p ON p.id = n.path_id
            LEFT JOIN name sp ON sp.id = n.spec_node_id
            LEFT JOIN name w ON w.id = n.name_id
            LEFT JOIN name c ON c.id = n.cache_status_id
            LEFT JOIN definition d ON d.id = n.task_id
            LEFT JOIN error x ON x.id = n.error_id
            LEFT JOIN attempt a ON n.attempt_count > 0 AND a.execution_id = n.execution_id AND a.number = (
                SELECT max(number) FROM attempt
                WHERE execution_id = n.execution_id AND node = n.number AND n.attempt_count < 50)
            WHERE n.execution_id = :row ORDER BY n.number
            """, ["row": .integer(execution.row)]
        ).namedRows
        var nodes: [ComparedNode] = []
        var places: [KeyBytes: Int] = [:]
        var placeOfNumber: [Int64: Int] = [:]
        for row in rows {
            let path = row.text("path") ?? ""
            if let parent = row.integer("parent"), let place = placeOfNumber[parent] {
                nodes[place].hasChildren = true
            }
            let phase = row.text("phase") ?? ""
            let place = places[path] ?? nodes.count
            if let number = row.integer("number") { placeOfNumber[number] = place }
            guard place == nodes.count else {
                nodes[place].phases[phase, default: 0] += 1
                nodes[place].attempts += row.count("attempts")
                nodes[place].seconds = nodes[place].seconds.flatMap { sum in
                    row.real("seconds").map { sum + $0 }
                }
                nodes[place].errorCode = nodes[place].errorCode ?? row.text("error_code")
                continue
            }
            places[path] = place
            var node = ComparedNode(
                path: path, name: row.text("name"), nodeID: row.text("node_id") ?? "",
                kind: row.text("kind") ?? "", phases: [phase: 1], task: row.text("task"),
                taskVersion: row.text("task_version"), taskRow: row.integer("task_row"),
                cacheStatus: row.text("cache_status"), attempts: row.count("attempts"),
                seconds: row.real("seconds"), errorCode: row.text("error_code"), child: row.text("child"),
                inputMap: row.integer("input_map"))
            node.requests["cpu"] = row.real("cpu").map { NumberText.plain($0) }
            node.requests["memory"] = row.integer("memory").map { "\($0) bytes" }
            node.requests["gpu"] = row.real("gpu").map { NumberText.plain($0) }
            nodes.append(node)
        }
        return nodes
    }
}

extension NumberText {
    /// Without a point where there is nothing behind it.
    static func plain(_ value: Double) -> String {
        value == value.rounded() ? fixed(value, 0) : exact(value)
    }
}

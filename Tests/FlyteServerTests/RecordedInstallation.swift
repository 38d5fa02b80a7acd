import FlyteIDL
import FlyteModel
import FlyteServer
import TestSupport

/// A recorded server's executions as an installation of ours: what its database must have held.
enum RecordedInstallation {
    static func make(_ set: RecordedExchange.Set) throws -> StoredInstallation {
        let recorded = try RecordedCaptures(set)
        let installation = StoredInstallation()
        for exchange in RecordedExchange.all(set)
        where exchange.rpc == "ListProjects" && exchange.isProtobuf && exchange.status == 200 {
            for project in try Message(decoding: exchange.body ?? [], as: "admin.Projects").messages(
                "projects")
            {
                installation.add(project: project)
            }
        }
        let order: [DefinitionID.Kind] = [.task, .workflow, .launchPlan]
        for kind in order {
            for (id, bytes) in recorded.definitions where id.kind == kind {
                let type =
                    [
                        DefinitionID.Kind.task: "admin.Task", .workflow: "admin.Workflow",
                        .launchPlan: "admin.LaunchPlan",
                    ][kind] ?? ""
                installation.add(definition: try Message(decoding: bytes, as: type))
            }
        }
        // In the order of the recorded lists, so that ids grow as the server's did.
        var captures = recorded.captures
        var singles: [String: [UInt8]] = [:]
        var listed: [ExecutionID] = []
        var times: [ExecutionID: Timestamp] = [:]
        for exchange in RecordedExchange.all(set) where exchange.isProtobuf && exchange.status == 200 {
            switch exchange.rpc {
            case "GetNodeExecution": singles[exchange.path] = exchange.body
            case "ListExecutions" where exchange.query.contains("sort_by.key=id&sort_by.direction=ASC"):
                listed += try names(exchange)
            case "ListExecutions"
            where exchange.query.hasSuffix("sort_by.key=created_at&sort_by.direction=ASCENDING"):
                // The database's own column, which no answer shows.
                for id in try names(exchange) where times[id] == nil {
                    times[id] = Timestamp(
                        nanoseconds: 1_760_000_000_000_000_000 + Int64(times.count) * 1_000_000)
                }
            default: break
            }
        }
        let rest = recorded.captures.keys.sorted { "\($0)" < "\($1)" }
        for id in listed + rest {
            if let capture = captures.removeValue(forKey: id) {
                try add(capture, singles, times[id], to: installation)
            }
        }
        return installation
    }

    private static func names(_ exchange: RecordedExchange) throws -> [ExecutionID] {
        try Message(decoding: exchange.body ?? [], as: "admin.ExecutionList").messages("executions").map {
            try Execution(decoding: $0.encoded()).id
        }
    }

    private static func add(
        _ capture: ExecutionCapture, _ singles: [String: [UInt8]], _ time: Timestamp?,
        to installation: StoredInstallation
    ) throws {
        // What hangs on an attempt, as before event version 1, is asked for there: its node, which has attempts, says
        // nothing of children.
        var flagged: Set<String> = []
        var withAttempts: Set<String> = []
        var belowAttempts: Set<String> = []
        for (number, message) in capture.messages.enumerated() {
            if let id = message.place.nodeID {
                if message.kind == .attempt { withAttempts.insert(id) }
                if message.kind == .node {
                    let node = try NodeExecution(decoding: message.bytes)
                    if node.isParent || node.isDynamic { flagged.insert(id) }
                    if let parent = message.parentNodeID,
                        belowAttempts.contains(parent)
                            || withAttempts.contains(parent) && !flagged.contains(parent)
                    {
                        belowAttempts.insert(id)
                    }
                }
                if belowAttempts.contains(id) { continue }
            }
            let order = Timestamp(nanoseconds: 1_760_000_000_000_000_000 + Int64(number) * 1_000_000)
            switch message.kind {
            case .execution:
                installation.add(
                    execution: try Message(decoding: message.bytes, as: "admin.Execution"),
                    columns: HiddenColumns(createdAt: time))
            case .node:
                let path = "/api/v1/node_executions/\(capture.id)/\(message.place.nodeID ?? "")"
                installation.add(
                    node: try Message(decoding: singles[path] ?? message.bytes, as: "admin.NodeExecution"),
                    parent: message.parentNodeID)
            case .attempt:
                installation.add(attempt: try Message(decoding: message.bytes, as: "admin.TaskExecution"))
            case .signal:
                installation.add(
                    signal: try Message(decoding: message.bytes, as: "admin.Signal"),
                    columns: HiddenColumns(createdAt: order))
            default: break
            }
        }
    }
}

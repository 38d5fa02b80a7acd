import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteIDL
import FlyteModel
import Foundation
import Tables
import TestSupport
import Testing

/// What a server says that cannot be is told at the door, and costs nobody else.
struct DoorTests {
    private static func id(_ name: String) -> Value {
        ["project": "p", "domain": "d", "name": .string(name)]
    }

    private static func execution(_ name: String) -> Message {
        Message(
            "admin.Execution",
            [
                "id": id(name), "spec": ["metadata": ["mode": "MANUAL"]],
                "closure": [
                    "phase": "SUCCEEDED", "created_at": ["seconds": 1_700_000_000],
                    "updated_at": ["seconds": 1_700_000_009],
                ],
            ])
    }

    private static func node(_ node: String, of name: String, child: String? = nil) -> Value {
        var closure: ValueMap = ["phase": "SUCCEEDED"]
        if let child { closure["workflow_node_metadata"] = ["executionId": id(child)] }
        return .message(
            Message(
                "admin.NodeExecution",
                ["id": ["node_id": .string(node), "execution_id": id(name)], "closure": .map(closure)]))
    }

    @Test func whatCannotBeIsTold() async throws {
        // Composed and decomposed: two names.
        let names = ["fine", "other", "self", "x~1", "\u{E9}", "e\u{301}"]
        let server = try RawServer { request in
            let path = request.path.removingPercentEncoding ?? ""
            switch path {
            case "/api/v1/projects":
                return .protobuf(
                    Message("admin.Projects", ["projects": [["id": "p", "name": "p"]]]).encoded())
            case "/api/v1/domains":
                return .protobuf(Message("admin.GetDomainsResponse", ["domains": [["id": "d"]]]).encoded())
            case "/api/v1/executions/p/d":
                let rows = names.map { Value.message(Self.execution($0)) }
                return .protobuf(Message("admin.ExecutionList", ["executions": .list(rows)]).encoded())
            case _ where path.hasPrefix("/api/v1/executions/p/d/"):
                let name = String(path.split(separator: "/").last ?? "")
                return .protobuf(Self.execution(name == "other" ? "fine" : name).encoded())
            case _ where path.hasPrefix("/api/v1/node_executions/p/d/"):
                let name = String(path.split(separator: "/").last ?? "")
                var nodes = [Self.node("n0", of: name, child: name == "self" ? "self" : nil)]
                if name == "fine" { nodes.append(Self.node("n1", of: "elsewhere")) }
                // Two nodes as well.
                nodes += [Self.node("\u{E9}", of: name), Self.node("e\u{301}", of: name)]
                return .protobuf(
                    Message("admin.NodeExecutionList", ["node_executions": .list(nodes)]).encoded())
            case _ where path.hasPrefix("/api/v1/task_executions/") || path.hasPrefix("/api/v1/data/"):
                return .protobuf([])
            default:
                return .http(
                    404, ["Content-Type": "application/json"], Array(#"{"code":5,"message":"no"}"#.utf8))
            }
        }
        defer { server.stop() }
        try await TemporaryFolder.with { folder in
            let path = folder + "/a.db"
            let client = AdminClient(base: server.base, transport: CurlTransport())
            let options = HarvestOptions()
            _ = try await Harvester(
                try await HarvestPlan(options, client: client), client: client,
                archive: try Archive(path: path, mode: .readWrite), source: "s", toolVersion: "test",
                options: options, now: { SampleHarvest.later }
            ).run()
            let archive = try Archive(path: path, mode: .readOnly)
            func bytes(_ sql: String) throws -> [[UInt8]] {
                try archive.query(sql).rows.map { Array(($0[0].text ?? "").utf8) }
            }
            let two = ["e\u{301}", "\u{E9}"].map { Array($0.utf8) }
            #expect(
                try bytes("SELECT name FROM v_execution ORDER BY 1")
                    == [two[0], Array("fine".utf8), Array("self".utf8), two[1]])
            #expect(
                try bytes("SELECT node_id FROM v_node_execution WHERE execution = 'fine' ORDER BY 1")
                    == [two[0], Array("n0".utf8), two[1]])
            #expect(
                try archive.query("SELECT execution, message FROM v_problem ORDER BY 1").rows.map {
                    "\($0[0].text ?? "") \($0[1].text?.contains("another execution: p/d/fine") ?? false)"
                        + " \($0[1].text?.contains("launched") ?? false)"
                        + " \($0[1].text?.contains("the archive's own") ?? false)"
                } == ["other true false false", "self false true false", "x~1 false false true"])
            #expect(
                try archive.query(
                    "SELECT DISTINCT detail FROM v_capture WHERE execution = 'fine' AND field = 'nodes' AND state = 'unreadable'"
                )
                .rows
                    == [[.text("the server listed a node of another execution: p/d/elsewhere")]])
            var found: [Finding] = []
            _ = try archive.verify { found.append($0) }
            #expect(found == [])
        }
    }
}

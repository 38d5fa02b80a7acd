import FlyteAnalysis
import FlyteIDL
import FlyteModel
import FlyteServer
import Foundation
import Tables
import TestSupport
import Testing

/// Every time of every row may be any number: nothing traps, nothing stops, and what cannot be told as it is says so.
struct HostileTimesTests {
    /// Seconds and nanoseconds as protobuf has them.
    private static let times: [(name: String, seconds: Int64, nanos: Int64)] = [
        ("year-1", -62_135_596_800, 0), ("epoch", 0, 0), ("year-9999", 253_402_300_799, 999_999_999),
        ("least", .min, -2_147_483_648), ("greatest", .max, 2_147_483_647),
        ("least-told", -9_223_372_037, 145_224_192), ("greatest-told", 9_223_372_036, 854_775_807),
        ("bad-nanos", 1_772_000_000, -2_147_483_648),
    ]

    private static let fields = [
        "execution.created_at", "execution.started_at", "execution.updated_at", "execution.duration",
        "node.created_at", "node.started_at", "node.updated_at", "node.duration", "attempt.created_at",
        "attempt.started_at", "attempt.updated_at", "attempt.duration",
        "attempt.reason", "error.timestamp", "signal", "all",
    ]

    private static func time(_ seconds: Int64, _ nanos: Int64 = 0) -> Value {
        ["seconds": .int64(seconds), "nanos": .int64(nanos)]
    }

    /// An execution with a node that failed once, all of whose times are ordinary but one.
    private static func add(
        _ name: String, _ field: String, _ time: (name: String, seconds: Int64, nanos: Int64), number: Int64,
        to installation: StoredInstallation
    ) {
        let start: Int64 = 1_772_600_000 + number * 60
        func at(_ here: String, _ usual: Int64) -> Value {
            field == here || field == "all" ? Self.time(time.seconds, time.nanos) : Self.time(usual)
        }
        func closure(_ row: String, _ phase: Value, _ first: Int64) -> [(key: String, value: Value)] {
            [
                (key: "phase", value: phase), (key: "created_at", value: at("\(row).created_at", first)),
                (key: "started_at", value: at("\(row).started_at", first + 1)),
                (key: "updated_at", value: at("\(row).updated_at", first + 11)),
                (key: "duration", value: at("\(row).duration", 10)),
            ]
        }
        let id: Value = ["project": "p", "domain": "d", "name": .string(name)]
        let node: Value = ["node_id": "n0", "execution_id": id]
        func definition(_ kind: String, _ name: String) -> Value {
            [
                "resource_type": .string(kind), "project": "p", "domain": "d", "name": .string(name),
                "version": "v1",
            ]
        }
        let error: (key: String, value: Value) = (
            key: "error",
            value: [
                "code": "USER:E", "message": "it broke", "kind": "USER",
                "timestamp": at("error.timestamp", start + 11),
            ]
        )
        installation.add(
            execution: Message(
                "admin.Execution",
                [
                    "id": id, "spec": ["launch_plan": definition("LAUNCH_PLAN", "w")],
                    "closure": .map(
                        ValueMap(
                            closure("execution", "FAILED", start)
                                + [error, (key: "workflow_id", value: definition("WORKFLOW", "w"))])),
                ]))
        installation.add(
            node: Message(
                "admin.NodeExecution",
                [
                    "id": node, "metadata": ["spec_node_id": "n0"],
                    "closure": .map(ValueMap(closure("node", "FAILED", start + 1) + [error])),
                ]))
        for attempt: Int64 in 0...1 {
            installation.add(
                attempt: Message(
                    "admin.TaskExecution",
                    [
                        "id": [
                            "task_id": definition("TASK", "t"), "retry_attempt": .int64(attempt),
                            "node_execution_id": node,
                        ],
                        "closure": .map(
                            ValueMap(
                                closure("attempt", "FAILED", start + 2) + [
                                    error,
                                    (
                                        key: "metadata",
                                        value: [
                                            "external_resources": [["external_id": "x", "phase": "FAILED"]]
                                        ]
                                    ),
                                    (
                                        key: "reasons",
                                        value: [
                                            [
                                                "message": "Unschedulable",
                                                "occurred_at": at("attempt.reason", start + 2),
                                            ]
                                        ]
                                    ),
                                ])),
                    ]))
        }
        installation.add(
            signal: Message(
                "admin.Signal",
                [
                    "id": ["signal_id": "s", "execution_id": id],
                    "type": ["simple": "BOOLEAN"],
                ]),
            columns: HiddenColumns(createdAt: Timestamp(seconds: start, nanos: 0)))
    }

    private static func installation() -> StoredInstallation {
        let installation = StoredInstallation(domains: ["d"])
        installation.add(project: Message("admin.Project", ["id": "p"]))
        var number: Int64 = 0
        for time in times {
            for field in fields {
                add(
                    "\(time.name)-\(field.replacing(".", with: "-").replacing("_", with: "-"))", field, time,
                    number: number, to: installation)
                number += 1
            }
        }
        return installation
    }

    /// One harvest of them all, and everything that is asked of an archive.
    @Test(.timeLimit(.minutes(5))) func noTimeStopsAnything() throws {
        let server = try AdminServer(Self.installation())
        defer { server.stop() }
        let count = Self.times.count * Self.fields.count
        try TemporaryFolder.with { folder in
            for order in [["--newest-first"], []] {
                let path = folder + "/runs\(order.count).db"
                let harvest = try Tool.run(["harvest", path, "--endpoint", server.address] + order)
                #expect(harvest.code == 0 && harvest.err.contains("\(count) new"), "\(harvest.err)")
                // What changed since, by times such as these.
                let again = try Tool.run(["harvest", path, "--endpoint", server.address, "--full"])
                #expect(again.code == 0, "\(again.err)")
            }
            let path = folder + "/runs0.db"
            let told = try Tool.run(
                "sql", path, "--format", "csv",
                "SELECT count(DISTINCT execution) AS n FROM v_capture WHERE field = 'times' AND state = 'truncated'"
            )
            #expect(
                told.code == 0 && (Int(told.out.split(whereSeparator: \.isNewline).last ?? "") ?? 0) > 40,
                "\(told.out)")
            var questions = NamedQuery.all.map { ["query", path, $0.name] }
            questions += [
                ["verify", path, "--spans", "--paths"], ["rebuild", path], ["verify", path],
                ["status", path],
                ["report", "weekly", path, "--out", folder + "/week.html"],
                ["report", "weekly", path, "--from", "2026-03-02", "--format", "json"],
            ]
            for time in Self.times {
                questions.append(["show", path, "p/d/\(time.name)-all"])
                // Which may be none, where the times leave no room for one.
                let steps = try Tool.run("path", path, "p/d/\(time.name)-all")
                #expect([0, 1].contains(steps.code), "\(steps.err)")
            }
            for question in questions {
                let result = try Tool.run(question)
                #expect(
                    result.code == 0, "\(question): \(result.code) \(result.err) \(result.out.prefix(300))")
            }
        }
    }
}

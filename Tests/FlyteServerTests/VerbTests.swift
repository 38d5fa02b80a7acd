import FlyteIDL
import FlyteModel
import FlyteServer
import Testing

@testable import FlyteAdmin

/// What changes something, over real HTTP: launched, ended, answered and hidden in the sample installation, where it lasts
/// while its time is moved on.
struct VerbTests {
    private let noon = Timestamp(nanoseconds: 1_772_625_600_000_000_000)

    /// A day of history is enough to act in.
    private var day: SampleInstallation.Options {
        var options = SampleInstallation.Options(end: noon)
        options.days = 1
        return options
    }

    private func withStage(
        _ faults: Faults = .none, _ body: (AdminClient, AdminServer, SampleStage) async throws -> Void
    ) async throws {
        let stage = SampleStage(day)
        var options = AdminServer.Options()
        options.engine = stage
        options.clock = stage.now
        options.faults = faults
        options.keepsLog = true
        let server = try AdminServer(stage.installation, options: options)
        defer { server.stop() }
        var client = AdminClient.Options()
        client.pace.chance = { 0 }
        client.retry.firstDelay = 0.01
        try await body(
            AdminClient(base: server.address, transport: CurlTransport(), options: client), server, stage)
    }

    private func request(
        _ method: Route.Method, _ path: String, _ parts: [String] = [], _ body: Message? = nil,
        _ answer: String, _ repetition: Route.Repetition = .harmless
    ) throws -> Route {
        var route = try Route(path, parts, answer: answer, method: method)
        route.body = body
        route.repetition = repetition
        return route
    }

    private func literals(_ values: [String: Int64]) -> Value {
        [
            "literals": .map(
                ValueMap(
                    values.map {
                        (key: $0.key, value: ["scalar": ["primitive": ["integer": .int64($0.value)]]])
                    }))
        ]
    }

    private func creation(
        _ plan: String, named name: String = "", inputs: [String: Int64] = ["x": 3],
        domain: String = "development",
        kind: String = "LAUNCH_PLAN", project: String = "sales"
    ) throws -> Route {
        let body = Message(
            "admin.ExecutionCreateRequest",
            [
                "project": .string(project), "domain": .string(domain), "name": .string(name),
                "spec": [
                    "launch_plan": [
                        "resource_type": .string(kind), "project": "sales", "domain": .string(domain),
                        "name": .string(plan), "version": "v1",
                    ],
                    "labels": ["values": ["team": "orders"]], "overwrite_cache": true,
                ],
                "inputs": literals(inputs),
            ])
        return try request(
            .post, "executions", [], body, "admin.ExecutionCreateResponse", name.isEmpty ? .doubled : .refused
        )
    }

    private func id(_ effect: AdminClient.Effect) throws -> ExecutionID {
        guard case .answered(let bytes) = effect else {
            Issue.record("it is there")
            return ExecutionID(project: "", domain: "", name: "")
        }
        let id = try #require(
            try Message(decoding: bytes, as: "admin.ExecutionCreateResponse").message("id"))
        return ExecutionID(
            project: id.string("project"), domain: id.string("domain"), name: id.string("name"))
    }

    private func execution(_ client: AdminClient, _ id: ExecutionID) async throws -> Message {
        try Message(decoding: try await client.execution(id), as: "admin.Execution")
    }

    private func phase(_ client: AdminClient, _ id: ExecutionID) async throws -> String {
        try await execution(client, id).message("closure")?.enumName("phase") ?? ""
    }

    private func node(_ client: AdminClient, _ id: ExecutionID, _ node: String) async throws -> String {
        try Message(decoding: try await client.node(id, node), as: "admin.NodeExecution").message("closure")?
            .enumName("phase") ?? ""
    }

    /// The refusal of a request that must be refused.
    private func refusal(_ client: AdminClient, _ route: Route) async throws -> AdminError {
        let error = await #expect(throws: AdminError.self) { _ = try await client.act(route) }
        return try #require(error)
    }

    // MARK: Launching

    @Test func whatWasLaunchedGoesOnAsTimeDoes() async throws {
        try await withStage { client, _, stage in
            let id = try id(try await client.act(try creation("ops.ping", named: "mine-1")))
            #expect(id == ExecutionID(project: "sales", domain: "development", name: "mine-1"))
            let fresh = try await execution(client, id)
            #expect(fresh.message("closure")?.enumName("phase") == "UNDEFINED")
            #expect(fresh.message("closure")?["started_at"] == nil)
            #expect(stage.advance(seconds: 2))
            #expect(try await phase(client, id) == "RUNNING")
            #expect(stage.advance(seconds: 3600))
            let ended = try await execution(client, id)
            #expect(ended.message("closure")?.enumName("phase") == "SUCCEEDED")
            #expect(ended.message("closure")?["created_at"] == fresh.message("closure")?["created_at"])
            let spec = try #require(ended.message("spec"))
            #expect(spec.message("labels")?.map("values")["team"] == .string("orders"))
            #expect(spec.bool("overwrite_cache"))
            #expect(spec.message("metadata")?.enumName("mode") == "MANUAL")
            #expect(spec.message("security_context")?.message("run_as") != nil)
            let data = try Message(
                decoding: try await client.executionData(id), as: "admin.WorkflowExecutionGetDataResponse")
            let given = data.message("full_inputs")?.map("literals")["x"]
            #expect(
                given == .message(Message("core.Literal", ["scalar": ["primitive": ["integer": 3]]])))
            // What has ended stays, word for word.
            let bytes = try await client.execution(id)
            #expect(stage.advance(seconds: 3600))
            #expect(try await client.execution(id) == bytes)
        }
    }

    @Test func nothingElseIsMovedByALaunch() async throws {
        let plain = SampleStage(day)
        #expect(plain.advance(seconds: 7200))
        try await withStage { client, _, stage in
            _ = try await client.act(try creation("ops.ping", named: "mine-1"))
            #expect(stage.advance(seconds: 7200))
            for (project, domain) in [
                ("sales", "development"), ("sales", "production"), ("vision", "production"),
            ] {
                func messages(_ installation: StoredInstallation) -> [String: [UInt8]] {
                    Dictionary(
                        uniqueKeysWithValues: installation.executions(project: project, domain: domain).map {
                            ($0.text("execution_name"), $0.message)
                        })
                }
                var ours = messages(stage.installation)
                if domain == "development" { #expect(ours.removeValue(forKey: "mine-1") != nil) }
                #expect(ours == messages(plain.installation))
            }
        }
    }

    @Test func aTaskRunsAlone() async throws {
        try await withStage { client, _, stage in
            let id = try id(
                try await client.act(
                    try creation("jobs.extract", named: "alone", domain: "production", kind: "TASK")))
            #expect(stage.advance(seconds: 1800))
            let ended = try await execution(client, id)
            #expect(ended.message("closure")?.enumName("phase") == "SUCCEEDED")
            let workflow = try #require(ended.message("closure")?.message("workflow_id"))
            #expect(workflow.string("name") == ".flytegen.jobs.extract")
            _ = try await client.definition(
                DefinitionID(
                    kind: .workflow, project: "sales", domain: "production", name: workflow.string("name"),
                    version: workflow.string("version")))
            #expect(try await node(client, id, "jobsextract") == "SUCCEEDED")
        }
    }

    @Test func anExecutionWithoutANameGetsOne() async throws {
        try await withStage { client, _, _ in
            let first = try id(try await client.act(try creation("ops.ping")))
            let second = try id(try await client.act(try creation("ops.ping")))
            #expect(first.name.utf8.count == 20 && first.name.hasPrefix("a") && first != second)
        }
    }

    @Test func whatCannotRunIsRefused() async throws {
        try await withStage { client, _, _ in
            let cases: [(Route, Int, Int, String)] = [
                (try creation("ops.ping", named: "Bad_name"), 400, 3, "invalid name format"),
                (
                    try creation("ops.ping", named: String(repeating: "a", count: 64)), 400, 3,
                    "exceeded length 63"
                ),
                (try creation("ops.ping", inputs: [:]), 400, 3, "x missing"),
                (try creation("ops.ping", inputs: ["x": 1, "y": 2]), 400, 3, "invalid input y"),
                (try creation("no.plan"), 404, 5, "missing entity of type LAUNCH_PLAN"),
                (try creation("ops.ping", project: "none"), 400, 3, "project [none]"),
                (
                    try request(
                        .post, "executions", [], Message("admin.ExecutionCreateRequest"),
                        "admin.ExecutionCreateResponse"), 400, 3, "missing project"
                ),
            ]
            for (route, status, code, words) in cases {
                let error = try await refusal(client, route)
                #expect(error.status == status && error.code == code, "\(error)")
                #expect(error.message.contains(words), "\(error)")
            }
            _ = try await client.act(try creation("ops.ping", named: "twice"))
            let error = try await refusal(client, try creation("ops.ping", named: "twice"))
            #expect(error.status == 409 && error.code == 6)
        }
    }

    @Test func jsonIsReadToo() async throws {
        try await withStage { _, server, _ in
            let answer = try await CurlTransport().send(
                HTTPRequest(
                    "POST", url: server.address + "/api/v1/executions",
                    headers: [HTTPHeader("Content-Type", "application/json")],
                    body: Array(
                        """
                        {"project": "sales", "domain": "development", "name": "json", "spec": {"launch_plan": {
                            "resource_type": "LAUNCH_PLAN", "project": "sales", "domain": "development",
                            "name": "ops.ping", "version": "v1"}},
                         "inputs": {"literals": {"x": {"scalar": {"primitive": {"integer": "5"}}}}}}
                        """.utf8)))
            #expect(answer.status == 200)
            #expect(String(decoding: answer.body, as: UTF8.self).contains("\"name\":\"json\""))
        }
    }

    @Test func withoutAnEngineTheServerIsOnlyRead() async throws {
        let server = try AdminServer(SampleInstallation(day).installation)
        defer { server.stop() }
        let client = AdminClient(base: server.address, transport: CurlTransport())
        #expect(try await refusal(client, try creation("ops.ping", named: "x")).kind == .unimplemented)
    }

    // MARK: Again

    @Test func aRecoveryTakesOverWhatHadSucceeded() async throws {
        try await withStage { client, _, stage in
            // Approved, then stopped before its second gate is answered.
            let first = try id(try await client.act(try creation("release.approve", named: "release")))
            #expect(stage.advance(seconds: 60))
            try await approve(client, first)
            #expect(stage.advance(seconds: 60))
            try await terminate(client, first)
            #expect(stage.advance(seconds: 60))
            func again(_ verb: String, _ message: String) async throws -> ExecutionID {
                let body = Message(
                    message,
                    [
                        "id": [
                            "project": .string(first.project), "domain": .string(first.domain),
                            "name": .string(first.name),
                        ], "name": .string(verb),
                    ])
                return try id(
                    try await client.act(
                        try request(
                            .post, "executions/\(verb)", [], body, "admin.ExecutionCreateResponse", .refused))
                )
            }
            let recovered = try await again("recover", "admin.ExecutionRecoverRequest")
            let relaunched = try await again("relaunch", "admin.ExecutionRelaunchRequest")
            #expect(stage.advance(seconds: 60))
            for (id, mode, phases) in [
                (recovered, "RECOVERED", ["RECOVERED", "RECOVERED"]),
                (relaunched, "RELAUNCH", ["SUCCEEDED", "RUNNING"]),
            ] {
                let spec = try #require(try await execution(client, id).message("spec"))
                #expect(spec.message("metadata")?.enumName("mode") == mode)
                #expect(
                    spec.message("metadata")?.message("reference_execution")?.string("name") == first.name)
                #expect(spec.message("labels")?.map("values")["team"] == .string("orders"))
                #expect(try await node(client, id, "n0") == phases[0])
                #expect(try await node(client, id, "n1") == phases[1])
            }
        }
    }

    // MARK: Ending, answering, hiding

    private func terminate(_ client: AdminClient, _ id: ExecutionID, _ cause: String = "enough") async throws
    {
        let body = Message("admin.ExecutionTerminateRequest", ["cause": .string(cause)])
        let effect = try await client.act(
            try request(
                .delete, "executions", [id.project, id.domain, id.name], body,
                "admin.ExecutionTerminateResponse"))
        #expect(effect == .answered([]))
    }

    private func answer(
        _ client: AdminClient, _ id: ExecutionID, _ signal: String, _ primitive: Value
    ) async throws {
        let body = Message(
            "admin.SignalSetRequest",
            [
                "id": [
                    "signal_id": .string(signal),
                    "execution_id": [
                        "project": .string(id.project), "domain": .string(id.domain),
                        "name": .string(id.name),
                    ],
                ], "value": ["scalar": ["primitive": primitive]],
            ])
        _ = try await client.act(try request(.post, "signals", [], body, "admin.SignalSetResponse"))
    }

    private func approve(_ client: AdminClient, _ id: ExecutionID, _ isApproved: Bool = true) async throws {
        try await answer(client, id, "approve-release", ["boolean": .bool(isApproved)])
    }

    @Test func whatIsTerminatedIsAbortedAndStaysSo() async throws {
        try await withStage { client, _, stage in
            let id = try id(try await client.act(try creation("release.approve", named: "release")))
            #expect(stage.advance(seconds: 100))
            try await terminate(client, id, "first")
            try await terminate(client, id, "second")
            let aborting = try #require(try await execution(client, id).message("closure"))
            #expect(aborting.enumName("phase") == "ABORTING")
            #expect(aborting.message("abort_metadata")?.string("cause") == "second")
            #expect(stage.advance(seconds: 5))
            let aborted = try #require(try await execution(client, id).message("closure"))
            #expect(aborted.enumName("phase") == "ABORTED")
            #expect(aborted.message("duration") != nil)
            #expect(try await node(client, id, "n1") == "ABORTED")
            let bytes = try await client.execution(id)
            #expect(stage.advance(seconds: 7200))
            #expect(try await client.execution(id) == bytes)
            let body = Message("admin.ExecutionTerminateRequest", ["cause": "late"])
            let error = try await refusal(
                client,
                try request(
                    .delete, "executions", [id.project, id.domain, id.name], body,
                    "admin.ExecutionTerminateResponse"))
            #expect(error.status == 400 && error.code == 9)
            // Who asks by when rows were written sees it.
            let row = try #require(stage.installation.execution(id))
            guard case .time(let updated) = row["updated_at"] else {
                Issue.record("no time")
                return
            }
            #expect(updated >= (noon.nanoseconds + 100_000_000_000) / 1000)
        }
    }

    @Test func anOpenRunOfTheHistoryCanBeEnded() async throws {
        try await withStage { client, _, stage in
            let open = try #require(
                stage.installation.executions(project: "sales", domain: "production").first {
                    $0.text("phase") == "RUNNING"
                })
            let id = ExecutionID(
                project: "sales", domain: "production", name: open.text("execution_name"))
            try await terminate(client, id)
            #expect(stage.advance(seconds: 3600))
            #expect(try await phase(client, id) == "ABORTED")
        }
    }

    @Test func gatesWaitForTheirAnswers() async throws {
        try await withStage { client, _, stage in
            let id = try id(try await client.act(try creation("release.approve", named: "release")))
            await #expect(throws: AdminError.self) { try await approve(client, id) }
            #expect(stage.advance(seconds: 7200))
            #expect(try await node(client, id, "n1") == "RUNNING")
            await #expect(throws: AdminError.self) {
                try await answer(client, id, "approve-release", ["integer": 1])
            }
            try await approve(client, id)
            #expect(stage.advance(seconds: 30))
            #expect(try await node(client, id, "n1") == "SUCCEEDED")
            try await answer(client, id, "canary-percent", ["integer": 42])
            #expect(stage.advance(seconds: 3600))
            #expect(try await phase(client, id) == "SUCCEEDED")
            let data = try Message(
                decoding: try await client.nodeData(id, "n2"), as: "admin.NodeExecutionGetDataResponse")
            #expect(
                data.message("full_outputs")?.map("literals")["o0"]
                    == .message(Message("core.Literal", ["scalar": ["primitive": ["integer": 42]]])))
        }
    }

    @Test func aRejectedGateFailsItsExecution() async throws {
        try await withStage { client, _, stage in
            let id = try id(try await client.act(try creation("release.approve", named: "release")))
            #expect(stage.advance(seconds: 600))
            try await approve(client, id, false)
            #expect(stage.advance(seconds: 60))
            let closure = try #require(try await execution(client, id).message("closure"))
            #expect(closure.enumName("phase") == "FAILED")
            #expect(closure.message("error")?.string("code") == "ReceivedRejectSignal")
        }
    }

    @Test func whatIsArchivedIsHiddenUntilItIsNot() async throws {
        try await withStage { client, _, stage in
            let id = try id(try await client.act(try creation("ops.ping", named: "hidden")))
            func update(_ state: String) async throws {
                let body = Message("admin.ExecutionUpdateRequest", ["state": .string(state)])
                _ = try await client.act(
                    try request(
                        .put, "executions", [id.project, id.domain, id.name], body,
                        "admin.ExecutionUpdateResponse"))
            }
            func state() async throws -> String? {
                try await execution(client, id).message("closure")?.message("state_change_details")?.enumName(
                    "state")
            }
            try await update("EXECUTION_ARCHIVED")
            #expect(try await state() == "EXECUTION_ARCHIVED")
            #expect(stage.advance(seconds: 3600))
            #expect(try await state() == "EXECUTION_ARCHIVED")
            #expect(try await phase(client, id) == "SUCCEEDED")
            #expect(stage.installation.execution(id)?.integer("state") == 1)
            try await update("EXECUTION_ACTIVE")
            #expect(try await state() == "EXECUTION_ACTIVE")
        }
    }

    // MARK: Once

    private func posts(_ server: AdminServer) -> [LoggedRequest] {
        server.log.filter { $0.request.method == "POST" }
    }

    @Test func whatMayHaveArrivedIsNotSentAgain() async throws {
        // The server launches, and its answer is cut off.
        let faults = Faults([.init(.truncate(after: 3, reset: true), .first(1)) { $0.method == "POST" }])
        try await withStage(faults) { client, server, _ in
            let error = try await refusal(client, try creation("ops.ping"))
            #expect(error.mayHaveActed)
            #expect(posts(server).count == 1)
        }
    }

    @Test func whatWasTurnedAwayIsSentAgain() async throws {
        let faults = Faults([
            .init(.refuse(status: 429, retryAfter: nil), .first(2)) { $0.method == "POST" }
        ])
        try await withStage(faults) { client, server, _ in
            _ = try id(try await client.act(try creation("ops.ping")))
            #expect(posts(server).map(\.status) == [nil, nil, 200])
        }
    }

    @Test func aNameThatAnEarlierTryTookIsNoError() async throws {
        let faults = Faults([.init(.truncate(after: 3, reset: true), .first(1)) { $0.method == "POST" }])
        try await withStage(faults) { client, server, _ in
            let effect = try await client.act(try creation("ops.ping", named: "once"))
            #expect(effect == .isThere)
            #expect(posts(server).map(\.status) == [200, 409])
            let id = ExecutionID(project: "sales", domain: "development", name: "once")
            #expect(try await phase(client, id) == "UNDEFINED")
        }
    }

    @Test func anEndingIsAskedForUntilItIsAnswered() async throws {
        let faults = Faults([.init(.reset, .first(1)) { $0.method == "DELETE" }])
        try await withStage(faults) { client, server, stage in
            let id = try id(try await client.act(try creation("release.approve", named: "release")))
            #expect(stage.advance(seconds: 60))
            try await terminate(client, id)
            #expect(server.log.filter { $0.request.method == "DELETE" }.map(\.status) == [nil, 200])
        }
    }
}

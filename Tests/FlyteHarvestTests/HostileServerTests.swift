import FlyteAdmin
import FlyteArchive
import FlyteHarvest
import FlyteIDL
import FlyteModel
import FlyteServer
import Foundation
import Tables
import TestSupport
import Testing

/// A server that lies on one route costs what is behind that route; and every harvest comes to its end.
struct HostileServerTests {
    private typealias Made = MadeInstallation

    /// Thirty executions with a node and an attempt each.
    private static func installation(_ count: Int = 30) -> MadeInstallation {
        let made = MadeInstallation()
        for number in 0..<count {
            made.execution(
                "e\(number)", number: Int64(number), inputs: Made.map(["x": "1"]),
                outputs: Made.map(["y": "2"]))
            made.node("n0", of: "e\(number)")
            made.attempt(0, of: "n0", "e\(number)")
        }
        return made
    }

    /// Harvests through a server that answers some questions itself.
    ///
    /// - Parameter lie: What it says; nil to pass the question on.
    private func harvest(
        _ made: MadeInstallation, _ options: HarvestOptions = HarvestOptions(),
        _ lie: @escaping @Sendable (RawServer.Request) -> RawServer.Answer?,
        _ check: (HarvestSummary, String) async throws -> Void
    ) async throws {
        try await made.serving { server, path async throws in
            let raw = try Self.front(of: server, lie)
            defer { raw.stop() }
            let client = Self.client(raw)
            let plan = try await HarvestPlan(options, client: client)
            let summary = try await Harvester(
                plan, client: client, archive: try Archive(path: path, mode: .readWrite), source: "sample",
                toolVersion: "test", options: options, now: { SampleHarvest.later }
            ).run()
            try await check(summary, path)
            let findings = try ProofTests.findings(path)
            #expect(findings.isEmpty, "\(findings)")
        }
    }

    private static func client(_ server: RawServer) -> AdminClient {
        var options = AdminClient.Options()
        options.retry.firstDelay = 0.002
        options.retry.longestDelay = 0.02
        options.retry.tries = 3
        options.largestAnswer = 1 << 20
        var transport = CurlTransport.Options()
        transport.idleTimeout = 2
        return AdminClient(base: server.base, transport: CurlTransport(options: transport), options: options)
    }

    private static func front(
        of server: AdminServer, _ lie: @escaping @Sendable (RawServer.Request) -> RawServer.Answer?
    ) throws -> RawServer {
        try RawServer { [address = server.address] request in
            if let answer = lie(request) { return answer }
            return passedOn(request, to: address)
        }
    }

    /// Each connection of a raw server has its thread, which may wait.
    private static func passedOn(_ request: RawServer.Request, to address: String) -> RawServer.Answer {
        // Unchecked: one side writes before the other, which waits for it, reads.
        final class Slot: @unchecked Sendable { var response = HTTPResponse(status: 502) }
        let slot = Slot()
        let isDone = DispatchSemaphore(value: 0)
        let accept = HTTPHeader("Accept", request.headers["accept"] ?? "application/octet-stream")
        Task.detached {
            let asked = HTTPRequest(url: address + request.target, headers: [accept])
            if let response = try? await transport.send(asked) { slot.response = response }
            isDone.signal()
        }
        isDone.wait()
        var headers: [String: String] = [:]
        for name in ["content-type", "date"] { headers[name] = slot.response.headers[name] }
        return .http(slot.response.status, headers, slot.response.body)
    }

    private static let transport = CurlTransport()

    // MARK: One poisoned execution

    struct Poison: CustomTestStringConvertible {
        var name: String
        /// The route of the one execution.
        var path = "/api/v1/data/executions/p/d/e7"
        var answer: @Sendable () -> RawServer.Answer
        /// What is told.
        var words: String
        var testDescription: String { name }
    }

    private static func answer(_ text: String) -> RawServer.Answer { .bytesAndClose(Array(text.utf8)) }

    static let poisons = [
        Poison(
            name: "redirect", answer: { .http(301, ["Location": "/elsewhere"]) },
            words: "redirects this one question: to /elsewhere"),
        Poison(
            name: "redirect of the nodes", path: "/api/v1/node_executions/p/d/e7",
            answer: { .http(302, ["Location": "https://idp.test/log-in?state=s"]) },
            words: "to https://idp.test"),
        Poison(
            name: "redirect of the execution", path: "/api/v1/executions/p/d/e7",
            answer: { .http(302, ["Location": "//user:secret@idp.test/"]) }, words: "to …@idp.test/"),
        Poison(
            name: "a length below zero", answer: { answer("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n") },
            words: "answered in no HTTP"),
        Poison(name: "no HTTP", answer: { answer("SSH-2.0-OpenSSH_9.2\r\n") }, words: "answered in no HTTP"),
        Poison(
            name: "a million header fields",
            answer: {
                .bytesAndEndlessly(Array("HTTP/1.1 200 OK\r\n".utf8)) {
                    Array(String(repeating: "X-A: vvvvvvvvvvvvvvvvvvvv\r\n", count: 1000).utf8)
                }
            }, words: "its head does not end"),
        Poison(
            name: "one header field without end",
            answer: {
                .bytesAndEndlessly(Array("HTTP/1.1 200 OK\r\nX-A: ".utf8)) {
                    [UInt8](repeating: 0x76, count: 1 << 16)
                }
            }, words: "127.0.0.1"),
        Poison(
            name: "a body without end",
            answer: {
                .bytesAndEndlessly(
                    RawServer.Answer.head(
                        200, ["Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked"],
                        length: nil)
                ) { RawServer.chunk([UInt8](repeating: 0, count: 1 << 16)) }
            }, words: "more than 1 MiB"),
        Poison(
            name: "a refusal without end", path: "/api/v1/node_executions/p/d/e7",
            answer: {
                .bytesAndEndlessly(
                    RawServer.Answer.head(
                        403, ["Content-Type": "text/plain", "Transfer-Encoding": "chunked"], length: nil)
                ) { RawServer.chunk([UInt8](repeating: 0x78, count: 1 << 16)) }
            }, words: "the server answered 403"),
        Poison(
            name: "an absurd length",
            answer: { .bytesAndHang(RawServer.Answer.head(200, length: 1 << 62)) }, words: "more than 1 MiB"),
        Poison(
            name: "no log-in for this one",
            answer: { .http(401, ["Content-Type": "application/octet-stream"]) },
            words: "the server answered 401"),
        Poison(
            name: "a compressed bomb",
            answer: {
                // A deflated stream of stored blocks need not be small to be undone.
                .http(
                    200, ["Content-Type": "application/octet-stream", "Content-Encoding": "zstd"],
                    [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]
                        + Array(repeating: [0x02, 0x00, 0x10, 0x00], count: 100).flatMap { $0 }
                        + [0x03, 0x00, 0x10, 0x00])
            }, words: "more than 1 MiB"),
    ]

    @Test(.timeLimit(.minutes(2)), arguments: poisons)
    func aPoisonedExecutionCostsItself(_ it: Poison) async throws {
        try await harvest(Self.installation()) { request in
            request.path == it.path ? it.answer() : nil
        } _: { summary, path in
            // The tool's exit code is 2 then.
            #expect(summary.problems == 1 && summary.new >= 29, "\(summary)")
            let told = try Archive.column(path, "SELECT execution || ' ' || message FROM v_problem")
            #expect(told.count >= 1 && told.allSatisfy { $0.text?.hasPrefix("e7 ") == true }, "\(told)")
            #expect(told.contains { $0.text?.contains(it.words) == true }, "\(told)")
            #expect(told.allSatisfy { $0.text?.contains("secret") == false })
            let others = try Archive.column(path, "SELECT count(*) FROM v_execution WHERE name <> 'e7'")
            #expect(others == [.integer(29)])
            // The others lack nothing but definitions and the starts of their workflows, which nobody has.
            let gaps = try Archive.column(
                path,
                "SELECT DISTINCT state FROM v_capture WHERE execution <> 'e7' AND state NOT IN ('missing', 'lost')"
            )
            #expect(gaps.isEmpty, "\(gaps)")
        }
    }

    @Test func whatEndsEverythingIsAHostThatAnswersNobody() async throws {
        let made = Self.installation()
        await #expect(throws: AdminError.self) {
            try await harvest(made) { request in
                // All is well until the executions are read; then a portal stands before everything.
                request.number < 4 ? nil : .http(302, ["Location": "https://portal.test/"])
            } _: { _, _ in
            }
        }
    }

    // MARK: Ends

    struct Endless: CustomTestStringConvertible {
        var name: String
        var answer: @Sendable (RawServer.Request) -> RawServer.Answer?
        /// What `v_problem` says.
        var words: String
        /// The row of `v_capture`, if the end is one of a part of an execution.
        var capture: String?
        var testDescription: String { name }
    }

    private static func page(_ list: String, _ field: String, _ rows: [Message]) -> RawServer.Answer {
        var message = Message(list)
        message[field] = .list(rows.map { .message($0) })
        message["token"] = "100"
        return .protobuf(message.encoded())
    }

    private static func node(_ id: String, isParent: Bool = false) -> Message {
        Message(
            "admin.NodeExecution",
            [
                "id": ["node_id": .string(id), "execution_id": Made.id("e7")],
                "closure": ["phase": "SUCCEEDED", "created_at": Made.time(Made.start)],
                "metadata": ["spec_node_id": .string(id), "is_parent_node": .bool(isParent)],
            ])
    }

    private static func attempt(_ node: String, isParent: Bool) -> Message {
        Message(
            "admin.TaskExecution",
            [
                "id": [
                    "task_id": Made.definition("TASK", "t"), "retry_attempt": 0,
                    "node_execution_id": ["node_id": .string(node), "execution_id": Made.id("e7")],
                ],
                "is_parent": .bool(isParent),
                "closure": ["phase": "SUCCEEDED", "created_at": Made.time(Made.start)],
            ])
    }

    private static let tooLarge: RawServer.Answer = {
        var status = Message("google.rpc.Status")
        status["code"] = 8
        status["message"] = "grpc: received message larger than max (5 vs. 4)"
        return .http(429, ["Content-Type": "application/octet-stream"], status.encoded())
    }()

    static let endless = [
        Endless(
            name: "pages of nodes repeat",
            answer: { request in
                request.path == "/api/v1/node_executions/p/d/e7"
                    ? page("admin.NodeExecutionList", "node_executions", [node("n0"), node("n1")]) : nil
            }, words: "the same rows again and again", capture: "nodes truncated"),
        Endless(
            name: "pages of attempts repeat",
            answer: { request in
                request.path.hasPrefix("/api/v1/task_executions/p/d/e7/")
                    ? page(
                        "admin.TaskExecutionList", "task_executions",
                        Array(repeating: attempt("n0", isParent: false), count: 100)) : nil
            }, words: "the same rows again and again", capture: "attempts truncated"),
        Endless(
            name: "nodes are too large for ever",
            answer: { $0.path == "/api/v1/node_executions/p/d/e7" ? tooLarge : nil },
            words: "100 rows in a row are too large", capture: "nodes truncated"),
        Endless(
            name: "attempts have children without end",
            answer: { request in
                if request.path.hasPrefix("/api/v1/children/task_executions/p/d/e7/") {
                    return page(
                        "admin.NodeExecutionList", "node_executions", [node("m\(request.number)")]
                    ).ended
                }
                guard request.path.hasPrefix("/api/v1/task_executions/p/d/e7/") else { return nil }
                let id = request.path.split(separator: "/").last ?? ""
                return page(
                    "admin.TaskExecutionList", "task_executions", [attempt(String(id), isParent: true)]
                ).ended
            }, words: "nested more than 100 deep", capture: "nodes truncated"),
        Endless(
            name: "parents have children without end",
            answer: { request in
                request.path == "/api/v1/node_executions/p/d/e7"
                    ? page(
                        "admin.NodeExecutionList", "node_executions",
                        [node("m\(request.number)", isParent: true)]
                    ).ended : nil
            }, words: "nested more than 100 deep", capture: "nodes truncated"),
        Endless(
            name: "a node drips",
            answer: { request in
                request.path == "/api/v1/node_executions/p/d/e7"
                    ? .drip(
                        RawServer.Answer.head(200, length: 1000) + [UInt8](repeating: 0, count: 1000),
                        milliseconds: 500)
                    : nil
            }, words: "did not answer in time"),
        Endless(
            name: "executions repeat",
            answer: { request in
                guard request.path == "/api/v1/executions/p/d" else { return nil }
                let row = Message(
                    "admin.Execution",
                    [
                        "id": Made.id("e7"),
                        "closure": ["phase": "SUCCEEDED", "created_at": Made.time(Made.start)],
                    ])
                return page("admin.ExecutionList", "executions", Array(repeating: row, count: 100))
            }, words: "the same rows again and again"),
        Endless(
            name: "executions are too large for ever",
            answer: { $0.path == "/api/v1/executions/p/d" ? tooLarge : nil },
            words: "100 rows in a row are too large"),
    ]

    @Test(.timeLimit(.minutes(2)), arguments: endless) func everythingEndsAndIsTold(_ it: Endless)
        async throws
    {
        try await harvest(Self.installation(), HarvestOptions(), it.answer) { summary, path in
            #expect(summary.problems >= 1)
            let told = try Archive.column(path, "SELECT message FROM v_problem")
            #expect(told.contains { $0.text?.contains(it.words) == true }, "\(told)")
            guard let capture = it.capture else { return }
            #expect(summary.new == 30)
            let gaps = try Archive.column(
                path, "SELECT DISTINCT field || ' ' || state FROM v_capture WHERE state = 'truncated'")
            #expect(gaps == [.text(capture)])
            #expect(
                try Archive.column(path, "SELECT is_complete FROM v_execution WHERE name = 'e7'") == [
                    .integer(0)
                ])
        }
    }

    // MARK: Signed URLs

    struct Blob: CustomTestStringConvertible {
        var name: String
        var bytes: Int64
        var answer: @Sendable () -> RawServer.Answer
        /// What `v_problem` says; nil for what is kept.
        var words: String?
        var testDescription: String { name }
    }

    /// A literal map of 1000 bytes.
    private static let literals = Made.map(["x": String(repeating: "y", count: 982)]).encoded()

    @Test(arguments: [
        Blob(name: "as announced", bytes: 1000, answer: { .http(200, [:], literals) }),
        Blob(name: "nobody looked", bytes: 0, answer: { .http(200, [:], literals) }),
        Blob(name: "nobody looked, and nothing is there", bytes: 0, answer: { .http(200) }),
        Blob(
            name: "shorter", bytes: 1001, answer: { .http(200, [:], literals) },
            words: "it has 1000 bytes, and the server announced 1001"),
        Blob(
            name: "longer", bytes: 999, answer: { .http(200, [:], literals) },
            words: "it is longer than the 999 bytes that the server announced"),
        Blob(
            name: "empty", bytes: 1000, answer: { .http(200) },
            words: "it has 0 bytes, and the server announced 1000"),
        Blob(
            name: "an absurd size", bytes: .max, answer: { .http(200, [:], literals) },
            words: "the settings allow 1073741824"),
        Blob(
            name: "a redirect", bytes: 1000, answer: { .http(307, ["Location": "/moved?token=secret"]) }),
        Blob(
            name: "another thing of the same size", bytes: 1000,
            answer: { .http(200, [:], [UInt8](repeating: 0x07, count: 1000)) }, words: "is no core.LiteralMap"
        ),
    ]) func anObjectIsWhatWasAnnounced(_ it: Blob) async throws {
        #expect(Self.literals.count == 1000)
        try await harvest(Self.installation(2)) { request in
            switch request.path {
            case "/blob": return it.answer()
            case "/moved": return .http(200, [:], Self.literals)
            case "/api/v1/data/executions/p/d/e1":
                let url = "http://\(request.headers["host"] ?? "")/blob?signature=secret"
                return .protobuf(
                    Message(
                        "admin.WorkflowExecutionGetDataResponse",
                        ["inputs": ["url": .string(url), "bytes": .int64(it.bytes)]]
                    ).encoded())
            default: return nil
            }
        } _: { summary, path in
            #expect(summary.new == 2 && summary.problems == (it.words == nil ? 0 : 1))
            let told = try Archive.column(path, "SELECT message FROM v_problem")
            let gaps = try Archive.column(
                path, "SELECT state FROM v_capture WHERE execution = 'e1' AND field = 'inputs'")
            if let words = it.words {
                #expect(told.count == 1 && told.first?.text?.contains(words) == true, "\(told)")
                #expect(told.first?.text?.contains("secret") == false && gaps.count == 1)
            } else {
                #expect(told.isEmpty && gaps.isEmpty, "\(told) \(gaps)")
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func anExecutionThatTakesTooLongIsLeftForThisTime() async throws {
        var options = HarvestOptions()
        options.executionTimeout = 1
        try await harvest(Self.installation(5), options) { request in
            // A little now and then: no request ever takes long.
            guard request.path.hasPrefix("/api/v1/node_executions/p/d/e3") else { return nil }
            usleep(200_000)
            return Self.page(
                "admin.NodeExecutionList", "node_executions", [Self.node("m\(request.number)")])
        } _: { summary, path in
            #expect(summary.problems == 1 && summary.new == 4, "\(summary)")
            let told = try Archive.column(path, "SELECT execution || ': ' || message FROM v_problem")
            #expect(
                told == [
                    .text(
                        "e3: GET /api/v1/executions/p/d/e3: the execution was not read within 1 s, and is left for this time."
                    )
                ])
        }
    }
}

extension RawServer.Answer {
    /// The page without a token for the next one.
    fileprivate var ended: RawServer.Answer {
        guard case .bytes(let bytes) = self else { return self }
        let text = Array("\r\n\r\n".utf8)
        guard let head = bytes.indices.first(where: { bytes[$0...].starts(with: text) }) else { return self }
        // Field 2 is the last: two bytes before its text.
        return .protobuf(Array(bytes[(head + 4)...].dropLast(5)))
    }
}

import FlyteIDL
import FlyteModel
import Foundation
import Testing

@testable import FlyteAdmin

@Suite struct AdminClientTests {
    private let id = ExecutionID(project: "p", domain: "d", name: "x")
    private let time = FakePace()

    private func client(
        _ transport: FakeTransport, _ change: (inout AdminClient.Options) -> Void = { _ in }
    ) -> AdminClient {
        var options = AdminClient.Options()
        options.pace = time.pace()
        change(&options)
        return AdminClient(base: "http://flyte.test:8088/", transport: transport, options: options)
    }

    private var execution: Message {
        var id = Message("core.WorkflowExecutionIdentifier")
        id["project"] = .string("p")
        id["name"] = .string("x")
        var execution = Message("admin.Execution")
        execution["id"] = .message(id)
        return execution
    }

    // MARK: Forms of answers

    @Test func asksForProtobufAndNothingElse() async throws {
        let transport = FakeTransport { _, _ in .protobuf() }
        #expect(try await client(transport).execution(id).isEmpty)
        #expect(transport.requests.map(\.url) == ["http://flyte.test:8088/api/v1/executions/p/d/x"])
        #expect(transport.requests[0].headers == [HTTPHeader("Accept", "application/octet-stream")])
    }

    @Test func keepsTheBytesAsTheyCame() async throws {
        // Field 15 does not exist: a newer server may send it.
        let bytes = execution.encoded() + [0x7a, 2, 9, 9]
        let transport = FakeTransport { _, _ in .protobuf(bytes) }
        #expect(try await client(transport).execution(id) == bytes)
    }

    @Test(arguments: [406, 415]) func asksForJSONWhereAProxyForbidsProtobuf(status: Int) async throws {
        let json = try execution.json(.snakeCase)
        let transport = FakeTransport { request, _ in
            request.header("accept") == "application/json" ? .json(json) : .html(status)
        }
        let client = client(transport)
        #expect(try await client.execution(id) == execution.encoded())
        #expect(try await client.execution(id) == execution.encoded())
        // Having learned it, the client does not ask for protobuf again.
        #expect(transport.requests.count == 3)
    }

    @Test func readsJSONThatWasNotAskedFor() async throws {
        let json = try execution.json(.camelCase)
        let transport = FakeTransport { _, _ in .json(json) }
        #expect(try await client(transport).execution(id) == execution.encoded())
    }

    @Test func tellsAPageOfAnIngressFromAnAPI() async throws {
        let transport = FakeTransport { _, _ in .html(200) }
        let error = await #expect(throws: AdminError.self) { try await client(transport).execution(id) }
        #expect(
            error?.description
                == "GET /api/v1/executions/p/d/x: the answer (200) is not Flyte's: its type is 'text/html'. Check that the endpoint is a Flyte Admin API (HTTP port 8088, or the ingress), without a path."
        )
        #expect(transport.requests.count == 1)
    }

    @Test func tellsJSONOfAnotherService() async throws {
        let transport = FakeTransport { _, _ in .json(#"{"executions": "many"}"#) }
        let list = try client(transport).executions(project: "p", domain: "d")
        let error = await #expect(throws: AdminError.self) { try await client(transport).items(of: list) }
        #expect(error?.kind == .notFlyte)
    }

    @Test func asksAgainForABodyThatIsNoMessage() async throws {
        let bytes = execution.encoded()
        let transport = FakeTransport { _, number in .protobuf(number == 0 ? Array(bytes.dropLast()) : bytes)
        }
        #expect(try await client(transport).execution(id) == bytes)
        #expect(transport.requests.count == 2)
    }

    // MARK: Paths

    @Test func encodesEachPartOfAPath() async throws {
        let transport = FakeTransport { _, _ in .protobuf() }
        let task = DefinitionID(kind: .task, project: "p", domain: "d", name: "a.b ü%", version: "v+1;?#")
        _ = try await client(transport).attemptData(id, node: "n&0", task: task, attempt: 2)
        #expect(
            transport.requests[0].url
                == "http://flyte.test:8088/api/v1/data/task_executions/p/d/x/n%260/p/d/a.b%20%C3%BC%25/v%2B1%3B%3F%23/2"
        )
    }

    @Test func encodesDotsThatWouldWalkUpThePath() async throws {
        let transport = FakeTransport { _, _ in .protobuf() }
        _ = try await client(transport).node(id, "..")
        #expect(transport.requests[0].url.hasSuffix("/x/%2E%2E"))
    }

    // The server would answer with an arbitrary row.
    @Test func neverSendsAnEmptyPart() async throws {
        let transport = FakeTransport { _, _ in .protobuf() }
        let error = await #expect(throws: AdminError.self) { try await client(transport).nodeData(id, "") }
        #expect(error?.kind == .unaddressable)
        let nameless = ExecutionID(project: "p", domain: "d", name: "")
        await #expect(throws: AdminError.self) { try await client(transport).executionData(nameless) }
        #expect(transport.requests.isEmpty)
    }

    @Test func refusesAPartWithASlash() async throws {
        let transport = FakeTransport { _, _ in .protobuf() }
        let task = DefinitionID(kind: .task, project: "p", domain: "d", name: "n", version: "feature/x")
        let error = await #expect(throws: AdminError.self) { try await client(transport).definition(task) }
        #expect(error?.kind == .unaddressable)
        #expect(
            error?.description
                == "GET /api/v1/tasks/p/d/n: no path can carry this identifier: 'feature/x' contains a slash."
        )
        #expect(transport.requests.isEmpty)
    }

    @Test func asksListsSortedAndWithArchivedExecutions() async throws {
        let transport = FakeTransport { _, _ in .protobuf() }
        let client = client(transport)
        let list = try client.executions(
            project: "p", domain: "d", filters: ["gte(updated_at,2026-01-02T03:04:05Z)"])
        _ = try await client.items(of: list)
        #expect(
            transport.requests[0].url
                == "http://flyte.test:8088/api/v1/executions/p/d?sort_by.key=id&sort_by.direction=ASCENDING&filters=gte%28updated_at%2C2026-01-02T03%3A04%3A05Z%29%2Bvalue_in%28state%2C0%3B1%29&limit=100"
        )
    }

    @Test func asksForMetricsOfAllDepths() async throws {
        let transport = FakeTransport { _, _ in .protobuf() }
        _ = try await client(transport).metrics(of: id)
        #expect(transport.requests[0].query("depth") == "-1")
    }

    // MARK: Pages

    /// A server with so many rows; a page whose rows weigh more than the limit is refused as flyteadmin does.
    private func rows(_ count: Int, weight: @escaping @Sendable (Int) -> Int = { _ in 0 }, limit: Int = .max)
        -> FakeTransport
    {
        FakeTransport { request, _ in
            let size = request.query("limit").flatMap { Int($0) } ?? 0
            let offset = request.query("token").flatMap { Int($0) } ?? 0
            let rows = offset..<max(offset, min(offset + size, count))
            let total = rows.reduce(0) { $0 + weight($1) }
            guard total <= limit else {
                return .refusal(429, 8, "grpc: received message larger than max (\(total) vs. \(limit))")
            }
            var writer = WireWriter()
            for row in rows { writer.field(1, Array("\(row)".utf8)) }
            if rows.count == size { writer.field(2, Array("\(offset + size)".utf8)) }
            return .protobuf(writer.bytes)
        }
    }

    private func numbers(_ items: [[UInt8]]) -> [Int] {
        items.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    }

    @Test(arguments: [0, 1, 99, 100, 101, 200, 250]) func readsAllPages(count: Int) async throws {
        let transport = rows(count)
        let client = client(transport)
        let items = try await client.items(of: try client.nodes(of: id))
        #expect(numbers(items) == Array(0..<count))
        // A full last page is followed by an empty one; the server gives no other sign.
        #expect(transport.requests.count == count / 100 + 1)
    }

    @Test func halvesPagesThatAreTooLargeForTheServer() async throws {
        let transport = rows(250, weight: { _ in 10 }, limit: 300)
        let client = client(transport)
        #expect(numbers(try await client.items(of: try client.nodes(of: id))) == Array(0..<250))
        #expect(transport.requests.prefix(3).compactMap { $0.query("limit") } == ["100", "50", "25"])
        #expect(time.sleeps.isEmpty)
    }

    @Test func passesOverARowThatIsTooLargeAlone() async throws {
        let transport = rows(10, weight: { $0 == 4 ? 1000 : 1 }, limit: 300)
        let client = client(transport)
        let places = Places()
        let items = try await client.items(of: try client.nodes(of: id)) { offset, error in
            places.add(offset)
            #expect(error.remedy == .shrink)
        }
        #expect(numbers(items) == [0, 1, 2, 3, 5, 6, 7, 8, 9])
        #expect(places.all == [4])
    }

    // Unchecked: the lock guards the places.
    private final class Places: @unchecked Sendable {
        private let lock = NSLock()
        private var stored: [Int] = []
        var all: [Int] { lock.withLock { stored } }
        func add(_ place: Int) { lock.withLock { stored.append(place) } }
    }

    // MARK: Retries

    @Test func asksAgainAfterPassingFaults() async throws {
        let transport = FakeTransport { _, number throws(TransportError) in
            switch number {
            case 0: throw TransportError(kind: .cutOff, host: "h")
            case 1: return .html(502)
            case 2: return .refusal(503, 14, "no connection")
            case 3: return .refusal(500, 13, "unexpected error type for: x")
            case 4: throw TransportError(kind: .timedOut, host: "h")
            default: return .protobuf()
            }
        }
        _ = try await client(transport) {
            $0.retry.triesAfterServerFault = 5
            $0.retry.triesAfterTimeout = 6
        }.execution(id)
        #expect(transport.requests.count == 6)
    }

    @Test func waitsTwiceAsLongEachTime() async throws {
        let transport = FakeTransport { _, _ in .html(503) }
        let client = client(transport) { $0.retry.tries = 5 }
        let error = await #expect(throws: AdminError.self) { try await client.execution(id) }
        #expect(error?.kind == .overloaded)
        #expect(transport.requests.count == 5)
        #expect(client.counts.retries == 4)
        #expect(time.now == .milliseconds(7500))
    }

    @Test(arguments: [0.0, 0.25, 1.0]) func spreadsDelaysByChance(chance: Double) {
        let policy = RetryPolicy()
        let error = AdminError(kind: .overloaded, route: "")
        func delay(afterFailures count: Int) -> Double? {
            policy.delay(after: Array(repeating: error, count: count), chance: chance)
        }
        #expect(delay(afterFailures: 1) == 0.25 + 0.25 * chance)
        #expect(delay(afterFailures: 7) == 15 + 15 * chance)
        #expect(delay(afterFailures: 8) == nil)
    }

    @Test func eachKindOfFailureHasALimitForItself() async throws {
        let broken = HTTPResponse(status: 500, headers: [:])
        let answers = [HTTPResponse.html(503), .html(503), broken, .html(503), .protobuf()]
        let transport = FakeTransport { _, number in answers[number] }
        _ = try await client(transport).execution(id)
        #expect(transport.requests.count == 5)

        let worse = FakeTransport { _, number in number % 2 == 0 ? .html(503) : broken }
        await #expect(throws: AdminError.self) { try await client(worse).execution(id) }
        #expect(worse.requests.count == 4)
    }

    @Test func waitsAsLongAsTheServerAsks() async throws {
        let transport = FakeTransport { _, number in
            switch number {
            case 0: HTTPResponse(status: 429, headers: ["retry-after": "17"])
            case 1:
                HTTPResponse(
                    status: 503,
                    headers: [
                        "retry-after": "Sun, 06 Nov 1994 08:50:00 GMT",
                        "date": "Sun, 06 Nov 1994 08:49:37 GMT",
                    ])
            default: .protobuf()
            }
        }
        _ = try await client(transport).execution(id)
        // And a little of our own, by chance, so that not all come back at once: 25 ms after a 429, half a second.
        let waited = time.now - .milliseconds(17_025 + 23_500)
        #expect(waited > .milliseconds(-1) && waited < .milliseconds(1))
    }

    @Test(arguments: [nil, "0"]) func aRefusalThatAsksForNothingIsNotAskedAgainAtOnce(asked: String?)
        async throws
    {
        let transport = FakeTransport { _, _ in
            HTTPResponse(status: 429, headers: asked.map { ["retry-after": $0] } ?? [:])
        }
        let client = client(transport)
        let error = await #expect(throws: AdminError.self) { try await client.execution(id) }
        #expect(error?.kind == .overloaded)
        #expect(transport.requests.count == 12)
        // 25 ms, and twice as long each time, is 51 s in all.
        #expect(time.now >= .milliseconds(25 * (1 << 11 - 1)))
    }

    @Test func givesUpWhenTheServerAsksForTooMuchPatience() async throws {
        let transport = FakeTransport { _, _ in HTTPResponse(status: 503, headers: ["retry-after": "86400"]) }
        await #expect(throws: AdminError.self) { try await client(transport).execution(id) }
        #expect(transport.requests.count == 1)
    }

    @Test func tellsAWrongAddressSoon() async throws {
        let transport = FakeTransport { _, _ throws(TransportError) in
            throw TransportError(kind: .refused, host: "http://h")
        }
        let error = await #expect(throws: AdminError.self) { try await client(transport).execution(id) }
        #expect(transport.requests.count == 2)
        #expect(
            error?.description
                == "GET /api/v1/executions/p/d/x: http://h refuses connections. Check the port, and whether the server runs."
        )
    }

    @Test func isMorePatientWithAServerThatHasAnswered() async throws {
        let transport = FakeTransport { _, number throws(TransportError) in
            if number == 0 || number > 5 { return .protobuf() }
            throw TransportError(kind: .refused, host: "http://h")
        }
        let client = client(transport)
        _ = try await client.execution(id)
        _ = try await client.execution(id)
        #expect(transport.requests.count == 7)
    }

    @Test(arguments: [
        (404, 5, "missing entity"), (400, 3, "invalid value for limit"), (403, 7, "no"), (501, 12, "unknown"),
        (500, 13, "failed to discover workflow node 'efn' in workflow 'x'"),
    ]) func asksOnlyOnceWhatWillNotChange(refusal: (Int, Int, String)) async throws {
        let transport = FakeTransport { _, _ in .refusal(refusal.0, refusal.1, refusal.2) }
        let error = await #expect(throws: AdminError.self) { try await client(transport).execution(id) }
        #expect(error?.status == refusal.0)
        #expect(error?.code == refusal.1)
        #expect(error?.message == refusal.2)
        #expect(transport.requests.count == 1)
    }

    // MARK: Politeness

    @Test func hasNoMoreInFlightThanAllowed() async throws {
        let gauge = Gauge()
        let transport = FakeTransport { _, _ in
            gauge.enter()
            try? await Task.sleep(for: .milliseconds(2))
            gauge.leave()
            return .protobuf()
        }
        let client = client(transport) { $0.jobs = 3 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<40 { group.addTask { _ = try await client.execution(id) } }
            try await group.waitForAll()
        }
        #expect(gauge.highest == 3)
        #expect(client.counts.requests == 40)
        #expect(client.counts.inFlight == 0)
    }

    // Unchecked: the lock guards the counts.
    private final class Gauge: @unchecked Sendable {
        private let lock = NSLock()
        private var count = 0
        private var most = 0
        var highest: Int { lock.withLock { most } }
        func enter() {
            lock.withLock {
                count += 1
                most = max(most, count)
            }
        }
        func leave() { lock.withLock { count -= 1 } }
    }

    @Test func startsNoMoreInASecondThanAllowed() async throws {
        let transport = FakeTransport { _, _ in .protobuf() }
        let client = client(transport) { $0.rate = 4 }
        for _ in 0..<9 { _ = try await client.execution(id) }
        #expect(time.now == .seconds(2))
    }

    @Test func onlyWhatWasRefusedWaits() async throws {
        let transport = FakeTransport { request, number in
            number == 0 ? HTTPResponse(status: 503, headers: ["retry-after": "30"]) : .protobuf()
        }
        let client = client(transport)
        async let refused: [UInt8] = client.execution(id)
        while time.sleeps.isEmpty { await Task.yield() }
        let asleep = time.sleeps
        _ = try await client.nodeData(id, "n")
        #expect(time.sleeps == asleep)
        _ = try await refused
        #expect(asleep == [.milliseconds(30_500)])
    }

    @Test func whoIsCancelledWhileItWaitsLeavesAtOnce() async throws {
        let throttle = Throttle(jobs: 1, rate: nil, pace: time.pace())
        let turn = try await throttle.enter("h")
        let waiting = Task { try await throttle.enter("h") }
        await Task.yield()
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        // Its place in the queue is nobody's.
        await throttle.leave(turn, .answered)
        _ = try await throttle.enter("h")
    }

    // MARK: Secrets

    @Test func tellsNoSecretOfASignedURL() async throws {
        let transport = FakeTransport { _, _ in
            HTTPResponse(
                status: 403, headers: ["content-type": "application/xml"],
                body: Array("<Code>AccessDenied</Code>".utf8))
        }
        let error = await #expect(throws: AdminError.self) {
            try await client(transport).signedObject(
                "https://store.test/b/o?X-Amz-Signature=s3cr3t", folder: NSTemporaryDirectory())
        }
        #expect("\(try #require(error))".contains("AccessDenied"))
        #expect(!"\(try #require(error))".contains("s3cr3t"))
    }

    @Test func sendsNoTokenToAStore() async throws {
        let transport = FakeTransport { _, _ in HTTPResponse(status: 200, body: [1]) }
        let client = AdminClient(base: "http://h", transport: transport, authenticator: Badge())
        let object = try await client.signedObject("https://store.test/b/o", folder: NSTemporaryDirectory())
        #expect(object == .held([1]))
        #expect(transport.requests[0].headers.isEmpty)
    }

    @Test func putsALargeObjectAside() async throws {
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 9) }
        let transport = FakeTransport { _, _ in HTTPResponse(status: 200, body: body) }
        let object = try await client(transport).signedObject(
            "https://store.test/b/o", folder: NSTemporaryDirectory())
        guard case .spooled = object else {
            Issue.record("it is in memory")
            return
        }
        #expect(try object.bytes(in: 0..<body.count) == body)
        #expect(try object.bytes(in: 1_500_000..<1_500_010) == Array(body[1_500_000..<1_500_010]))
    }

    @Test func saysWhereALargeObjectHasNoRoom() async throws {
        let transport = FakeTransport { _, _ in
            HTTPResponse(status: 200, body: Array(repeating: 1, count: 2 << 20))
        }
        let error = await #expect(throws: AdminError.self) {
            try await client(transport).signedObject("https://store.test/b/o", folder: "/nowhere")
        }
        #expect(error?.kind == .noRoom)
        #expect(try #require(error).description.contains("cannot be put aside in '/nowhere'"))
    }

    @Test func keepsAnObjectInMemoryWhereSecretsAreStillToBeSought() async throws {
        for (bytes, isTaken) in [(3 << 20, true), (5 << 20, false)] {
            let body = Array(repeating: UInt8(1), count: bytes)
            let transport = FakeTransport { _, _ in HTTPResponse(status: 200, body: body) }
            let client = client(transport)
            if isTaken {
                let object = try await client.signedObject("https://store.test/b/o", folder: nil)
                guard case .held(body) = object else {
                    Issue.record("it is not in memory")
                    return
                }
            } else {
                let error = await #expect(throws: AdminError.self) {
                    try await client.signedObject("https://store.test/b/o", folder: nil)
                }
                #expect(error?.kind == .tooLargeToRedact)
            }
        }
    }

    private struct Badge: Authenticator {
        func headers() async throws(AdminError) -> [HTTPHeader] { [HTTPHeader("authorization", "Bearer t")] }
        func renew(refused: [HTTPHeader]) async throws(AdminError) -> Bool { false }
    }

    @Test func takesNoURLThatIsNotHTTP() async throws {
        var answer = Message("service.CreateDownloadLocationResponse")
        answer["signed_url"] = .string("file:///etc/passwd")
        let bytes = answer.encoded()
        let transport = FakeTransport { _, _ in .protobuf(bytes) }
        await #expect(throws: AdminError.self) { try await client(transport).signedURL(for: "s3://b/o") }
    }
}

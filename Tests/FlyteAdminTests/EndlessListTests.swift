import FlyteIDL
import FlyteModel
import Testing

@testable import FlyteAdmin

/// Lists come to an end, whatever a server does.
@Suite struct EndlessListTests {
    private static let id = ExecutionID(project: "p", domain: "d", name: "e")
    private static let tooLarge = "grpc: received message larger than max (5 vs. 4)"

    private func client(_ transport: FakeTransport) -> AdminClient {
        var options = AdminClient.Options()
        options.pace = FakePace().pace()
        return AdminClient(base: "http://flyte.test", transport: transport, options: options)
    }

    private static func node(_ name: String, filler: Int = 0) -> Message {
        Message(
            "admin.NodeExecution",
            [
                "id": ["node_id": .string(name)],
                "input_uri": .string(String(repeating: "x", count: filler)),
            ])
    }

    private static func page(_ nodes: [Message], token: String = "more") -> HTTPResponse {
        var list = Message("admin.NodeExecutionList")
        list["node_executions"] = .list(nodes.map { .message($0) })
        list["token"] = .string(token)
        return .protobuf(list.encoded())
    }

    /// What a list gave, and what was told of it.
    private func read(_ transport: FakeTransport) async throws -> (rows: Int, gaps: [(Int, AdminError)]) {
        var gaps: [(Int, AdminError)] = []
        var rows = 0
        try await client(transport).pages(of: client(transport).nodes(of: Self.id)) {
            gaps.append(($0, $1))
        } _: {
            rows += $0.items.count
        }
        return (rows, gaps)
    }

    @Test(arguments: [1, 2, 7, 100]) func isLeftWherePagesRepeat(period: Int) async throws {
        let transport = FakeTransport { request, number in
            let first = number % period * 100
            return Self.page((first..<first + 100).map { Self.node("n\($0)") })
        }
        let (rows, gaps) = try await read(transport)
        #expect(rows == (period + 5) * 100)
        #expect(gaps.count == 1 && gaps[0].1.kind == .endless && gaps[0].0 == rows)
        #expect(gaps[0].1.description.contains("the same rows again and again"), "\(gaps[0].1)")
    }

    /// The same id, and something else in the row each time.
    @Test func isLeftWhereTheSameRowsChange() async throws {
        let transport = FakeTransport { _, number in Self.page([Self.node("n", filler: number)]) }
        let (rows, gaps) = try await read(transport)
        #expect(rows == 201 && gaps.map(\.1.kind) == [.endless])
    }

    @Test func goesOnWhereRowsThatCameInBetweenMoveOthers() async throws {
        // 400 rows come in while the second page is asked for: the first four hundred are given once more.
        let transport = FakeTransport { _, number in
            let first = number < 4 ? number * 100 : number * 100 - 400
            return Self.page(
                (first..<first + 100).map { Self.node("n\($0)") }, token: number == 11 ? "" : "more")
        }
        let (rows, gaps) = try await read(transport)
        #expect(rows == 1200 && gaps.isEmpty)
    }

    @Test func isLeftWhereOneRowAfterTheOtherIsTooLarge() async throws {
        let transport = FakeTransport { _, _ in .refusal(429, 8, Self.tooLarge) }
        let (rows, gaps) = try await read(transport)
        #expect(rows == 0 && gaps.count == 101 && gaps.last?.1.kind == .endless)
        #expect(gaps.dropLast().map(\.0) == Array(0..<100))
        // Six to come down to one row, and then one a row.
        #expect(transport.requests.count == 106)
    }

    /// What is cut off here costs its megabytes each time.
    @Test func isLeftSoonWhereAnswersHaveNoEnd() async throws {
        let transport = FakeTransport { _, _ async throws(TransportError) in
            throw TransportError(kind: .tooLarge, host: "http://flyte.test", detail: "more than 16 MiB")
        }
        let (rows, gaps) = try await read(transport)
        #expect(rows == 0 && gaps.count == 9 && transport.requests.count == 14)
        #expect(gaps[0].1.kind == .tooLarge && gaps[0].1.description.contains("more than 16 MiB"))
    }

    @Test func growsAgainBehindARowThatIsTooLarge() async throws {
        let transport = FakeTransport { request, _ in
            let first = Int(request.query("token") ?? "") ?? 0
            let limit = Int(request.query("limit") ?? "") ?? 0
            if (first..<first + limit).contains(33) { return .refusal(429, 8, Self.tooLarge) }
            let end = min(first + limit, 300)
            return Self.page((first..<end).map { Self.node("n\($0)") }, token: end < 300 ? "more" : "")
        }
        let (rows, gaps) = try await read(transport)
        #expect(rows == 299 && gaps.map(\.0) == [33])
        #expect(transport.requests.count < 30)
    }

    /// All of it is in memory.
    @Test func itemsAreLeftWhereMemoryEnds() async throws {
        let transport = FakeTransport { _, number in
            Self.page((0..<10).map { Self.node("n\(number)-\($0)", filler: 100_000) })
        }
        var gaps: [AdminError] = []
        let items = try await client(transport).items(of: client(transport).nodes(of: Self.id)) {
            gaps.append($1)
        }
        #expect(items.count == 170)
        #expect(gaps.count == 1 && gaps[0].description.contains("more than 16 MiB"), "\(gaps)")
    }

    /// More rows than were asked for are not taken: a page of millions of empty ones would fill the memory.
    @Test func takesNoMoreRowsThanItAskedFor() async throws {
        let body = [UInt8](repeating: 0, count: 20_000).enumerated().map {
            UInt8($0.offset % 2 == 0 ? 0x0A : 0)
        }
        let page = try Page(decoding: body, atMost: 100, date: nil)
        #expect(page.items.count == 100)
        let transport = FakeTransport { _, _ in .protobuf(body) }
        #expect(try await client(transport).projects() == [""])
    }

    @Test func noInstallationHasTenThousandProjects() async throws {
        for count in [10_000, 10_001] {
            var list = Message("admin.Projects")
            list["projects"] = .list((0..<count).map { ["id": .string("p\($0)")] })
            let body = list.encoded()
            let client = client(FakeTransport { _, _ in .protobuf(body) })
            if count == 10_000 {
                #expect(try await client.projects().count == count)
            } else {
                let error = await #expect(throws: AdminError.self) { try await client.projects() }
                #expect(error?.kind == .endless)
            }
        }
    }

    /// Fifteen megabytes that say nothing would take half a gigabyte.
    @Test(arguments: [#"{"x":["#, #"{"executions":["#, #"{"full_inputs":{"literals":["#])
    func readsNoJSONOfMillionsOfValues(beginning: String) async throws {
        let text = beginning + String(repeating: "{},", count: 400_000)
        let transport = FakeTransport { _, _ in .json(text) }
        let error = await #expect(throws: AdminError.self) {
            try await client(transport).executionData(Self.id)
        }
        #expect(error?.kind == .tooLarge && transport.requests.count == 1)
    }

    // MARK: Whose fault it is

    struct Fault: CustomTestStringConvertible {
        var answer: HTTPResponse?
        var error: TransportError.Kind?
        /// How often the server is asked whether it is well, in nine bad answers.
        var probes: Int
        var testDescription: String { "\(answer?.status ?? 0) \(error.map { "\($0)" } ?? "")" }

        func give() throws(TransportError) -> HTTPResponse {
            if let error { throw TransportError(kind: error, host: "http://flyte.test") }
            return answer ?? HTTPResponse(status: 500)
        }
    }

    static let faults = [
        Fault(answer: HTTPResponse(status: 302, headers: ["location": "/x"]), probes: 1),
        Fault(answer: .refusal(401, 16, "no"), probes: 1),
        Fault(error: .notHTTP, probes: 1), Fault(error: .malformed, probes: 1),
        Fault(error: .tls, probes: 9),
    ]

    @Test(arguments: faults) func oneQuestionIsNotTheWholeHost(_ it: Fault) async throws {
        let transport = FakeTransport { request, _ async throws(TransportError) in
            request.path.contains("/data/") ? try it.give() : .protobuf()
        }
        let client = client(transport)
        let first = await #expect(throws: AdminError.self) { try await client.executionData(Self.id) }
        #expect(first?.isOfThisQuestion == false)
        _ = try await client.domains()
        for _ in 0..<9 {
            let error = await #expect(throws: AdminError.self) { try await client.executionData(Self.id) }
            #expect(error?.isOfThisQuestion == true)
        }
        #expect(transport.requests.count { $0.path.hasSuffix("/domains") } == 1 + it.probes)
    }

    @Test(arguments: faults) func manyInARowAreTheWholeHost(_ it: Fault) async throws {
        let transport = FakeTransport { request, number async throws(TransportError) in
            number == 0 ? .protobuf() : try it.give()
        }
        let client = client(transport)
        _ = try await client.domains()
        for number in 1...9 {
            let error = await #expect(throws: AdminError.self) { try await client.executionData(Self.id) }
            #expect(error?.isOfThisQuestion == (it.probes == 1 && number < 8))
        }
    }
}

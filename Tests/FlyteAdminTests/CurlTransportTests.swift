import Foundation
import TestSupport
import Testing

@testable import FlyteAdmin

@Suite struct CurlTransportTests {
    private func transport(_ change: (inout CurlTransport.Options) -> Void = { _ in }) -> CurlTransport {
        var options = CurlTransport.Options()
        options.userAgent = "flightlog/1.2.3"
        change(&options)
        return CurlTransport(options: options)
    }

    /// The kind of the error that a request ends with.
    private func failure(
        of answer: RawServer.Answer, _ change: (inout CurlTransport.Options) -> Void = { _ in }
    ) async throws -> TransportError.Kind {
        let server = try RawServer { _ in answer }
        let error = await #expect(throws: TransportError.self) {
            try await transport(change).send(HTTPRequest(url: server.base + "/secret-path?token=secret"))
        }
        let text = "\(try #require(error))"
        #expect(!text.contains("secret"))
        return try #require(error).kind
    }

    @Test func givesStatusHeadersAndBody() async throws {
        let server = try RawServer { _ in
            .http(404, ["X-One": "  two\t", "Content-Type": "text/plain"], [1, 2, 3])
        }
        let response = try await transport().send(HTTPRequest(url: server.base + "/a%20b?c=%2B"))
        #expect(response.status == 404)
        #expect(response.headers["x-one"] == "two")
        #expect(response.mediaType == "text/plain")
        #expect(response.body == [1, 2, 3])
        #expect(server.requests.map(\.target) == ["/a%20b?c=%2B"])
        #expect(server.requests[0].headers["user-agent"] == "flightlog/1.2.3")
    }

    @Test func sendsTheAcceptFieldAsItIs() async throws {
        let server = try RawServer { _ in .protobuf([]) }
        let accept = HTTPHeader("Accept", "application/octet-stream")
        _ = try await transport().send(HTTPRequest(url: server.base + "/", headers: [accept]))
        #expect(server.requests[0].headers["accept"] == "application/octet-stream")
    }

    @Test func postsABody() async throws {
        let server = try RawServer { _ in .http(200) }
        let body = [UInt8](repeating: 7, count: 100_000)
        _ = try await transport().send(HTTPRequest("POST", url: server.base + "/", body: body))
        #expect(server.requests[0].method == "POST")
        #expect(server.requests[0].body == body)
    }

    /// The thread ends while it is told to: with the memory it was told by still there, for the sanitizers to see.
    @Test func manyTransportsComeAndGo() async throws {
        let server = try RawServer { _ in .http(200, [:], [1]) }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let transport = CurlTransport()
                    // Some are never asked for anything.
                    guard index % 3 > 0 else { return 200 }
                    return try await transport.send(HTTPRequest(url: server.base)).status
                }
            }
            for try await status in group { #expect(status == 200) }
        }
    }

    @Test func usesAConnectionAgain() async throws {
        let server = try RawServer { _ in .http(200, [:], [1]) }
        let transport = transport()
        for _ in 0..<5 { _ = try await transport.send(HTTPRequest(url: server.base + "/")) }
        #expect(server.requests.count == 5)
        #expect(server.connections == 1)
    }

    @Test func keepsManyRequestsApart() async throws {
        let server = try RawServer { .http(200, [:], Array($0.target.utf8)) }
        let transport = transport()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<20 {
                group.addTask {
                    for number in 0..<20 {
                        let path = "/\(worker)/\(number)"
                        let response = try await transport.send(HTTPRequest(url: server.base + path))
                        #expect(response.body == Array(path.utf8))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func readsChunksAndAnswersWithoutLength() async throws {
        let chunked = RawServer.Answer.head(200, ["Transfer-Encoding": "chunked"], length: nil)
        let server = try RawServer {
            $0.target == "/chunked"
                ? .bytes(chunked + Array("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".utf8))
                : .bytesAndClose(RawServer.Answer.head(200, length: nil) + Array("abcde".utf8))
        }
        for path in ["/chunked", "/open"] {
            let response = try await transport().send(HTTPRequest(url: server.base + path))
            #expect(response.body == Array("abcde".utf8))
        }
    }

    @Test func tellsARedirectAndDoesNotFollowIt() async throws {
        let server = try RawServer { _ in .http(307, ["Location": "http://127.0.0.1:1/elsewhere"]) }
        let response = try await transport().send(HTTPRequest(url: server.base + "/"))
        #expect(response.status == 307)
        #expect(response.headers["location"] == "http://127.0.0.1:1/elsewhere")
        #expect(server.requests.count == 1)
    }

    // MARK: Faults

    @Test func tellsARefusedConnection() async throws {
        let port = try RawServer.closedPort()
        let error = await #expect(throws: TransportError.self) {
            try await transport().send(HTTPRequest(url: "http://127.0.0.1:\(port)/"))
        }
        #expect(error?.kind == .refused)
        #expect(
            error?.description
                == "http://127.0.0.1:\(port) refuses connections. Check the port, and whether the server runs."
        )
    }

    @Test func tellsANameThatCannotBeResolved() async throws {
        let error = await #expect(throws: TransportError.self) {
            try await transport().send(HTTPRequest(url: "http://no-such-host.invalid/"))
        }
        #expect(error?.kind == .cannotResolve)
    }

    @Test func tellsAConnectionThatEndsBeforeTheAnswer() async throws {
        #expect(try await failure(of: .bytesAndClose([])) == .cutOff)
        #expect(try await failure(of: .bytesAndReset([])) == .cutOff)
        #expect(try await failure(of: .bytesAndClose(Array("HTTP/1.1 200 OK\r\nContent-".utf8))) == .cutOff)
    }

    @Test func tellsABodyThatIsCutOff() async throws {
        let head = RawServer.Answer.head(200, length: 10)
        #expect(try await failure(of: .bytesAndClose(head + [1, 2, 3])) == .cutOff)
        #expect(try await failure(of: .bytesAndReset(head + [1, 2, 3])) == .cutOff)
        let chunked = RawServer.Answer.head(200, ["Transfer-Encoding": "chunked"], length: nil)
        #expect(try await failure(of: .bytesAndClose(chunked + Array("5\r\nabcde\r\n".utf8))) == .cutOff)
    }

    @Test func recognisesAGRPCPort() async throws {
        // What a server of cleartext HTTP/2 says to a request of HTTP/1.1: its settings, and good-bye.
        let settings: [UInt8] = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0x40, 0]
        #expect(try await failure(of: .bytesAndClose(settings)) == .notHTTP)
    }

    @Test func tellsWhatIsNotHTTP() async throws {
        #expect(try await failure(of: .bytesAndClose(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8))) == .notHTTP)
    }

    @Test func tellsAServerWithoutTLS() async throws {
        let server = try RawServer { _ in .http(200) }
        let error = await #expect(throws: TransportError.self) {
            try await transport { $0.connectTimeout = 2 }.send(
                HTTPRequest(url: "https://127.0.0.1:\(server.port)/"))
        }
        #expect([.tls, .timedOut, .cutOff].contains(error?.kind))
    }

    @Test func givesUpASilentServer() async throws {
        #expect(try await failure(of: .bytesAndHang([])) { $0.idleTimeout = 1 } == .timedOut)
    }

    @Test func givesUpABodyThatStops() async throws {
        let head = RawServer.Answer.head(200, length: 10)
        #expect(try await failure(of: .bytesAndHang(head + [1])) { $0.idleTimeout = 1 } == .timedOut)
    }

    @Test func givesUpATransferThatTakesTooLong() async throws {
        let drip = RawServer.Answer.head(200, length: 1000)
        #expect(try await failure(of: .drip(drip, milliseconds: 100)) { $0.totalTimeout = 1 } == .timedOut)
    }

    @Test func refusesABodyThatIsTooLarge() async throws {
        let body = [UInt8](repeating: 1, count: 2000)
        #expect(try await failure(of: .http(200, [:], body)) { $0.maximumBody = 1999 } == .tooLarge)
        let server = try RawServer { _ in .http(200, [:], body) }
        let response = try await transport { $0.maximumBody = 2000 }.send(HTTPRequest(url: server.base))
        #expect(response.body == body)
    }

    @Test func refusesOtherSchemes() async throws {
        let error = await #expect(throws: TransportError.self) {
            try await transport().send(HTTPRequest(url: "file:///etc/passwd"))
        }
        #expect(error?.isPassing == false)
    }

    @Test(.timeLimit(.minutes(1))) func endsATransferWhoseTaskIsCancelled() async throws {
        let server = try RawServer { _ in .bytesAndHang([]) }
        let transport = transport()
        let task = Task { try await transport.send(HTTPRequest(url: server.base)) }
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        let error = await #expect(throws: TransportError.self) { try await task.value }
        #expect(error?.kind == .cancelled)
    }

    // MARK: Large bodies

    /// Of many megabytes each.
    @Test(.timeLimit(.minutes(1))) func receivesOneHugeBodyAtOnce() async throws {
        let size = 16 << 20
        let beginning = RawServer.Answer.head(200, length: size) + [UInt8](repeating: 7, count: size - 1)
        let ends = HeldEnds()
        defer { ends.letGo() }
        let server = try RawServer { request in
            if request.target == "/small" { return .http(200, [:], [1]) }
            return .bytesAndThen(beginning) {
                ends.wait(for: request.target)
                return [7]
            }
        }
        let transport = transport()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<6 {
                group.addTask {
                    try await transport.send(HTTPRequest(url: server.base + "/\(number)")).body.count
                }
            }
            while ends.targets.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            for _ in 0..<100 { _ = try await transport.send(HTTPRequest(url: server.base + "/small")) }
            #expect(ends.targets.count == 1)
            ends.letGo()
            for try await count in group { #expect(count == size) }
        }
        #expect(ends.targets.count == 6)
    }

    /// What is shown of a refusal is its beginning.
    @Test func readsNoMoreOfARefusalThanIsShown() async throws {
        let server = try RawServer { request in
            if request.target == "/short" { return .http(500, [:], [UInt8](repeating: 120, count: 70_000)) }
            return .bytesAndEndlessly(
                RawServer.Answer.head(500, ["Transfer-Encoding": "chunked"], length: nil)
            ) { RawServer.chunk([UInt8](repeating: 120, count: 1 << 16)) }
        }
        for target in ["/short", "/endless"] {
            let response = try await transport().send(HTTPRequest(url: server.base + target))
            #expect(response.status == 500 && response.body == [UInt8](repeating: 120, count: 64 << 10))
        }
    }

    @Test(.timeLimit(.minutes(1))) func receivesFourLargeBodiesAtOnce() async throws {
        // More than the sockets hold while nobody reads.
        let size = 16 << 20
        let beginning = RawServer.Answer.head(200, length: size) + [UInt8](repeating: 7, count: size - 1)
        let ends = HeldEnds()
        defer { ends.letGo() }
        let server = try RawServer { request in
            if request.target == "/small" { return .http(200, [:], [1]) }
            return .bytesAndThen(beginning) {
                ends.wait(for: request.target)
                return [7]
            }
        }
        let transport = transport { $0.hugeBody = .max }
        let paths = (0..<6).map { "/\($0)" }
        var transfers: [String: Task<[UInt8], any Error>] = [:]
        for path in paths {
            transfers[path] = Task { try await transport.send(HTTPRequest(url: server.base + path)).body }
        }
        func sent(atLeast count: Int) async throws -> [String] {
            while ends.targets.count < count { try await Task.sleep(for: .milliseconds(5)) }
            // For each of these the transport looks at every connection: what it would take, it takes.
            for _ in 0..<100 { _ = try await transport.send(HTTPRequest(url: server.base + "/small")) }
            return ends.targets
        }
        let first = try await sent(atLeast: 4)
        #expect(first.count == 4)
        // Whoever is cancelled makes room for one more.
        let cancelled = try #require(transfers[first[0]])
        cancelled.cancel()
        await #expect(throws: TransportError.self) { try await cancelled.value }
        #expect(try await sent(atLeast: 5).count == 5)
        ends.letGo()
        for path in paths where path != first[0] {
            let received = try await transfers[path]?.value
            #expect(received?.count == size)
        }
    }

    /// Ends of bodies that the server keeps back.
    // Unchecked: the condition guards the values.
    private final class HeldEnds: @unchecked Sendable {
        private let condition = NSCondition()
        private var reached: [String] = []
        private var isLetGo = false
        /// What was sent but for its end.
        var targets: [String] { condition.withLock { reached } }

        func wait(for target: String) {
            condition.withLock {
                reached.append(target)
                while !isLetGo { condition.wait() }
            }
        }

        func letGo() {
            condition.withLock {
                isLetGo = true
                condition.broadcast()
            }
        }
    }

    // MARK: Sinks

    @Test func handsABodyToASink() async throws {
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let server = try RawServer { _ in .http(200, [:], body) }
        let received = Collected()
        let response = try await transport().send(HTTPRequest(url: server.base)) {
            received.append($0)
            return true
        }
        #expect(response.body.isEmpty)
        #expect(received.bytes == body)
    }

    @Test func keepsTheBodyOfARefusalFromASink() async throws {
        let server = try RawServer { _ in .http(404, [:], [1, 2]) }
        let received = Collected()
        let response = try await transport().send(HTTPRequest(url: server.base)) {
            received.append($0)
            return true
        }
        #expect(response.body == [1, 2])
        #expect(received.bytes.isEmpty)
    }

    @Test func endsTheTransferWhenASinkIsFull() async throws {
        let server = try RawServer { _ in .http(200, [:], [1, 2, 3]) }
        let error = await #expect(throws: TransportError.self) {
            try await transport().send(HTTPRequest(url: server.base)) { _ in false }
        }
        #expect(error?.kind == .tooLarge)
    }

    // Unchecked: the lock guards the bytes.
    private final class Collected: @unchecked Sendable {
        private let lock = NSLock()
        private var stored: [UInt8] = []
        var bytes: [UInt8] { lock.withLock { stored } }
        func append(_ piece: UnsafeRawBufferPointer) { lock.withLock { stored += piece } }
    }
}

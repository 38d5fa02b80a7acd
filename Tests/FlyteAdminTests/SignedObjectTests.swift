import FlyteModel
import Foundation
import TestSupport
import Testing

@testable import FlyteAdmin

/// What stands behind a signed URL, over real HTTP: only what the server announced is kept.
@Suite struct SignedObjectTests {
    private static let body = Array(String(repeating: "0123456789", count: 100).utf8)
    private static let gzip = decoded("H4sIAAAAAAACAzMwNDI2MTUzt7A0GGWNskZZw5QFAPGPhXzoAwAA")
    private static let deflate = decoded("eJwzMDQyNjE1M7ewNBhljbJGWcOUBQDsuM0V")
    private static let zstd = decoded("KLUv/WToAo0AAFAwMTIzNDU2Nzg5AQDbWxUkF4qghQ==")
    /// One uncompressed meta-block, and the last one, which is empty (RFC 7932 §9.2).
    private static let brotli = [0x70, 0x3E, 0x10] + body + [0x03]

    private static func decoded(_ base64: String) -> [UInt8] { Array(Data(base64Encoded: base64) ?? Data()) }

    struct Case: CustomTestStringConvertible {
        var name: String
        var announced: Int64?
        var encoding: String?
        var sent: [UInt8] = SignedObjectTests.body
        /// nil for what is kept as it should be.
        var refusal: (kind: AdminError.Kind, words: String)?
        var kept = SignedObjectTests.body
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "as announced", announced: 1000),
        Case(name: "not announced", announced: nil),
        Case(
            name: "shorter", announced: 1001,
            refusal: (.wrongLength, "it has 1000 bytes, and the server announced 1001")),
        Case(
            name: "empty", announced: 1000, sent: [],
            refusal: (.wrongLength, "it has 0 bytes, and the server announced 1000")),
        Case(
            name: "longer", announced: 999,
            refusal: (.wrongLength, "it is longer than the 999 bytes that the server announced")),
        Case(name: "empty, and nobody said", announced: nil, sent: [], kept: []),
        Case(name: "gzip, announced plain", announced: 1000, encoding: "gzip", sent: gzip),
        Case(
            name: "gzip, announced as stored", announced: Int64(gzip.count), encoding: "gzip", sent: gzip),
        Case(name: "gzip, not announced", announced: nil, encoding: "x-gzip", sent: gzip),
        Case(
            name: "gzip, announced otherwise", announced: 500, encoding: "gzip", sent: gzip,
            refusal: (.wrongLength, "it has 1000 bytes, and the server announced 500")),
        Case(name: "deflate", announced: 1000, encoding: "deflate", sent: deflate),
        Case(name: "zstd", announced: 1000, encoding: "zstd", sent: zstd),
        Case(name: "br", announced: 1000, encoding: "br", sent: brotli),
        Case(name: "no encoding by name", announced: 1000, encoding: "identity"),
        Case(name: "a name that is no encoding", announced: 1000, encoding: "aws-chunked"),
        Case(name: "gzip by name only", announced: 1000, encoding: "gzip"),
        Case(
            name: "gzip cut off", announced: 1000, encoding: "gzip", sent: Array(gzip.dropLast(20)),
            refusal: (.wrongLength, "the server announced 1000")),
    ]

    private func client(
        base: String = "http://127.0.0.1:1", _ change: (inout AdminClient.Options) -> Void = { _ in }
    ) -> AdminClient {
        var options = AdminClient.Options()
        options.retry.tries = 1
        options.retry.triesAtFirstContact = 1
        change(&options)
        return AdminClient(base: base, transport: CurlTransport(), options: options)
    }

    private func whole(_ content: MessageContent) throws -> [UInt8] {
        try content.bytes(in: 0..<content.count)
    }

    @Test(arguments: cases) func keepsWhatWasAnnouncedAndNothingElse(_ it: Case) async throws {
        let server = try RawServer { _ in
            .http(200, it.encoding.map { ["Content-Encoding": $0] } ?? [:], it.sent)
        }
        let object = {
            try await client().signedObject(server.base + "/o?s=1", bytes: it.announced, folder: nil)
        }
        if let refusal = it.refusal {
            let error = await #expect(throws: AdminError.self) { try await object() }
            #expect(error?.kind == refusal.kind)
            #expect(error?.description.contains(refusal.words) == true, "\(String(describing: error))")
        } else {
            #expect(try whole(try await object()) == it.kept)
        }
        // Nobody asked for an encoding.
        #expect(server.requests.allSatisfy { $0.headers["accept-encoding"] == nil })
    }

    @Test func aBodyWithoutEndIsLeftWhereItIsTooLong() async throws {
        let sent = ByteCount()
        let server = try RawServer { _ in
            let piece = RawServer.chunk([UInt8](repeating: 0, count: 1 << 16))
            return .bytesAndEndlessly(
                RawServer.Answer.head(200, ["Transfer-Encoding": "chunked"], length: nil)
            ) {
                sent.add(1 << 16)
                return piece
            }
        }
        try await TemporaryFolder.with { folder in
            let error = await #expect(throws: AdminError.self) {
                try await client().signedObject(server.base + "/o", bytes: 1000, folder: folder)
            }
            #expect(error?.kind == .wrongLength)
            let limited = await #expect(throws: AdminError.self) {
                try await client { $0.largestObject = 3 << 20 }.signedObject(
                    server.base + "/o", folder: folder)
            }
            #expect(limited?.kind == .tooLarge)
        }
        // What sockets hold, and no more.
        #expect(sent.value < 40 << 20)
    }

    @Test func whatIsTooLargeByItsHeadIsNotBegun() async throws {
        let server = try RawServer { _ in
            .bytesAndHang(RawServer.Answer.head(200, length: 1 << 40) + [1])
        }
        for announced in [1000, nil] as [Int64?] {
            let error = await #expect(throws: AdminError.self) {
                try await client().signedObject(server.base + "/o", bytes: announced, folder: nil)
            }
            #expect(error?.kind == .tooLarge)
        }
        let before = server.requests.count
        let error = await #expect(throws: AdminError.self) {
            try await client().signedObject(server.base + "/o", bytes: 1 << 40, folder: nil)
        }
        #expect(error?.kind == .tooLarge && server.requests.count == before)
    }

    /// A megabyte of zeros in a kilobyte.
    @Test func aCompressedBombCountsByWhatItBecomes() async throws {
        let bomb = try GzipFile.bytes(of: [UInt8](repeating: 0, count: 8 << 20))
        let server = try RawServer { _ in .http(200, ["Content-Encoding": "gzip"], bomb) }
        #expect(bomb.count < 20_000)
        for announced in [nil, Int64(bomb.count)] as [Int64?] {
            let error = await #expect(throws: AdminError.self) {
                try await client { $0.largestObject = 1 << 20 }
                    .signedObject(server.base + "/o", bytes: announced, folder: nil)
            }
            #expect(error?.kind == .tooLarge)
        }
    }

    // MARK: Redirects

    struct Redirect: CustomTestStringConvertible {
        /// Where the first answer leads; HOST and PORT stand for the server's own.
        var location: String
        /// nil when the object comes.
        var words: String?
        var status = 302
        var testDescription: String { "\(status) \(location)" }
    }

    @Test(arguments: [
        Redirect(location: "/object"), Redirect(location: "object", status: 301),
        Redirect(location: "http://127.0.0.1:PORT/object?sig=%2F..%2F", status: 303),
        Redirect(location: "//localhost:PORT/object", status: 307),
        Redirect(location: "HTTP://127.0.0.1:PORT/object", status: 308),
        Redirect(location: "http://user:secret@127.0.0.1:PORT/object"),
        Redirect(location: "/again/4"),
        Redirect(location: "/again/5", words: "the store redirects more than 5 times"),
        Redirect(location: "/first", words: "the store redirects more than 5 times"),
        Redirect(location: "file:///etc/passwd", words: "a redirect to what is no http or https address"),
        Redirect(location: "ftp://127.0.0.1/o", words: "a redirect to what is no http or https address"),
        Redirect(location: "gopher://127.0.0.1:PORT/o", words: "no http or https address"),
        Redirect(location: "http://", words: "no http or https address"),
    ]) func followsTheStoreWithoutCredentials(_ it: Redirect) async throws {
        let server = try RawServer { request in
            let location: String
            switch request.path {
            case "/object": return .http(200, [:], Self.body)
            case "/first": location = it.location
            default:
                let left = (Int(request.path.split(separator: "/").last ?? "") ?? 1) - 1
                location = left == 0 ? "/object" : "/again/\(left)"
            }
            let port = request.headers["host"]?.split(separator: ":").last ?? ""
            return .http(
                it.status, ["Location": location.replacing("PORT", with: port)],
                Array(repeating: 0x78, count: 5000))
        }
        let object = {
            try await AdminClient(
                base: "http://127.0.0.1:1", transport: CurlTransport(), authenticator: Badge()
            ).signedObject(server.base + "/first", bytes: 1000, folder: nil)
        }
        if let words = it.words {
            let error = await #expect(throws: AdminError.self) { try await object() }
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
            #expect(error?.isPassing == false)
        } else {
            #expect(try whole(try await object()) == Self.body)
        }
        #expect(server.requests.count <= 6)
        #expect(
            server.requests.allSatisfy { $0.headers["authorization"] == nil && $0.headers["referer"] == nil })
    }

    @Test func neverGoesFromHTTPSDownToHTTP() async throws {
        let transport = FakeTransport { request, _ in
            request.url.hasPrefix("https:")
                ? HTTPResponse(status: 302, headers: ["location": "http://store.test/o?secret=1"])
                : HTTPResponse(status: 200)
        }
        let client = AdminClient(base: "https://flyte.test", transport: transport)
        let error = await #expect(throws: AdminError.self) {
            try await client.signedObject("https://store.test/o", folder: nil)
        }
        let told = try #require(error).description
        #expect(told.contains("from https down to http://store.test") && !told.contains("secret"))
        #expect(transport.requests.count == 1)
    }

    private struct Badge: Authenticator {
        func headers() async throws(AdminError) -> [HTTPHeader] { [HTTPHeader("authorization", "Bearer t")] }
        func renew(refused: [HTTPHeader]) async throws(AdminError) -> Bool { false }
    }

    // MARK: Addresses

    struct Place: CustomTestStringConvertible {
        var url: String
        var isAsked: Bool
        var base = "http://10.1.2.3"
        var hosts: [String] = []
        var testDescription: String { "\(url) from \(base) with \(hosts)" }
    }

    @Test(arguments: [
        Place(url: "http://127.0.0.1:PORT/o", isAsked: false),
        Place(url: "http://127.1:PORT/o", isAsked: false),
        Place(url: "http://0x7f000001:PORT/o", isAsked: false),
        Place(url: "http://2130706433:PORT/o", isAsked: false),
        Place(url: "http://0.0.0.0:PORT/o", isAsked: false),
        Place(url: "http://localhost:PORT/o", isAsked: false),
        Place(url: "http://LOCALHOST.:PORT/o", isAsked: false),
        Place(url: "http://[::ffff:127.0.0.1]:PORT/o", isAsked: false),
        Place(url: "http://user@127.0.0.1:PORT/o", isAsked: false),
        Place(url: "http://127.0.0.1:PORT/o", isAsked: true, base: "http://127.0.0.1:1"),
        Place(url: "http://localhost:PORT/o", isAsked: true, base: "http://localhost:1"),
        Place(url: "http://127.0.0.1:PORT/o", isAsked: true, base: "http://[::1]:1"),
        Place(url: "http://127.0.0.1:PORT/o", isAsked: false, base: "http://169.254.1.1"),
        Place(url: "http://127.0.0.1:PORT/o", isAsked: true, hosts: ["127.0.0.1"]),
        Place(url: "http://localhost:PORT/o", isAsked: true, hosts: ["minio", "LocalHost"]),
        Place(url: "http://127.0.0.1:PORT/o", isAsked: true, hosts: ["127.0.0.1:PORT"]),
        Place(url: "http://127.0.0.1:PORT/o", isAsked: false, hosts: ["127.0.0.1:1", "localhost"]),
    ]) func asksThisMachineOnlyWhereTheInstallationIsOrTheSettingsSay(_ it: Place) async throws {
        let server = try RawServer { _ in .http(200, [:], Self.body) }
        func real(_ text: String) -> String { text.replacing("PORT", with: "\(server.port)") }
        let client = client(base: it.base) { $0.storeHosts = it.hosts.map(real) }
        if it.isAsked {
            #expect(try await client.signedObject(real(it.url), folder: nil).count == 1000)
        } else {
            let error = await #expect(throws: AdminError.self) {
                try await client.signedObject(real(it.url), folder: nil)
            }
            let told = try #require(error)
            guard case .transport(let transport) = told.kind else {
                Issue.record("\(told)")
                return
            }
            #expect(transport.kind == .forbiddenAddress && told.description.contains("'store-hosts'"))
            #expect(!told.description.contains("user"))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func aRedirectLeadsNoNearer() async throws {
        let inner = try RawServer { _ in .http(200, [:], Self.body) }
        let store = try RawServer { _ in .http(307, ["Location": inner.base + "/latest/credentials"]) }
        let error = await #expect(throws: AdminError.self) {
            try await client(base: "http://10.1.2.3") { $0.storeHosts = ["127.0.0.1:\(store.port)"] }
                .signedObject(store.base + "/o", folder: nil)
        }
        #expect(error?.description.contains("\(inner.base) is an address of this machine") == true)
        #expect(inner.requests.isEmpty && store.requests.count == 1)
    }

    /// The name meant another address when the connection was made.
    @Test func aKeptConnectionIsLookedAtAgain() async throws {
        let server = try RawServer { _ in .http(200, [:], Self.body) }
        let transport = CurlTransport()
        _ = try await transport.send(HTTPRequest(url: server.base + "/a"))
        var request = HTTPRequest(url: server.base + "/b")
        request.localAddresses = []
        let error = await #expect(throws: TransportError.self) { try await transport.send(request) }
        #expect(error?.kind == .forbiddenAddress)
        request.localAddresses = [.loopback]
        #expect(try await transport.send(request).status == 200)
        #expect(server.requests.map(\.path) == ["/a", "/b"])
    }

    @Test(
        arguments: [
            ("127.0.0.1", .loopback), ("127.255.3.4", .loopback), ("0.0.0.0", .loopback), ("::1", .loopback),
            ("[::1]", .loopback), ("::", .loopback), ("::ffff:127.0.0.1", .loopback),
            ("localhost", .loopback),
            ("a.localhost", .loopback), ("64:ff9b::7f00:1", .loopback), ("2002:7f00:1::", .loopback),
            ("169.254.0.1", .linkLocal), ("fe80::1%eth0", .linkLocal), ("febf::1", .linkLocal),
            ("::ffff:169.254.3.4", .linkLocal), ("169.254.169.254", .metadata), ("fd00:ec2::254", .metadata),
            ("::ffff:a9fe:a9fe", .metadata), ("100.100.100.200", .metadata), ("168.63.129.16", .metadata),
            ("metadata.google.internal.", .metadata), ("10.0.0.1", nil), ("192.168.1.1", nil),
            ("8.8.8.8", nil),
            ("2001:db8::1", nil), ("fd00::1", nil), ("fec0::1", nil), ("minio.local", nil),
        ] as [(String, LocalAddress?)]) func knowsAddressesThatMeanThisMachine(
            _ host: String, _ kind: LocalAddress?
        )
    {
        #expect(LocalAddress(host: host) == kind)
    }
}

// Unchecked: the lock guards the number.
private final class ByteCount: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    var value: Int { lock.withLock { count } }

    func add(_ more: Int) { lock.withLock { count += more } }
}

private enum GzipFile {
    /// By the system's own program: an encoder that shares nothing with what undoes it.
    static func bytes(of data: [UInt8]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-9", "-c"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        input.fileHandleForWriting.write(Data(data))
        try input.fileHandleForWriting.close()
        let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        return bytes
    }
}

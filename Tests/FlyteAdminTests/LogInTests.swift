import FlyteIDL
import FlyteModel
import Foundation
import TestSupport
import Testing

@testable import FlyteAdmin

@Suite struct LogInTests {
    private let id = ExecutionID(project: "p", domain: "d", name: "x")
    private let time = FakePace()

    /// An installation with log-in: tokens are `token-1`, `token-2` …, and only the newest is accepted.
    private func installation(
        expiresIn: String = "", tokenAnswer: HTTPResponse? = nil, discoveryStatus: Int = 200
    ) -> FakeTransport {
        let issued = Counter()
        return FakeTransport { request, _ in
            switch request.path {
            case "/.well-known/oauth-authorization-server":
                return discoveryStatus == 200
                    ? .json(#"{"token_endpoint": "https://idp.test/token"}"#)
                    : .refusal(discoveryStatus, 12, "unknown service")
            case "/config/v1/flyte_client":
                return .json(
                    #"{"client_id": "flytectl", "scopes": ["all", "offline"], "audience": "http://aud"}"#)
            case "/token":
                if let tokenAnswer { return tokenAnswer }
                return .json(#"{"access_token": "token-\#(issued.next())"\#(expiresIn)}"#)
            default:
                // Refusals take a moment, so that many are under way at once.
                try? await Task.sleep(for: .milliseconds(1))
                let isAccepted =
                    issued.value > 0 && request.header("authorization") == "Bearer token-\(issued.value)"
                return isAccepted
                    ? .protobuf() : .refusal(401, 16, "token contains an invalid number of segments")
            }
        }
    }

    // Unchecked: the lock guards the number.
    private final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var number = 0
        var value: Int { lock.withLock { number } }
        func next() -> Int {
            lock.withLock {
                number += 1
                return number
            }
        }
    }

    private func client(
        _ transport: FakeTransport, _ change: (inout FlyteSettings) -> Void = { _ in }
    ) throws -> AdminClient {
        var settings = FlyteSettings()
        settings.endpoint = "http://flyte.test"
        settings.clientID = "night/harvest"
        settings.clientSecretVariable = "SECRET"
        change(&settings)
        var options = AdminClient.Options()
        options.pace = time.pace()
        let authenticator = try settings.authenticator(
            base: "http://flyte.test", transport: transport, pace: time.pace(),
            environment: { $0 == "SECRET" ? "s3:cr&t" : nil })
        return AdminClient(
            base: "http://flyte.test", transport: transport, authenticator: authenticator, options: options)
    }

    private func tokenRequests(_ transport: FakeTransport) -> [HTTPRequest] {
        transport.requests.filter { $0.path == "/token" }
    }

    // MARK: Client credentials

    @Test func logsInWhenTheServerAsksForIt() async throws {
        let transport = installation()
        _ = try await client(transport).execution(id)
        #expect(
            transport.requests.map(\.path) == [
                "/api/v1/executions/p/d/x", "/.well-known/oauth-authorization-server",
                "/config/v1/flyte_client",
                "/token", "/api/v1/executions/p/d/x",
            ])
        #expect(transport.requests[0].header("authorization") == nil)
        let asked = try #require(tokenRequests(transport).first)
        // Both are percent-encoded before they are joined: a raw secret with reserved characters is refused.
        let basic = Data("night%2Fharvest:s3%3Acr%26t".utf8).base64EncodedString()
        #expect(asked.header("authorization") == "Basic \(basic)")
        #expect(
            String(decoding: asked.body ?? [], as: UTF8.self)
                == "grant_type=client_credentials&scope=all%20offline&audience=http%3A%2F%2Faud")
    }

    @Test func asksDiscoveryForItsPlainNames() async throws {
        let transport = installation()
        _ = try await client(transport).execution(id)
        #expect(transport.requests[1].header("accept") == "application/json")
    }

    @Test func sendsScopesAndAudienceThatAreConfigured() async throws {
        let transport = installation()
        let client = try client(transport) {
            $0.scopes = ["a", "b"]
            $0.audience = "http://me"
            $0.tokenURL = "https://idp.test/token"
        }
        _ = try await client.execution(id)
        let form = String(decoding: tokenRequests(transport)[0].body ?? [], as: UTF8.self)
        #expect(form == "grant_type=client_credentials&scope=a%20b&audience=http%3A%2F%2Fme")
        #expect(!transport.requests.contains { $0.path.hasPrefix("/.well-known") })
    }

    @Test(arguments: [false, true]) func sendsTheServersAudience(isTold: Bool) async throws {
        let transport = installation()
        _ = try await client(transport) {
            $0.usesServersAudience = isTold
            // As flytectl has it, the server's wins when the settings say so.
            $0.audience = isTold ? "http://mine" : nil
        }.execution(id)
        let form = String(decoding: tokenRequests(transport)[0].body ?? [], as: UTF8.self)
        #expect(form.hasSuffix("&audience=http%3A%2F%2Faud"))
    }

    /// A provider that reads the secret from the form alone, and says so or not.
    private func formOnlyProvider(saysSo: Bool, refusal: String = "invalid_client") -> FakeTransport {
        FakeTransport { request, _ in
            switch request.path {
            case "/.well-known/oauth-authorization-server":
                return .json(
                    #"{"token_endpoint": "https://idp.test/token""#
                        + (saysSo
                            ? #", "token_endpoint_auth_methods_supported": ["client_secret_post"]}"# : "}"))
            case "/config/v1/flyte_client": return .json(#"{"client_id": "flytectl", "scopes": ["all"]}"#)
            case "/token":
                let form = String(decoding: request.body ?? [], as: UTF8.self)
                guard form.hasSuffix("&client_id=night%2Fharvest&client_secret=s3%3Acr%26t") else {
                    return HTTPResponse(
                        status: 401, headers: ["content-type": "application/json"],
                        body: Array(#"{"error": "\#(refusal)"}"#.utf8))
                }
                return .json(#"{"access_token": "token"}"#)
            default:
                return request.header("authorization") == "Bearer token"
                    ? .protobuf() : .refusal(401, 16, "token contains an invalid number of segments")
            }
        }
    }

    @Test(arguments: [true, false]) func tellsTheSecretInTheFormWhereTheProviderWantsThat(
        saysSo: Bool
    ) async throws {
        let transport = formOnlyProvider(saysSo: saysSo)
        _ = try await client(transport).execution(id)
        let asked = tokenRequests(transport)
        #expect(asked.map { $0.header("authorization") != nil } == (saysSo ? [false] : [true, false]))
    }

    @Test func asksOnceWhereTheSecretIsNotWhatIsRefused() async throws {
        let transport = formOnlyProvider(saysSo: false, refusal: "invalid_scope")
        let error = await #expect(throws: AdminError.self) { try await client(transport).execution(id) }
        #expect(error?.description.contains("invalid_scope") == true)
        #expect(tokenRequests(transport).count == 1)
    }

    @Test func aLineEndAroundASecretInTheEnvironmentIsNoneOfIt() async throws {
        let transport = installation()
        var settings = FlyteSettings()
        settings.clientID = "night/harvest"
        settings.clientSecretVariable = "SECRET"
        let authenticator = try settings.authenticator(
            base: "http://flyte.test", transport: transport, pace: time.pace(),
            environment: { _ in "s3:cr&t\r\n" })
        _ = try await authenticator.renew(refused: [])
        let basic = Data("night%2Fharvest:s3%3Acr%26t".utf8).base64EncodedString()
        #expect(tokenRequests(transport).first?.header("authorization") == "Basic \(basic)")
    }

    @Test func aTokenWithALineEndIsRefused() async throws {
        let transport = installation(tokenAnswer: .json(#"{"access_token": "a\r\nX-Admin: 1"}"#))
        let error = await #expect(throws: AdminError.self) { try await client(transport).execution(id) }
        #expect(error?.description.contains("line end") == true)
        #expect(error?.description.contains("X-Admin") == false)
    }

    @Test func manyRefusedRequestsShareOneLogIn() async throws {
        let transport = installation()
        let client = try client(transport)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<30 { group.addTask { _ = try await client.execution(id) } }
            try await group.waitForAll()
        }
        #expect(tokenRequests(transport).count == 1)
    }

    @Test func renewsATokenBeforeItExpires() async throws {
        let transport = installation(expiresIn: #", "expires_in": 1799"#)
        let client = try client(transport)
        _ = try await client.execution(id)
        time.advance(by: .seconds(1700))
        _ = try await client.execution(id)
        #expect(tokenRequests(transport).count == 1)
        time.advance(by: .seconds(75))
        _ = try await client.execution(id)
        #expect(tokenRequests(transport).count == 2)
        // Nobody was refused but the very first.
        #expect(transport.requests.filter { $0.path.hasPrefix("/api") }.count == 4)
    }

    @Test func renewsARefusedTokenOnce() async throws {
        let isRevoked = Counter()
        let inner = installation()
        let transport = FakeTransport { request, _ throws(TransportError) in
            if isRevoked.value == 1, request.path.hasPrefix("/api"),
                request.header("authorization") == "Bearer token-1"
            {
                return .refusal(401, 16, "Token is expired")
            }
            return try await inner.send(request)
        }
        let client = try client(transport)
        _ = try await client.execution(id)
        _ = isRevoked.next()
        _ = try await client.execution(id)
        #expect(tokenRequests(transport).count == 2)
    }

    @Test func givesUpWhenAFreshTokenIsRefusedToo() async throws {
        let transport = FakeTransport { request, _ in
            switch request.path {
            case "/token": .json(#"{"access_token": "t"}"#)
            default: .refusal(401, 16, "crypto/rsa: verification error")
            }
        }
        let client = try client(transport) {
            $0.tokenURL = "https://idp.test/token"
            $0.scopes = ["all"]
        }
        let error = await #expect(throws: AdminError.self) { try await client.execution(id) }
        #expect(error?.kind == .unauthenticated)
        // Whether the server names an audience is asked, and no matter when it does not say.
        #expect(
            transport.requests.map(\.path) == [
                "/api/v1/executions/p/d/x", "/config/v1/flyte_client", "/token", "/api/v1/executions/p/d/x",
            ])
    }

    // No fresh token cures a missing permission.
    @Test func doesNotLogInAgainForAMissingScope() async throws {
        let transport = FakeTransport { _, _ in
            .refusal(401, 16, "authenticated user doesn't have required scope")
        }
        let error = await #expect(throws: AdminError.self) { try await client(transport).execution(id) }
        #expect(error?.kind == .forbidden)
        #expect(transport.requests.count == 1)
    }

    @Test func neverLogsInWhereNothingAsks() async throws {
        let transport = FakeTransport { _, _ in .protobuf() }
        _ = try await client(transport).execution(id)
        #expect(transport.requests.count == 1)
    }

    @Test func takes501AsNoLogInNeeded() async throws {
        let transport = installation(discoveryStatus: 501)
        let error = await #expect(throws: AdminError.self) { try await client(transport).execution(id) }
        #expect(error?.status == 401)
        #expect(tokenRequests(transport).isEmpty)
    }

    @Test func tellsARefusedSecretWithoutTellingIt() async throws {
        let refusal = HTTPResponse.json(
            #"{"error": "invalid_client", "error_description": "The secret is wrong"}"#, status: 401)
        let transport = installation(tokenAnswer: refusal)
        let error = await #expect(throws: AdminError.self) { try await client(transport).execution(id) }
        let text = "\(try #require(error))"
        #expect(
            text
                == "POST token endpoint: the server answered 401: invalid_client: The secret is wrong. Log in: set 'authType' and its keys in Flyte's config.yaml, or pass a fresh token."
        )
        #expect(!text.contains("cr&t"))
        // A wrong secret does not become right by asking again: once in the header, once in the form.
        #expect(tokenRequests(transport).count == 2)
    }

    @Test func asksATokenEndpointInTroubleAgain() async throws {
        let transport = installation(tokenAnswer: .html(503))
        let error = await #expect(throws: AdminError.self) { try await client(transport).execution(id) }
        #expect(error?.kind == .overloaded)
        #expect(tokenRequests(transport).count == 8)
    }

    @Test func sendsTheTokenInAnotherHeaderWhenTold() async throws {
        let transport = FakeTransport { request, _ in
            switch request.path {
            case "/token": .json(#"{"access_token": "t"}"#)
            default:
                request.header("flyte-authorization") == "Bearer t" ? .protobuf() : .refusal(401, 16, "no")
            }
        }
        let client = try client(transport) {
            $0.tokenURL = "https://idp.test/token"
            $0.scopes = ["all"]
            $0.authorizationHeader = "flyte-authorization"
        }
        _ = try await client.execution(id)
        #expect(transport.requests.last?.header("authorization") == nil)
    }

    // MARK: Commands

    private func token(of arguments: [String], timeout: Duration = .seconds(20)) async throws -> String? {
        try await ExternalCommand(arguments: arguments, timeout: timeout).token()?.text
    }

    @Test func takesATokenFromACommand() async throws {
        #expect(try await token(of: ["printf", "  tok%s\n\n", "en"]) == "token")
        #expect(try await token(of: ["sh", "-c", "cat; echo done"]) == "done")
    }

    @Test(arguments: [
        (["false"], "'false': it failed"),
        (["true"], "'true': it printed nothing"),
        (["/no/such/command"], "'/no/such/command': it cannot be run: No such file or directory"),
        (["sh", "-c", "echo s3cr3t; exit 3"], "'sh': it failed"),
    ]) func tellsWhyACommandGaveNoToken(arguments: [String], words: String) async throws {
        let error = await #expect(throws: AdminError.self) { try await token(of: arguments) }
        #expect(error?.message == words)
        #expect(error?.isPassing == false)
    }

    @Test(.timeLimit(.minutes(1))) func doesNotWaitForeverForACommand() async throws {
        for script in ["sleep 600", "yes"] {
            let error = await #expect(throws: AdminError.self) {
                try await token(of: ["sh", "-c", "exec \(script)"], timeout: .milliseconds(300))
            }
            #expect(error?.message == "'sh': it did not end in time, or printed too much")
        }
    }

    @Test func sendsAProxysTokenFromTheFirstRequestOn() async throws {
        let transport = FakeTransport { request, _ in
            request.header("proxy-authorization") == "Bearer pass" ? .protobuf() : .html(407)
        }
        let client = try client(transport) {
            $0.clientSecretVariable = nil
            $0.proxyCommand = ["echo", "pass"]
        }
        _ = try await client.execution(id)
        #expect(transport.requests.count == 1)
    }

    @Test func saysThatAPersonsLogInNeedsAPerson() async throws {
        let transport = FakeTransport { _, _ in .refusal(401, 16, "no") }
        let error = await #expect(throws: AdminError.self) {
            try await client(transport) { $0.authType = .pkce }.execution(id)
        }
        #expect(
            "\(try #require(error))".contains(
                "'authType' Pkce needs a person at a terminal; use ClientSecret or ExternalCommand for a harvest"
            ))
    }
}

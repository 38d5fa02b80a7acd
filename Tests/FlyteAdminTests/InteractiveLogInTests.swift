import FlyteModel
import Foundation
import TestSupport
import Testing

@testable import FlyteAdmin

/// The log-ins of persons and programs, against a server that keeps to OAuth's words.
@Suite struct InteractiveLogInTests {
    private let id = ExecutionID(project: "p", domain: "d", name: "x")
    private let time = FakePace()

    // Unchecked: the lock guards the lines.
    private final class Desk: @unchecked Sendable {
        private let lock = NSLock()
        private var lines: [String] = []
        var told: [String] { lock.withLock { lines } }
        func tell(_ line: String) { lock.withLock { lines.append(line) } }

        /// - Parameter browser: Gets each address that is opened.
        func prompt(browser: @escaping @Sendable (String) -> Void = { _ in }) -> LogInPrompt {
            LogInPrompt(tell: tell, open: browser)
        }
    }

    private func client(
        _ server: OAuthServer, _ prompt: LogInPrompt?, _ change: (inout FlyteSettings) -> Void
    ) throws -> AdminClient {
        var settings = FlyteSettings()
        settings.endpoint = server.base
        settings.browserTimeout = .seconds(60)
        change(&settings)
        var options = AdminClient.Options()
        options.pace = time.pace()
        options.headers = settings.headers
        let transport = CurlTransport()
        let authenticator = try settings.authenticator(
            base: server.base, transport: transport, pace: time.pace(),
            environment: { $0 == "SECRET" ? OAuthServer.clientSecret : nil }, prompt: prompt)
        return AdminClient(
            base: server.base, transport: transport, authenticator: authenticator, options: options)
    }

    private func deviceClient(_ server: OAuthServer, _ prompt: LogInPrompt?) throws -> AdminClient {
        try client(server, prompt) { $0.authType = .deviceFlow }
    }

    // MARK: Device codes

    @Test func waitsUntilTheCodeWasEntered() async throws {
        let server = try OAuthServer {
            $0.deviceAnswers = ["authorization_pending", "slow_down", "authorization_pending"]
        }
        let desk = Desk()
        let start = time.pace().now()
        _ = try await deviceClient(server, desk.prompt()).execution(id)
        #expect(desk.told == ["To log in, open https://idp/device and enter the code WDJB-MJHT"])
        #expect(
            server.grants == [
                "device_code authorization_pending", "device_code slow_down",
                "device_code authorization_pending",
                "device_code ok",
            ])
        // Twice 5 seconds, and twice 10 after it was told to slow down.
        #expect(time.pace().now() - start == .seconds(30))
    }

    @Test(arguments: [
        (["authorization_pending", "expired_token"], "the code was not entered in time; try again"),
        (["access_denied"], "it was refused at the browser"),
        (["invalid_client"], "invalid_client: words"),
        (
            Array(repeating: "authorization_pending", count: 200),
            "the code was not entered in time; try again"
        ),
    ]) func saysWhyACodeGaveNoToken(answers: [String], words: String) async throws {
        let server = try OAuthServer { $0.deviceAnswers = answers }
        let client = try deviceClient(server, Desk().prompt())
        let error = await #expect(throws: AdminError.self) { try await client.execution(id) }
        #expect(error?.message == words)
        #expect(error?.kind == .unauthenticated)
        #expect(!"\(try #require(error))".contains("dev1ce-c0de"))
    }

    // MARK: Refresh tokens

    @Test func renewsByRefreshTokenThatIsNewEachTime() async throws {
        let server = try OAuthServer { $0.expiresIn = 100 }
        let desk = Desk()
        let client = try deviceClient(server, desk.prompt())
        for _ in 0..<4 {
            _ = try await client.execution(id)
            time.advance(by: .seconds(95))
        }
        #expect(server.grants == ["device_code ok"] + Array(repeating: "refresh_token ok", count: 3))
        #expect(desk.told.count == 1)
        // Nobody was refused but the very first.
        #expect(server.requests.filter { $0.path.hasPrefix("/api") }.count == 5)
    }

    @Test func renewsOnceWhenATokenIsRefusedInMidRun() async throws {
        let server = try OAuthServer()
        let desk = Desk()
        let client = try deviceClient(server, desk.prompt())
        _ = try await client.execution(id)
        server.revokeTokens()
        _ = try await client.execution(id)
        #expect(server.grants == ["device_code ok", "refresh_token ok"])
    }

    @Test func asksThePersonAgainWhenTheRefreshTokenIsUsedUp() async throws {
        let server = try OAuthServer()
        let desk = Desk()
        let client = try deviceClient(server, desk.prompt())
        _ = try await client.execution(id)
        server.revokeTokens()
        server.revokeRefreshTokens()
        _ = try await client.execution(id)
        #expect(server.grants == ["device_code ok", "refresh_token invalid_grant", "device_code ok"])
        #expect(desk.told.count == 2)
    }

    @Test func manyRequestsShareOnePersonsLogIn() async throws {
        let server = try OAuthServer()
        let desk = Desk()
        let client = try deviceClient(server, desk.prompt())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await client.execution(id) } }
            try await group.waitForAll()
        }
        #expect(desk.told.count == 1 && server.grants == ["device_code ok"])
    }

    // MARK: Browsers

    /// A browser that goes where it is sent, and then does what `then` says with the address it is sent back to.
    private func browse(_ address: String, then: @escaping @Sendable (String) -> [String] = { [$0] }) {
        Thread.detachNewThread {
            let transport = CurlTransport()
            Task {
                guard let page = try? await transport.send(HTTPRequest(url: address)),
                    let back = page.headers["location"]
                else { return }
                for address in then(back) { _ = try? await transport.send(HTTPRequest(url: address)) }
            }
        }
    }

    private func browserServer(_ change: (inout OAuthServer.Behaviour) -> Void = { _ in }) throws
        -> OAuthServer
    {
        let port = try RawServer.closedPort()
        return try OAuthServer {
            $0.redirectURL = "http://localhost:\(port)/callback"
            change(&$0)
        }
    }

    @Test func logsInByABrowser() async throws {
        let server = try browserServer()
        let desk = Desk()
        let prompt = desk.prompt { self.browse($0) }
        _ = try await client(server, prompt) { $0.authType = .pkce }.execution(id)
        #expect(server.grants == ["authorization_code ok"])
        let asked = try #require(server.requests.first { $0.path == "/authorize" }?.target)
        for part in [
            "response_type=code", "client_id=flytectl", "scope=all%20offline", "code_challenge_method=S256",
            "nonce=",
        ] {
            #expect(asked.contains(part), "\(asked)")
        }
        let told = try #require(desk.told.first)
        #expect(told.contains("\(server.base)/authorize?client_id=flytectl&"))
    }

    /// Other pages may send the browser here: what does not bring our state is not listened to.
    @Test func takesNoCodeThatBelongsToAnotherLogIn() async throws {
        let server = try browserServer()
        let prompt = Desk().prompt {
            self.browse($0) { back in
                let other = back.replacingOccurrences(of: "state=", with: "state=x")
                return [other, back.replacingOccurrences(of: "/callback", with: "/elsewhere"), back]
            }
        }
        _ = try await client(server, prompt) { $0.authType = .pkce }.execution(id)
        #expect(server.grants == ["authorization_code ok"])
    }

    @Test func tellsWhatTheProviderSaysToABrowser() async throws {
        let server = try browserServer()
        let prompt = Desk().prompt {
            self.browse($0) { back in
                let state = back.drop { $0 != "&" }.dropFirst()
                let place = back.prefix { $0 != "?" }
                return ["\(place)?error=access_denied&error_description=%1B%5B31mnot+you%0A&\(state)"]
            }
        }
        let client = try client(server, prompt) { $0.authType = .pkce }
        let error = await #expect(throws: AdminError.self) { try await client.execution(id) }
        #expect(error?.message == "access_denied: [31mnot you")
    }

    @Test func refusesAnAnswerThatBelongsToAnotherLogIn() async throws {
        let server = try browserServer { $0.idNonce = "somebody else's" }
        let prompt = Desk().prompt { self.browse($0) }
        let client = try client(server, prompt) { $0.authType = .pkce }
        let error = await #expect(throws: AdminError.self) { try await client.execution(id) }
        #expect(error?.message == "the answer belongs to another log-in")
    }

    @Test func doesNotWaitForeverForABrowser() async throws {
        let server = try browserServer()
        let client = try client(server, Desk().prompt()) {
            $0.authType = .pkce
            $0.browserTimeout = .milliseconds(50)
        }
        let error = await #expect(throws: AdminError.self) { try await client.execution(id) }
        #expect(error?.message == "nobody logged in at the browser in time; try again")
    }

    @Test(arguments: [
        "https://flyte.example.org/callback", "http://evil.example.org:80/x", "http://localhost/x", "",
    ])
    func listensOnThisMachineOnly(redirect: String) async throws {
        let server = try OAuthServer { $0.redirectURL = redirect }
        let client = try client(server, Desk().prompt()) { $0.authType = .pkce }
        let error = await #expect(throws: AdminError.self) { try await client.execution(id) }
        let message = try #require(error).message
        #expect(message.contains("which is no port of this machine; use DeviceFlow"))
    }

    // https://datatracker.ietf.org/doc/html/rfc7636#appendix-B
    @Test func makesTheChallengeOfRFC7636() {
        #expect(
            BrowserFlow.challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
                == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    // MARK: Programs

    @Test func aProgramLogsInAgainWhenItsTokenExpiresInMidRun() async throws {
        let server = try OAuthServer()
        let client = try client(server, nil) {
            $0.clientID = "id"
            $0.clientSecretVariable = "SECRET"
        }
        for _ in 0..<3 {
            _ = try await client.execution(id)
            server.revokeTokens()
        }
        #expect(server.grants == Array(repeating: "client_credentials ok", count: 3))
    }

    @Test func nobodyAtTheTerminalIsToldWhatToDo() async throws {
        let server = try OAuthServer()
        let client = try deviceClient(server, nil)
        let error = await #expect(throws: AdminError.self) { try await client.execution(id) }
        #expect(
            error?.message
                == "'authType' DeviceFlow needs a person at a terminal; use ClientSecret or ExternalCommand for a harvest"
        )
        #expect(server.grants.isEmpty)
    }

    @Test func sendsHeadersOfOnesOwnToTheServerAndItsDiscovery() async throws {
        let server = try OAuthServer()
        let client = try client(server, nil) {
            $0.clientID = "id"
            $0.clientSecretVariable = "SECRET"
            $0.headers = [HTTPHeader("X-Gateway", "k3y")]
        }
        _ = try await client.execution(id)
        for request in server.requests where request.path != "/token" {
            #expect(request.headers["x-gateway"] == "k3y", "\(request.path)")
        }
        #expect(server.requests.first { $0.path == "/token" }?.headers["x-gateway"] == nil)
    }

    @Test func knowsHowLongAJSONWebTokenIsGood() {
        func token(_ payload: String) -> String { "e30.\(Data(payload.utf8).base64EncodedString()).sig" }
        let soon = Date().timeIntervalSince1970 + 1000
        let lifetime = AccessToken.lifetime(ofJWT: token(#"{"exp": \#(Int(soon))}"#))
        #expect(lifetime.map { $0 > .seconds(990) && $0 <= .seconds(1000) } == true)
        #expect(AccessToken.lifetime(ofJWT: token(#"{"exp": 1000}"#)) == nil)
        #expect(AccessToken.lifetime(ofJWT: "opaque") == nil && AccessToken.lifetime(ofJWT: "a.!!.c") == nil)
    }
}

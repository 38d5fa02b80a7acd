import FlyteModel
import Testing

@testable import FlyteAdmin

/// Where secrets may be sent, and what is told of addresses.
@Suite struct ProviderAddressTests {
    struct Case: CustomTestStringConvertible {
        var url: String
        var base: String
        /// nil where secrets may be sent.
        var words: String?
        var testDescription: String { "\(url) from \(base)" }
    }

    @Test(arguments: [
        Case(url: "https://flyte.test/oauth2/token", base: "https://flyte.test"),
        Case(url: "https://idp.test/token", base: "https://flyte.test"),
        Case(url: "https://idp.test/token", base: "http://flyte.test"),
        Case(url: "http://flyte.test/oauth2/token", base: "http://flyte.test:30080"),
        Case(url: "http://127.0.0.1:9000/token", base: "http://localhost:30080"),
        Case(url: "http://localhost/token", base: "http://127.0.0.1:30080"),
        Case(
            url: "http://idp.test/token", base: "http://flyte.test",
            words: "'http://idp.test' is on another host than the installation, and not https"),
        Case(
            url: "http://idp.test/token", base: "http://127.0.0.1",
            words: "'http://idp.test' is on another host"),
        Case(
            url: "http://127.0.0.1:8080/token", base: "http://10.0.0.1",
            words: "'http://127.0.0.1:8080' is on another host"),
        Case(
            url: "http://flyte.test/token", base: "https://flyte.test",
            words: "'http://flyte.test' is not https, as the installation is"),
        Case(
            url: "https://user:secret@idp.test/token", base: "https://flyte.test",
            words: "'https://idp.test' has a user in its address"),
        Case(url: "ftp://idp.test/token", base: "https://flyte.test", words: "is no http or https address"),
        Case(
            url: "https://idp.test/\r\nX: y", base: "https://flyte.test", words: "is no http or https address"
        ),
    ]) func secretsGoWhereNobodyElseReadsThem(_ it: Case) async throws {
        let words = await ProviderAddress.objection(to: it.url, from: it.base)
        if let expected = it.words {
            #expect(words?.hasPrefix(expected) == true, "\(words ?? "")")
        } else {
            #expect(words == nil)
        }
    }

    @Test func aSecretIsNotSentInTheClear() async throws {
        let transport = FakeTransport { request, _ in
            if request.path == "/.well-known/oauth-authorization-server" {
                return .json(#"{"issuer":"x","token_endpoint":"http://idp.test/token"}"#)
            }
            if request.path == "/config/v1/flyte_client" {
                return .json(#"{"client_id":"c","scopes":["all"]}"#)
            }
            return .json(#"{"access_token":"t","expires_in":60}"#)
        }
        let client = OAuthClient(
            discovery: AuthDiscovery(base: "https://flyte.test", transport: transport), transport: transport)
        let error = await #expect(throws: AdminError.self) {
            try await ClientCredentials(id: "c", secret: "open-sesame", client: client).token()
        }
        #expect(error?.description.contains("no secret is sent there") == true)
        #expect(!transport.requests.contains { $0.method == "POST" })
    }

    @Test(arguments: [
        ("http://user:secret@127.0.0.1:1/x?token=secret", "http://127.0.0.1:1"),
        ("https://u:secret@[::1]:8/x", "https://[::1]:8"),
        ("HTTPS://Flyte.test:443/x#secret", "https://flyte.test"),
        ("http://u:secret@bad host/", "…@bad host"), ("secret@x?secret", "…@x"), ("nonsense", "nonsense"),
    ]) func noAddressIsToldWithItsUser(_ url: String, _ told: String) {
        #expect(AdminClient.origin(of: url) == told)
        let error = AdminError(
            HTTPResponse(status: 302, headers: ["location": url]), route: "GET /x")
        #expect(!error.description.contains("secret"), "\(error)")
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "]) func deepSettingsAreRefusedAtOnce(_ piece: String) {
        let text = Array(String(repeating: piece, count: 100_000).utf8)
        let clock = ContinuousClock()
        let start = clock.now
        #expect(throws: YAML.SyntaxError.self) { try YAML(text) }
        #expect(clock.now - start < .seconds(2))
    }

    @Test func settingsMayBeFiftyDeep() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try YAML(nested(50))
        #expect(throws: YAML.SyntaxError.self) { try YAML(nested(51)) }
    }
}

import FlyteIDL
import FlyteModel

/// Logs a program in with its id and secret (RFC 6749 §4.4).
struct ClientCredentials: TokenSource {
    var id: String
    var secret: String
    /// Empty: those that the server names.
    var scopes: [String] = []
    var audience: String?
    var usesServersAudience = false
    /// nil: the one that the server names.
    var tokenURL: String?
    var discovery: AuthDiscovery

    func token() async throws(AdminError) -> AccessToken? {
        var tokenURL = tokenURL
        var scopes = scopes
        var audience = audience
        if tokenURL == nil {
            guard let server = try await discovery.server() else { return nil }
            tokenURL = server.string("token_endpoint")
        }
        if scopes.isEmpty || usesServersAudience, let client = try await discovery.client() {
            if scopes.isEmpty { scopes = client.strings("scopes") }
            if usesServersAudience { audience = client.string("audience") }
        }
        guard let tokenURL, !tokenURL.isEmpty else {
            throw AdminError(
                kind: .unauthenticated, route: "log-in",
                message: "the server names no token endpoint; set 'tokenUrl'")
        }
        var form = [("grant_type", "client_credentials")]
        if !scopes.isEmpty { form.append(("scope", scopes.joined(separator: " "))) }
        if let audience, !audience.isEmpty { form.append(("audience", audience)) }
        return try await ask(tokenURL, form)
    }

    private func ask(_ url: String, _ form: [(String, String)]) async throws(AdminError) -> AccessToken {
        let route = "POST token endpoint"
        // Both are percent-encoded first (RFC 6749 §2.3.1): a secret with reserved characters is refused as it is.
        let basic = Base64.encoded(Array("\(Route.encoded(id)):\(Route.encoded(secret))".utf8))
        let body = form.map { "\($0.0)=\(Route.encoded($0.1))" }.joined(separator: "&")
        let request = HTTPRequest(
            "POST", url: url,
            headers: [
                HTTPHeader("Authorization", "Basic \(basic)"), HTTPHeader("Accept", "application/json"),
                HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
            ], body: Array(body.utf8))
        let response = try await discovery.transport.answer(to: request, route: route)
        let answer = try? JSONValue(parsing: response.body)
        if response.status == 200, let text = answer?["access_token"]?.string, !text.isEmpty {
            return AccessToken(text: text, lifetime: Self.lifetime(answer?["expires_in"]))
        }
        guard (400..<404).contains(response.status) || response.status == 200 else {
            throw AdminError(response, route: route)
        }
        // Never the body as it is: it may hold a token.
        let words = [answer?["error"]?.string, answer?["error_description"]?.string].compactMap { $0 }
        throw AdminError(
            kind: .unauthenticated, route: route, status: response.status,
            message: words.isEmpty
                ? "its answer holds no token" : AdminError.plain(words.joined(separator: ": "), limit: 300))
    }

    /// Some servers write the number as a text.
    private static func lifetime(_ value: JSONValue?) -> Duration? {
        let seconds: Double?
        switch value {
        case .number(let text), .string(let text): seconds = Double(text)
        default: seconds = nil
        }
        guard let seconds, seconds > 0, seconds < 1e9 else { return nil }
        return .seconds(seconds)
    }
}

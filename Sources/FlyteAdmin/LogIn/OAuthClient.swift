import FlyteIDL
import FlyteModel

/// Asks an identity provider for tokens, with what the settings say and what the Flyte server adds (RFC 6749).
struct OAuthClient: Sendable {
    var discovery: AuthDiscovery
    /// To the identity provider.
    var transport: any Transport
    /// Empty: those that the server names.
    var scopes: [String] = []
    /// nil: the one that the server names, if it names one.
    var audience: String?
    /// Whether the server's wins over ``audience``, as flytectl's `useAudienceFromAdmin` has it.
    var usesServersAudience = false
    /// nil: the one that the server names.
    var tokenURL: String?

    /// What a log-in needs to know, from the settings first and from the server else.
    struct Plan: Sendable {
        var tokenURL = ""
        var scopes: [String] = []
        /// Empty for none.
        var audience = ""
        /// How the token endpoint lets a client with a secret prove itself (RFC 8414); empty when nobody says.
        var secretMethods: [String] = []
        /// The id of public clients, such as a person's.
        var publicID = ""
        var redirectURL = ""
        var authorizationURL = ""
        var deviceURL = ""
    }

    /// An answer with a token.
    struct Grant: Sendable {
        var token: AccessToken
        var refreshToken: String?
        /// Names the log-in that it belongs to; nil without an id token.
        var nonce: String?
    }

    /// An answer that is a refusal, in the provider's words.
    struct Refusal: Error {
        /// Such as `invalid_grant`; empty when the answer holds no word of OAuth's.
        var code: String
        var error: AdminError
    }

    /// - Parameter isPersonal: Whether a public client's id and addresses are needed.
    /// - Returns: nil when the server says that it needs no log-in.
    func plan(isPersonal: Bool) async throws(AdminError) -> Plan? {
        var plan = Plan(tokenURL: tokenURL ?? "", scopes: scopes, audience: audience ?? "")
        if isPersonal || tokenURL == nil {
            guard let server = try await discovery.server() else { return nil }
            if tokenURL == nil { plan.tokenURL = server.string("token_endpoint") }
            plan.authorizationURL = server.string("authorization_endpoint")
            plan.deviceURL = server.string("device_authorization_endpoint")
            plan.secretMethods = server.strings("token_endpoint_auth_methods_supported")
        }
        if let client = try await publicClient(isPersonal: isPersonal) {
            if scopes.isEmpty { plan.scopes = client.strings("scopes") }
            if audience == nil || usesServersAudience { plan.audience = client.string("audience") }
            plan.publicID = client.string("client_id")
            plan.redirectURL = client.string("redirect_uri")
        }
        guard !plan.tokenURL.isEmpty else {
            throw Self.failure("the server names no token endpoint; set 'tokenUrl'")
        }
        for (name, url) in [
            ("token endpoint", plan.tokenURL), ("authorization endpoint", plan.authorizationURL),
            ("device authorization endpoint", plan.deviceURL),
        ] where !url.isEmpty && (isPersonal || url == plan.tokenURL) {
            if let words = await ProviderAddress.objection(to: url, from: discovery.base) {
                throw Self.failure("the \(name) \(words); no secret is sent there")
            }
        }
        return plan
    }

    /// What the server says to clients; nil when it is not asked, or says that it needs no log-in.
    private func publicClient(isPersonal: Bool) async throws(AdminError) -> Message? {
        if isPersonal || scopes.isEmpty || usesServersAudience { return try await discovery.client() }
        guard audience == nil else { return nil }
        // An audience is all that it could add: a server or a proxy that does not have the document changes nothing.
        return try? await discovery.client()
    }

    static func failure(_ message: String) -> AdminError {
        AdminError(kind: .unauthenticated, route: "log-in", message: message)
    }

    /// Asks the token endpoint.
    ///
    /// - Parameter authorization: Of a client that has a secret.
    func grant(
        _ url: String, _ form: [(String, String)], authorization: String? = nil
    ) async throws(AdminError) -> Result<Grant, Refusal> {
        let (response, answer) = try await post(url, form, authorization, "POST token endpoint")
        if response.status == 200, let text = answer?["access_token"]?.string, !text.isEmpty {
            let lifetime = Self.seconds(answer?["expires_in"]) ?? AccessToken.lifetime(ofJWT: text)
            return .success(
                Grant(
                    token: AccessToken(text: text, lifetime: lifetime),
                    refreshToken: answer?["refresh_token"]?.string,
                    nonce: answer?["id_token"]?.string.flatMap {
                        AccessToken.claim("nonce", ofJWT: $0)?.string
                    }))
        }
        return .failure(try Self.refusal(response, answer, "POST token endpoint"))
    }

    /// Posts a form; the answer's JSON is nil when it has none.
    func post(
        _ url: String, _ form: [(String, String)], _ authorization: String?, _ route: String
    ) async throws(AdminError) -> (HTTPResponse, JSONValue?) {
        var headers = [
            HTTPHeader("Accept", "application/json"),
            HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
        ]
        if let authorization { headers.insert(HTTPHeader("Authorization", authorization), at: 0) }
        let request = HTTPRequest("POST", url: url, headers: headers, body: Array(Self.query(form).utf8))
        let response = try await transport.answer(to: request, route: route)
        return (response, try? JSONValue(parsing: response.body))
    }

    static func query(_ form: [(String, String)]) -> String {
        form.map { "\($0.0)=\(Route.encoded($0.1))" }.joined(separator: "&")
    }

    /// What a refusal says; throws for answers that are none of OAuth's.
    static func refusal(
        _ response: HTTPResponse, _ answer: JSONValue?, _ route: String
    ) throws(AdminError) -> Refusal {
        guard (400..<404).contains(response.status) || response.status == 200 else {
            throw AdminError(response, route: route)
        }
        // Never the body as it is: it may hold a token.
        let words = [answer?["error"]?.string, answer?["error_description"]?.string].compactMap { $0 }
        return Refusal(
            code: words.first ?? "",
            error: AdminError(
                kind: .unauthenticated, route: route, status: response.status,
                message: words.isEmpty
                    ? "its answer holds no token"
                    : AdminError.plain(words.joined(separator: ": "), limit: 300)))
    }

    /// Some servers write the number as a text.
    static func seconds(_ value: JSONValue?) -> Duration? {
        let seconds: Double?
        switch value {
        case .number(let text), .string(let text): seconds = Double(text)
        default: seconds = nil
        }
        guard let seconds, seconds > 0, seconds < 1e9 else { return nil }
        return .seconds(seconds)
    }
}

import FlyteIDL

/// Logs a program in with its id and secret (RFC 6749 §4.4).
struct ClientCredentials: TokenSource {
    var id: String
    var secret: String
    var client: OAuthClient

    func token() async throws(AdminError) -> AccessToken? {
        guard let plan = try await client.plan(isPersonal: false) else { return nil }
        var form = [("grant_type", "client_credentials")]
        if !plan.scopes.isEmpty { form.append(("scope", plan.scopes.joined(separator: " "))) }
        if !plan.audience.isEmpty { form.append(("audience", plan.audience)) }
        var refused: AdminError?
        for method in Method.allCases where method.isWorthTrying(plan.secretMethods) {
            switch try await ask(plan.tokenURL, form, method) {
            case .success(let grant): return grant.token
            case .failure(let refusal):
                if refused == nil { refused = refusal.error }
                // Other words are of other things than how the client proved itself.
                guard ["invalid_client", "invalid_request"].contains(refusal.code) else {
                    throw refusal.error
                }
            }
        }
        throw refused
            ?? OAuthClient.failure("the token endpoint takes no client secret; choose another 'authType'")
    }

    /// How the secret is told (RFC 6749 §2.3.1), in the order in which it is tried. Every provider must take the first;
    /// some take only the second all the same, and not all of them say so.
    private enum Method: String, CaseIterable {
        case header = "client_secret_basic"
        case form = "client_secret_post"

        func isWorthTrying(_ methods: [String]) -> Bool {
            let known = methods.filter { Method(rawValue: $0) != nil }
            return known.isEmpty || known.contains(rawValue)
        }
    }

    private func ask(
        _ url: String, _ form: [(String, String)], _ method: Method
    ) async throws(AdminError) -> Result<OAuthClient.Grant, OAuthClient.Refusal> {
        switch method {
        case .header:
            // Both are percent-encoded first: a secret with reserved characters is refused as it is.
            let basic = Base64.encoded(Array("\(Route.encoded(id)):\(Route.encoded(secret))".utf8))
            return try await client.grant(url, form, authorization: "Basic \(basic)")
        case .form:
            return try await client.grant(url, form + [("client_id", id), ("client_secret", secret)])
        }
    }
}

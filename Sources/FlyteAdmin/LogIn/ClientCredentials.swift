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
        // Both are percent-encoded first (RFC 6749 §2.3.1): a secret with reserved characters is refused as it is.
        let basic = Base64.encoded(Array("\(Route.encoded(id)):\(Route.encoded(secret))".utf8))
        switch try await client.grant(plan.tokenURL, form, authorization: "Basic \(basic)") {
        case .success(let grant): return grant.token
        case .failure(let refusal): throw refusal.error
        }
    }
}

import CCrypto
import FlyteIDL

/// Logs a person in at a browser on this machine (RFC 7636, RFC 8252): the provider sends the browser back to a port
/// of ours, with a code that is worth nothing without the number we made it for.
struct BrowserFlow: InteractiveFlow {
    var client: OAuthClient
    var timeout: Duration

    let name = "Pkce"

    func logIn(_ plan: OAuthClient.Plan, _ prompt: LogInPrompt) async throws(AdminError) -> OAuthClient.Grant
    {
        guard !plan.authorizationURL.isEmpty else {
            throw OAuthClient.failure(
                "the server names no authorization endpoint; use DeviceFlow, or ClientSecret for a harvest")
        }
        let verifier = Self.random()
        let state = Self.random()
        let nonce = Self.random()
        let listener = try LoopbackListener(redirectURL: plan.redirectURL, state: state)
        var form = [
            ("client_id", plan.publicID), ("response_type", "code"),
            ("scope", plan.scopes.joined(separator: " ")), ("redirect_uri", plan.redirectURL),
            ("state", state), ("nonce", nonce), ("code_challenge", Self.challenge(verifier)),
            ("code_challenge_method", "S256"),
        ]
        if !plan.audience.isEmpty { form.append(("audience", plan.audience)) }
        let separator = plan.authorizationURL.contains("?") ? "&" : "?"
        let address = plan.authorizationURL + separator + OAuthClient.query(form)
        prompt.tell(
            "To log in, open this address in a browser on this machine:\n\(AdminError.plain(address, limit: 4000))"
        )
        prompt.open(address)
        let code = try await listener.code(timeout: timeout)
        let answer = try await client.grant(
            plan.tokenURL,
            [
                ("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier),
                ("client_id", plan.publicID), ("redirect_uri", plan.redirectURL),
            ])
        switch answer {
        case .success(let grant):
            guard grant.nonce == nil || grant.nonce == nonce else {
                throw OAuthClient.failure("the answer belongs to another log-in")
            }
            return grant
        case .failure(let refusal): throw refusal.error
        }
    }

    /// 43 characters of chance, as RFC 7636 §4.1 wants them.
    private static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return base64URL((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    static func challenge(_ verifier: String) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        _ = SHA256(Array(verifier.utf8), verifier.utf8.count, &digest)
        return base64URL(digest)
    }

    private static func base64URL(_ bytes: [UInt8]) -> String {
        String(
            Base64.encoded(bytes).compactMap { character -> Character? in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            })
    }
}

import FlyteIDL

/// Logs a person in who enters a code at a browser, on this machine or another (RFC 8628).
struct DeviceFlow: InteractiveFlow {
    var client: OAuthClient
    var timeout: Duration
    var pollInterval: Duration
    var pace: Pace

    let name = "DeviceFlow"

    func logIn(_ plan: OAuthClient.Plan, _ prompt: LogInPrompt) async throws(AdminError) -> OAuthClient.Grant
    {
        guard !plan.deviceURL.isEmpty else {
            throw OAuthClient.failure(
                "the server names no device authorization endpoint; use Pkce, or ClientSecret for a harvest")
        }
        var form = [("client_id", plan.publicID)]
        if !plan.scopes.isEmpty { form.append(("scope", plan.scopes.joined(separator: " "))) }
        if !plan.audience.isEmpty { form.append(("audience", plan.audience)) }
        let route = "POST device authorization endpoint"
        let (response, answer) = try await client.post(plan.deviceURL, form, nil, route)
        guard response.status == 200, let answer, let code = answer["device_code"]?.string,
            let userCode = answer["user_code"]?.string,
            let address = answer["verification_uri"]?.string ?? answer["verification_url"]?.string
        else { throw try OAuthClient.refusal(response, answer, route).error }
        prompt.tell(
            "To log in, open \(AdminError.plain(address, limit: 500)) and enter the code \(AdminError.plain(userCode, limit: 100))"
        )
        if let whole = answer["verification_uri_complete"]?.string { prompt.open(whole) }
        let limit = min(timeout, OAuthClient.seconds(answer["expires_in"]) ?? timeout)
        return try await poll(
            plan, code, interval: OAuthClient.seconds(answer["interval"]) ?? pollInterval, limit)
    }

    /// Asks until the code was entered, refused or has expired.
    private func poll(
        _ plan: OAuthClient.Plan, _ code: String, interval: Duration, _ limit: Duration
    ) async throws(AdminError) -> OAuthClient.Grant {
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", code),
            ("client_id", plan.publicID),
        ]
        var interval = interval
        let deadline = pace.now() + limit
        while pace.now() + interval <= deadline {
            do {
                try await pace.sleep(interval)
            } catch {
                throw OAuthClient.failure("it was cancelled")
            }
            switch try await client.grant(plan.tokenURL, form) {
            case .success(let grant): return grant
            case .failure(let refusal):
                switch refusal.code {
                case "authorization_pending": continue
                // RFC 8628 §3.5: from then on.
                case "slow_down": interval += .seconds(5)
                case "expired_token": throw Self.expired
                case "access_denied": throw OAuthClient.failure("it was refused at the browser")
                default: throw refusal.error
                }
            }
        }
        throw Self.expired
    }

    private static let expired = OAuthClient.failure("the code was not entered in time; try again")
}

/// A log-in that needs a person: once at the beginning, and again only when what it gave cannot be renewed.
actor InteractiveLogIn: TokenSource {
    private let flow: any InteractiveFlow
    private let client: OAuthClient
    /// nil when nobody is there: then only the server's "no log-in needed" helps.
    private let prompt: LogInPrompt?
    private var refreshToken: String?

    init(flow: any InteractiveFlow, client: OAuthClient, prompt: LogInPrompt?) {
        self.flow = flow
        self.client = client
        self.prompt = prompt
    }

    func token() async throws(AdminError) -> AccessToken? {
        guard let prompt else {
            throw OAuthClient.failure(
                "'authType' \(flow.name) needs a person at a terminal; use ClientSecret or ExternalCommand for a harvest"
            )
        }
        guard let plan = try await client.plan(isPersonal: true) else { return nil }
        if let token = try await refreshed(plan) { return token }
        guard !plan.publicID.isEmpty else { throw OAuthClient.failure("the server names no id for people") }
        return keep(try await flow.logIn(plan, prompt))
    }

    /// A token for the refresh token of the last answer (RFC 6749 §6); nil when there is none, or it is used up.
    private func refreshed(_ plan: OAuthClient.Plan) async throws(AdminError) -> AccessToken? {
        guard let text = refreshToken else { return nil }
        let form = [
            ("grant_type", "refresh_token"), ("refresh_token", text), ("client_id", plan.publicID),
        ]
        switch try await client.grant(plan.tokenURL, form) {
        case .success(let grant): return keep(grant)
        case .failure:
            refreshToken = nil
            return nil
        }
    }

    private func keep(_ grant: OAuthClient.Grant) -> AccessToken {
        // Some providers give a new one each time, and then the old one is used up.
        refreshToken = grant.refreshToken ?? refreshToken
        return grant.token
    }
}

/// One of the ways in which a person logs in.
protocol InteractiveFlow: Sendable {
    /// As `authType` calls it.
    var name: String { get }
    func logIn(_ plan: OAuthClient.Plan, _ prompt: LogInPrompt) async throws(AdminError) -> OAuthClient.Grant
}

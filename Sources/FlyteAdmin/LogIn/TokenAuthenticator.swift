/// Sends a token as Flyte's clients do: none until the server answers 401; then one is got, kept in memory,
/// renewed a little before it expires, and once more when it is refused.
actor TokenAuthenticator: Authenticator {
    private let source: (any TokenSource)?
    /// For a proxy before the server that wants a token of its own.
    private let proxySource: (any TokenSource)?
    private let header: String
    private let pace: Pace
    private var token: AccessToken?
    private var proxyToken: AccessToken?
    /// When to get a new one, by the pace's clock; nil when nobody said how long it is good for.
    private var renewAt: Duration?
    private var renewal: Task<Result<Bool, AdminError>, Never>?

    init(source: (any TokenSource)?, proxySource: (any TokenSource)?, header: String, pace: Pace) {
        self.source = source
        self.proxySource = proxySource
        self.header = header
        self.pace = pace
    }

    func headers() async throws(AdminError) -> [HTTPHeader] {
        if proxySource != nil, proxyToken == nil { _ = try await renew(proxyOnly: true) }
        if let renewAt, pace.now() >= renewAt { _ = try await renew(proxyOnly: false) }
        return current
    }

    private var current: [HTTPHeader] {
        var headers: [HTTPHeader] = []
        if let proxyToken { headers.append(HTTPHeader("proxy-authorization", "Bearer \(proxyToken.text)")) }
        if let token { headers.append(HTTPHeader(header, "Bearer \(token.text)")) }
        return headers
    }

    func renew(refused: [HTTPHeader]) async throws(AdminError) -> Bool {
        // Many requests are refused at once: the first renews for all.
        if refused != current { return true }
        return try await renew(proxyOnly: false)
    }

    private func renew(proxyOnly: Bool) async throws(AdminError) -> Bool {
        if let renewal { return try await renewal.value.get() }
        let task = Task { () -> Result<Bool, AdminError> in
            do throws(AdminError) {
                return .success(try await self.fetch(proxyOnly: proxyOnly))
            } catch {
                return .failure(error)
            }
        }
        renewal = task
        let result = await task.value
        renewal = nil
        return try result.get()
    }

    private func fetch(proxyOnly: Bool) async throws(AdminError) -> Bool {
        if let proxySource { proxyToken = try await Self.usable(proxySource.token()) }
        if !proxyOnly, let source {
            token = try await Self.usable(source.token())
            renewAt = token?.lifetime.map { pace.now() + max($0 - .seconds(30), $0 * 0.8) }
        }
        return token != nil || proxyToken != nil
    }

    /// A token becomes a header: a line end in it would begin a header of somebody else's choosing.
    private static func usable(_ token: AccessToken?) throws(AdminError) -> AccessToken? {
        if let token, !HTTPHeader.isValue(token.text) {
            throw OAuthClient.failure(
                "the token that was given has a line end or another control character in it")
        }
        return token
    }
}

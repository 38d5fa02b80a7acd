/// A way to get a token: one of Flyte's log-in flows.
protocol TokenSource: Sendable {
    /// A new token; nil when the server says that none is needed.
    func token() async throws(AdminError) -> AccessToken?
}

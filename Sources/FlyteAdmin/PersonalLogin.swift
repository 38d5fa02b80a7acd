/// The flows that need a person at a browser: refused with what to do in their place, and only once the server
/// asks for a token.
struct PersonalLogin: TokenSource {
    func token() async throws(AdminError) -> AccessToken? {
        throw AdminError(
            kind: .unauthenticated, route: "log-in",
            message:
                "'authType' Pkce and DeviceFlow need a person at a browser; use ClientSecret or ExternalCommand for a harvest"
        )
    }
}

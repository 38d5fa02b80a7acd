/// A way to prove to the server who asks.
public protocol Authenticator: Sendable {
    /// The header fields to send with a request; none while no token is needed or had.
    func headers() async throws(AdminError) -> [HTTPHeader]
    /// Called once after a 401: gets a new token. false when there is none to be had.
    func renew() async throws(AdminError) -> Bool
}

/// Sends no token.
public struct NoAuthentication: Authenticator {
    public init() {}
    public func headers() async throws(AdminError) -> [HTTPHeader] { [] }
    public func renew() async throws(AdminError) -> Bool { false }
}

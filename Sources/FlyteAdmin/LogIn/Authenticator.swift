/// A way to prove to the server who asks.
public protocol Authenticator: Sendable {
    /// The header fields to send with a request; none while no token is needed or had.
    func headers() async throws(AdminError) -> [HTTPHeader]
    /// Called once for a request that was refused with 401: gets a new token, unless that was done since for
    /// another request.
    ///
    /// - Parameter refused: What the refused request sent.
    /// - Returns: false when there is none to be had.
    func renew(refused: [HTTPHeader]) async throws(AdminError) -> Bool
}

/// Sends no token.
public struct NoAuthentication: Authenticator {
    public init() {}
    public func headers() async throws(AdminError) -> [HTTPHeader] { [] }
    public func renew(refused: [HTTPHeader]) async throws(AdminError) -> Bool { false }
}

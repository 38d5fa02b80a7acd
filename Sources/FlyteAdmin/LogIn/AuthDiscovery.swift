import FlyteIDL

/// Asks a server how to log in. Both documents are given to anybody.
struct AuthDiscovery: Sendable {
    var base: String
    var transport: any Transport
    /// Sent along.
    var headers: [HTTPHeader] = []

    /// `service.OAuth2MetadataResponse`; nil when the server says by 501 that it needs no log-in.
    func server() async throws(AdminError) -> Message? {
        try await document("/.well-known/oauth-authorization-server", "service.OAuth2MetadataResponse")
    }

    /// `service.PublicClientAuthConfigResponse`; nil as above.
    func client() async throws(AdminError) -> Message? {
        try await document("/config/v1/flyte_client", "service.PublicClientAuthConfigResponse")
    }

    private func document(_ path: String, _ type: String) async throws(AdminError) -> Message? {
        // Only this exact type gives the names of RFC 8414.
        let request = HTTPRequest(
            url: base + path, headers: [HTTPHeader("Accept", "application/json")] + headers)
        let response = try await transport.answer(to: request, route: "GET \(path)")
        if response.status == 501 { return nil }
        guard response.status == 200 else { throw AdminError(response, route: "GET \(path)") }
        do {
            return try Message(json: response.body, as: IDL.message(type))
        } catch {
            throw AdminError(kind: .notFlyte, route: "GET \(path)", status: 200, message: "\(error)")
        }
    }
}

extension Transport {
    func answer(to request: HTTPRequest, route: String) async throws(AdminError) -> HTTPResponse {
        do {
            return try await send(request)
        } catch {
            throw AdminError(kind: .transport(error), route: route)
        }
    }
}

import Locking
import FlyteIDL
import FlyteModel

/// Authorization as flyteadmin's built-in server does it: discovery, client credentials, tokens that expire.
public struct LogIn: Hashable, Sendable {
    public var clientID = "flightlog"
    /// Of characters that need no escaping.
    public var secret = "open-sesame"
    /// Seconds that a token is good for, by the server's clock.
    public var lifetime: Int64 = 1800
    /// What a token may do; the API wants `all`.
    public var scopes: Set<String> = ["all"]

    public init() {}
}

/// The tokens that a server has given out.
struct TokenIssuer: Sendable {
    let logIn: LogIn
    private let expiries = Guarded<[KeyBytes: Timestamp]>([:])

    init(_ logIn: LogIn) { self.logIn = logIn }

    /// The answer to what concerns the log-in, or to a request without a good token; nil for all others.
    func answer(to request: ServerRequest, at now: Timestamp, address: String) -> ServerResponse? {
        switch request.path {
        case "/healthcheck": return nil
        case "/.well-known/oauth-authorization-server":
            return document(
                Message(
                    "service.OAuth2MetadataResponse",
                    [
                        "issuer": .string(address), "token_endpoint": .string(address + "/oauth2/token"),
                        "authorization_endpoint": .string(address + "/oauth2/authorize"),
                    ]), request)
        case "/config/v1/flyte_client":
            return document(
                Message(
                    "service.PublicClientAuthConfigResponse",
                    [
                        "client_id": .string("flytectl"),
                        "redirect_uri": .string("http://localhost:53593/callback"),
                        "authorization_metadata_key": .string("flyte-authorization"),
                    ]), request)
        case "/oauth2/token": return token(request, at: now)
        case _ where request.path.beginsWithBytes(of: "/api/"): return refusal(of: request, at: now)
        default: return nil
        }
    }

    private func document(_ message: Message, _ request: ServerRequest) -> ServerResponse {
        let form = WireForm.answering(request)
        let body = try? Gateway.body(Gateway.Answer(bytes: message.encoded(), type: message.type.name), form)
        return ServerResponse(status: 200, contentType: form.contentType, body: body ?? [])
    }

    private func token(_ request: ServerRequest, at now: Timestamp) -> ServerResponse {
        let form = String(decoding: request.body, as: UTF8.self)
        let credentials = "Basic " + Base64.encoded("\(logIn.clientID):\(logIn.secret)".utf8)
        guard request.method == "POST", form.contains("grant_type=client_credentials") else {
            return json(400, #"{"error":"invalid_request","error_description":"no client credentials"}"#)
        }
        guard request.values(of: "Authorization") == [credentials] else {
            return json(401, #"{"error":"invalid_client","error_description":"unknown client or secret"}"#)
        }
        let text = expiries.withLock { expiries in
            let text = "token-\(expiries.count + 1)"
            expiries[text] = now + logIn.lifetime * 1_000_000_000
            return text
        }
        return json(
            200,
            #"{"access_token":"\#(text)","token_type":"bearer","expires_in":\#(max(0, logIn.lifetime - 1))}"#)
    }

    private func json(_ status: Int, _ text: String) -> ServerResponse {
        ServerResponse(status: status, contentType: "application/json", body: Array(text.utf8))
    }

    private func refusal(of request: ServerRequest, at now: Timestamp) -> ServerResponse? {
        func refused(_ words: String) -> ServerResponse {
            Gateway.refusal(Refusal(code: 16, message: words), to: request)
        }
        let lines = request.values(of: "Authorization") + request.values(of: "flyte-authorization")
        let parse = "token parse error id token err: access token err: "
        guard let line = lines.first, line.lowercased().beginsWithBytes(of: "bearer ") else {
            return refused(parse + "Request unauthenticated with Bearer")
        }
        guard let expiry = expiries.withLock({ $0[String(decoding: line.utf8.dropFirst(7), as: UTF8.self)] })
        else {
            return refused(parse + "crypto/rsa: verification error")
        }
        guard expiry > now else { return refused(parse + "Token is expired") }
        guard logIn.scopes.contains("all") else {
            return refused("authenticated user doesn't have required scope")
        }
        return nil
    }
}

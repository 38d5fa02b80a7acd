import FlyteIDL
import Foundation
import TestSupport

@testable import FlyteAdmin

/// A Flyte server and the identity provider that guards it, on one loopback port: client credentials, device codes,
/// browsers with PKCE, refresh tokens that are used up by their use.
final class OAuthServer: Sendable {
    struct Behaviour: Sendable {
        /// Seconds; nil to say nothing.
        var expiresIn: Int? = 1800
        var givesRefreshTokens = true
        /// What the token endpoint says to device codes before the code was entered, one after the other.
        var deviceAnswers: [String] = []
        var redirectURL = "http://localhost:53593/callback"
        var idNonce: String?
        /// Of the header that carries the token.
        var header = "authorization"
    }

    static let clientSecret = "cl1ent-s3cret/&"

    // Unchecked: the lock guards all of it.
    private final class State: @unchecked Sendable {
        let lock = NSLock()
        var behaviour = Behaviour()
        var issued = 0
        var accepted: Set<String> = []
        var refresh: Set<String> = []
        var codes: [String: (challenge: String, redirect: String)] = [:]
        var grants: [String] = []

        func with<Result>(_ body: (State) -> Result) -> Result { lock.withLock { body(self) } }
    }

    private let state = State()
    private let server: RawServer
    var base: String { server.base }
    var requests: [RawServer.Request] { server.requests }
    /// The grants that were asked for, with how they ended.
    var grants: [String] { state.with { $0.grants } }

    init(_ change: (inout Behaviour) -> Void = { _ in }) throws {
        change(&state.behaviour)
        let place = Place()
        server = try RawServer { [state] request in
            OAuthServer.answer(request, place.base, state)
        }
        place.base = server.base
    }

    private final class Place: @unchecked Sendable {
        var base = ""
    }

    /// Every token given so far is refused from now on.
    func revokeTokens() { state.with { $0.accepted = [] } }

    func revokeRefreshTokens() { state.with { $0.refresh = [] } }

    func stop() { server.stop() }

    private static func answer(_ request: RawServer.Request, _ base: String, _ state: State)
        -> RawServer.Answer
    {
        let form = values(String(decoding: request.body, as: UTF8.self))
        switch request.path {
        case "/.well-known/oauth-authorization-server":
            return json(
                #"{"token_endpoint": "\#(base)/token", "authorization_endpoint": "\#(base)/authorize", "device_authorization_endpoint": "\#(base)/device"}"#
            )
        case "/config/v1/flyte_client":
            let redirect = state.with { $0.behaviour.redirectURL }
            return json(
                #"{"client_id": "flytectl", "scopes": ["all", "offline"], "redirect_uri": "\#(redirect)", "audience": "aud"}"#
            )
        case "/authorize":
            let query = values(String(request.target.drop { $0 != "?" }.dropFirst()))
            let code = "code-\(query["state"]?.prefix(6) ?? "")"
            state.with { $0.codes[code] = (query["code_challenge"] ?? "", query["redirect_uri"] ?? "") }
            return .http(
                302, ["Location": "\(query["redirect_uri"] ?? "")?code=\(code)&state=\(query["state"] ?? "")"]
            )
        case "/device":
            return json(
                #"{"device_code": "dev1ce-c0de", "user_code": "WDJB-MJHT", "verification_uri": "https://idp/device", "expires_in": 600, "interval": 5}"#
            )
        case "/token":
            let result = grant(form, request.headers["authorization"], state)
            state.with {
                $0.grants.append(
                    "\(form["grant_type"]?.split(separator: ":").last ?? "") \(result.error ?? "ok")")
            }
            return result.answer
        default:
            let header = state.with { $0.behaviour.header }
            let token = request.headers[header]?.replacingOccurrences(of: "Bearer ", with: "") ?? ""
            guard state.with({ $0.accepted.contains(token) }) else {
                let status = Message("google.rpc.Status", ["code": 16, "message": "Token is expired"])
                return .http(401, ["Content-Type": "application/octet-stream"], status.encoded())
            }
            return .protobuf([])
        }
    }

    private static func grant(
        _ form: [String: String], _ authorization: String?, _ state: State
    ) -> (answer: RawServer.Answer, error: String?) {
        func refused(_ error: String) -> (RawServer.Answer, String?) {
            (json(#"{"error": "\#(error)", "error_description": "words"}"#, status: 400), error)
        }
        switch form["grant_type"] {
        case "client_credentials":
            let expected =
                "id:" + (clientSecret.addingPercentEncoding(withAllowedCharacters: .urlUserAllowed) ?? "")
            let given = authorization.flatMap { Data(base64Encoded: String($0.dropFirst(6))) } ?? Data()
            let text = String(decoding: given, as: UTF8.self)
            guard text.removingPercentEncoding == expected.removingPercentEncoding else {
                return refused("invalid_client")
            }
            return (issue(state, refresh: false), nil)
        case "refresh_token":
            let token = form["refresh_token"] ?? ""
            // Used once.
            guard state.with({ $0.refresh.remove(token) }) != nil else { return refused("invalid_grant") }
            return (issue(state, refresh: true), nil)
        case "urn:ietf:params:oauth:grant-type:device_code":
            guard form["device_code"] == "dev1ce-c0de", form["client_id"] == "flytectl" else {
                return refused("invalid_grant")
            }
            let next = state.with { state -> String? in
                state.behaviour.deviceAnswers.isEmpty ? nil : state.behaviour.deviceAnswers.removeFirst()
            }
            if let next { return refused(next) }
            return (issue(state, refresh: true), nil)
        case "authorization_code":
            guard let known = state.with({ $0.codes.removeValue(forKey: form["code"] ?? "") }),
                known.challenge == BrowserFlow.challenge(form["code_verifier"] ?? ""),
                known.redirect == form["redirect_uri"]
            else { return refused("invalid_grant") }
            return (issue(state, refresh: true), nil)
        default: return refused("unsupported_grant_type")
        }
    }

    private static func issue(_ state: State, refresh: Bool) -> RawServer.Answer {
        state.with { state in
            state.issued += 1
            let token = "t0ken-\(state.issued)"
            state.accepted = [token]
            var text = #"{"access_token": "\#(token)", "token_type": "bearer""#
            if let seconds = state.behaviour.expiresIn { text += #", "expires_in": \#(seconds)"# }
            if refresh, state.behaviour.givesRefreshTokens {
                let token = "refr3sh-\(state.issued)"
                state.refresh = [token]
                text += #", "refresh_token": "\#(token)""#
            }
            if let nonce = state.behaviour.idNonce {
                let payload = Data(#"{"nonce": "\#(nonce)"}"#.utf8).base64EncodedString()
                text += #", "id_token": "e30.\#(payload).x""#
            }
            return json(text + "}")
        }
    }

    private static func json(_ text: String, status: Int = 200) -> RawServer.Answer {
        .http(status, ["Content-Type": "application/json"], Array(text.utf8))
    }

    private static func values(_ query: String) -> [String: String] {
        Dictionary(
            query.split(separator: "&").map {
                let parts = $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                    String.init)
                return (parts[0], (parts.count > 1 ? parts[1] : "").removingPercentEncoding ?? "")
            }, uniquingKeysWith: { $1 })
    }
}

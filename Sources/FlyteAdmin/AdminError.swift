import FlyteIDL

/// Why the Admin API did not give what was asked for.
public struct AdminError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// No answer at all.
        case transport(TransportError)
        /// The answer is not Flyte's: a page of an ingress, a file server, some other service.
        case notFlyte
        /// The server sends us elsewhere.
        case redirected
        /// 401: no token, or one that is not accepted.
        case unauthenticated
        /// 403, or a 401 that no fresh token cures.
        case forbidden
        case notFound
        /// 429 because the answer would be larger than the server's message limit. Permanent for the request.
        case tooLarge
        /// 429, 502, 503, 504: ask again later.
        case overloaded
        /// 400, 409 and whatever else says that the question is wrong.
        case invalid
        /// 500: something is missing or broken behind the server.
        case serverFault
        /// 501: the server does not know the route; for authentication that means none is needed.
        case unimplemented
        /// A success whose body is no message.
        case garbage
        /// An identifier that no path can carry: empty, or with a slash.
        case unaddressable
    }

    public var kind: Kind
    /// The method and path, without the query.
    public var route: String
    /// nil when there was no answer.
    public var status: Int?
    /// The gRPC code in the answer.
    public var code: Int?
    /// The server's words.
    public var message: String
    /// Seconds the server asks us to wait.
    public var retryAfter: Double?

    public init(
        kind: Kind, route: String, status: Int? = nil, code: Int? = nil, message: String = "",
        retryAfter: Double? = nil
    ) {
        self.kind = kind
        self.route = route
        self.status = status
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// Whether the same request may succeed a little later.
    public var isPassing: Bool {
        switch kind {
        case .transport(let error): error.isPassing
        case .overloaded, .garbage: true
        // An ingress shows its own page while the server behind it restarts.
        case .notFlyte: (status ?? 0) >= 500
        case .serverFault: !Self.permanentFaults.contains { message.contains($0) }
        // An overloaded database is a bad request in flyteadmin's eyes.
        case .invalid: message.contains("too many clients already")
        case .redirected, .unauthenticated, .forbidden, .notFound, .tooLarge, .unimplemented, .unaddressable:
            false
        }
    }

    /// What flyteadmin says of things that will not be there the next time either.
    private static let permanentFaults = [
        "failed to discover workflow node", "failed to get object size", "failed to get metadata for uri",
        "invalid NaN value", "none of the oneof fields is set", "not found", "unsupported",
    ]

    public var description: String {
        let said = message.isEmpty ? "" : ": \(message)"
        let answered = status.map { "the server answered \($0)\(said)" } ?? ""
        return switch kind {
        case .transport(let error): "\(route): \(error)"
        case .notFlyte:
            "\(route): \(answered.isEmpty ? "the answer" : "the answer (\(status ?? 0))") is not Flyte's\(said). Check that the endpoint is a Flyte Admin API (HTTP port 8088, or the ingress), without a path."
        case .redirected:
            "\(route): the server redirects\(said). Use the address it names as the endpoint, if it is yours."
        case .unauthenticated:
            "\(route): \(answered). Log in: set 'authType' and its keys in Flyte's config.yaml, or pass a fresh token."
        case .forbidden: "\(route): \(answered). The account may not read this; ask for the permission."
        case .garbage: "\(route): the server's answer cannot be read\(said)."
        case .unaddressable: "\(route): no path can carry this identifier\(said)."
        case .tooLarge: "\(route): the answer is larger than the server sends\(said)."
        case .notFound, .overloaded, .invalid, .serverFault, .unimplemented: "\(route): \(answered)."
        }
    }

    /// What an answer other than 2xx means.
    init(_ response: HTTPResponse, route: String) {
        self.init(kind: .invalid, route: route, status: response.status)
        retryAfter = response.headers["retry-after"].flatMap { Double($0) }.flatMap { $0 >= 0 ? $0 : nil }
        let isStatus = readStatus(response)
        if !isStatus { message = Self.words(of: response) }
        switch response.status {
        case 300..<400:
            kind = .redirected
            message = response.headers["location"].map { Self.withoutQuery($0) } ?? message
        case 401: kind = message.contains("required scope") ? .forbidden : .unauthenticated
        case 403: kind = .forbidden
        case 404: kind = isStatus ? .notFound : .notFlyte
        case 429: kind = message.contains("received message larger than max") ? .tooLarge : .overloaded
        case 502, 503, 504: kind = .overloaded
        case 501: kind = .unimplemented
        case 500...: kind = .serverFault
        default: kind = isStatus ? .invalid : .notFlyte
        }
    }

    /// Reads a `google.rpc.Status`, in protobuf or in JSON; false when the body is none.
    private mutating func readStatus(_ response: HTTPResponse) -> Bool {
        let status: Message?
        switch response.mediaType {
        case "application/octet-stream":
            status = try? Message(decoding: response.body, as: "google.rpc.Status")
        case "application/json":
            status = try? Message(json: response.body, as: IDL.message("google.rpc.Status"))
        default: status = nil
        }
        guard let status, !response.body.isEmpty else { return false }
        code = Int(status.integer("code"))
        message = String(status.string("message").prefix(1000))
        return true
    }

    /// The beginning of a body that is no status, on one line: enough to recognise an ingress by.
    private static func words(of response: HTTPResponse) -> String {
        let text = String(decoding: response.body.prefix(2000), as: UTF8.self)
        var plain = ""
        var isTag = false
        for character in text {
            switch character {
            case "<": isTag = true
            case ">":
                isTag = false
                plain += " "
            default:
                if !isTag { plain += character.isWhitespace || character.isNewline ? " " : String(character) }
            }
        }
        return String(plain.split(separator: " ").joined(separator: " ").prefix(120))
    }

    private static func withoutQuery(_ url: String) -> String {
        String(url.prefix { $0 != "?" && $0 != "#" }.prefix(200))
    }
}

import FlyteIDL
import FlyteModel

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
        /// The answer is large, and there is no room for it here.
        case noRoom
        /// The answer is too large to be searched for secrets.
        case tooLargeToRedact
        /// An object is not as long as the server said.
        case wrongLength
        /// A list goes on without anything new in it, or beyond all bounds, and was left.
        case endless
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
    /// Whether the host answers others well, so that what is wrong is wrong with this one question.
    public internal(set) var isOfThisQuestion = false

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

    /// What to do about an error.
    public enum Remedy: Hashable, Sendable {
        /// Ask again, a bounded number of times.
        case retry
        /// Ask for less at a time.
        case shrink
        /// There is nothing to be had: write that down.
        case missing
        /// Log in, or ask for permission.
        case denied
        /// The question is wrong or the server broken for it: tell, and go on with the rest.
        case report
        /// Nobody there speaks our language: no further question makes sense.
        case giveUp
    }

    public var remedy: Remedy {
        if isPassing { return .retry }
        switch kind {
        case .tooLarge: return .shrink
        case .notFound: return .missing
        case .unauthenticated, .forbidden: return .denied
        case .transport(let error):
            return isOfThisQuestion || error.kind == .tooLarge ? .report : .giveUp
        case .redirected: return isOfThisQuestion ? .report : .giveUp
        case .notFlyte, .overloaded, .invalid, .serverFault, .unimplemented, .garbage, .unaddressable,
            .noRoom, .tooLargeToRedact, .wrongLength, .endless:
            return .report
        }
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
        case .redirected, .unauthenticated, .forbidden, .notFound, .tooLarge, .unimplemented, .unaddressable,
            .noRoom, .tooLargeToRedact, .wrongLength, .endless:
            false
        }
    }

    /// Whether a host that is well gives no such answer, or none: then it is to be found out whether all questions are
    /// concerned, or this one.
    public var mayConcernHost: Bool {
        switch kind {
        case .unauthenticated, .redirected: true
        case .transport(let error):
            switch error.kind {
            case .cannotResolve, .refused, .tls, .notHTTP, .malformed, .invalidURL: true
            case .timedOut, .cutOff, .tooLarge, .longerThanAnnounced, .encoding, .forbiddenAddress,
                .cancelled, .other:
                false
            }
        default: false
        }
    }

    /// Whether nobody was there to be asked.
    var isWithoutConnection: Bool {
        if case .transport(let error) = kind {
            [.cannotResolve, .refused, .tls].contains(error.kind)
        } else {
            false
        }
    }

    /// Whether the request may have had its effect although it got this answer, or none.
    var mayHaveActed: Bool {
        switch kind {
        case .transport(let error): error.mayHaveArrived
        // An ingress that refuses has not passed the request on; one that gets no answer has.
        case .overloaded: status != 429
        case .serverFault, .tooLarge, .garbage, .notFlyte: true
        case .redirected, .unauthenticated, .forbidden, .notFound, .invalid, .unimplemented, .unaddressable,
            .noRoom, .tooLargeToRedact, .wrongLength, .endless:
            false
        }
    }

    /// ALREADY_EXISTS.
    var isAlreadyThere: Bool { status == 409 && (code ?? 6) == 6 }

    /// What flyteadmin says of things that will not be there the next time either.
    private static let permanentFaults = [
        "failed to discover workflow node", "failed to get object size", "failed to get metadata for uri",
        "invalid NaN value", "none of the oneof fields is set", "not found", "unsupported",
        "error while marshaling", "failed database operation with invalid", "does not exist", "out of range",
        "must appear in the GROUP BY clause",
    ]

    public var description: String {
        let said = message.isEmpty ? "" : ": \(message)"
        let answered = status.map { "the server answered \($0)\(said)" } ?? ""
        return switch kind {
        case .transport(let error): "\(route): \(error)"
        case .notFlyte:
            "\(route): \(answered.isEmpty ? "the answer" : "the answer (\(status ?? 0))") is not Flyte's\(said). Check that the endpoint is a Flyte Admin API (HTTP port 8088, or the ingress), without a path."
        case .redirected where isOfThisQuestion: "\(route): the server redirects this one question\(said)."
        case .redirected:
            "\(route): the server redirects\(said). Use the address it names as the endpoint, if it is yours."
        // Our own words on a log-in that could not be tried say what to do.
        case .unauthenticated where status == nil: "\(route)\(said)."
        case .unauthenticated:
            "\(route): \(answered). Log in: set 'authType' and its keys in Flyte's config.yaml, or pass a fresh token."
        case .forbidden: "\(route): \(answered). The account may not read this; ask for the permission."
        case .garbage: "\(route): the server's answer cannot be read\(said)."
        case .unaddressable: "\(route): no path can carry this identifier\(said)."
        case .noRoom: "\(route): \(message)"
        case .tooLargeToRedact:
            "\(route): the object is not kept: it is \(message), too large to be searched for secrets."
        case .wrongLength: "\(route): the object is not kept: \(message)."
        case .endless: "\(route): \(message)."
        case .tooLarge where status == nil: "\(route): the answer is too large\(said)."
        case .tooLarge: "\(route): the answer is larger than the server sends\(said)."
        case .notFound, .overloaded, .invalid, .serverFault, .unimplemented: "\(route): \(answered)."
        }
    }

    /// What an answer other than 2xx means.
    init(_ response: HTTPResponse, route: String) {
        self.init(kind: .invalid, route: route, status: response.status)
        retryAfter = response.headers["retry-after"].flatMap { Self.seconds($0, now: response.date) }
        let isStatus = readStatus(response)
        if !isStatus { message = Self.words(of: response) }
        switch response.status {
        case 300..<400:
            kind = .redirected
            message = response.headers["location"].map { "to " + Self.withoutQuery($0) } ?? message
        case 401: kind = message.contains("required scope") ? .forbidden : .unauthenticated
        case 403: kind = .forbidden
        case 407: kind = .unauthenticated
        case 404: kind = isStatus ? .notFound : .notFlyte
        case 429: kind = message.contains("received message larger than max") ? .tooLarge : .overloaded
        case 408, 499, 502, 503, 504: kind = .overloaded
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
        message = Self.plain(status.string("message"), limit: 1000)
        return true
    }

    /// The beginning of a body that is no status, without its tags: enough to recognise an ingress by.
    private static func words(of response: HTTPResponse) -> String {
        let text = String(decoding: response.body.prefix(2000), as: UTF8.self)
        var outside = ""
        var isTag = false
        for character in text {
            switch character {
            case "<": isTag = true
            case ">":
                isTag = false
                outside += " "
            default: if !isTag { outside.append(character) }
            }
        }
        return plain(outside, limit: 120)
    }

    /// The text on one line, cut, and without characters that a terminal would obey or that turn its direction.
    static func plain(_ text: String, limit: Int) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(limit * 4) {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format, .spaceSeparator: result.append(" ")
            default: result.append(scalar)
            }
        }
        return String(String(result).split(separator: " ").joined(separator: " ").prefix(limit))
    }

    /// Reads `Retry-After`: seconds, or a date by the server's own clock.
    private static func seconds(_ text: String, now: Timestamp?) -> Double? {
        // `Double` also reads hexadecimal numbers, and words.
        if text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") }) {
            return Double(text)
        }
        guard let date = HTTPDate(text)?.timestamp, let now else { return nil }
        return max(0, Double(date - now) / 1e9)
    }

    private static func withoutQuery(_ url: String) -> String {
        let text = WebAddress(url)?.text
        // What stands before an '@' may be a password.
        let rest = text ?? url.utf8.lastIndex(of: UInt8(ascii: "@")).map { "…" + url[$0...] } ?? url
        return plain(String(rest.prefix { $0 != "?" && $0 != "#" }), limit: 200)
    }
}

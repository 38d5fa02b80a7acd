import Locking
import FlyteIDL
public import FlyteModel

/// Asks a Flyte Admin API over REST, in protobuf.
///
/// Answers come back as the server's bytes; where a proxy lets only JSON through, they are converted, so
/// that the rest of the program sees one form. Each call waits for its turn, is asked again while that may
/// help, and otherwise throws an ``AdminError``.
public final class AdminClient: Sendable {
    public struct Options: Sendable {
        /// Requests in flight.
        public var jobs = 16
        /// Requests a second; nil for no limit.
        public var rate: Double?
        public var retry = RetryPolicy()
        public var pace = Pace.system
        /// Sent along with each request to the server, and with none to its store.
        public var headers: [HTTPHeader] = []
        /// Bytes of an answer of the server's, at most.
        public var largestAnswer = CurlTransport.maximumAnswer
        /// Bytes of an object of its store's, at most.
        public var largestObject = 1 << 30
        /// Hosts of the store, as they stand in URLs: these alone may be on this machine, its link or its host where the
        /// installation is not.
        public var storeHosts: [String] = []

        public init() {}
    }

    /// Scheme, host and port, without a slash at the end.
    public let base: String
    let transport: any Transport
    private let authenticator: any Authenticator
    private let throttle: Throttle
    private let options: Options
    private let state = Guarded(State())

    private struct State {
        var counts = RequestCounts()
        /// Set when the server or a proxy before it answers only JSON.
        var speaksJSON = false
        /// Who has answered, be it with a refusal.
        var answeringHosts: Set<Substring> = []
        var hasUnderstood = false
        /// Answers that a host which is well does not give, since the last good one.
        var strikes = 0
        /// Which addresses of this machine and its host the installation has; nil before anybody asked.
        var ownAddresses: Set<LocalAddress>?
    }

    /// So many bad answers in a row, and the host is asked whether it is well.
    private static let manyStrikes = 8
    /// Redirects of an object that are followed.
    private static let redirects = 5

    public init(
        base: String, transport: any Transport, authenticator: any Authenticator = NoAuthentication(),
        options: Options = Options()
    ) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.transport = transport
        self.authenticator = authenticator
        self.options = options
        throttle = Throttle(jobs: options.jobs, rate: options.rate, pace: options.pace)
    }

    public var counts: RequestCounts { state.withLock { $0.counts } }

    /// Whether the server has given at least one answer of Flyte's: before that, a failure is rather one of the
    /// address or the log-in than of the one question.
    public var hasUnderstood: Bool { state.withLock { $0.hasUnderstood } }

    /// Whether the server, or a proxy before it, answers only JSON.
    var speaksJSON: Bool { state.withLock { $0.speaksJSON } }

    // MARK: Asking

    /// The protobuf bytes of the answer and the time it was given, as the server wrote it.
    func get(_ route: Route) async throws(AdminError) -> (body: [UInt8], date: String?) {
        do {
            let response = try await request(route.name, at: base) { () async throws(AdminError) in
                try self.protobuf(try await self.ask(route), route)
            }
            state.withLock {
                $0.hasUnderstood = true
                $0.strikes = 0
            }
            return (response.body, response.headers["date"])
        } catch {
            guard error.mayConcernHost else { throw error }
            var told = error
            told.isOfThisQuestion = await isWell(after: error)
            throw told
        }
    }

    /// Whether the server answers others well, after an answer, or none, that a server which is well does not give: it
    /// did before, and does again where it was the last of many.
    private func isWell(after error: AdminError) async -> Bool {
        let (isKnown, strikes) = state.withLock { state in
            state.strikes += 1
            return (state.hasUnderstood, state.strikes)
        }
        guard isKnown else { return false }
        // Without a connection no question comes as far as to be a particular one.
        guard error.isWithoutConnection || strikes >= Self.manyStrikes else { return true }
        // Short, and not to be had without the log-in.
        guard let route = try? Route("domains", [], answer: "admin.GetDomainsResponse"),
            let response = try? await ask(route), (try? protobuf(response, route)) != nil
        else { return false }
        state.withLock { $0.strikes = 0 }
        return true
    }

    /// What came of a request that changes something.
    enum Effect: Hashable, Sendable {
        /// The protobuf bytes of the answer.
        case answered([UInt8])
        /// What it was to make is there. An earlier try may have made it, whose answer got lost: whoever asked compares.
        case isThere
    }

    /// Has the server do something, once: what may have reached it is sent again only where a second time does no more
    /// than the first, or is refused.
    func act(_ route: Route) async throws(AdminError) -> Effect {
        let response = try await request(route.name, at: base, route.repetition) {
            () async throws(AdminError) in
            try self.protobuf(try await self.ask(route), route)
        }
        state.withLock { $0.hasUnderstood = true }
        return response.status == 409 ? .isThere : .answered(response.body)
    }

    /// The answer in protobuf, whatever it came in.
    private func protobuf(_ response: HTTPResponse, _ route: Route) throws(AdminError) -> HTTPResponse {
        func failure(_ kind: AdminError.Kind, _ message: String) -> AdminError {
            AdminError(kind: kind, route: route.name, status: response.status, message: message)
        }
        switch response.mediaType {
        case "application/octet-stream":
            do {
                // Deeper faults are found by whoever reads the message.
                try WireReader.check(response.body)
            } catch {
                throw failure(.garbage, "\(error)")
            }
            return response
        case "application/json":
            guard Self.valueCount(response.body) <= Self.jsonValues else {
                // Smaller pages have fewer.
                throw AdminError(
                    kind: .tooLarge, route: route.name, message: "JSON of more than \(Self.jsonValues) values"
                )
            }
            do {
                var converted = response
                converted.body = try Message(json: response.body, as: IDL.message(route.answer)).encoded()
                state.withLock { $0.speaksJSON = true }
                return converted
            } catch {
                throw failure(error.kind == .mismatch ? .notFlyte : .garbage, "\(error)")
            }
        // An empty message is an empty body, whatever a proxy makes of its type.
        case "" where response.body.isEmpty: return response
        default: throw failure(.notFlyte, "its type is '\(AdminError.plain(response.mediaType, limit: 60))'")
        }
    }

    /// Values of a JSON answer, at most: each takes a hundred bytes while it is read, be it empty.
    private static let jsonValues = 400_000

    /// How many values a JSON text has at most.
    private static func valueCount(_ text: [UInt8]) -> Int {
        guard text.count > jsonValues else { return 0 }
        return text.count { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
    }

    private func ask(_ route: Route) async throws(AdminError) -> HTTPResponse {
        let name = route.name
        let accept = state.withLock { $0.speaksJSON } ? Self.json : Self.protobuf
        var credentials = try await authenticator.headers()
        var form = Self.headers(accept, of: route)
        var request = HTTPRequest(
            route.method.rawValue, url: base + route.target, headers: form + options.headers + credentials,
            body: try Self.body(of: route, accept), isIdempotent: route.repetition == .harmless)
        request.limit = BodyLimit(maximum: options.largestAnswer)
        var response = try await send(request, name)
        // Who cannot read the question has not done it; who only would not answer in that form may have.
        if response.status == 415 || response.status == 406 && route.repetition == .harmless,
            accept == Self.protobuf
        {
            form = Self.headers(Self.json, of: route)
            request.headers = form + options.headers + credentials
            request.body = try Self.body(of: route, Self.json)
            response = try await send(request, name)
            if response.status == 200 { state.withLock { $0.speaksJSON = true } }
        }
        if response.status == 401 || response.status == 407,
            AdminError(response, route: name).kind == .unauthenticated,
            try await authenticator.renew(refused: credentials)
        {
            credentials = try await authenticator.headers()
            request.headers = form + options.headers + credentials
            response = try await send(request, name)
        }
        guard response.status == 200 else { throw AdminError(response, route: name) }
        return response
    }

    // The server compares the whole field: parameters or alternatives would give camelCase JSON.
    private static let protobuf = HTTPHeader("Accept", "application/octet-stream")
    private static let json = HTTPHeader("Accept", "application/json")

    private static func headers(_ accept: HTTPHeader, of route: Route) -> [HTTPHeader] {
        route.body == nil ? [accept] : [accept, HTTPHeader("Content-Type", accept.value)]
    }

    private static func body(of route: Route, _ accept: HTTPHeader) throws(AdminError) -> [UInt8]? {
        guard let body = route.body else { return nil }
        guard accept == json else { return body.encoded() }
        do {
            return try body.jsonBytes(.snakeCase)
        } catch {
            throw AdminError(kind: .invalid, route: route.name, message: "JSON cannot say it: \(error)")
        }
    }

    private func send(
        _ request: HTTPRequest, _ name: String, into body: LargeBody? = nil
    ) async throws(AdminError) -> HTTPResponse {
        state.withLock {
            $0.counts.requests += 1
            $0.counts.inFlight += 1
        }
        defer { state.withLock { $0.counts.inFlight -= 1 } }
        do {
            let response = try await transport.send(request, sink: body.map { $0.take })
            state.withLock {
                $0.counts.bytesIn += Int64(response.body.count + (body?.content.count ?? 0))
                $0.answeringHosts.insert(Self.host(of: request.url))
            }
            return response
        } catch {
            switch error.kind {
            case .tooLarge where body == nil:
                throw AdminError(
                    kind: .tooLarge, route: name, message: error.detail.isEmpty ? "\(error)" : error.detail)
            // Whoever has answered in HTTP is no gRPC port.
            case .notHTTP where state.withLock({ $0.answeringHosts.contains(Self.host(of: request.url)) }):
                var told = error
                told.kind = .malformed
                throw AdminError(kind: .transport(told), route: name)
            default: throw AdminError(kind: .transport(error), route: name)
            }
        }
    }

    /// Asks until there is an answer or no sense in asking again; a 409 is one that says that an earlier try got
    /// through.
    private func request(
        _ name: @autoclosure () -> String, at url: String, _ repetition: Route.Repetition = .harmless,
        _ ask: () async throws(AdminError) -> HTTPResponse
    ) async throws(AdminError) -> HTTPResponse {
        let host = Self.host(of: url)
        var failures: [AdminError] = []
        while true {
            let turn: Throttle.Turn
            do {
                turn = try await throttle.enter(host)
            } catch {
                throw AdminError(
                    kind: .transport(TransportError(kind: .cancelled, host: base)), route: name())
            }
            do {
                let response = try await ask()
                await throttle.leave(turn, .answered)
                return response
            } catch {
                failures.append(error)
                await throttle.leave(turn, Self.outcome(of: error))
            }
            let failure = failures[failures.count - 1]
            if failure.mayHaveActed, repetition == .doubled { throw failure }
            if failure.isAlreadyThere, repetition == .refused, failures.contains(where: \.mayHaveActed) {
                return HTTPResponse(status: 409)
            }
            guard
                let delay = options.retry.delay(
                    after: failures,
                    isFirstContact: !state.withLock { $0.answeringHosts.contains(host) },
                    chance: options.pace.chance())
            else { throw failure }
            state.withLock { $0.counts.retries += 1 }
            do {
                try await options.pace.sleep(.seconds(delay))
            } catch {
                throw failure
            }
        }
    }

    private static func outcome(of error: AdminError) -> Throttle.Outcome {
        switch error.kind {
        case .overloaded: .refused
        case .transport: .lost
        default: .answered
        }
    }

    /// Scheme, host and port.
    private static func host(of url: String) -> Substring {
        var slashes = 0
        let end = url.utf8.firstIndex {
            if $0 == UInt8(ascii: "/") { slashes += 1 }
            return slashes == 3
        }
        return url[..<(end ?? url.endIndex)]
    }

    // MARK: Objects

    /// Scheme, host and port of a URL, as errors name it.
    public static func origin(of url: String) -> String { CurlTransfer.origin(of: url) }

    /// The body behind a signed URL: no Flyte answer, no token sent, wherever the store redirects to. Content encodings
    /// are undone.
    ///
    /// - Parameters:
    ///   - bytes: What the server says that it has, be it with or without its encoding: any other is refused as
    ///     `wrongLength`. nil when it does not say.
    ///   - folder: Where there is room for one that is large; nil when it must stay in memory until secrets
    ///     were sought in it. Throws `tooLargeToRedact` then when it cannot.
    public func signedObject(
        _ url: String, bytes: Int64? = nil, folder: String?
    ) async throws(AdminError) -> MessageContent {
        let name = "GET a signed URL"
        guard var address = WebAddress(url) else {
            throw AdminError(
                kind: .transport(TransportError(kind: .invalidURL, host: CurlTransfer.origin(of: url))),
                route: name)
        }
        var limit = BodyLimit(maximum: options.largestObject)
        if let bytes, bytes >= 0 {
            guard bytes <= options.largestObject else {
                throw AdminError(
                    kind: .tooLarge, route: name,
                    message: "\(bytes) bytes, and the settings allow \(options.largestObject)")
            }
            limit.announced = Int(bytes)
        }
        // Signatures are of the text as it is.
        var text = address.hadCredentials ? address.text : url
        var last = 302
        for _ in 0...Self.redirects {
            switch try await object(at: address, text, limit, folder, name) {
            case .content(let content): return content
            case .redirect(let status, let location):
                last = status
                func refusal(_ words: String) -> AdminError {
                    AdminError(kind: .invalid, route: name, status: status, message: words)
                }
                guard let next = WebAddress(location, relativeTo: address) else {
                    throw refusal("a redirect to what is no http or https address")
                }
                guard next.isEncrypted || !address.isEncrypted else {
                    throw refusal("a redirect from https down to \(next.origin), which is not followed")
                }
                (address, text) = (next, next.text)
            }
        }
        throw AdminError(
            kind: .invalid, route: name, status: last,
            message: "the store redirects more than \(Self.redirects) times")
    }

    private enum ObjectAnswer {
        case content(MessageContent)
        case redirect(status: Int, to: String)
    }

    private func object(
        at address: WebAddress, _ url: String, _ limit: BodyLimit, _ folder: String?, _ name: String
    ) async throws(AdminError) -> ObjectAnswer {
        let allowed = await localAddresses(for: address)
        var undoesEncodings = true
        var answer = ObjectAnswer.content(.held([]))
        _ = try await request(name, at: address.origin) { () async throws(AdminError) in
            while true {
                var asked = HTTPRequest(url: url)
                asked.limit = limit
                asked.localAddresses = allowed
                asked.undoesEncodings = undoesEncodings
                let body = LargeBody(folder: folder, announced: limit.announced)
                let response: HTTPResponse
                do throws(AdminError) {
                    response = try await self.send(asked, name, into: body)
                } catch {
                    // Stores keep whatever name an encoding was given, and not each is one.
                    if undoesEncodings, case .transport(let transport) = error.kind,
                        transport.kind == .encoding
                    {
                        undoesEncodings = false
                        continue
                    }
                    throw Self.told(error, body, limit, name)
                }
                answer = try Self.answer(response, body, limit, name)
                return response
            }
        }
        return answer
    }

    /// An error of a transfer, with what the body had to say to it.
    private static func told(
        _ error: AdminError, _ body: LargeBody, _ limit: BodyLimit, _ name: String
    ) -> AdminError {
        if body.isTooLarge {
            return AdminError(
                kind: .tooLargeToRedact, route: name,
                message: "larger than \(LargeBody.redactedLimit >> 20) MiB")
        }
        if let failure = body.failure {
            return AdminError(kind: .noRoom, route: name, message: failure.description)
        }
        guard case .transport(let transport) = error.kind else { return error }
        switch transport.kind {
        case .longerThanAnnounced:
            return AdminError(
                kind: .wrongLength, route: name,
                message: "it is longer than the \(limit.announced ?? 0) bytes that the server announced")
        case .tooLarge:
            return AdminError(
                kind: .tooLarge, route: name, message: "the settings allow \(limit.maximum) bytes")
        default: return error
        }
    }

    private static func answer(
        _ response: HTTPResponse, _ body: LargeBody, _ limit: BodyLimit, _ name: String
    ) throws(AdminError) -> ObjectAnswer {
        if [301, 302, 303, 307, 308].contains(response.status), let location = response.headers["location"] {
            return .redirect(status: response.status, to: location)
        }
        guard response.status == 200 else {
            var error = AdminError(response, route: name)
            if error.kind == .notFlyte { error.kind = response.status == 404 ? .notFound : .invalid }
            if error.kind == .redirected { error.kind = .invalid }
            throw error
        }
        let content = body.content
        guard limit.isMet(decoded: content.count, encoded: response.encodedBytes ?? content.count) else {
            throw AdminError(
                kind: .wrongLength, route: name,
                message: "it has \(content.count) bytes, and the server announced \(limit.announced ?? 0)")
        }
        return .content(content)
    }

    /// Which addresses of this machine and its host a URL of the store's may lead to.
    private func localAddresses(for address: WebAddress) async -> Set<LocalAddress> {
        let isListed = options.storeHosts.contains { listed in
            let listed = listed.lowercased()
            return listed == address.host || listed == "\(address.host):\(address.port)"
                || "[\(listed)]" == address.host
        }
        if isListed { return Set(LocalAddress.allCases) }
        if let known = state.withLock({ $0.ownAddresses }) { return known }
        let own: Set<LocalAddress>
        if let host = WebAddress(base)?.host { own = await LocalAddress.kinds(of: host) } else { own = [] }
        state.withLock { $0.ownAddresses = own }
        return own
    }

    func page(_ route: Route, limit: Int, token: String) async throws(AdminError) -> Page {
        var route = route.with("limit", String(limit))
        if !token.isEmpty { route = route.with("token", token) }
        let (body, date) = try await get(route)
        do {
            return try Page(decoding: body, atMost: limit, date: date.flatMap(HTTPDate.init)?.timestamp)
        } catch {
            throw AdminError(kind: .garbage, route: route.name, status: 200, message: "\(error)")
        }
    }
}

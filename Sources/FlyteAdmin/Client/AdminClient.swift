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
    }

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
        let response = try await request(route.name, at: base) { () async throws(AdminError) in
            try self.protobuf(try await self.ask(route), route)
        }
        state.withLock { $0.hasUnderstood = true }
        return (response.body, response.headers["date"])
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

    private func ask(_ route: Route) async throws(AdminError) -> HTTPResponse {
        let name = route.name
        let accept = state.withLock { $0.speaksJSON } ? Self.json : Self.protobuf
        var credentials = try await authenticator.headers()
        var form = Self.headers(accept, of: route)
        var request = HTTPRequest(
            route.method.rawValue, url: base + route.target, headers: form + options.headers + credentials,
            body: try Self.body(of: route, accept), isIdempotent: route.repetition == .harmless)
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
            throw AdminError(kind: .transport(error), route: name)
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

    /// The body behind a signed URL: no Flyte answer, no token sent.
    ///
    /// - Parameter folder: Where there is room for one that is large; nil when it must stay in memory until secrets
    ///   were sought in it. Throws `tooLargeToRedact` then when it cannot.
    public func signedObject(_ url: String, folder: String?) async throws(AdminError) -> MessageContent {
        let name = "GET a signed URL"
        var content = MessageContent.held([])
        _ = try await request(name, at: url) { () async throws(AdminError) in
            let body = LargeBody(folder: folder)
            let response: HTTPResponse
            do throws(AdminError) {
                response = try await self.send(HTTPRequest(url: url), name, into: body)
            } catch {
                if body.isTooLarge {
                    throw AdminError(
                        kind: .tooLargeToRedact, route: name,
                        message: "larger than \(LargeBody.redactedLimit >> 20) MiB")
                }
                guard let failure = body.failure else { throw error }
                throw AdminError(kind: .noRoom, route: name, message: failure.description)
            }
            guard response.status == 200 else {
                var error = AdminError(response, route: name)
                if error.kind == .notFlyte { error.kind = response.status == 404 ? .notFound : .invalid }
                throw error
            }
            content = body.content
            return response
        }
        return content
    }

    func page(_ route: Route, limit: Int, token: String) async throws(AdminError) -> Page {
        var route = route.with("limit", String(limit))
        if !token.isEmpty { route = route.with("token", token) }
        let (body, date) = try await get(route)
        do {
            return try Page(decoding: body, date: date.flatMap(HTTPDate.init)?.timestamp)
        } catch {
            throw AdminError(kind: .garbage, route: route.name, status: 200, message: "\(error)")
        }
    }
}

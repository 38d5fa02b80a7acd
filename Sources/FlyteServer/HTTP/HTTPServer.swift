import Locking
import CMicrohttpd
public import FlyteModel
import Glibc

/// An HTTP/1.1 server on the loopback interface.
///
/// One thread reads, asks the handler and writes, and the handler must not block; or several do, each for its connections,
/// and the handler may take its time. Answers that are to wait do not hold a thread.
// Unchecked: all is set once, `daemon` included, whose functions that are called here may be called from any thread; and
// what changes is under a lock.
public final class HTTPServer: @unchecked Sendable {
    public typealias Handler = @Sendable (ServerRequest) -> ServerResponse

    public let port: UInt16
    private let handler: Handler
    private let clock: @Sendable () -> Timestamp
    private let keepsLog: Bool
    private let hear: (@Sendable (LoggedRequest) -> Void)?
    private let delays = DelayQueue()
    private let daemon: OpaquePointer
    private let context: Context
    private let state: Guarded<State>

    private struct State {
        var plan: FaultPlan
        var log: [LoggedRequest] = []
        var inFlight = 0
        var isStopped = false
    }

    /// What the library's callbacks get: it exists before the server does, and a request may come in between.
    private final class Context: Sendable {
        private struct Holder { weak var server: HTTPServer? }
        private let holder = Guarded(Holder())

        /// nil before the server is ready, and while it goes away.
        var server: HTTPServer? {
            get { holder.withLock { $0.server } }
            set { holder.withLock { $0.server = newValue } }
        }
    }

    /// Listens on 127.0.0.1 and answers from now on.
    ///
    /// Port 0 takes a free one. `clock` gives the `Date` of the answers. The log holds every request, and
    /// grows, when `keepsLog`; `hear` is told of each, on the server's thread.
    public init(
        port: UInt16 = 0, threads: Int = 1, faults: Faults = .none, keepsLog: Bool = false,
        hear: (@Sendable (LoggedRequest) -> Void)? = nil,
        clock: @escaping @Sendable () -> Timestamp = HTTPServer.systemTime,
        handler: @escaping Handler
    ) throws(ServerError) {
        // A peer that went away is an error of `send`, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        self.handler = handler
        self.clock = clock
        self.keepsLog = keepsLog
        self.hear = hear
        state = Guarded(State(plan: FaultPlan(faults)))
        context = Context()
        let pointer = Unmanaged.passUnretained(context).toOpaque()
        guard
            let daemon = cmhd_start(
                port, UInt32(clamping: max(1, threads)),
                { context, connection, _, method, _, upload, uploadSize, exchange in
                    HTTPServer.access(context, connection, method, upload, uploadSize, exchange)
                },
                { context, _, exchange, _ in HTTPServer.completed(context, exchange) },
                { _, target, _ in
                    Unmanaged.passRetained(Exchange(target: String(cString: target))).toOpaque()
                }, pointer)
        else {
            delays.stop()
            throw ServerError(kind: .cannotListen(port: port, errno: errno))
        }
        self.daemon = daemon
        self.port = cmhd_port(daemon)
        context.server = self
    }

    deinit { stop() }

    /// `http://127.0.0.1:PORT`.
    public var address: String { "http://127.0.0.1:\(port)" }

    /// Ends all connections, also those that a fault keeps waiting.
    public func stop() {
        let wasRunning = state.withLock { state in
            defer { state.isStopped = true }
            return !state.isStopped
        }
        guard wasRunning else { return }
        delays.stop()
        MHD_stop_daemon(daemon)
    }

    /// Faults from the next request on.
    public func setFaults(_ faults: Faults) { state.withLock { $0.plan.faults = faults } }

    /// The requests so far, in the order in which they came.
    public var log: [LoggedRequest] { state.withLock { $0.log } }

    public func clearLog() { state.withLock { $0.log = [] } }

    public static let systemTime: @Sendable () -> Timestamp = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanos: Int64(time.tv_nsec))
    }

    /// One request, from its first line to the end of its answer.
    private final class Exchange {
        enum Stage {
            case fresh, receiving
            /// The answer is known and waits for its time.
            case waiting(ServerResponse, Faults.Fault?)
            case answered
        }
        let target: String
        var stage = Stage.fresh
        var isCounted = false
        var body: [UInt8] = []

        init(target: String) { self.target = target }
    }

    private static func access(
        _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ method: UnsafePointer<CChar>?,
        _ upload: UnsafePointer<CChar>?, _ uploadSize: UnsafeMutablePointer<Int>?,
        _ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> MHD_Result {
        guard let context, let connection, let method, let uploadSize, let pointer = exchange?.pointee,
            let server = Unmanaged<Context>.fromOpaque(context).takeUnretainedValue().server
        else { return cmhd_no() }
        let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
        switch exchange.stage {
        case .fresh:
            exchange.stage = .receiving
            return cmhd_yes()
        case .receiving:
            if uploadSize.pointee > 0, let upload {
                let bytes = UnsafeRawBufferPointer(start: upload, count: uploadSize.pointee)
                exchange.body.append(contentsOf: bytes)
                uploadSize.pointee = 0
                return cmhd_yes()
            }
            return server.answer(exchange, String(cString: method), connection)
        case .waiting(let response, let fault):
            exchange.stage = .answered
            return server.send(response, fault, exchange, connection)
        case .answered:
            return cmhd_no()
        }
    }

    private static func completed(
        _ context: UnsafeMutableRawPointer?, _ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) {
        guard let pointer = exchange?.pointee else { return }
        exchange?.pointee = nil
        let done = Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue()
        guard done.isCounted, let context else { return }
        Unmanaged<Context>.fromOpaque(context).takeUnretainedValue().server?.state.withLock {
            $0.inFlight -= 1
        }
    }

    private func answer(_ exchange: Exchange, _ method: String, _ connection: OpaquePointer) -> MHD_Result {
        let request = ServerRequest(
            method: method, target: exchange.target, headers: Self.headers(of: connection),
            body: exchange.body)
        exchange.isCounted = true
        let received = DelayQueue.now()
        let (delay, fault, inFlight) = state.withLock { state in
            let (delay, fault) = state.plan.next(request, at: received)
            defer { state.inFlight += 1 }
            return (delay, fault, state.inFlight)
        }
        // A refused request does not reach the server behind the ingress.
        var response: ServerResponse
        var isHandled = true
        switch fault {
        case .refuse(let status, let retryAfter):
            response = Self.page("\(status)")
            response.status = status
            if let retryAfter { response.set("Retry-After", retryAfter) }
            isHandled = false
        case .refuseAsFlyte(let code, let message):
            response = Gateway.refusal(Refusal(code: code, message: message), to: request)
            isHandled = false
        case .html:
            response = Self.page("Sign in")
            isHandled = false
        case .redirect(let status, let location):
            response = Self.page("Moved")
            response.status = status
            response.set("Location", location)
            isHandled = false
        case .reset, .hang:
            response = ServerResponse(status: 500)
            isHandled = false
        case .withoutParameter(let name):
            response = handler(request.without(parameter: name))
        default:
            response = handler(request)
        }
        switch fault {
        case .garbage(let seed): Self.garble(&response.body, seed)
        case .contentType(let type): response.set("Content-Type", type)
        default: break
        }
        let line = LoggedRequest(
            request: request, status: isHandled ? response.status : nil, receivedAt: received,
            inFlight: inFlight)
        if keepsLog { state.withLock { $0.log.append(line) } }
        hear?(line)
        response.set("Date", HTTPDate(clock()).description)
        if fault == .hang {
            // When the server stops it comes back here as a reset.
            exchange.stage = .waiting(response, .reset)
            delays.suspend(connection, until: .max)
            return cmhd_yes()
        }
        if delay > 0 {
            exchange.stage = .waiting(response, fault)
            delays.suspend(connection, until: received + UInt64(delay) * 1_000_000)
            return cmhd_yes()
        }
        exchange.stage = .answered
        return send(response, fault, exchange, connection)
    }

    private func send(
        _ response: ServerResponse, _ fault: Faults.Fault?, _ exchange: Exchange, _ connection: OpaquePointer
    ) -> MHD_Result {
        let created: OpaquePointer?
        switch fault {
        case .reset:
            cmhd_will_reset(connection)
            return cmhd_no()
        case .truncate(let limit, let reset):
            created = Self.stream(
                BodyReader(response.body, connection, delays, end: max(0, limit), resets: reset))
        case .drip(let bytes, let milliseconds):
            created = Self.stream(
                BodyReader(
                    response.body, connection, delays, piece: max(1, bytes),
                    pause: UInt64(max(0, milliseconds)) * 1_000_000))
        // The library would copy it whole.
        case nil where response.body.count > 1 << 20:
            created = Self.stream(BodyReader(response.body, connection, delays))
        default:
            created = response.body.withUnsafeBytes { cmhd_response($0.count, $0.baseAddress) }
        }
        guard let created else { return cmhd_no() }
        defer { MHD_destroy_response(created) }
        for header in response.headers { _ = MHD_add_response_header(created, header.name, header.value) }
        return MHD_queue_response(connection, UInt32(response.status), created)
    }

    /// Feeds a body to the library in pieces, or up to a point.
    private final class BodyReader {
        let body: [UInt8]
        let connection: OpaquePointer
        let delays: DelayQueue
        /// Where the connection breaks; nil for never.
        let end: Int?
        let resets: Bool
        let piece: Int
        let pause: UInt64
        var allowed: Int

        init(
            _ body: [UInt8], _ connection: OpaquePointer, _ delays: DelayQueue, end: Int? = nil,
            resets: Bool = false, piece: Int = .max, pause: UInt64 = 0
        ) {
            self.body = body
            self.connection = connection
            self.delays = delays
            self.end = end
            self.resets = resets
            self.piece = piece
            self.pause = pause
            allowed = piece
        }

        func read(at position: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
            if let end, position >= min(end, max(0, body.count - 1)) {
                if resets { cmhd_will_reset(connection) }
                return cmhd_end_with_error()
            }
            if position >= allowed {
                allowed += piece
                delays.suspend(connection, until: DelayQueue.now() + pause)
                return 0
            }
            let stop = min(body.count, allowed, end ?? body.count, position + buffer.count)
            guard position < stop else { return cmhd_end_with_error() }
            body[position..<stop].withUnsafeBytes { buffer.copyMemory(from: $0) }
            return stop - position
        }
    }

    private static func stream(_ reader: BodyReader) -> OpaquePointer? {
        MHD_create_response_from_callback(
            UInt64(reader.body.count), 65_536,
            { context, position, buffer, count in
                guard let context, let buffer else { return cmhd_end_with_error() }
                return Unmanaged<BodyReader>.fromOpaque(context).takeUnretainedValue()
                    .read(at: Int(position), into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
            }, Unmanaged.passRetained(reader).toOpaque(),
            { context in if let context { Unmanaged<BodyReader>.fromOpaque(context).release() } })
    }

    private static func headers(of connection: OpaquePointer) -> [ServerRequest.Header] {
        final class Lines { var lines: [ServerRequest.Header] = [] }
        let lines = Lines()
        cmhd_headers(
            connection,
            { context, _, name, value in
                guard let context, let name else { return cmhd_yes() }
                Unmanaged<Lines>.fromOpaque(context).takeUnretainedValue().lines.append(
                    ServerRequest.Header(String(cString: name), value.map { String(cString: $0) } ?? ""))
                return cmhd_yes()
            }, Unmanaged.passUnretained(lines).toOpaque())
        return lines.lines
    }

    private static func page(_ title: String) -> ServerResponse {
        ServerResponse(
            status: 200,
            text: "<html><head><title>\(title)</title></head><body><h1>\(title)</h1></body></html>\n",
            contentType: "text/html")
    }

    private static func garble(_ body: inout [UInt8], _ seed: UInt64) {
        for index in body.indices {
            body[index] = UInt8(truncatingIfNeeded: Faults.scrambled(seed &+ UInt64(index)))
        }
    }
}

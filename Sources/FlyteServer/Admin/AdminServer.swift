import Locking
import FlyteIDL
public import FlyteModel

/// Flyte's Admin API over an installation, on the loopback interface: the read side, and with an engine the verbs.
public final class AdminServer: Sendable {
    public struct Options: Sendable {
        /// Carries out what changes something; nil for a server that is only read.
        public var engine: (any ExecutionEngine)?
        /// 0 takes a free port.
        public var port: UInt16 = 0
        public var faults = Faults.none
        /// Whether data answers carry signed URLs.
        public var signsURLs = true
        /// With signed URLs, maps of so many bytes and more are not in the answer.
        public var inlineLimit = 2 << 20
        /// Whether data answers name objects by the store's own addresses, as servers do whose store cannot sign.
        public var givesNativeURLs = false
        /// Whether data of a dynamic node bring the workflow that it made: servers differ.
        public var embedsDynamicWorkflows = true
        /// Larger messages are refused, as by the gateway.
        public var messageLimit = 4_194_304
        /// nil for a server with authorization off.
        public var logIn: LogIn?
        /// The server's clock: signatures, tokens and the `Date` of answers go by it.
        public var clock = HTTPServer.systemTime
        /// Keeps every request; grows.
        public var keepsLog = false
        /// Hears of every request once it is answered, on the server's thread.
        public var hear: (@Sendable (LoggedRequest) -> Void)?
        /// Answers what is not the API's, such as levers for tests; nil for the usual answer.
        public var control: (@Sendable (ServerRequest) -> ServerResponse?)?

        public init() {}
    }

    private let server: HTTPServer

    public init(_ installation: any Installation, options: Options = Options()) throws(ServerError) {
        let urls = SignedURLs(lifetime: 1800)
        let clock = options.clock
        let issuer = options.logIn.map(TokenIssuer.init)
        let place = Guarded("")
        let api = AdminAPI(
            installation: installation, options: options, urls: urls, clock: clock,
            address: { place.withLock { $0 } })
        let gateway = Gateway(messageLimit: options.messageLimit, routes: api.routes())
        server = try HTTPServer(
            port: options.port, faults: options.faults, keepsLog: options.keepsLog, hear: options.hear,
            clock: clock
        ) {
            request in
            if let response = options.control?(request) { return response }
            let address = place.withLock { $0 }
            if let response = issuer?.answer(to: request, at: clock(), address: address) { return response }
            if request.path == "/healthcheck" { return ServerResponse(status: 200) }
            if request.path.beginsWithBytes(of: "/signed/") {
                guard let uri = urls.uri(of: request, at: clock()) else {
                    return ServerResponse(status: 403, text: "The signature is invalid or has expired.\n")
                }
                guard let object = installation.blob(uri) else {
                    return ServerResponse(status: 404, text: "No such object.\n")
                }
                return ServerResponse(status: 200, contentType: "binary/octet-stream", body: object)
            }
            return gateway.respond(to: request)
        }
        let address = server.address
        place.withLock { $0 = address }
    }

    public var port: UInt16 { server.port }
    /// `http://127.0.0.1:PORT`.
    public var address: String { server.address }
    /// From now on these go wrong, counted anew.
    public func setFaults(_ faults: Faults) { server.setFaults(faults) }
    public func stop() { server.stop() }
    /// The requests so far, when they are kept.
    public var log: [LoggedRequest] { server.log }
}

import FlyteIDL
import FlyteModel

/// The read side of Flyte's Admin API over an installation, on the loopback interface.
public final class AdminServer: Sendable {
    public struct Options: Sendable {
        /// 0 takes a free port.
        public var port: UInt16 = 0
        public var faults = Faults.none
        /// Whether data answers carry signed URLs.
        public var signsURLs = true
        /// With signed URLs, maps of so many bytes and more are not in the answer.
        public var inlineLimit = 2 << 20
        /// Keeps every request; grows.
        public var keepsLog = false

        public init() {}
    }

    private let server: HTTPServer

    public init(_ installation: any Installation, options: Options = Options()) throws(ServerError) {
        let urls = SignedURLs(lifetime: 1800)
        let clock = HTTPServer.systemTime
        let place = Guarded("")
        let api = AdminAPI(
            installation: installation, options: options, urls: urls, clock: clock,
            address: { place.withLock { $0 } })
        let gateway = Gateway(routes: api.routes())
        server = try HTTPServer(
            port: options.port, faults: options.faults, keepsLog: options.keepsLog, clock: clock
        ) {
            request in
            if request.path == "/healthcheck" { return ServerResponse(status: 200) }
            if request.path.hasPrefix("/signed/") {
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

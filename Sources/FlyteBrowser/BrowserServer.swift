public import FlyteModel
import FlyteReport
public import FlyteServer
import Locking
import Tables

/// An archive in a browser on this machine: lists, searches, questions, and the pages of `flightlog report`.
///
/// It answers on the loopback interface, to requests that name it as their host and only read: a page elsewhere whose name
/// somebody points at this machine is refused. Each page reads the archive as it is at one moment, also while a harvest
/// writes, and gives up after some seconds.
public final class BrowserServer: Sendable {
    private let server: HTTPServer

    /// So many pages are made at once.
    private static let threads = 4

    /// - Parameters:
    ///   - archive: The file's path.
    ///   - port: 0 takes a free one.
    ///   - zone: In which times are read.
    ///   - clock: What `now` means in what somebody asks for.
    public init(
        archive: String, port: UInt16 = 0, in zone: TimeZoneRules = .utc,
        clock: @escaping @Sendable () -> Timestamp = HTTPServer.systemTime
    ) throws(ServerError) {
        let place = Guarded("")
        let browser = Browser(archive: archive, zone: zone, clock: clock)
        server = try HTTPServer(port: port, threads: Self.threads) { request in
            Self.answer(request, at: place.withLock { $0 }, browser)
        }
        let port = server.port
        place.withLock { $0 = "\(port)" }
    }

    /// `http://127.0.0.1:PORT/`.
    public var address: String { server.address + "/" }

    public func stop() { server.stop() }

    private static func answer(
        _ request: ServerRequest, at port: String, _ browser: Browser
    ) -> ServerResponse {
        let hosts = request.values(of: "Host")
        guard hosts.count == 1,
            ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"].contains(hosts[0])
        else {
            return ServerResponse(
                status: 421, text: "This server answers as 127.0.0.1:\(port), and for nobody else.\n")
        }
        guard request.method == "GET" || request.method == "HEAD" else {
            var response = ServerResponse(status: 405, text: "An archive is only read here.\n")
            response.set("Allow", "GET, HEAD")
            return response
        }
        let page: BrowserPage
        if let asked = BrowserRequest(request) {
            page = browser.page(for: asked)
        } else {
            page = BrowserPage(status: 400, "No address", "This address is not written as addresses are.")
        }
        let buffer = ByteBuffer()
        do {
            try page.report.write(in: browser.frame(around: page), to: buffer)
        } catch {
            return ServerResponse(status: 500, text: "The page could not be written: \(error)\n")
        }
        var response = ServerResponse(
            status: page.status, text: buffer.text, contentType: "text/html; charset=utf-8")
        response.set(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        )
        response.set("X-Content-Type-Options", "nosniff")
        response.set("Referrer-Policy", "no-referrer")
        response.set("Cross-Origin-Resource-Policy", "same-origin")
        // What is harvested meanwhile is seen by the next look.
        response.set("Cache-Control", "no-store")
        return response
    }
}

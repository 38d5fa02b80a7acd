/// A way to ask over HTTP: libcurl, or what a test puts in its place.
public protocol Transport: Sendable {
    /// The answer, of whatever status; throws only when there was none.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}

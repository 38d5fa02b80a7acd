/// A way to ask over HTTP: libcurl, or what a test puts in its place.
public protocol Transport: Sendable {
    /// The answer, of whatever status; throws only when there was none, or not a whole one.
    ///
    /// - Parameter sink: Takes the body of a 200 piece by piece, in order, in place of the answer's `body`; it
    ///   ends the transfer by false. Pieces are handed over on the transport's own thread: take them fast.
    func send(_ request: HTTPRequest, sink: BodySink?) async throws(TransportError) -> HTTPResponse
}

/// Takes a piece of a body; false ends the transfer with an error of kind `tooLarge`.
public typealias BodySink = @Sendable (UnsafeRawBufferPointer) -> Bool

extension Transport {
    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await send(request, sink: nil)
    }
}

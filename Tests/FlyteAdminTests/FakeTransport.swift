import FlyteAdmin
import FlyteIDL
import Foundation

/// Answers in a server's place, and remembers what it was asked.
// Unchecked: the lock guards the requests.
final class FakeTransport: Transport, @unchecked Sendable {
    private let lock = NSLock()
    private var stored: [HTTPRequest] = []
    private let answer: @Sendable (HTTPRequest, Int) async throws(TransportError) -> HTTPResponse

    /// - Parameter answer: Gets the request and its number, which counts from 0.
    init(_ answer: @escaping @Sendable (HTTPRequest, Int) async throws(TransportError) -> HTTPResponse) {
        self.answer = answer
    }

    var requests: [HTTPRequest] { lock.withLock { stored } }

    func send(_ request: HTTPRequest, sink: BodySink?) async throws(TransportError) -> HTTPResponse {
        let number = lock.withLock {
            stored.append(request)
            return stored.count - 1
        }
        var response = try await answer(request, number)
        if let sink, response.status == 200 {
            // Pieces, as a socket gives them.
            for start in stride(from: 0, to: response.body.count, by: 16_384) {
                let piece = response.body[start..<min(start + 16_384, response.body.count)]
                guard piece.withUnsafeBytes(sink) else {
                    throw TransportError(kind: .tooLarge, host: request.url)
                }
            }
            response.body = []
        }
        return response
    }
}

extension HTTPRequest {
    func header(_ name: String) -> String? { headers.last { $0.name.lowercased() == name }?.value }

    /// The value of a query parameter as the server reads it.
    func query(_ name: String) -> String? {
        URLComponents(string: url)?.queryItems?.first { $0.name == name }?.value
    }

    var path: String { URLComponents(string: url)?.percentEncodedPath ?? "" }
}

extension HTTPResponse {
    static func protobuf(_ body: [UInt8] = []) -> HTTPResponse {
        HTTPResponse(status: 200, headers: ["content-type": "application/octet-stream"], body: body)
    }

    static func json(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["content-type": "application/json"], body: Array(text.utf8))
    }

    static func html(_ status: Int, _ text: String = "<html><title>Sign in</title></html>") -> HTTPResponse {
        HTTPResponse(
            status: status, headers: ["content-type": "text/html; charset=utf-8"], body: Array(text.utf8))
    }

    /// A refusal as flyteadmin's gateway gives it.
    static func refusal(
        _ status: Int, _ code: Int, _ message: String, headers: [String: String] = [:]
    ) -> HTTPResponse {
        var body = Message("google.rpc.Status")
        body["code"] = .int32(Int32(code))
        body["message"] = .string(message)
        return HTTPResponse(
            status: status,
            headers: headers.merging(["content-type": "application/octet-stream"]) { a, _ in a },
            body: body.encoded())
    }
}

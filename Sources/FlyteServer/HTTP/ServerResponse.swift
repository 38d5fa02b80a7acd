/// What goes back to the client.
public struct ServerResponse: Hashable, Sendable {
    public var status: Int
    public var headers: [ServerRequest.Header]
    public var body: [UInt8]

    public init(status: Int, headers: [ServerRequest.Header] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public init(status: Int, contentType: String, body: [UInt8]) {
        self.init(status: status, headers: [.init("Content-Type", contentType)], body: body)
    }

    public init(status: Int, text: String, contentType: String = "text/plain; charset=utf-8") {
        self.init(status: status, contentType: contentType, body: Array(text.utf8))
    }

    public func value(of name: String) -> String? {
        headers.first { ServerRequest.isSame($0.name, name) }?.value
    }

    /// Takes the place of a header of the same name.
    public mutating func set(_ name: String, _ value: String) {
        headers.removeAll { ServerRequest.isSame($0.name, name) }
        headers.append(.init(name, value))
    }
}

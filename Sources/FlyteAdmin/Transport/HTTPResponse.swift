import FlyteIDL
public import FlyteModel

/// An answer over HTTP, of whatever status.
public struct HTTPResponse: Hashable, Sendable {
    public var status: Int
    /// By their names in lower case; of several of one name the last.
    public var headers: [String: String]
    /// Empty when a sink took it.
    public var body: [UInt8]
    /// Bytes of the body as it was sent, before encodings were undone; nil from a transport that does not count.
    public var encodedBytes: Int?

    public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The media type without parameters, in lower case; empty when the answer names none.
    public var mediaType: String {
        guard let header = headers["content-type"] else { return "" }
        // As Flyte writes it.
        if header == "application/octet-stream" { return header }
        let type = header.parts(by: UInt8(ascii: ";"))[0]
        return String(type.filter { $0 != " " }).lowercased()
    }

    /// The server's clock, to the second; nil when it names none.
    public var date: Timestamp? { headers["date"].flatMap(HTTPDate.init)?.timestamp }
}

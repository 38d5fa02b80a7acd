import FlyteIDL

/// A request as it came over the wire.
public struct ServerRequest: Hashable, Sendable {
    public struct Header: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public var method: String
    /// Still percent-encoded.
    public var path: String
    /// What follows the question mark, still percent-encoded; empty without one.
    public var query: String
    /// In the order sent, a line each.
    public var headers: [Header]
    public var body: [UInt8]

    public init(
        method: String = "GET", path: String, query: String = "", headers: [Header] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// Takes the target of a request line apart. An absolute one loses its scheme and host.
    init(method: String, target: String, headers: [Header], body: [UInt8]) {
        var rest = target[...]
        let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
        if rest[colon...].beginsWithBytes(of: "://"), !rest[..<colon].utf8.contains(UInt8(ascii: "/")) {
            let authority = rest[colon...].utf8.dropFirst(3)
            let path = authority.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
            rest = path.map { rest[$0...] } ?? "/"
        }
        let parts = rest.parts(by: UInt8(ascii: "?"), atMost: 2)
        self.init(
            method: method, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "",
            headers: headers, body: body)
    }

    /// The request without a parameter of its query.
    func without(parameter name: String) -> ServerRequest {
        var request = self
        request.query = query.parts(by: UInt8(ascii: "&"))
            .filter { !$0.isEmpty && !$0.beginsWithBytes(of: name + "=") }.joined(separator: "&")
        return request
    }

    /// The values of all lines of this name.
    public func values(of name: String) -> [String] {
        headers.filter { Self.isSame($0.name, name) }.map(\.value)
    }

    static func isSame(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && a.lowercased() == b.lowercased()
    }
}

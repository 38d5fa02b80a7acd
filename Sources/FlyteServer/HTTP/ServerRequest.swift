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
        if let scheme = rest.range(of: "://"), !rest[..<scheme.lowerBound].contains("/") {
            let authority = rest[scheme.upperBound...]
            rest = authority.firstIndex { $0 == "/" || $0 == "?" }.map { authority[$0...] } ?? "/"
        }
        let mark = rest.firstIndex(of: "?")
        self.init(
            method: method, path: String(rest[..<(mark ?? rest.endIndex)]),
            query: mark.map { String(rest[rest.index(after: $0)...]) } ?? "", headers: headers, body: body)
    }

    /// The request without a parameter of its query.
    func without(parameter name: String) -> ServerRequest {
        var request = self
        request.query = query.split(separator: "&").filter { !$0.hasPrefix(name + "=") }.joined(
            separator: "&")
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

extension Substring {
    /// The first place of a short text.
    func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}

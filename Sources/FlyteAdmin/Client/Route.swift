import FlyteIDL

/// What the Admin API is asked: a method, a path and a query, with the message that answers it; for what changes
/// something also a message, and what happens when it comes twice.
struct Route: Hashable, Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// What a second sending does, when nobody knows whether the first one arrived.
    enum Repetition: Sendable {
        /// Nothing that the first did not do.
        case harmless
        /// It is refused as ALREADY_EXISTS, since the first has taken the name that it gives.
        case refused
        /// The same once more.
        case doubled
    }

    var method = Method.get
    var path: String
    var query: [(name: String, value: String)] = []
    /// Such as `admin.Execution`.
    var answer: String
    var body: Message?
    var repetition = Repetition.harmless

    /// As messages name it.
    var name: String { "\(method.rawValue) \(path)" }

    static func == (a: Route, b: Route) -> Bool {
        a.method == b.method && a.path == b.path && a.queryText == b.queryText && a.body == b.body
    }
    func hash(into hasher: inout Hasher) { hasher.combine(path) }

    /// Parts of identifiers become parts of the path. An empty one would match an arbitrary row, and one
    /// with a slash would be split: the server decodes a path before it splits it.
    init(
        _ prefix: String, _ parts: [String], answer: String, method: Method = .get
    ) throws(AdminError) {
        self.method = method
        path = "/api/v1/" + prefix
        self.answer = answer
        for part in parts {
            guard !part.isEmpty else {
                throw AdminError(kind: .unaddressable, route: name, message: "a part of it is empty")
            }
            guard !part.utf8.contains(UInt8(ascii: "/")) else {
                throw AdminError(
                    kind: .unaddressable, route: name, message: "'\(part)' contains a slash")
            }
            path += "/" + Self.encoded(part)
        }
    }

    var queryText: String {
        query.map { "\($0.name)=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    var target: String { query.isEmpty ? path : path + "?" + queryText }

    /// Percent-encodes all but RFC 3986's unreserved characters: `+` between filters and `;` between values
    /// mean something else when they are sent as they are.
    static func encoded(_ text: String) -> String {
        var result = ""
        if text.utf8.allSatisfy(isUnreserved) {
            result = text
        } else {
            for byte in text.utf8 {
                if isUnreserved(byte) {
                    result.unicodeScalars.append(Unicode.Scalar(byte))
                } else {
                    let hex = String(byte, radix: 16, uppercase: true)
                    result += hex.count < 2 ? "%0\(hex)" : "%\(hex)"
                }
            }
        }
        // A part that is dots alone would be walked up the path.
        return result == "." ? "%2E" : result == ".." ? "%2E%2E" : result
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    func with(_ name: String, _ value: String) -> Route {
        var route = self
        route.query.append((name, value))
        return route
    }
}

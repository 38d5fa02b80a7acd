/// A request over HTTP.
public struct HTTPRequest: Hashable, Sendable {
    public var method: String
    public var url: String
    public var headers: [HTTPHeader]
    public var body: [UInt8]?
    /// Whether it may be sent twice without being done twice. Over a connection that was kept the transport itself
    /// sends once more what got no answer; what is not idempotent gets a connection of its own.
    public var isIdempotent: Bool
    /// How large the answer's body may be; nil for what the transport takes of any.
    public var limit: BodyLimit?
    /// Whether content encodings are undone, asked for or not. Else the body is what was sent.
    public var undoesEncodings = true
    /// Which addresses of this machine and its host may be connected to; nil for all of them. A stranger's URL gets a
    /// list.
    public var localAddresses: Set<LocalAddress>?

    public init(
        _ method: String = "GET", url: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil,
        isIdempotent: Bool = true
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.isIdempotent = isIdempotent
    }
}

/// How large a body may be.
public struct BodyLimit: Hashable, Sendable {
    /// Bytes, its encodings undone.
    public var maximum: Int
    /// What it was said to have, be it on its way or with its encodings undone; nil when nobody said.
    public var announced: Int?

    public init(maximum: Int, announced: Int? = nil) {
        self.maximum = maximum
        self.announced = announced
    }

    /// Whether a whole body is what was announced.
    func isMet(decoded: Int, encoded: Int) -> Bool {
        decoded <= maximum && (announced.map { $0 == decoded || $0 == encoded } ?? true)
    }
}

/// A header field. Values of authorization fields are secrets: they never stand in a message.
public struct HTTPHeader: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether a text can be a field's value (RFC 9110 §5.5): nothing that ends a line, and no other control character.
    public static func isValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    /// Whether a text can be a field's name: RFC 9110's token.
    public static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}

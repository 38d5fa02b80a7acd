public import FlyteIDL

/// An error as Flyte's server reports it: one of gRPC's codes and a text, and sometimes a message that says more.
public struct Refusal: Error, Hashable {
    public var code: Int
    public var message: String
    public var details: Message?

    public init(code: Int, message: String, details: Message? = nil) {
        self.code = code
        self.message = message
        self.details = details
    }

    static func invalid(_ message: String, _ details: Message? = nil) -> Refusal {
        Refusal(code: 3, message: message, details: details)
    }
    static func notFound(_ message: String) -> Refusal { Refusal(code: 5, message: message) }
    static func unimplemented(_ message: String) -> Refusal { Refusal(code: 12, message: message) }
    static func `internal`(_ message: String) -> Refusal { Refusal(code: 13, message: message) }
    /// What the server makes of an error of its database.
    static func database(_ message: String) -> Refusal {
        Refusal(code: 2, message: "failed database operation with " + message)
    }

    /// The status that the gateway gives a code.
    var status: Int {
        switch code {
        case 0: 200
        case 1: 499
        case 3, 9, 11: 400
        case 4: 504
        case 5: 404
        case 6, 10: 409
        case 7: 403
        case 8: 429
        case 12: 501
        case 14: 503
        case 16: 401
        default: 500
        }
    }

    /// What a `google.protobuf.Any` calls the type of a message.
    private static func address(of message: Message) -> String {
        "type.googleapis.com/flyteidl." + message.type.name
    }

    private func detailsText(_ form: WireForm) -> String {
        guard let details else { return "" }
        let style: JSONStyle = if case .json(.camelCase) = form { .camelCase } else { .snakeCase }
        let members = ((try? details.json(style)) ?? "{}").dropFirst().dropLast()
        return "{\"@type\":\"\(Self.address(of: details))\"\(members.isEmpty ? "" : ",")\(members)}"
    }

    /// A `google.rpc.Status`.
    func body(_ form: WireForm) -> [UInt8] {
        switch form {
        case .protobuf:
            var writer = WireWriter()
            if code != 0 { writer.field(1, varint: UInt64(code)) }
            if !message.isEmpty { writer.field(2, message.utf8) }
            if let details {
                var any = WireWriter()
                any.field(1, Self.address(of: details).utf8)
                any.field(2, details.encoded())
                writer.field(3, any.bytes)
            }
            return writer.bytes
        case .json:
            var text = "{\"code\":\(code),\"message\":\""
            for scalar in message.unicodeScalars {
                switch scalar {
                case "\"": text += "\\\""
                case "\\": text += "\\\\"
                case "\n": text += "\\n"
                case "\r": text += "\\r"
                case "\t": text += "\\t"
                case "\u{8}": text += "\\b"
                case "\u{c}": text += "\\f"
                case "\0"..<" ":
                    let digits = String(scalar.value, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                default: text.unicodeScalars.append(scalar)
                }
            }
            return Array((text + "\",\"details\":[\(detailsText(form))]}").utf8)
        }
    }
}

/// Why a text is no JSON, JSON no message, or a message has no JSON.
public struct JSONError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Not JSON by RFC 8259.
        case malformed
        /// Values lie deeper in each other than is allowed.
        case tooDeep
        /// JSON, but not what the message's definition asks for.
        case mismatch
        /// A message that JSON cannot tell, such as a time beyond the year 9999.
        case unprintable
    }

    public var kind: Kind
    /// What is wrong, without the value itself.
    public var reason: String
    /// Where, as `executions[3].closure.created_at`; empty for the whole.
    public var path = ""

    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// The same error, seen from one level further out.
    func within(_ name: String) -> JSONError {
        var error = self
        error.path = path.isEmpty || path.hasPrefix("[") ? name + path : name + "." + path
        return error
    }

    func within(_ index: Int) -> JSONError { within("[\(index)]") }
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        let place = path.isEmpty ? "" : " at \(path)"
        return switch kind {
        case .malformed: "not JSON: \(reason)"
        case .tooDeep: "the JSON is nested too deeply"
        case .mismatch: "unexpected JSON\(place): \(reason)"
        case .unprintable: "JSON cannot tell the value\(place): \(reason)"
        }
    }
}

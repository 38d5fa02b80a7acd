/// One field of a message, as its definition says.
public struct Field: Sendable {
    public enum Kind: Sendable {
        case double, float
        case int32, int64, uint32, uint64, sint32, sint64
        case fixed32, fixed64, sfixed32, sfixed64
        case bool, string, bytes
        case message(MessageType)
        case enumeration(EnumType)
    }
    public enum Cardinality: Hashable, Sendable {
        case singular
        case repeated
        /// `kind` is that of the values; keys are strings in all of Flyte's maps.
        case map
    }

    public let number: Int
    /// Flyte's own name: usually snake_case, sometimes not.
    public let name: String
    /// The lowerCamelCase name of protojson.
    public let jsonName: String
    public let kind: Kind
    public let cardinality: Cardinality
    /// The oneof that the field is a member of.
    public let oneof: String?

    /// Whether an explicit zero differs from an absent value.
    var hasPresence: Bool {
        if case .message = kind { return true }
        return oneof != nil
    }

    /// How a single value is written.
    var wireKind: WireTag.Kind {
        switch kind {
        case .double, .fixed64, .sfixed64: .fixed64
        case .float, .fixed32, .sfixed32: .fixed32
        case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .bool, .enumeration: .varint
        case .string, .bytes, .message: .lengthDelimited
        }
    }

    /// A map's entries are messages of a key and a value.
    static let mapKeyNumber = 1
    static let mapValueNumber = 2
}

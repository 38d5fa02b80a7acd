/// The value of a message's field.
///
/// Literals may stand for values; a message makes them what the field's definition asks for, so that
/// `["retry_attempt": 2, "phase": "FAILED"]` sets a `uint32` and an enum.
public enum Value: Sendable {
    case int32(Int32)
    case int64(Int64)
    case uint32(UInt32)
    case uint64(UInt64)
    case float(Float)
    case double(Double)
    case bool(Bool)
    case string(String)
    case bytes([UInt8])
    /// The number of an enum's value, known or not.
    case enumeration(Int32)
    case message(Message)
    case list([Value])
    /// All maps of Flyte's messages have strings for keys.
    case map(ValueMap)
}

extension Value: Hashable {
    /// Equal in all bits: NaN equals itself, -0 differs from 0, and texts are their bytes.
    public static func == (a: Value, b: Value) -> Bool {
        switch (a, b) {
        case (.int32(let x), .int32(let y)): x == y
        case (.int64(let x), .int64(let y)): x == y
        case (.uint32(let x), .uint32(let y)): x == y
        case (.uint64(let x), .uint64(let y)): x == y
        case (.float(let x), .float(let y)): x.bitPattern == y.bitPattern || x.isNaN && y.isNaN
        case (.double(let x), .double(let y)): x.bitPattern == y.bitPattern || x.isNaN && y.isNaN
        case (.bool(let x), .bool(let y)): x == y
        case (.string(let x), .string(let y)): x.hasSameBytes(as: y)
        case (.bytes(let x), .bytes(let y)): x == y
        case (.enumeration(let x), .enumeration(let y)): x == y
        case (.message(let x), .message(let y)): x == y
        case (.list(let x), .list(let y)): x == y
        case (.map(let x), .map(let y)): x == y
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .int32(let x): hasher.combine(x)
        case .int64(let x): hasher.combine(x)
        case .uint32(let x): hasher.combine(x)
        case .uint64(let x): hasher.combine(x)
        case .float(let x): hasher.combine(x.isNaN ? 0 : x.bitPattern)
        case .double(let x): hasher.combine(x.isNaN ? 0 : x.bitPattern)
        case .bool(let x): hasher.combine(x)
        case .string(let x): hasher.combine(x)
        case .bytes(let x): hasher.combine(x)
        case .enumeration(let x): hasher.combine(x)
        case .message(let x): hasher.combine(x)
        case .list(let x): hasher.combine(x)
        case .map(let x): hasher.combine(x)
        }
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .int64(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: Value...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (String, Value)...) {
        self = .map(ValueMap(elements.map { (key: $0.0, value: $0.1) }))
    }
}

extension Value {
    /// The value as a field of this kind holds it; nil when it cannot be one.
    func converted(to kind: Field.Kind) -> Value? {
        switch (kind, self) {
        case (.double, .double), (.float, .float), (.int32, .int32), (.sint32, .int32),
            (.sfixed32, .int32), (.int64, .int64), (.sint64, .int64), (.sfixed64, .int64),
            (.uint32, .uint32), (.fixed32, .uint32), (.uint64, .uint64), (.fixed64, .uint64),
            (.bool, .bool), (.string, .string), (.bytes, .bytes), (.enumeration, .enumeration):
            return self
        case (.message(let type), .message(let message)):
            return message.type == type ? self : nil
        case (.message(let type), .map(let fields)):
            return .message(Message(type, fields))
        case (.enumeration(let type), .string(let name)):
            return type.number(of: name).map(Value.enumeration)
        case (.double, _): return integer.map { .double(Double($0)) }
        case (.float, .double(let value)): return .float(Float(value))
        case (.float, _): return integer.map { .float(Float($0)) }
        case (.int32, _), (.sint32, _), (.sfixed32, _):
            return integer.flatMap(Int32.init(exactly:)).map(Value.int32)
        case (.int64, _), (.sint64, _), (.sfixed64, _): return integer.map(Value.int64)
        case (.uint32, _), (.fixed32, _):
            return integer.flatMap(UInt32.init(exactly:)).map(Value.uint32)
        case (.uint64, _), (.fixed64, _):
            return integer.flatMap(UInt64.init(exactly:)).map(Value.uint64)
        case (.enumeration, _): return integer.flatMap(Int32.init(exactly:)).map(Value.enumeration)
        default: return nil
        }
    }

    /// Any integer or enum number, where it fits.
    public var integer: Int64? {
        switch self {
        case .int32(let x), .enumeration(let x): Int64(x)
        case .int64(let x): x
        case .uint32(let x): Int64(x)
        case .uint64(let x): Int64(exactly: x)
        default: nil
        }
    }

    /// Whether proto3 leaves the value out where the field has no presence.
    var isDefault: Bool {
        switch self {
        case .int32(let x), .enumeration(let x): x == 0
        case .int64(let x): x == 0
        case .uint32(let x): x == 0
        case .uint64(let x): x == 0
        case .float(let x): x.bitPattern == 0
        case .double(let x): x.bitPattern == 0
        case .bool(let x): !x
        case .string(let x): x.isEmpty
        case .bytes(let x): x.isEmpty
        case .message: false
        case .list(let x): x.isEmpty
        case .map(let x): x.isEmpty
        }
    }

    /// What an absent value of this kind means.
    static func zero(of kind: Field.Kind) -> Value {
        switch kind {
        case .double: .double(0)
        case .float: .float(0)
        case .int32, .sint32, .sfixed32: .int32(0)
        case .int64, .sint64, .sfixed64: .int64(0)
        case .uint32, .fixed32: .uint32(0)
        case .uint64, .fixed64: .uint64(0)
        case .bool: .bool(false)
        case .string: .string("")
        case .bytes: .bytes([])
        case .message(let type): .message(Message(type))
        case .enumeration: .enumeration(0)
        }
    }
}

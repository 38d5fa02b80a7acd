/// Any JSON value.
///
/// Numbers are kept as they are written, so that none loses a digit; an object keeps its members in their order.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number in JSON's notation. Make one with `integer` or `double`.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    public struct Member: Hashable, Sendable {
        public var name: String
        public var value: JSONValue

        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// How deep arrays and objects may lie in each other.
    public static let depthLimit = 256

    /// Reads exactly one value, by RFC 8259 and no more: no comments, no NaN, no lone surrogates.
    public init(parsing text: [UInt8]) throws(JSONError) {
        self = try JSONParser.parse(text)
    }

    public init(parsing text: String) throws(JSONError) {
        self = try JSONParser.parse(Array(text.utf8))
    }

    public static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

    /// The shortest digits that read back as the same number; NaN and the infinities as strings.
    public static func double(_ value: Double) -> JSONValue {
        if value.isNaN { return .string("NaN") }
        if value.isInfinite { return .string(value < 0 ? "-Infinity" : "Infinity") }
        var text: [UInt8] = []
        JSONText.append(value, to: &text)
        return .number(String(decoding: text, as: UTF8.self))
    }

    /// The first member of that name; nil as well when this is no object.
    public subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The element at that place; nil as well when this is no array.
    public subscript(_ index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// nil for what is no number, or no whole one that fits.
    public var integer: Int64? {
        guard case .number(let text) = self, let number = JSONNumber(text) else { return nil }
        return number.int64
    }
    public var double: Double? {
        guard case .number(let text) = self else { return nil }
        return Double(text)
    }
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var members: [Member]? { if case .object(let value) = self { value } else { nil } }

    /// The value without spaces or line breaks.
    public var text: String { String(decoding: bytes(), as: UTF8.self) }

    /// The value as UTF-8: compact, or with each member on a line of its own, indented by so many spaces a level.
    public func bytes(indentation: Int? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, indentation: indentation, level: 0)
        return bytes
    }

    private func write(to bytes: inout [UInt8], indentation: Int?, level: Int) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .number(let text): bytes += text.utf8
        case .string(let text): JSONText.append(text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                Self.startElement(index, &bytes, indentation, level + 1)
                element.write(to: &bytes, indentation: indentation, level: level + 1)
            }
            if !elements.isEmpty { Self.startLine(&bytes, indentation, level) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                Self.startElement(index, &bytes, indentation, level + 1)
                JSONText.append(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                if indentation != nil { bytes.append(UInt8(ascii: " ")) }
                member.value.write(to: &bytes, indentation: indentation, level: level + 1)
            }
            if !members.isEmpty { Self.startLine(&bytes, indentation, level) }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func startElement(_ index: Int, _ bytes: inout [UInt8], _ indentation: Int?, _ level: Int)
    {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        startLine(&bytes, indentation, level)
    }

    private static func startLine(_ bytes: inout [UInt8], _ indentation: Int?, _ level: Int) {
        guard let indentation else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes += repeatElement(UInt8(ascii: " "), count: indentation * level)
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}

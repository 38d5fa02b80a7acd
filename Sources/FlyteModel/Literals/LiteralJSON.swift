import CFlyteJSON
import FlyteIDL

/// Renders `core.Literal` as canonical JSON, straight from its bytes.
///
/// Integers and floats are numbers (NaN and infinities strings), datetimes RFC 3339 in UTC, durations
/// seconds with an `s`, files and tables objects with their URI, unions the value they hold, structs and
/// MessagePack plain JSON. Keys are sorted by their UTF-8 bytes, and there are no spaces. It is what the SQL
/// functions print: one C core serves both.
public enum LiteralJSON {
    /// The JSON of a bare `core.LiteralMap`: an object of its variables. nil when longer than `limit`.
    public static func text(ofMap bytes: [UInt8], in range: Range<Int>? = nil, limit: Int = .max)
        throws(ModelError) -> String?
    {
        do {
            return try text(bytes, in: range ?? 0..<bytes.count, limit: limit, flyte_literal_map_json)
        } catch {
            throw ModelError(message: "core.LiteralMap", reason: error)
        }
    }

    /// The JSON of a bare `core.Literal`.
    public static func text(of bytes: [UInt8], limit: Int = .max) throws(ModelError) -> String? {
        do {
            return try text(bytes, in: 0..<bytes.count, limit: limit, flyte_literal_json)
        } catch {
            throw ModelError(message: "core.Literal", reason: error)
        }
    }

    /// The JSON of a `core.Literal` among other bytes.
    ///
    /// - Parameter isRepaired: Set when a text in it is no UTF-8: it has U+FFFD for what is none.
    static func text(
        of bytes: [UInt8], in range: Range<Int>, limit: Int, isRepaired: inout Bool
    ) throws(WireError) -> String? {
        try text(bytes, in: range, limit: limit, isRepaired: &isRepaired, flyte_literal_json)
    }

    /// The kind of a `core.LiteralType`, as a table's columns have it: the simple type's name, such as `BOOLEAN`, else
    /// the name of the kind of type.
    static func typeName(_ type: Message) -> String {
        let bytes = type.encoded()
        let name = try? text(bytes, in: 0..<bytes.count, limit: .max) { bytes, count, _ in
            flyte_literal_type_json(bytes, count)
        }
        return name.map { String($0.dropFirst().dropLast()) } ?? ""
    }

    private static func text(
        _ bytes: [UInt8], in range: Range<Int>, limit: Int,
        _ write: (UnsafePointer<UInt8>?, Int, Int) -> flyte_json
    ) throws(WireError) -> String? {
        var isRepaired = false
        return try text(bytes, in: range, limit: limit, isRepaired: &isRepaired, write)
    }

    private static func text(
        _ bytes: [UInt8], in range: Range<Int>, limit: Int, isRepaired: inout Bool,
        _ write: (UnsafePointer<UInt8>?, Int, Int) -> flyte_json
    ) throws(WireError) -> String? {
        let result = bytes.withUnsafeBufferPointer { buffer in
            let part = UnsafeBufferPointer(rebasing: buffer[range])
            return write(part.baseAddress, part.count, limit)
        }
        defer { flyte_json_free(result) }
        switch result.failure {
        case JSON_FINE:
            isRepaired = result.is_repaired
            return String(
                decoding: UnsafeRawBufferPointer(start: result.bytes, count: result.count), as: UTF8.self)
        case JSON_TOO_LARGE: return nil
        case JSON_TRUNCATED: throw .truncated
        case JSON_NUMBER_TOO_LONG: throw .varintTooLong
        case JSON_INVALID_TAG: throw .invalidTag
        case JSON_NOT_UTF8: throw .invalidUTF8
        case JSON_TOO_DEEP: throw .tooDeep
        default: fatalError(String(cString: json_failure_words(result.failure)))
        }
    }
}

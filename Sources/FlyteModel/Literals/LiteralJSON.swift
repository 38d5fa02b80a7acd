import FlyteIDL

/// Renders `core.Literal` as canonical JSON, straight from its bytes.
///
/// Integers and floats are numbers (NaN and infinities strings), datetimes RFC 3339 in UTC, durations
/// seconds with an `s`, files and tables objects with their URI, unions the value they hold, structs and
/// MessagePack plain JSON. Keys are sorted by their UTF-8 bytes, and there are no spaces.
public enum LiteralJSON {
    /// The JSON of a bare `core.LiteralMap`: an object of its variables. nil when longer than `limit`.
    public static func text(ofMap bytes: [UInt8], in range: Range<Int>? = nil, limit: Int = .max)
        throws(ModelError) -> String?
    {
        try text(limit: limit, "core.LiteralMap") {
            try writeMap(WireReader(bytes, in: range ?? 0..<bytes.count), to: &$0, depth: 0)
        }
    }

    /// The JSON of a bare `core.Literal`.
    public static func text(of bytes: [UInt8], limit: Int = .max) throws(ModelError) -> String? {
        try text(limit: limit, "core.Literal") { try write(WireReader(bytes), to: &$0) }
    }

    private static func text(
        limit: Int, _ message: String, _ write: (inout JSONWriter) throws -> Void
    ) throws(ModelError) -> String? {
        var writer = JSONWriter(limit: limit)
        do {
            try write(&writer)
        } catch let error as WireError {
            throw ModelError(message: message, reason: error)
        } catch {
            return nil
        }
        return writer.text
    }

    /// Names the entries of a map whose keys are strings, and where their values lie.
    static func entries(
        of map: WireReader, _ take: (String, Range<Int>) -> Void
    ) throws(WireError) {
        var reader = map
        while let tag = try reader.next() {
            guard tag == WireTag(number: 1, kind: .lengthDelimited) else {
                try reader.skip(tag)
                continue
            }
            let (key, value) = try entry(try reader.message())
            take(key, value)
        }
    }

    private static func entry(_ message: WireReader) throws(WireError) -> (String, Range<Int>) {
        var reader = message
        var key = ""
        var value = reader.end..<reader.end
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): key = try reader.string()
            case (2, .lengthDelimited): value = try reader.range()
            default: try reader.skip(tag)
            }
        }
        return (key, value)
    }

    /// The entries in the order of their keys; of a key that comes twice the last.
    private static func sortedEntries(
        of map: WireReader, limit: Int
    ) throws -> [(key: String, value: Range<Int>)] {
        var last: [KeyBytes: Range<Int>] = [:]
        var reader = map
        while let tag = try reader.next() {
            guard tag == WireTag(number: 1, kind: .lengthDelimited) else {
                try reader.skip(tag)
                continue
            }
            let (key, value) = try entry(try reader.message())
            last[KeyBytes(key)] = value
            // Each entry takes four characters at least.
            if last.count > limit / 4 { throw JSONWriter.TooLong() }
        }
        return last.sorted { KeyBytes.isBefore($0.key, $1.key) }
            .map { (key: $0.key.text, value: $0.value) }
    }

    static func writeMap(_ map: WireReader, to json: inout JSONWriter, depth: Int) throws {
        guard depth < Message.depthLimit else { throw WireError.tooDeep }
        try json.sequence(JSONWriter.object, try sortedEntries(of: map, limit: json.limit)) { entry, json in
            try json.string(entry.key)
            try json.raw(":")
            try write(WireReader(map.bytes, in: entry.value), to: &json, depth: depth + 1)
        }
    }

    /// Where the last value of each oneof member lies decides, as protobuf prescribes.
    static func write(_ literal: WireReader, to json: inout JSONWriter, depth: Int = 0) throws {
        guard depth < Message.depthLimit else { throw WireError.tooDeep }
        guard let (number, value) = try lastMember(of: literal, [1, 2, 3, 8]) else {
            return try json.raw("null")
        }
        switch number {
        case 1: try writeScalar(value, to: &json, depth: depth)
        case 2:
            try writeList(value, to: &json) { element, json in
                try write(element, to: &json, depth: depth + 1)
            }
        case 3: try writeMap(value, to: &json, depth: depth + 1)
        default:
            var uri = ""
            var size: UInt64 = 0
            try decodeFields(value) { tag, reader throws(WireError) in
                switch (tag.number, tag.kind) {
                case (1, .lengthDelimited): uri = try reader.string()
                case (2, .varint): size = try reader.varint()
                default: return false
                }
                return true
            }
            try json.raw("{\"offloaded\":{\"size_bytes\":\(size),\"uri\":")
            try json.string(uri)
            try json.raw("}}")
        }
    }

    /// The elements in field 1, one after the other, so that a list beyond the limit is not read to its end.
    private static func writeList(
        _ list: WireReader, to json: inout JSONWriter, _ write: (WireReader, inout JSONWriter) throws -> Void
    ) throws {
        var reader = list
        var isFirst = true
        try json.raw("[")
        while let tag = try reader.next() {
            guard tag == WireTag(number: 1, kind: .lengthDelimited) else {
                try reader.skip(tag)
                continue
            }
            if !isFirst { try json.raw(",") }
            isFirst = false
            try write(try reader.message(), &json)
        }
        try json.raw("]")
    }

    /// The message-typed member of a oneof that comes last.
    private static func lastMember(
        of message: WireReader, _ numbers: [Int]
    ) throws(WireError) -> (Int, WireReader)? {
        var found: (Int, WireReader)?
        try decodeFields(message) { tag, reader throws(WireError) in
            guard tag.kind == .lengthDelimited, numbers.contains(tag.number) else { return false }
            found = (tag.number, try reader.message())
            return true
        }
        return found
    }

    private static func writeScalar(_ scalar: WireReader, to json: inout JSONWriter, depth: Int) throws {
        guard let (number, value) = try lastMember(of: scalar, Array(1...9)) else {
            return try json.raw("null")
        }
        switch number {
        case 1: try writePrimitive(value, to: &json)
        case 2:
            let parts = try blobParts(value)
            try json.raw("{\"dimensionality\":")
            try json.string(parts.dimensionality)
            try json.raw(",\"format\":")
            try json.string(parts.format)
            try json.raw(",\"uri\":")
            try json.string(parts.uri)
            try json.raw("}")
        case 3: try writeBinary(value, to: &json)
        case 4: try writeTable(Message(decoding: Array(value.rest), as: "core.Schema"), to: &json)
        case 6:
            let error = try Message(decoding: Array(value.rest), as: "core.Error")
            try json.raw("{\"failed_node_id\":")
            try json.string(error.string("failed_node_id"))
            try json.raw(",\"message\":")
            try json.string(error.string("message"))
            try json.raw("}")
        case 7: try writeStruct(value, to: &json, depth: depth + 1)
        case 8: try writeTable(Message(decoding: Array(value.rest), as: "core.StructuredDataset"), to: &json)
        case 9:
            var held: Range<Int>?
            try decodeFields(value) { tag, reader throws(WireError) in
                guard tag == WireTag(number: 1, kind: .lengthDelimited) else { return false }
                held = try reader.range()
                return true
            }
            guard let held else { return try json.raw("null") }
            try write(WireReader(value.bytes, in: held), to: &json, depth: depth + 1)
        default: try json.raw("null")
        }
    }

    private static func writePrimitive(_ primitive: WireReader, to json: inout JSONWriter) throws {
        guard let (number, value) = try lastValue(of: primitive, Self.primitiveKinds) else {
            return try json.raw("null")
        }
        var reader = value
        switch number {
        case 1: try json.integer(Int64(bitPattern: try reader.varint()))
        case 2: try json.double(try reader.double())
        case 3: try writeString(reader, to: &json)
        case 4: try json.raw(try reader.varint() == 0 ? "false" : "true")
        case 5:
            let (seconds, nanos) = try reader.secondsAndNanos()
            try json.string(datetime(seconds, nanos))
        default:
            let (seconds, nanos) = try reader.secondsAndNanos()
            try json.string(duration(seconds, nanos))
        }
    }

    private static let primitiveKinds: [WireTag.Kind?] = [
        nil, .varint, .fixed64, .lengthDelimited, .varint, .lengthDelimited, .lengthDelimited,
    ]

    /// Of a oneof's members, whose wire types stand at their numbers, the last: a cursor before its value.
    private static func lastValue(
        of message: WireReader, _ kinds: [WireTag.Kind?]
    ) throws(WireError) -> (Int, WireReader)? {
        var reader = message
        var last: (Int, WireReader)?
        while let tag = try reader.next() {
            let value = reader
            try reader.skip(tag)
            if tag.number < kinds.count, kinds[tag.number] == tag.kind { last = (tag.number, value) }
        }
        return last
    }

    /// Looks at the length first: of a string beyond the limit no copy is made.
    private static func writeString(_ value: WireReader, to json: inout JSONWriter) throws {
        var reader = value
        var lookahead = value
        guard try lookahead.range().count <= json.limit else { throw JSONWriter.TooLong() }
        try json.string(try reader.string())
    }

    /// RFC 3339 for the years 1 to 9999, which is all that protobuf allows; seconds and a fraction beyond.
    static func datetime(_ seconds: Int64, _ nanos: Int64) -> String {
        guard (-62_135_596_800..<253_402_300_800).contains(seconds), (0..<1_000_000_000).contains(nanos)
        else {
            return "\(seconds)s\(nanos)ns"
        }
        return Timestamp.rfc3339(seconds: seconds, fraction: nanos, digits: nil)
    }

    /// Seconds with as many digits as needed, and an `s`: `-3.005s`.
    static func duration(_ seconds: Int64, _ nanos: Int64) -> String {
        // In one number, since hostile nanoseconds may exceed a second or have the other sign.
        let total = Int128(seconds) * 1_000_000_000 + Int128(nanos)
        let (whole, rest) = total.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        var fraction = String(rest)
        fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return "\(total < 0 ? "-" : "")\(whole)\(fraction.isEmpty ? "" : "." + fraction)s"
    }

    static func blobParts(
        _ blob: WireReader
    ) throws(WireError) -> (uri: String, format: String, dimensionality: String) {
        var uri = ""
        var format = ""
        var dimensionality: Int32 = 0
        try decodeFields(blob) { tag, reader throws(WireError) in
            switch (tag.number, tag.kind) {
            case (3, .lengthDelimited): uri = try reader.string()
            case (1, .lengthDelimited):
                try decodeFields(try reader.message()) { tag, reader throws(WireError) in
                    guard tag == WireTag(number: 1, kind: .lengthDelimited) else { return false }
                    try decodeFields(try reader.message()) { tag, reader throws(WireError) in
                        switch (tag.number, tag.kind) {
                        case (1, .lengthDelimited): format = try reader.string()
                        case (2, .varint): dimensionality = Int32(truncatingIfNeeded: try reader.varint())
                        default: return false
                        }
                        return true
                    }
                    return true
                }
            default: return false
            }
            return true
        }
        return (uri, format, dimensionalities.name(of: dimensionality) ?? String(dimensionality))
    }

    private static let dimensionalities = IDL.enumeration("core.BlobType.BlobDimensionality")

    private static func writeBinary(_ binary: WireReader, to json: inout JSONWriter) throws {
        var data = binary.end..<binary.end
        var tagName = ""
        try decodeFields(binary) { tag, reader throws(WireError) in
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): data = try reader.range()
            case (2, .lengthDelimited): tagName = try reader.string()
            default: return false
            }
            return true
        }
        if tagName == "msgpack" {
            var inner = JSONWriter(limit: json.limit)
            do {
                try MessagePack.write(binary.bytes, in: data, to: &inner)
                return try json.raw(inner.text)
            } catch is MessagePack.Malformed {
                // Then it is shown like any other binary.
            }
        }
        try json.raw("{\"base64\":")
        try json.base64(binary.bytes[data])
        try json.raw(",\"tag\":")
        try json.string(tagName)
        try json.raw("}")
    }

    /// A schema or a structured dataset: its columns, its format where it has one, its URI.
    private static func writeTable(_ table: Message, to json: inout JSONWriter) throws {
        try json.raw("{")
        var columns: [(name: String, type: String)]
        var format: String?
        if table.type.name == "core.Schema" {
            columns = (table.message("type")?.messages("columns") ?? []).map {
                ($0.string("name"), $0.enumName("type"))
            }
        } else {
            let type = table.message("metadata")?.message("structured_dataset_type")
            format = type?.string("format") ?? ""
            columns = (type?.messages("columns") ?? []).map {
                ($0.string("name"), $0.message("literal_type").map(typeName) ?? "NONE")
            }
        }
        try json.raw("\"columns\":")
        try json.sequence(JSONWriter.array, columns) { column, json in
            try json.raw("{\"name\":")
            try json.string(column.name)
            try json.raw(",\"type\":")
            try json.string(column.type)
            try json.raw("}")
        }
        if let format {
            try json.raw(",\"format\":")
            try json.string(format)
        }
        try json.raw(",\"uri\":")
        try json.string(table.string("uri"))
        try json.raw("}")
    }

    /// A column's type: the simple type's name, else the name of the kind of type.
    static func typeName(_ type: Message) -> String {
        guard let kind = type.whichOneof("type") else { return "NONE" }
        return kind.name == "simple" ? type.enumName("simple") : kind.name
    }

    private static func writeStruct(_ value: WireReader, to json: inout JSONWriter, depth: Int) throws {
        guard depth < Message.depthLimit else { throw WireError.tooDeep }
        try json.sequence(JSONWriter.object, try sortedEntries(of: value, limit: json.limit)) { entry, json in
            try json.string(entry.key)
            try json.raw(":")
            try writeStructValue(WireReader(value.bytes, in: entry.value), to: &json, depth: depth + 1)
        }
    }

    /// A `google.protobuf.Value`; one without a member, which JSON does not allow, is null.
    private static func writeStructValue(_ value: WireReader, to json: inout JSONWriter, depth: Int) throws {
        guard depth < Message.depthLimit else { throw WireError.tooDeep }
        guard let (number, value) = try lastValue(of: value, Self.structKinds) else {
            return try json.raw("null")
        }
        var member = value
        switch number {
        case 2: try json.structNumber(try member.double())
        case 3: try writeString(member, to: &json)
        case 4: try json.raw(try member.varint() == 0 ? "false" : "true")
        case 5: try writeStruct(try member.message(), to: &json, depth: depth + 1)
        case 6:
            try writeList(try member.message(), to: &json) { element, json in
                try writeStructValue(element, to: &json, depth: depth + 1)
            }
        default: try json.raw("null")
        }
    }

    private static let structKinds: [WireTag.Kind?] = [
        nil, .varint, .fixed64, .lengthDelimited, .varint, .lengthDelimited, .lengthDelimited,
    ]
}

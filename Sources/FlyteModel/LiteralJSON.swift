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
        of map: WireReader, field number: Int = 1, _ take: (String, Range<Int>) -> Void
    ) throws(WireError) {
        var reader = map
        while let tag = try reader.next() {
            guard tag == WireTag(number: number, kind: .lengthDelimited) else {
                try reader.skip(tag)
                continue
            }
            var entry = try reader.message()
            var key = ""
            var value = entry.end..<entry.end
            while let tag = try entry.next() {
                switch (tag.number, tag.kind) {
                case (1, .lengthDelimited): key = try entry.string()
                case (2, .lengthDelimited): value = try entry.range()
                default: try entry.skip(tag)
                }
            }
            take(key, value)
        }
    }

    private static func sortedEntries(
        of map: WireReader
    ) throws(WireError) -> [(key: String, value: Range<Int>)] {
        var last: [String: Range<Int>] = [:]
        try entries(of: map) { last[$0] = $1 }
        return last.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { (key: $0.key, value: $0.value) }
    }

    static func writeMap(_ map: WireReader, to json: inout JSONWriter, depth: Int) throws {
        guard depth < Message.depthLimit else { throw WireError.tooDeep }
        try json.sequence(JSONWriter.object, try sortedEntries(of: map)) { entry, json in
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
            var elements: [Range<Int>] = []
            try decodeFields(value) { tag, reader throws(WireError) in
                guard tag == WireTag(number: 1, kind: .lengthDelimited) else { return false }
                elements.append(try reader.range())
                return true
            }
            try json.sequence(JSONWriter.array, elements) { range, json in
                try write(WireReader(value.bytes, in: range), to: &json, depth: depth + 1)
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
        var reader = primitive
        var text = JSONWriter(limit: json.limit)
        try text.raw("null")
        while let tag = try reader.next() {
            var next = JSONWriter(limit: json.limit)
            switch (tag.number, tag.kind) {
            case (1, .varint): try next.integer(Int64(bitPattern: try reader.varint()))
            case (2, .fixed64): try next.double(try reader.double())
            case (3, .lengthDelimited): try next.string(try reader.string())
            case (4, .varint): try next.raw(try reader.varint() == 0 ? "false" : "true")
            case (5, .lengthDelimited):
                let (seconds, nanos) = try reader.secondsAndNanos()
                try next.string(datetime(seconds, nanos))
            case (6, .lengthDelimited):
                let (seconds, nanos) = try reader.secondsAndNanos()
                try next.string(duration(seconds, nanos))
            default:
                try reader.skip(tag)
                continue
            }
            text = next
        }
        try json.raw(text.text)
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
        let sign = seconds < 0 || nanos < 0 ? "-" : ""
        var fraction = String(nanos.magnitude)
        fraction = String(repeating: "0", count: max(0, 9 - fraction.count)) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return "\(sign)\(seconds.magnitude)\(fraction.isEmpty ? "" : "." + fraction)s"
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
        try json.sequence(JSONWriter.object, try sortedEntries(of: value)) { entry, json in
            try json.string(entry.key)
            try json.raw(":")
            try writeStructValue(WireReader(value.bytes, in: entry.value), to: &json, depth: depth + 1)
        }
    }

    /// A `google.protobuf.Value`; one without a member, which JSON does not allow, is null.
    private static func writeStructValue(_ value: WireReader, to json: inout JSONWriter, depth: Int) throws {
        guard depth < Message.depthLimit else { throw WireError.tooDeep }
        var reader = value
        var last: (number: Int, reader: WireReader)?
        while let tag = try reader.next() {
            let start = reader
            try reader.skip(tag)
            switch (tag.number, tag.kind) {
            case (1, .varint), (4, .varint), (2, .fixed64), (3, .lengthDelimited), (5, .lengthDelimited),
                (6, .lengthDelimited):
                last = (tag.number, start)
            default: break
            }
        }
        guard let last else { return try json.raw("null") }
        var member = last.reader
        switch last.number {
        case 2:
            let number = try member.double()
            try json.structNumber(number)
        case 3: try json.string(try member.string())
        case 4: try json.raw(try member.varint() == 0 ? "false" : "true")
        case 5: try writeStruct(try member.message(), to: &json, depth: depth + 1)
        case 6:
            let list = try member.message()
            var elements: [Range<Int>] = []
            try decodeFields(list) { tag, reader throws(WireError) in
                guard tag == WireTag(number: 1, kind: .lengthDelimited) else { return false }
                elements.append(try reader.range())
                return true
            }
            try json.sequence(JSONWriter.array, elements) { range, json in
                try writeStructValue(WireReader(list.bytes, in: range), to: &json, depth: depth + 1)
            }
        default: try json.raw("null")
        }
    }
}

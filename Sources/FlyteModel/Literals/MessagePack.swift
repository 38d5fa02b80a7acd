/// Renders MessagePack, in which flytekit keeps dataclasses and dictionaries, as canonical JSON.
///
/// https://github.com/msgpack/msgpack/blob/master/spec.md. Keys that are no strings become their JSON's
/// text, of keys that come twice the last counts; binary data becomes base64; extension types become
/// `{"base64":…,"ext":…}`. A map as a key is malformed here: quoted again at each level, it could grow
/// without bounds.
struct MessagePack {
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int
    private var isInKey = false

    /// Writes the one value that the range holds.
    static func write(_ bytes: [UInt8], in range: Range<Int>, to json: inout JSONWriter) throws {
        var reader = MessagePack(bytes: bytes, position: range.lowerBound, end: range.upperBound)
        try reader.value(&json, depth: 0)
        guard reader.position == reader.end else { throw Malformed() }
    }

    private mutating func take(_ count: Int) throws -> Range<Int> {
        guard count >= 0, count <= end - position else { throw Malformed() }
        defer { position += count }
        return position..<position + count
    }

    private mutating func unsigned(_ count: Int) throws -> UInt64 {
        try take(count).reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
    }

    private mutating func length(_ count: Int) throws -> Int {
        let length = try unsigned(count)
        guard length <= UInt64(end - position) else { throw Malformed() }
        return Int(length)
    }

    private mutating func value(_ json: inout JSONWriter, depth: Int) throws {
        guard depth < 100 else { throw Malformed() }
        let byte = UInt8(try unsigned(1))
        switch byte {
        case 0x00...0x7F: try json.integer(byte)
        case 0x80...0x8F: try map(Int(byte & 15), &json, depth)
        case 0x90...0x9F: try array(Int(byte & 15), &json, depth)
        case 0xA0...0xBF: try string(Int(byte & 31), &json)
        case 0xC0: try json.raw("null")
        case 0xC2: try json.raw("false")
        case 0xC3: try json.raw("true")
        case 0xC4, 0xC5, 0xC6: try json.base64(bytes[try take(try length(1 << Int(byte - 0xC4)))])
        case 0xC7, 0xC8, 0xC9: try extended(try length(1 << Int(byte - 0xC7)), &json)
        case 0xCA: try json.double(Double(Float(bitPattern: UInt32(try unsigned(4)))))
        case 0xCB: try json.double(Double(bitPattern: try unsigned(8)))
        case 0xCC...0xCF: try json.integer(try unsigned(1 << Int(byte - 0xCC)))
        case 0xD0: try json.integer(Int8(bitPattern: UInt8(try unsigned(1))))
        case 0xD1: try json.integer(Int16(bitPattern: UInt16(try unsigned(2))))
        case 0xD2: try json.integer(Int32(bitPattern: UInt32(try unsigned(4))))
        case 0xD3: try json.integer(Int64(bitPattern: try unsigned(8)))
        case 0xD4...0xD8: try extended(1 << Int(byte - 0xD4), &json)
        case 0xD9, 0xDA, 0xDB: try string(try length(1 << Int(byte - 0xD9)), &json)
        case 0xDC, 0xDD: try array(try length(2 << Int(byte - 0xDC)), &json, depth)
        case 0xDE, 0xDF: try map(try length(2 << Int(byte - 0xDE)), &json, depth)
        case 0xE0...0xFF: try json.integer(Int8(bitPattern: byte))
        default: throw Malformed()
        }
    }

    private mutating func string(_ count: Int, _ json: inout JSONWriter) throws {
        guard count <= json.limit else { throw JSONWriter.TooLong() }
        guard let text = String(validating: bytes[try take(count)], as: UTF8.self) else { throw Malformed() }
        try json.string(text)
    }

    private mutating func extended(_ count: Int, _ json: inout JSONWriter) throws {
        let kind = Int8(bitPattern: UInt8(try unsigned(1)))
        try json.raw("{\"base64\":")
        try json.base64(bytes[try take(count)])
        try json.raw(",\"ext\":\(kind)}")
    }

    private mutating func array(_ count: Int, _ json: inout JSONWriter, _ depth: Int) throws {
        try json.sequence(JSONWriter.array, 0..<count) { _, json in try value(&json, depth: depth + 1) }
    }

    private mutating func map(_ count: Int, _ json: inout JSONWriter, _ depth: Int) throws {
        guard !isInKey else { throw Malformed() }
        var entries: [KeyBytes: [UInt8]] = [:]
        var size = 0
        for _ in 0..<count {
            let name = try key(limit: json.limit, depth)
            var inner = JSONWriter(limit: json.limit)
            try value(&inner, depth: depth + 1)
            size += name.utf8.count + inner.bytes.count
            guard size <= json.limit else { throw JSONWriter.TooLong() }
            entries[KeyBytes(name)] = inner.bytes
        }
        let sorted = entries.sorted { KeyBytes.isBefore($0.key, $1.key) }
        try json.sequence(JSONWriter.object, sorted) { entry, json in
            try json.string(entry.key.text)
            try json.raw(":")
            try json.raw(String(decoding: entry.value, as: UTF8.self))
        }
    }

    private mutating func key(limit: Int, _ depth: Int) throws -> String {
        guard position < end else { throw Malformed() }
        let length: Int?
        switch bytes[position] {
        case let byte where (0xA0...0xBF).contains(byte):
            position += 1
            length = Int(byte & 31)
        case let byte where (0xD9...0xDB).contains(byte):
            position += 1
            length = try self.length(1 << Int(byte - 0xD9))
        default: length = nil
        }
        if let length {
            guard length <= limit else { throw JSONWriter.TooLong() }
            guard let text = String(validating: bytes[try take(length)], as: UTF8.self) else {
                throw Malformed()
            }
            return text
        }
        var json = JSONWriter(limit: limit)
        isInKey = true
        defer { isInKey = false }
        try value(&json, depth: depth + 1)
        return json.text
    }
}

public import FlyteIDL

/// The variables of a `core.LiteralMap`, as rows of SQL.
public struct LiteralMap: Hashable, Sendable {
    /// In the order of their names.
    public var variables: [LiteralVariable] = []

    /// Longer values keep no columns, and are read from the map itself.
    public static let valueLimit = 65_536

    /// Decodes a bare `core.LiteralMap`. An entry that comes twice is the last one.
    public init(decoding bytes: [UInt8], in range: Range<Int>? = nil, valueLimit: Int = valueLimit)
        throws(ModelError)
    {
        do {
            for (name, value) in try Self.entries(of: WireReader(bytes, in: range ?? 0..<bytes.count)) {
                variables.append(LiteralVariable(name: name.text, bytes, in: value, limit: valueLimit))
            }
        } catch {
            throw ModelError(message: "core.LiteralMap", reason: error)
        }
    }

    /// The names of the entries, sorted, and where their values lie.
    private static func entries(of map: WireReader) throws(WireError) -> [(key: KeyBytes, value: Range<Int>)]
    {
        var last: [KeyBytes: Range<Int>] = [:]
        try decodeFields(map) { tag, reader throws(WireError) in
            guard tag == WireTag(number: 1, kind: .lengthDelimited) else { return false }
            let entry = try reader.message()
            var name = ""
            var value = entry.end..<entry.end
            try decodeFields(entry) { tag, reader throws(WireError) in
                switch (tag.number, tag.kind) {
                case (1, .lengthDelimited): name = try reader.text()
                case (2, .lengthDelimited): value = try reader.range()
                default: return false
                }
                return true
            }
            last[KeyBytes(name)] = value
            return true
        }
        return last.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
    }
}

/// One input or output: a `core.Literal` with its name.
public struct LiteralVariable: Hashable, Sendable {
    public enum Number: Hashable, Sendable {
        case integer(Int64)
        case real(Double)
    }

    public var name: String
    /// The literal's own short type name: `integer`, `string`, `list`, `structured_dataset`, …
    public var type = "none"
    /// Canonical JSON; nil when longer than the limit, and after a `failure`.
    public var json: String?
    /// Why JSON cannot tell the value, or not as it is: `invalidUTF8` where it has U+FFFD for what is no UTF-8. The
    /// variables beside it have theirs.
    public var failure: WireError?
    /// Of integers, floats, booleans (0 and 1) and durations (seconds).
    public var number: Number?
    /// Of strings, datetimes and durations.
    public var text: String?
    /// Of files, directories, schemas, structured datasets and offloaded literals.
    public var uri: String?
    /// Of the literal as protobuf; of what lies at `uri` when it was offloaded.
    public var sizeBytes: Int64
    /// What it says lies elsewhere, at whatever depth in it; of a value that is too large for memory nothing.
    public var addresses: [LiteralAddress] = []

    /// Whether it is a datetime or a duration.
    private var isTime = false

    init(name: String, _ bytes: [UInt8], in range: Range<Int>, limit: Int) {
        self.name = name
        sizeBytes = Int64(range.count)
        do throws(WireError) {
            try readColumns(WireReader(bytes, in: range), limit: limit, depth: 0)
            var isRepaired = false
            json = try LiteralJSON.text(of: bytes, in: range, limit: limit, isRepaired: &isRepaired)
            if isRepaired { failure = .invalidUTF8 }
            if Self.addressed.contains(type) {
                addresses = try LiteralAddress.all(in: WireReader(bytes, in: range))
            }
        } catch {
            failure = error
            forget()
        }
        // A time's text is its JSON, without the quotes.
        if isTime { text = json.map { String($0.dropFirst().dropLast()) } }
    }

    /// What a literal is by the number of the field that it has, and what a scalar is.
    static let types = [2: "list", 3: "map", 8: "offloaded"]
    static let scalarTypes = [
        2: "file", 3: "binary", 4: "schema", 5: "none", 6: "error", 7: "struct", 8: "structured_dataset",
        9: "union",
    ]

    /// The types of values that can have addresses in them.
    private static let addressed: Set = [
        "file", "directory", "schema", "structured_dataset", "offloaded", "list", "map", "union",
    ]

    /// Of the members of a oneof the last one counts, alone.
    private mutating func become(_ type: String?) {
        forget()
        if let type { self.type = type }
    }

    private mutating func forget() {
        number = nil
        text = nil
        uri = nil
        isTime = false
    }

    private mutating func readColumns(
        _ literal: WireReader, limit: Int, depth: Int
    ) throws(WireError) {
        guard depth < Message.depthLimit else { throw .tooDeep }
        var reader = literal
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): try readScalar(try reader.message(), limit: limit, depth: depth)
            case (2, .lengthDelimited), (3, .lengthDelimited):
                become(Self.types[tag.number])
                try reader.skip(tag)
            case (8, .lengthDelimited):
                become(Self.types[tag.number])
                var inner = try reader.message()
                while let tag = try inner.next() {
                    switch (tag.number, tag.kind) {
                    case (1, .lengthDelimited): uri = try inner.text()
                    case (2, .varint): sizeBytes = Int64(clamping: try inner.varint())
                    default: try inner.skip(tag)
                    }
                }
            default: try reader.skip(tag)
            }
        }
    }

    private mutating func readScalar(
        _ scalar: WireReader, limit: Int, depth: Int
    ) throws(WireError) {
        forget()
        try decodeFields(scalar) { tag, reader throws(WireError) in
            guard tag.kind == .lengthDelimited, 1...9 ~= tag.number else { return false }
            become(Self.scalarTypes[tag.number])
            switch tag.number {
            case 1: try readPrimitive(try reader.message(), limit: limit)
            case 2: try readBlob(try reader.message())
            case 4, 8: uri = try Self.string(1, of: try reader.message())
            case 9: try readUnion(try reader.message(), limit: limit, depth: depth + 1)
            default: return false
            }
            return true
        }
    }

    /// A union's columns are those of the value it holds.
    private mutating func readUnion(_ union: WireReader, limit: Int, depth: Int) throws(WireError) {
        let type = self.type
        defer { self.type = type }
        try decodeFields(union) { tag, reader throws(WireError) in
            guard tag == WireTag(number: 1, kind: .lengthDelimited) else { return false }
            try readColumns(try reader.message(), limit: limit, depth: depth)
            return true
        }
    }

    /// A message's text in the field of this number.
    private static func string(_ number: Int, of message: WireReader) throws(WireError) -> String {
        var string = ""
        try decodeFields(message) { tag, reader throws(WireError) in
            guard tag == WireTag(number: number, kind: .lengthDelimited) else { return false }
            string = try reader.text()
            return true
        }
        return string
    }

    private mutating func readPrimitive(_ primitive: WireReader, limit: Int) throws(WireError) {
        var reader = primitive
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .varint):
                become("integer")
                number = .integer(Int64(bitPattern: try reader.varint()))
            case (2, .fixed64):
                become("float")
                let value = try reader.double()
                number = value.isNaN ? nil : .real(value)
            case (3, .lengthDelimited):
                become("string")
                var value = reader
                text = try reader.range().count <= limit ? try value.text() : nil
            case (4, .varint):
                become("boolean")
                number = .integer(try reader.varint() == 0 ? 0 : 1)
            case (5, .lengthDelimited):
                become("datetime")
                isTime = true
                try reader.skip(tag)
            case (6, .lengthDelimited):
                become("duration")
                isTime = true
                let (seconds, nanos) = try reader.secondsAndNanos()
                number = .real(Double(seconds) + Double(nanos) / 1e9)
            default: try reader.skip(tag)
            }
        }
    }

    private mutating func readBlob(_ blob: WireReader) throws(WireError) {
        var dimensionality: Int32 = 0
        uri = try Self.string(3, of: blob)
        // The blob's metadata, its type, and the dimensionality there.
        try decodeFields(blob) { tag, reader throws(WireError) in
            guard tag == WireTag(number: 1, kind: .lengthDelimited) else { return false }
            try decodeFields(try reader.message()) { tag, reader throws(WireError) in
                guard tag == WireTag(number: 1, kind: .lengthDelimited) else { return false }
                try decodeFields(try reader.message()) { tag, reader throws(WireError) in
                    guard tag == WireTag(number: 2, kind: .varint) else { return false }
                    dimensionality = Int32(truncatingIfNeeded: try reader.varint())
                    return true
                }
                return true
            }
            return true
        }
        if dimensionality == Self.multipart { type = "directory" }
    }

    private static let multipart = IDL.enumeration("core.BlobType.BlobDimensionality").number(of: "MULTIPART")
}

import FlyteIDL

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
            var last: [KeyBytes: Range<Int>] = [:]
            try LiteralJSON.entries(of: WireReader(bytes, in: range ?? 0..<bytes.count)) { name, value in
                last[KeyBytes(name)] = value
            }
            for (name, value) in last.sorted(by: { KeyBytes.isBefore($0.key, $1.key) }) {
                variables.append(try LiteralVariable(name: name.text, bytes, in: value, limit: valueLimit))
            }
        } catch {
            throw ModelError(message: "core.LiteralMap", reason: error)
        }
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
    /// Canonical JSON; nil when longer than the limit.
    public var json: String?
    /// Of integers, floats, booleans (0 and 1) and durations (seconds).
    public var number: Number?
    /// Of strings, datetimes and durations.
    public var text: String?
    /// Of files, directories, schemas, structured datasets and offloaded literals.
    public var uri: String?
    /// Of the literal as protobuf; of what lies at `uri` when it was offloaded.
    public var sizeBytes: Int64

    init(name: String, _ bytes: [UInt8], in range: Range<Int>, limit: Int) throws(WireError) {
        self.name = name
        sizeBytes = Int64(range.count)
        try readColumns(WireReader(bytes, in: range), limit: limit, depth: 0)
        var writer = JSONWriter(limit: limit)
        do {
            try LiteralJSON.write(WireReader(bytes, in: range), to: &writer)
            json = writer.text
        } catch let error as WireError {
            throw error
        } catch {
            json = nil
        }
    }

    /// Of the members of a oneof the last one counts, alone.
    private mutating func forget() {
        number = nil
        text = nil
        uri = nil
    }

    private mutating func readColumns(
        _ literal: WireReader, limit: Int, depth: Int
    ) throws(WireError) {
        guard depth < Message.depthLimit else { throw .tooDeep }
        var reader = literal
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): try readScalar(try reader.message(), limit: limit, depth: depth)
            case (2, .lengthDelimited):
                forget()
                type = "list"
                try reader.skip(tag)
            case (3, .lengthDelimited):
                forget()
                type = "map"
                try reader.skip(tag)
            case (8, .lengthDelimited):
                forget()
                type = "offloaded"
                var inner = try reader.message()
                while let tag = try inner.next() {
                    switch (tag.number, tag.kind) {
                    case (1, .lengthDelimited): uri = try inner.string()
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
        var reader = scalar
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): try readPrimitive(try reader.message(), limit: limit)
            case (2, .lengthDelimited): try readBlob(try reader.message())
            case (3, .lengthDelimited):
                type = "binary"
                try reader.skip(tag)
            case (4, .lengthDelimited):
                type = "schema"
                uri = try Self.firstString(try reader.message())
            case (5, .lengthDelimited):
                type = "none"
                try reader.skip(tag)
            case (6, .lengthDelimited):
                type = "error"
                try reader.skip(tag)
            case (7, .lengthDelimited):
                type = "struct"
                try reader.skip(tag)
            case (8, .lengthDelimited):
                type = "structured_dataset"
                uri = try Self.firstString(try reader.message())
            case (9, .lengthDelimited):
                // A union's columns are those of the value it holds.
                var inner = try reader.message()
                while let tag = try inner.next() {
                    switch (tag.number, tag.kind) {
                    case (1, .lengthDelimited):
                        try readColumns(try inner.message(), limit: limit, depth: depth + 1)
                    default: try inner.skip(tag)
                    }
                }
                type = "union"
            default: try reader.skip(tag)
            }
        }
    }

    private static func firstString(_ message: WireReader) throws(WireError) -> String {
        var reader = message
        var string = ""
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): string = try reader.string()
            default: try reader.skip(tag)
            }
        }
        return string
    }

    private mutating func readPrimitive(_ primitive: WireReader, limit: Int) throws(WireError) {
        var reader = primitive
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .varint):
                type = "integer"
                number = .integer(Int64(bitPattern: try reader.varint()))
            case (2, .fixed64):
                type = "float"
                let value = try reader.double()
                number = value.isNaN ? nil : .real(value)
            case (3, .lengthDelimited):
                type = "string"
                var value = reader
                text = try reader.range().count <= limit ? try value.string() : nil
            case (4, .varint):
                type = "boolean"
                number = .integer(try reader.varint() == 0 ? 0 : 1)
            case (5, .lengthDelimited):
                type = "datetime"
                let (seconds, nanos) = try reader.secondsAndNanos()
                text = LiteralJSON.datetime(seconds, nanos)
            case (6, .lengthDelimited):
                type = "duration"
                let (seconds, nanos) = try reader.secondsAndNanos()
                text = LiteralJSON.duration(seconds, nanos)
                number = .real(Double(seconds) + Double(nanos) / 1e9)
            default: try reader.skip(tag)
            }
        }
    }

    private mutating func readBlob(_ blob: WireReader) throws(WireError) {
        let parts = try LiteralJSON.blobParts(blob)
        type = parts.dimensionality == "MULTIPART" ? "directory" : "file"
        uri = parts.uri
    }
}

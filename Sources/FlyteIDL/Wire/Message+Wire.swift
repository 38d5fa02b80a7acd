extension Message {
    /// Reads a message as protobuf's own readers do: the last of several scalars holds, several
    /// messages of one field are merged, packed and unpacked lists are the same, and what the
    /// definition does not know is kept.
    public init(decoding bytes: [UInt8], as type: MessageType) throws(WireError) {
        self.init(type)
        var reader = WireReader(bytes)
        try merge(&reader, depth: 0)
    }

    public init(decoding bytes: [UInt8], as name: String) throws(WireError) {
        try self.init(decoding: bytes, as: IDL.message(name))
    }

    /// The same, with U+FFFD in texts for what is no UTF-8.
    public init(repairing bytes: [UInt8], as name: String) throws(WireError) {
        self.init(IDL.message(name))
        var reader = WireReader(bytes).repairingTexts()
        try merge(&reader, depth: 0)
    }

    private mutating func merge(_ reader: inout WireReader, depth: Int) throws(WireError) {
        guard depth < Self.depthLimit else { throw .tooDeep }
        var start = reader.position
        while let tag = try reader.next() {
            if let index = type.index(number: tag.number),
                try merge(&reader, tag, at: index, depth: depth)
            {
            } else {
                try reader.skip(tag)
                unknownFields.append(contentsOf: reader.bytes[start..<reader.position])
            }
            start = reader.position
        }
    }

    /// Reads one known field; false, with the cursor where it was, when it is written in a way that the
    /// definition does not allow, which makes it an unknown one.
    private mutating func merge(
        _ reader: inout WireReader, _ tag: WireTag, at index: Int, depth: Int
    ) throws(WireError) -> Bool {
        let field = type.fields[index]
        switch field.cardinality {
        case .singular:
            guard tag.kind == field.wireKind else { return false }
            if case .message(let type) = field.kind {
                var inner = try reader.message()
                var message: Message
                if case .message(let before) = self[at: index] {
                    message = before
                } else {
                    message = Message(type)
                }
                try message.merge(&inner, depth: depth + 1)
                set(.message(message), at: index)
            } else {
                set(try Self.scalar(&reader, field.kind), at: index)
            }
        case .repeated:
            if tag.kind == field.wireKind {
                let value = try Self.single(&reader, field.kind, depth: depth)
                append([value], at: index)
            } else if tag.kind == .lengthDelimited, field.wireKind != .lengthDelimited {
                var packed = try reader.message()
                var values: [Value] = []
                while !packed.isAtEnd { values.append(try Self.scalar(&packed, field.kind)) }
                append(values, at: index)
            } else {
                return false
            }
        case .map:
            guard tag.kind == .lengthDelimited else { return false }
            var entry = try reader.message()
            let (key, value) = try Self.mapEntry(&entry, field, depth: depth)
            update(at: index, orStartingWith: .map(ValueMap())) {
                if case .map(var entries) = $0 {
                    $0 = .map(ValueMap())
                    entries[key] = value
                    $0 = .map(entries)
                }
            }
        }
        return true
    }

    private mutating func append(_ values: [Value], at index: Int) {
        update(at: index, orStartingWith: .list([])) {
            if case .list(var list) = $0 {
                $0 = .list([])  // so that the list has one owner, and appending does not copy it
                list.append(contentsOf: values)
                $0 = .list(list)
            }
        }
    }

    private static func mapEntry(
        _ entry: inout WireReader, _ field: Field, depth: Int
    ) throws(WireError) -> (String, Value) {
        guard depth + 1 < depthLimit else { throw .tooDeep }
        var key = ""
        var value = Value.zero(of: field.kind)
        while let tag = try entry.next() {
            switch (tag.number, tag.kind) {
            case (Field.mapKeyNumber, .lengthDelimited): key = try entry.string()
            case (Field.mapValueNumber, field.wireKind):
                if case .message = field.kind, case .message(var message) = value {
                    var inner = try entry.message()
                    try message.merge(&inner, depth: depth + 2)
                    value = .message(message)
                } else {
                    value = try scalar(&entry, field.kind)
                }
            default: try entry.skip(tag)
            }
        }
        return (key, value)
    }

    private static func single(
        _ reader: inout WireReader, _ kind: Field.Kind, depth: Int
    ) throws(WireError) -> Value {
        guard case .message(let type) = kind else { return try scalar(&reader, kind) }
        var inner = try reader.message()
        var message = Message(type)
        try message.merge(&inner, depth: depth + 1)
        return .message(message)
    }

    private static func scalar(_ reader: inout WireReader, _ kind: Field.Kind) throws(WireError) -> Value {
        switch kind {
        case .double: .double(try reader.double())
        case .float: .float(Float(bitPattern: try reader.fixed32()))
        case .int32: .int32(Int32(truncatingIfNeeded: try reader.varint()))
        case .int64: .int64(Int64(bitPattern: try reader.varint()))
        case .uint32: .uint32(UInt32(truncatingIfNeeded: try reader.varint()))
        case .uint64: .uint64(try reader.varint())
        case .sint32: .int32(Int32(truncatingIfNeeded: zigzag(try reader.varint())))
        case .sint64: .int64(zigzag(try reader.varint()))
        case .fixed32: .uint32(try reader.fixed32())
        case .fixed64: .uint64(try reader.fixed64())
        case .sfixed32: .int32(Int32(bitPattern: try reader.fixed32()))
        case .sfixed64: .int64(Int64(bitPattern: try reader.fixed64()))
        case .bool: .bool(try reader.varint() != 0)
        case .string: .string(try reader.string())
        case .bytes: .bytes(try reader.byteArray())
        case .enumeration: .enumeration(Int32(truncatingIfNeeded: try reader.varint()))
        case .message: preconditionFailure("messages are no scalars")
        }
    }

    private static func zigzag(_ value: UInt64) -> Int64 {
        Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// The message as bytes: fields by their numbers, maps by their keys, unknown fields last. Equal
    /// messages give equal bytes.
    public func encoded() -> [UInt8] {
        var writer = WireWriter(reservingCapacity: 64)
        encode(into: &writer)
        return writer.bytes
    }

    private func encode(into writer: inout WireWriter) {
        for slot in slots {
            let field = type.fields[slot.index]
            switch slot.value {
            case .list(let values):
                if field.wireKind == .lengthDelimited {
                    for value in values { Self.write(value, field.kind, tagged: field.number, to: &writer) }
                } else {
                    var packed = WireWriter()
                    for value in values { Self.write(value, field.kind, tagged: nil, to: &packed) }
                    writer.field(field.number, packed.bytes)
                }
            case .map(let entries):
                for (key, value) in entries {
                    var entry = WireWriter()
                    // Empty keys too, as Flyte and everybody else writes them.
                    entry.field(Field.mapKeyNumber, key.utf8)
                    Self.write(value, field.kind, tagged: Field.mapValueNumber, to: &entry)
                    writer.field(field.number, entry.bytes)
                }
            default: Self.write(slot.value, field.kind, tagged: field.number, to: &writer)
            }
        }
        writer.raw(unknownFields)
    }

    private static func write(
        _ value: Value, _ kind: Field.Kind, tagged number: Int?, to writer: inout WireWriter
    ) {
        func tag(_ wire: WireTag.Kind) { if let number { writer.tag(number, wire) } }
        switch value {
        case .int32(let x):
            switch kind {
            case .sint32:
                tag(.varint)
                writer.varint(UInt64(UInt32(bitPattern: x << 1 ^ x >> 31)))
            case .sfixed32:
                tag(.fixed32)
                writer.fixed32(UInt32(bitPattern: x))
            default:
                tag(.varint)
                writer.varint(UInt64(bitPattern: Int64(x)))
            }
        case .int64(let x):
            switch kind {
            case .sint64:
                tag(.varint)
                writer.varint(UInt64(bitPattern: x << 1 ^ x >> 63))
            case .sfixed64:
                tag(.fixed64)
                writer.fixed64(UInt64(bitPattern: x))
            default:
                tag(.varint)
                writer.varint(UInt64(bitPattern: x))
            }
        case .uint32(let x):
            if case .fixed32 = kind {
                tag(.fixed32)
                writer.fixed32(x)
            } else {
                tag(.varint)
                writer.varint(UInt64(x))
            }
        case .uint64(let x):
            if case .fixed64 = kind {
                tag(.fixed64)
                writer.fixed64(x)
            } else {
                tag(.varint)
                writer.varint(x)
            }
        case .enumeration(let x):
            tag(.varint)
            writer.varint(UInt64(bitPattern: Int64(x)))
        case .bool(let x):
            tag(.varint)
            writer.varint(x ? 1 : 0)
        case .float(let x):
            tag(.fixed32)
            writer.fixed32(x.bitPattern)
        case .double(let x):
            tag(.fixed64)
            writer.fixed64(x.bitPattern)
        case .string(let x):
            tag(.lengthDelimited)
            writer.varint(UInt64(x.utf8.count))
            writer.raw(x.utf8)
        case .bytes(let x):
            tag(.lengthDelimited)
            writer.varint(UInt64(x.count))
            writer.raw(x)
        case .message(let x):
            tag(.lengthDelimited)
            let inner = x.encoded()
            writer.varint(UInt64(inner.count))
            writer.raw(inner)
        case .list, .map: preconditionFailure("lists and maps lie in no lists or maps")
        }
    }
}

import FlyteIDL

extension LiteralMap {
    /// Values larger than this are not read when a map is scanned.
    public static let scanLimit = 1 << 20

    /// Finds the variables of a map that may be too large for memory; of those that are large alone only the
    /// name, the type and the size.
    public init(scanning content: MessageContent, in range: Range<Int>? = nil) throws {
        var last: [KeyBytes: Range<Int>] = [:]
        var reader = ContentReader(content, in: range)
        while let tag = try reader.next() {
            guard tag == WireTag(number: 1, kind: .lengthDelimited) else {
                try reader.skip(tag)
                continue
            }
            let place = try reader.range()
            var entry = ContentReader(content, in: place)
            var name = ""
            var value = place.upperBound..<place.upperBound
            while let tag = try entry.next() {
                switch (tag.number, tag.kind) {
                case (1, .lengthDelimited):
                    let key = try entry.range()
                    guard key.count <= Self.scanLimit else {
                        throw ModelError(message: "core.LiteralMap", reason: .truncated)
                    }
                    name = String(decoding: try content.bytes(in: key), as: UTF8.self)
                case (2, .lengthDelimited): value = try entry.range()
                default: try entry.skip(tag)
                }
            }
            last[KeyBytes(name)] = value
        }
        for (name, value) in last.sorted(by: { $0.key < $1.key }) {
            variables.append(
                value.count <= Self.scanLimit
                    ? LiteralVariable(
                        name: name.text, try content.bytes(in: value), in: 0..<value.count,
                        limit: Self.valueLimit)
                    : try LiteralVariable(name: name.text, scanning: content, in: value))
        }
    }
}

extension LiteralVariable {
    /// A large value: its name, its type and its size.
    init(name: String, scanning content: MessageContent, in range: Range<Int>) throws {
        self.name = name
        sizeBytes = Int64(range.count)
        try Self.fields(content, range) { number, value in
            if number == 1 {
                type = try Self.scalarType(content, value)
            } else if let type = Self.types[number] {
                self.type = type
            }
        }
    }

    private static func scalarType(_ content: MessageContent, _ range: Range<Int>) throws -> String {
        var type = "none"
        try fields(content, range) { number, _ in
            // Of the primitives only a text is large.
            type = number == 1 ? "string" : scalarTypes[number] ?? type
        }
        return type
    }

    private static func fields(
        _ content: MessageContent, _ range: Range<Int>, _ take: (Int, Range<Int>) throws -> Void
    ) throws {
        var reader = ContentReader(content, in: range)
        while let tag = try reader.next() {
            if tag.kind == .lengthDelimited {
                try take(tag.number, try reader.range())
            } else {
                try reader.skip(tag)
            }
        }
    }
}

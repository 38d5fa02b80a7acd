import FlyteIDL

// What flytekit keeps in MessagePack: dataclasses and dictionaries.
extension SecretWalk {
    /// The document with its secrets replaced, or as it is; nil when it is none.
    func messagePack(_ bytes: [UInt8], _ context: Context) -> [UInt8]? {
        var copy = PackedCopy(bytes: bytes)
        guard (try? value(&copy, context)) != nil, copy.position == bytes.count else { return nil }
        return copy.output
    }

    private func value(_ copy: inout PackedCopy, _ context: Context) throws {
        guard context.depth < Message.depthLimit else { throw PackedCopy.Malformed() }
        let start = copy.position
        switch try copy.head() {
        case .text(let range):
            if let new = text(Array(copy.bytes[range]), context) {
                copy.put(text: new)
            } else {
                copy.keep(from: start)
            }
        case .data(let range):
            if let new = data(Array(copy.bytes[range]), context) {
                copy.put(text: new)
            } else {
                copy.keep(from: start)
            }
        case .number(let digits):
            if let new = number(digits, context) { copy.put(text: new) } else { copy.keep(from: start) }
        case .other: copy.keep(from: start)
        case .array(let count):
            copy.keep(from: start)
            var name: String?
            for _ in 0..<count {
                let argument = copy.peekText()
                var inner = context.inner()
                if let name, argument?.first != UInt8(ascii: "-") { inner = named(name, inner) }
                name = argument.flatMap(nameGiven)
                try value(&copy, inner)
            }
        case .map(let count):
            copy.keep(from: start)
            let pairName = copy.pairName(count)
            for _ in 0..<count {
                let name = copy.peekText().map { String(decoding: $0, as: UTF8.self) } ?? ""
                try value(&copy, context.inner().withoutName())
                try value(&copy, named(name == "value" ? pairName ?? name : name, context.inner()))
            }
        }
    }
}

/// A cursor over MessagePack that writes what it has read, changed or not.
private struct PackedCopy {
    struct Malformed: Error {}

    enum Head {
        case text(Range<Int>)
        case data(Range<Int>)
        case number(String)
        /// Nothing, true and false, and extension types.
        case other
        case array(Int)
        case map(Int)
    }

    let bytes: [UInt8]
    private(set) var position = 0
    private(set) var output: [UInt8] = []

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func keep(from start: Int) { output += bytes[start..<position] }

    mutating func put(text: [UInt8]) {
        switch text.count {
        case ..<32: output.append(0xA0 | UInt8(text.count))
        case ..<256: output += [0xD9, UInt8(text.count)]
        case ..<65536: output += [0xDA] + Self.bigEndian(text.count, 2)
        default: output += [0xDB] + Self.bigEndian(text.count, 4)
        }
        output += text
    }

    private static func bigEndian(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private mutating func take(_ count: Int) throws -> Range<Int> {
        guard count >= 0, count <= bytes.count - position else { throw Malformed() }
        defer { position += count }
        return position..<position + count
    }

    private mutating func unsigned(_ count: Int) throws -> UInt64 {
        try take(count).reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
    }

    private mutating func length(_ count: Int) throws -> Int {
        let length = try unsigned(count)
        guard length <= UInt64(bytes.count - position) else { throw Malformed() }
        return Int(length)
    }

    /// Reads a scalar whole, and of arrays and maps the count.
    mutating func head() throws -> Head {
        let byte = UInt8(try unsigned(1))
        switch byte {
        case 0x00...0x7F: return .number(String(byte))
        case 0x80...0x8F: return .map(Int(byte & 15))
        case 0x90...0x9F: return .array(Int(byte & 15))
        case 0xA0...0xBF: return .text(try take(Int(byte & 31)))
        case 0xC0, 0xC2, 0xC3: return .other
        case 0xC4, 0xC5, 0xC6: return .data(try take(try length(1 << Int(byte - 0xC4))))
        case 0xC7, 0xC8, 0xC9:
            _ = try take(try length(1 << Int(byte - 0xC7)) + 1)
            return .other
        case 0xCA: return .number(Self.digits(Double(Float(bitPattern: UInt32(try unsigned(4))))))
        case 0xCB: return .number(Self.digits(Double(bitPattern: try unsigned(8))))
        case 0xCC...0xCF: return .number(String(try unsigned(1 << Int(byte - 0xCC))))
        case 0xD0: return .number(String(Int8(bitPattern: UInt8(try unsigned(1)))))
        case 0xD1: return .number(String(Int16(bitPattern: UInt16(try unsigned(2)))))
        case 0xD2: return .number(String(Int32(bitPattern: UInt32(try unsigned(4)))))
        case 0xD3: return .number(String(Int64(bitPattern: try unsigned(8))))
        case 0xD4...0xD8:
            _ = try take(1 + 1 << Int(byte - 0xD4))
            return .other
        case 0xD9, 0xDA, 0xDB: return .text(try take(try length(1 << Int(byte - 0xD9))))
        case 0xDC, 0xDD: return .array(try length(2 << Int(byte - 0xDC)))
        case 0xDE, 0xDF: return .map(try length(2 << Int(byte - 0xDE)))
        case 0xE0...0xFF: return .number(String(Int8(bitPattern: byte)))
        default: throw Malformed()
        }
    }

    private static func digits(_ value: Double) -> String {
        Int64(exactly: value).map { String($0) } ?? "\(value)"
    }

    /// The text that comes next; nil when something else does.
    func peekText() -> [UInt8]? {
        var ahead = self
        guard case .text(let range)? = try? ahead.head() else { return nil }
        return Array(bytes[range])
    }

    /// What names `value` in a map of so many entries: its `name` or `key`.
    func pairName(_ count: Int) -> String? {
        guard count <= 8 else { return nil }
        var ahead = self
        for _ in 0..<count {
            guard let key = ahead.peekText(), (try? ahead.head()) != nil else { return nil }
            if key == Array("name".utf8) || key == Array("key".utf8), let name = ahead.peekText() {
                return String(decoding: name, as: UTF8.self)
            }
            switch try? ahead.head() {
            case .text, .data, .number, .other: continue
            case .array, .map, nil: return nil
            }
        }
        return nil
    }
}

/// Reads JSON from bytes, whatever they are: a value or an error, never more stack than `JSONValue.depthLimit` asks for.
struct JSONParser {
    private let text: [UInt8]
    private var position = 0

    static func parse(_ text: [UInt8]) throws(JSONError) -> JSONValue {
        var parser = JSONParser(text: text)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == text.count else { throw parser.malformed("something follows the value") }
        return value
    }

    private init(text: [UInt8]) { self.text = text }

    private func malformed(_ reason: String) -> JSONError {
        JSONError(.malformed, "\(reason) (at byte \(position))")
    }

    private mutating func skipSpace() {
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position += 1
            default: return
            }
        }
    }

    /// The next byte that is no space, or 0 at the end.
    private mutating func peek() -> UInt8 {
        skipSpace()
        return position < text.count ? text[position] : 0
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        switch peek() {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            guard let end = JSONNumber.end(text[position...]) else { throw malformed("a broken number") }
            defer { position = end }
            return .number(String(decoding: text[position..<end], as: UTF8.self))
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw malformed(position < text.count ? "expected a value" : "the text ends early")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        let isThere = word.withUTF8Buffer { end <= text.count && text[position..<end].elementsEqual($0) }
        guard isThere else { throw malformed("expected a value") }
        position = end
        return value
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= JSONValue.depthLimit else { throw JSONError(.tooDeep, "") }
        position += 1
        var elements: [JSONValue] = []
        if peek() == UInt8(ascii: "]") {
            position += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(depth: depth))
            switch peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return .array(elements)
            default: throw malformed("expected ',' or ']'")
            }
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= JSONValue.depthLimit else { throw JSONError(.tooDeep, "") }
        position += 1
        var members: [JSONValue.Member] = []
        if peek() == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        while true {
            guard peek() == UInt8(ascii: "\"") else { throw malformed("expected a name") }
            let name = try string()
            guard peek() == UInt8(ascii: ":") else { throw malformed("expected ':'") }
            position += 1
            members.append(JSONValue.Member(name, try value(depth: depth)))
            switch peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return .object(members)
            default: throw malformed("expected ',' or '}'")
            }
        }
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        // Most strings have no escapes, and are taken as they are.
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""):
                let part = text[start..<position]
                position += 1
                return try utf8(part)
            case UInt8(ascii: "\\"): return try escapedString(start)
            case 0..<0x20: throw malformed("a control character in a string")
            default: position += 1
            }
        }
        throw malformed("the text ends in a string")
    }

    private func utf8(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> String {
        guard let string = String(utf8: bytes) else {
            throw malformed("a string that is not UTF-8")
        }
        return string
    }

    private mutating func escapedString(_ start: Int) throws(JSONError) -> String {
        var bytes = Array(text[start..<position])
        while position < text.count {
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try utf8(bytes[...])
            case UInt8(ascii: "\\"): try escape(&bytes)
            case 0..<0x20: throw malformed("a control character in a string")
            default: bytes.append(byte)
            }
        }
        throw malformed("the text ends in a string")
    }

    private mutating func escape(_ bytes: inout [UInt8]) throws(JSONError) {
        guard position < text.count else { throw malformed("the text ends in a string") }
        let letter = text[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexNumber()
            if code & 0xFC00 == 0xD800, position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
                text[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                let low = try hexNumber()
                guard low & 0xFC00 == 0xDC00 else { throw malformed("half a surrogate pair") }
                code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
            }
            guard let scalar = Unicode.Scalar(code) else { throw malformed("half a surrogate pair") }
            bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        default: throw malformed("an unknown escape")
        }
    }

    private mutating func hexNumber() throws(JSONError) -> UInt32 {
        guard text.count - position >= 4 else { throw malformed("the text ends in a string") }
        var value: UInt32 = 0
        for byte in text[position..<(position + 4)] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw malformed("an unknown escape")
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }
}

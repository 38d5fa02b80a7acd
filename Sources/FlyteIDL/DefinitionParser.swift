/// Reads the part of the proto3 language that Flyte's definitions use: packages, messages, enums,
/// oneofs, maps and repeated fields, with type names in full.
struct DefinitionParser {
    struct Definitions: Sendable {
        var messages: [MessageType] = []
        var enums: [EnumType] = []
        var byName: [String: MessageType] = [:]
    }

    struct SyntaxError: Error, CustomStringConvertible {
        var expected: String
        var found: String
        var description: String { "expected \(expected), found '\(found)'" }
    }

    /// Reads several files, which may refer to each other.
    static func parse(_ texts: [String]) throws -> Definitions {
        var parser = DefinitionParser()
        for text in texts {
            parser.text = Array(text.utf8)
            parser.position = 0
            try parser.file()
        }
        return try parser.resolve()
    }

    private struct RawField {
        var type: String
        var name: String
        var number: Int
        var cardinality: Field.Cardinality
        var oneof: String?
    }

    private var text: [UInt8] = []
    private var position = 0
    private var package = ""
    private var rawMessages: [(name: String, fields: [RawField])] = []
    private var enums: [EnumType] = []

    private mutating func file() throws {
        while let word = token() {
            switch word {
            case "syntax":
                while let next = token(), next != ";" {}
            case "package":
                let name = try expect("a package")
                package = name.hasPrefix("flyteidl.") ? String(name.dropFirst(9)) : name
                _ = try expect("';'", ";")
            case "message": try message(within: package)
            case "enum": try enumeration(within: package)
            default: throw SyntaxError(expected: "a definition", found: word)
            }
        }
    }

    private mutating func message(within scope: String) throws {
        let name = scope + "." + (try expect("a name"))
        _ = try expect("'{'", "{")
        var fields: [RawField] = []
        let place = rawMessages.count
        rawMessages.append((name, []))
        while true {
            let word = try expect("a field or '}'")
            switch word {
            case "}":
                rawMessages[place].fields = fields
                return
            case "message": try message(within: name)
            case "enum": try enumeration(within: name)
            case "oneof":
                let oneof = try expect("a name")
                _ = try expect("'{'", "{")
                while true {
                    let type = try expect("a field or '}'")
                    if type == "}" { break }
                    fields.append(try field(type, .singular, oneof))
                }
            case "repeated": fields.append(try field(try expect("a type"), .repeated, nil))
            case "map":
                for part in ["<", "string", ","] { _ = try expect("'\(part)'", part) }
                let type = try expect("a type")
                _ = try expect("'>'", ">")
                fields.append(try field(type, .map, nil))
            default: fields.append(try field(word, .singular, nil))
            }
        }
    }

    private mutating func field(
        _ type: String, _ cardinality: Field.Cardinality, _ oneof: String?
    ) throws -> RawField {
        let name = try expect("a name")
        return RawField(
            type: type, name: name, number: try number(), cardinality: cardinality, oneof: oneof)
    }

    private mutating func enumeration(within scope: String) throws {
        let name = scope + "." + (try expect("a name"))
        _ = try expect("'{'", "{")
        var values: [(name: String, number: Int32)] = []
        while true {
            let word = try expect("a value or '}'")
            if word == "}" { break }
            values.append((word, Int32(try number())))
        }
        enums.append(EnumType(name: name, values: values))
    }

    private mutating func number() throws -> Int {
        _ = try expect("'='", "=")
        let word = try expect("a number")
        guard let number = Int(word), number >= 0, number < 1 << 20 else {
            throw SyntaxError(expected: "a number", found: word)
        }
        _ = try expect("';'", ";")
        return number
    }

    private mutating func expect(_ what: String, _ exactly: String? = nil) throws -> String {
        let found = token() ?? "the end"
        guard exactly == nil || exactly == found else { throw SyntaxError(expected: what, found: found) }
        return found
    }

    /// A name, a number, or one character of punctuation; nil at the end.
    private mutating func token() -> String? {
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "/") {
                while position < text.count, text[position] != UInt8(ascii: "\n") { position += 1 }
            } else if byte <= UInt8(ascii: " ") {
                position += 1
            } else {
                break
            }
        }
        guard position < text.count else { return nil }
        let start = position
        while position < text.count, Self.isPartOfName(text[position]) { position += 1 }
        if position == start { position += 1 }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static let scalars: [String: Field.Kind] = [
        "double": .double, "float": .float, "int32": .int32, "int64": .int64, "uint32": .uint32,
        "uint64": .uint64, "sint32": .sint32, "sint64": .sint64, "fixed32": .fixed32,
        "fixed64": .fixed64, "sfixed32": .sfixed32, "sfixed64": .sfixed64, "bool": .bool,
        "string": .string, "bytes": .bytes,
    ]

    private func resolve() throws -> Definitions {
        var result = Definitions(enums: enums)
        for (name, _) in rawMessages {
            let type = MessageType(name: name)
            result.messages.append(type)
            result.byName[name] = type
        }
        let enumsByName = Dictionary(uniqueKeysWithValues: enums.map { ($0.name, $0) })
        for (type, raw) in zip(result.messages, rawMessages) {
            type.setFields(
                try raw.fields.map { field in
                    let name =
                        field.type.hasPrefix("flyteidl.") ? String(field.type.dropFirst(9)) : field.type
                    let kind: Field.Kind
                    if let scalar = Self.scalars[name] {
                        kind = scalar
                    } else if let message = result.byName[name] {
                        kind = .message(message)
                    } else if let enumeration = enumsByName[name] {
                        kind = .enumeration(enumeration)
                    } else {
                        throw SyntaxError(expected: "a known type", found: name)
                    }
                    return Field(
                        number: field.number, name: field.name, jsonName: Self.jsonName(field.name),
                        kind: kind, cardinality: field.cardinality, oneof: field.oneof)
                })
        }
        return result
    }

    /// protoc's rule: underscores go, and the letter behind one becomes a capital.
    static func jsonName(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "_")) else { return name }
        var result = ""
        var capital = false
        for character in name {
            if character == "_" {
                capital = true
            } else {
                result += capital ? character.uppercased() : String(character)
                capital = false
            }
        }
        return result
    }
}

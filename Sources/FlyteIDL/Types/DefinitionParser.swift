/// Reads one definition file: the part of proto3 that Flyte's messages are written in.
///
/// That is messages, enums, oneofs, maps from strings, `repeated` and the option `deprecated`; services, extensions,
/// groups and `optional` are not among it.
struct DefinitionParser {
    struct FieldDraft {
        var number: Int
        var name: String
        var typeName: String
        var cardinality: Field.Cardinality
        var oneof: String?
    }

    struct MessageDraft {
        var name: String
        /// Where names in the fields are looked up first.
        var scope: String
        var fields: [FieldDraft]
    }

    private(set) var messages: [MessageDraft] = []
    private(set) var enums: [EnumType] = []

    private let text: [UInt8]
    private var position = 0
    private var package = ""

    init(_ text: String) {
        self.text = Array(text.utf8)
    }

    mutating func parse() {
        while skipSpace() {
            switch word() {
            case "syntax", "import", "option": skipStatement()
            case "package":
                package = word()
                expect(";")
            case "message": message(in: package)
            case "enum": enumeration(in: package)
            case let other: fail("'\(other)' does not start a definition")
            }
        }
    }

    private mutating func message(in scope: String) {
        let fullName = scope + "." + word()
        let index = messages.count
        let name = Definitions.shortName(fullName)
        messages.append(MessageDraft(name: name, scope: "", fields: []))
        var fields: [FieldDraft] = []
        var hasTypes = false
        expect("{")
        while !take("}") {
            switch word() {
            case "message":
                message(in: fullName)
                hasTypes = true
            case "enum":
                enumeration(in: fullName)
                hasTypes = true
            case "reserved", "option": skipStatement()
            case "oneof":
                let oneof = word()
                expect("{")
                while !take("}") { fields.append(field(typeName: word(), .singular, oneof: oneof)) }
            case "repeated": fields.append(field(typeName: word(), .repeated))
            case "map":
                expect("<")
                guard word() == "string" else { fail("only maps from strings are known") }
                expect(",")
                let valueType = word()
                expect(">")
                fields.append(field(typeName: valueType, .map))
            case let typeName: fields.append(field(typeName: typeName, .singular))
            }
        }
        messages[index].fields = fields
        // Without types of its own the message is no place to look for names.
        messages[index].scope = Definitions.shortName(hasTypes ? fullName : scope)
    }

    private mutating func field(
        typeName: String, _ cardinality: Field.Cardinality, oneof: String? = nil
    ) -> FieldDraft {
        let name = word()
        expect("=")
        let number = self.number()
        if take("[") {
            while !take("]") { skipWordOrSign() }
        }
        expect(";")
        return FieldDraft(
            number: number, name: name, typeName: typeName, cardinality: cardinality, oneof: oneof)
    }

    private mutating func enumeration(in scope: String) {
        let name = Definitions.shortName(scope + "." + word())
        var values: [(name: String, number: Int32)] = []
        expect("{")
        while !take("}") {
            let valueName = word()
            if valueName == "reserved" || valueName == "option" {
                skipStatement()
                continue
            }
            expect("=")
            values.append((valueName, Int32(number())))
            expect(";")
        }
        enums.append(EnumType(name: name, values: values))
    }

    // MARK: Words and signs

    /// Moves over white space and comments. False at the end of the file.
    private mutating func skipSpace() -> Bool {
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
            case UInt8(ascii: "/"):
                while position < text.count, text[position] != UInt8(ascii: "\n") { position += 1 }
            default: return true
            }
        }
        return false
    }

    /// The next name, dotted name or number.
    private mutating func word() -> String {
        _ = skipSpace()
        let start = position
        while position < text.count, Self.isPartOfWord(text[position]) { position += 1 }
        if position == start { fail("expected a name") }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private mutating func number() -> Int {
        guard let number = Int(word()) else { fail("expected a number") }
        return number
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard skipSpace(), text[position] == UInt8(ascii: sign) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ sign: Unicode.Scalar) {
        if !take(sign) { fail("expected '\(sign)'") }
    }

    private mutating func skipWordOrSign() {
        guard skipSpace() else { fail("the file ends early") }
        if Self.isPartOfWord(text[position]) { _ = word() } else { position += 1 }
    }

    private mutating func skipStatement() {
        while position < text.count, text[position] != UInt8(ascii: ";") { position += 1 }
        expect(";")
    }

    private func fail(_ problem: String) -> Never {
        let line = text[..<position].count { $0 == UInt8(ascii: "\n") } + 1
        preconditionFailure("definitions of package '\(package)', line \(line): \(problem)")
    }
}

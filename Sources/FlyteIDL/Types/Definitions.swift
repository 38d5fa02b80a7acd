/// The types that a set of definition files describes, with all references between them resolved.
///
/// The files are part of the program: a mistake in one stops it, and names the line.
struct Definitions: Sendable {
    private(set) var messages: [MessageType] = []
    private(set) var enums: [EnumType] = []
    private(set) var messagesByName: [String: MessageType] = [:]
    private(set) var enumsByName: [String: EnumType] = [:]

    init(files: [String]) {
        var drafts: [DefinitionParser.MessageDraft] = []
        for file in files {
            var parser = DefinitionParser(file)
            parser.parse()
            drafts += parser.messages
            enums += parser.enums
        }
        messages.reserveCapacity(drafts.count)
        messagesByName.reserveCapacity(drafts.count)
        for type in enums { enumsByName[type.name] = type }
        for draft in drafts {
            let type = MessageType(name: draft.name)
            messages.append(type)
            messagesByName[draft.name] = type
        }
        for (type, draft) in zip(messages, drafts) { type.setFields(fields(of: draft)) }
    }

    /// The name that a type has here: without the prefix that all of Flyte's types share.
    static func shortName(_ name: String) -> String {
        name.hasPrefix("flyteidl.") ? String(name.dropFirst("flyteidl.".count)) : name
    }

    private func fields(of draft: DefinitionParser.MessageDraft) -> [Field] {
        draft.fields.map { field in
            Field(
                number: field.number, name: field.name, jsonName: Self.jsonName(field.name),
                kind: kind(field.typeName, in: draft), cardinality: field.cardinality, oneof: field.oneof)
        }
    }

    private func kind(_ name: String, in draft: DefinitionParser.MessageDraft) -> Field.Kind {
        switch name {
        case "int32": return .int32
        case "int64": return .int64
        case "uint32": return .uint32
        case "uint64": return .uint64
        case "bool": return .bool
        case "float": return .float
        case "double": return .double
        case "string": return .string
        case "bytes": return .bytes
        default: break
        }
        // From the innermost scope outwards, as protobuf does.
        var scope = draft.scope[...]
        while true {
            let candidate = scope.isEmpty ? Self.shortName(name) : scope + "." + name
            if let type = messagesByName[candidate] { return .message(type) }
            if let type = enumsByName[candidate] { return .enumeration(type) }
            if scope.isEmpty { preconditionFailure("\(draft.name) refers to \(name), which is not defined") }
            scope = scope.lastIndex(of: ".").map { scope[..<$0] } ?? ""
        }
    }

    /// protobuf's rule: an underscore goes, and what follows it becomes a capital.
    private static func jsonName(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "_")) else { return name }
        var result: [UInt8] = []
        var capital = false
        for byte in name.utf8 {
            if byte == UInt8(ascii: "_") {
                capital = true
            } else if capital, byte >= UInt8(ascii: "a"), byte <= UInt8(ascii: "z") {
                result.append(byte - 32)
                capital = false
            } else {
                result.append(byte)
                capital = false
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

import FlyteIDL

// Documents in JSON that a text holds.
extension SecretWalk {
    /// The document with values replaced whose names say so; nil when the text is none, or has no such name.
    func json(_ text: [UInt8], _ context: Context) -> [UInt8]? {
        let space = Set(" \t\r\n".utf8)
        let first = text.first { !space.contains($0) }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "["), context.depth < Message.depthLimit,
            let value = try? JSONValue(parsing: text)
        else { return nil }
        if context.rule != nil, isFinding {
            for leaf in Self.leaves(of: value) { learn(Array(leaf.utf8), rule: context.rule ?? 0) }
            return nil
        }
        return changed(value, context.inner())?.bytes()
    }

    private static func leaves(of value: JSONValue) -> [String] {
        switch value {
        case .string(let text), .number(let text): [text]
        case .array(let elements): elements.flatMap(leaves)
        case .object(let members): members.flatMap { leaves(of: $0.value) }
        case .null, .bool: []
        }
    }

    /// nil when nothing in it has a name that makes it a secret.
    private func changed(_ value: JSONValue, _ context: Context) -> JSONValue? {
        switch value {
        case .null, .bool: return nil
        case .string(let text):
            guard context.rule != nil else {
                return json(Array(text.utf8), context).map { .string(String(decoding: $0, as: UTF8.self)) }
            }
            return self.text(Array(text.utf8), context).map { .string(String(decoding: $0, as: UTF8.self)) }
        case .number(let text):
            guard context.rule != nil else { return nil }
            return number(text, context).map { .string(String(decoding: $0, as: UTF8.self)) }
        case .array(let elements):
            var elements = elements
            var isChanged = false
            var name: String?
            for (index, element) in elements.enumerated() {
                var inner = context.inner()
                if let name, element.string?.hasPrefix("-") != true { inner = named(name, inner) }
                name = element.string.flatMap { nameGiven(byArgument: Array($0.utf8)) }
                guard let new = changed(element, inner) else { continue }
                elements[index] = new
                isChanged = true
            }
            return isChanged ? .array(elements) : nil
        case .object(let members):
            var members = members
            var isChanged = false
            let pairName = (value["name"] ?? value["key"])?.string
            for (index, member) in members.enumerated() {
                let name = member.name == "value" ? pairName ?? "value" : member.name
                guard let new = changed(member.value, named(name, context.inner())) else { continue }
                members[index].value = new
                isChanged = true
            }
            return isChanged ? .object(members) : nil
        }
    }
}

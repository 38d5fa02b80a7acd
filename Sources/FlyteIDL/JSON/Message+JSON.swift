// protojson, https://protobuf.dev/programming-guides/json/, in the bytes that Flyte's servers write: no spaces,
// unset fields too (but for those of a oneof), fields in the order of the definition, maps by key.
extension Message {
    /// The message as JSON. Throws for what protojson refuses: a time beyond the year 9999, NaN or nothing in a
    /// `google.protobuf.Value`, an `Any` of an unknown type. Unknown fields are left out.
    public func json(_ style: JSONStyle) throws(JSONError) -> String {
        String(decoding: try jsonBytes(style), as: UTF8.self)
    }

    /// The same as UTF-8.
    public func jsonBytes(_ style: JSONStyle) throws(JSONError) -> [UInt8] {
        var printer = MessageJSONPrinter(style: style)
        try printer.message(self, depth: 0)
        return printer.bytes
    }
}

private struct MessageJSONPrinter {
    let style: JSONStyle
    private(set) var bytes: [UInt8] = []

    init(style: JSONStyle) { self.style = style }

    mutating func message(_ message: Message, depth: Int) throws(JSONError) {
        // Decoded messages are never this deep; those within an `Any` may be.
        guard depth < 2 * Message.depthLimit else { throw JSONError(.tooDeep, "") }
        switch message.type.form {
        case .object:
            bytes.append(UInt8(ascii: "{"))
            try members(message, depth: depth)
            bytes.append(UInt8(ascii: "}"))
        case .timestamp:
            let (seconds, nanos) = (message.integer("seconds"), message.integer("nanos"))
            guard let text = ProtobufTime.timestamp(seconds: seconds, nanos: nanos) else {
                throw JSONError(.unprintable, "a timestamp outside of the years 1 to 9999")
            }
            quoted(text)
        case .duration:
            let (seconds, nanos) = (message.integer("seconds"), message.integer("nanos"))
            guard let text = ProtobufTime.duration(seconds: seconds, nanos: nanos) else {
                throw JSONError(.unprintable, "a duration outside of 10,000 years, or of mixed sign")
            }
            quoted(text)
        case .structure: try map(message.map("fields"), .message(message.type), depth: depth + 1)
        case .listValue: try list(message.list("values"), .message(message.type), depth: depth)
        case .value: try self.value(message, depth: depth)
        case .wrapper:
            let field = message.type.fields[0]
            try element(message[at: 0] ?? Value.zero(of: field.kind), field.kind, depth: depth)
        case .any: try any(message, depth: depth)
        }
    }

    /// The fields as the members of an object that is open.
    private mutating func members(_ message: Message, depth: Int) throws(JSONError) {
        for index in message.type.declarationOrder {
            let field = message.type.fields[index]
            let value = message[at: index]
            if value == nil && field.oneof != nil { continue }
            name(style == .snakeCase ? field.name : field.jsonName)
            do throws(JSONError) {
                switch (field.cardinality, value) {
                case (.repeated, .list(let elements)): try list(elements, field.kind, depth: depth)
                case (.repeated, _): bytes += "[]".utf8
                case (.map, .map(let entries)): try map(entries, field.kind, depth: depth + 1)
                case (.map, _): bytes += "{}".utf8
                case (.singular, let value?): try element(value, field.kind, depth: depth)
                case (.singular, nil):
                    if case .message = field.kind {
                        bytes += "null".utf8
                    } else {
                        try element(Value.zero(of: field.kind), field.kind, depth: depth)
                    }
                }
            } catch {
                throw error.within(field.name)
            }
        }
    }

    /// Starts a member of an object.
    private mutating func name(_ name: String) {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        quoted(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func list(
        _ elements: [Value], _ kind: Field.Kind, depth: Int
    ) throws(JSONError) {
        bytes.append(UInt8(ascii: "["))
        for (index, value) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            do throws(JSONError) {
                try element(value, kind, depth: depth)
            } catch {
                throw error.within(index)
            }
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func map(
        _ entries: ValueMap, _ kind: Field.Kind, depth: Int
    ) throws(JSONError) {
        bytes.append(UInt8(ascii: "{"))
        for (index, entry) in entries.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONText.append(entry.key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            do throws(JSONError) {
                try element(entry.value, kind, depth: depth)
            } catch {
                throw error.within("[]")
            }
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func element(_ value: Value, _ kind: Field.Kind, depth: Int) throws(JSONError) {
        switch value {
        case .int32(let x): bytes += String(x).utf8
        case .uint32(let x): bytes += String(x).utf8
        case .int64(let x): quoted(String(x))
        case .uint64(let x): quoted(String(x))
        case .float(let x) where x.isFinite: JSONText.append(x, to: &bytes)
        case .float(let x): nonFinite(Double(x))
        case .double(let x) where x.isFinite: JSONText.append(x, to: &bytes)
        case .double(let x): nonFinite(x)
        case .bool(let x): bytes += (x ? "true" : "false").utf8
        case .string(let x): JSONText.append(x, to: &bytes)
        case .bytes(let x):
            bytes.append(UInt8(ascii: "\""))
            Base64.append(x, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        case .enumeration(let x):
            guard case .enumeration(let type) = kind else { preconditionFailure("an enum without a type") }
            if type.name == "google.protobuf.NullValue" {
                bytes += "null".utf8
            } else if let name = type.name(of: x) {
                quoted(name)
            } else {
                bytes += String(x).utf8
            }
        case .message(let x): try message(x, depth: depth + 1)
        case .list, .map: preconditionFailure("lists and maps lie in no lists or maps")
        }
    }

    /// Text that needs no escapes.
    private mutating func quoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        bytes += text.utf8
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func nonFinite(_ value: Double) {
        quoted(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
    }

    /// A `google.protobuf.Value` is the JSON value itself.
    private mutating func value(_ message: Message, depth: Int) throws(JSONError) {
        guard let member = message.setFields.first else {
            throw JSONError(.unprintable, "a google.protobuf.Value without a value")
        }
        if case .double(let number) = member.value, !number.isFinite {
            throw JSONError(.unprintable, "a google.protobuf.Value that is NaN or infinite")
        }
        try element(member.value, member.field.kind, depth: depth)
    }

    /// An `Any` is the message in it, with its type URL as first member.
    private mutating func any(_ message: Message, depth: Int) throws(JSONError) {
        let url = message.string("type_url")
        let content = message.bytes("value")
        bytes.append(UInt8(ascii: "{"))
        if !url.isEmpty || !content.isEmpty {
            guard let type = MessageType.atURL(url) else {
                throw JSONError(.unprintable, "a google.protobuf.Any of an unknown type")
            }
            let inner: Message
            do {
                inner = try Message(decoding: content, as: type)
            } catch {
                throw JSONError(.unprintable, "a google.protobuf.Any whose content is \(error)")
            }
            bytes += "\"@type\":".utf8
            JSONText.append(url, to: &bytes)
            if type.form == .object {
                try members(inner, depth: depth + 1)
            } else {
                name("value")
                try self.message(inner, depth: depth + 1)
            }
        }
        bytes.append(UInt8(ascii: "}"))
    }
}

extension MessageType {
    /// The type that a type URL names, or nil for one that we do not know.
    static func atURL(_ url: String) -> MessageType? {
        guard let slash = url.lastIndex(of: "/") else { return nil }
        let name = String(url[url.index(after: slash)...])
        guard let type = IDL.messageOrNil(name), type.fullName == name else { return nil }
        return type
    }
}

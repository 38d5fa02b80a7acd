extension Message {
    /// Reads protojson with either style's names.
    ///
    /// Members that the type does not have are passed over, since a newer server may send them; everything else must
    /// be as protojson has it.
    public init(json: [UInt8], as type: MessageType) throws(JSONError) {
        try self.init(json: try JSONValue(parsing: json), as: type)
    }

    public init(json: String, as type: MessageType) throws(JSONError) {
        try self.init(json: Array(json.utf8), as: type)
    }

    public init(json: JSONValue, as type: MessageType) throws(JSONError) {
        self = try Self.message(json, type, depth: 0)
    }

    private static func mismatch(_ expected: String) -> JSONError {
        JSONError(.mismatch, "expected \(expected)")
    }

    private static func message(
        _ json: JSONValue, _ type: MessageType, depth: Int
    ) throws(JSONError) -> Message {
        guard depth < Message.depthLimit else { throw JSONError(.tooDeep, "") }
        var message = Message(type)
        switch type.form {
        case .object:
            guard case .object(let members) = json else { throw mismatch("an object") }
            try message.setMembers(members, depth: depth)
        case .timestamp:
            guard case .string(let text) = json, let time = ProtobufTime.timestamp(text) else {
                throw mismatch("a time by RFC 3339 of the years 1 to 9999")
            }
            message.setTime(time)
        case .duration:
            guard case .string(let text) = json, let time = ProtobufTime.duration(text) else {
                throw mismatch("seconds with an s, within 10,000 years")
            }
            message.setTime(time)
        case .structure:
            guard case .object(let members) = json else { throw mismatch("an object") }
            message.set(try map(members, type.fields[0].kind, depth: depth), at: 0)
        case .listValue:
            guard case .array(let elements) = json else { throw mismatch("an array") }
            message.set(try list(elements, type.fields[0].kind, depth: depth), at: 0)
        case .value: try message.setValue(json, depth: depth)
        case .wrapper: message.set(try element(json, type.fields[0].kind, depth: depth), at: 0)
        case .any: try message.setAny(json, depth: depth)
        }
        return message
    }

    private mutating func setTime(_ time: (seconds: Int64, nanos: Int64)) {
        self["seconds"] = .int64(time.seconds)
        self["nanos"] = .int64(time.nanos)
    }

    private mutating func setMembers(_ members: [JSONValue.Member], depth: Int) throws(JSONError) {
        var seen: [Bool] = Array(repeating: false, count: type.fields.count)
        for member in members {
            guard let field = type.field(named: member.name), let index = type.index(number: field.number)
            else {
                continue
            }
            do throws(JSONError) {
                if seen[index] { throw JSONError(.mismatch, "the field comes twice") }
                seen[index] = true
                if member.value == .null && !field.takesNull { continue }
                if let oneof = field.oneof, whichOneof(oneof) != nil {
                    throw JSONError(.mismatch, "more than one of '\(oneof)' is set")
                }
                switch (field.cardinality, member.value) {
                case (.repeated, .array(let elements)):
                    set(try Self.list(elements, field.kind, depth: depth), at: index)
                case (.repeated, _): throw Self.mismatch("an array")
                case (.map, .object(let members)):
                    set(try Self.map(members, field.kind, depth: depth), at: index)
                case (.map, _): throw Self.mismatch("an object")
                case (.singular, let json): set(try Self.element(json, field.kind, depth: depth), at: index)
                }
            } catch {
                throw error.within(field.name)
            }
        }
    }

    private static func list(
        _ elements: [JSONValue], _ kind: Field.Kind, depth: Int
    ) throws(JSONError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for (index, json) in elements.enumerated() {
            do throws(JSONError) {
                values.append(try element(json, kind, depth: depth))
            } catch {
                throw error.within(index)
            }
        }
        return .list(values)
    }

    private static func map(
        _ members: [JSONValue.Member], _ kind: Field.Kind, depth: Int
    ) throws(JSONError) -> Value {
        var entries = ValueMap()
        for member in members {
            do throws(JSONError) {
                if entries[member.name] != nil { throw JSONError(.mismatch, "a key comes twice") }
                // An entry is a message around its value.
                entries[member.name] = try element(member.value, kind, depth: depth + 1)
            } catch {
                throw error.within("[]")
            }
        }
        return .map(entries)
    }

    private static func element(
        _ json: JSONValue, _ kind: Field.Kind, depth: Int
    ) throws(JSONError) -> Value {
        switch kind {
        case .message(let type): return .message(try message(json, type, depth: depth + 1))
        case .enumeration(let type): return .enumeration(try enumeration(json, type))
        case .bool:
            guard case .bool(let value) = json else { throw mismatch("true or false") }
            return .bool(value)
        case .string:
            guard case .string(let value) = json else { throw mismatch("a string") }
            return .string(value)
        case .bytes:
            guard case .string(let text) = json, let value = Base64.decode(text) else {
                throw mismatch("a string of base64")
            }
            return .bytes(value)
        case .double: return .double(try double(json))
        case .float:
            let value = try double(json)
            let float = Float(value)
            if value.isFinite, !float.isFinite { throw mismatch("a number that a float can hold") }
            return .float(float)
        case .int32, .sint32, .sfixed32:
            guard let value = number(json)?.int64, let small = Int32(exactly: value) else {
                throw mismatch("a whole number of 32 bits")
            }
            return .int32(small)
        case .uint32, .fixed32:
            guard let value = number(json)?.uint64, let small = UInt32(exactly: value) else {
                throw mismatch("a whole number of 32 bits that is not negative")
            }
            return .uint32(small)
        case .int64, .sint64, .sfixed64:
            guard let value = number(json)?.int64 else { throw mismatch("a whole number of 64 bits") }
            return .int64(value)
        case .uint64, .fixed64:
            guard let value = number(json)?.uint64 else {
                throw mismatch("a whole number of 64 bits that is not negative")
            }
            return .uint64(value)
        }
    }

    /// Numbers may stand in strings, as those of 64 bits do.
    private static func number(_ json: JSONValue) -> JSONNumber? {
        switch json {
        case .number(let text), .string(let text): JSONNumber(text)
        default: nil
        }
    }

    private static func double(_ json: JSONValue) throws(JSONError) -> Double {
        switch json {
        case .string("NaN"): return .nan
        case .string("Infinity"): return .infinity
        case .string("-Infinity"): return -.infinity
        case .number(let text), .string(let text):
            // Swift reads more than JSON allows, and gives infinity for what is too large.
            guard JSONNumber(text) != nil, let value = Double(text), value.isFinite else {
                throw mismatch("a number that a double can hold")
            }
            return value
        default: throw mismatch("a number")
        }
    }

    private static func enumeration(_ json: JSONValue, _ type: EnumType) throws(JSONError) -> Int32 {
        switch json {
        case .null where type.name == "google.protobuf.NullValue": return 0
        case .string(let name):
            guard let number = type.number(of: name) else { throw mismatch("a name of \(type.name)") }
            return number
        case .number(let text):
            guard let value = JSONNumber(text)?.int64, let number = Int32(exactly: value) else {
                throw mismatch("a number of 32 bits")
            }
            return number
        default: throw mismatch("a name or number of \(type.name)")
        }
    }

    private mutating func setValue(_ json: JSONValue, depth: Int) throws(JSONError) {
        switch json {
        case .null: self["null_value"] = .enumeration(0)
        case .bool(let value): self["bool_value"] = .bool(value)
        case .number: self["number_value"] = .double(try Self.double(json))
        case .string(let value): self["string_value"] = .string(value)
        case .array:
            let list = try Self.message(json, IDL.message("google.protobuf.ListValue"), depth: depth + 1)
            self["list_value"] = .message(list)
        case .object:
            let structure = try Self.message(json, IDL.message("google.protobuf.Struct"), depth: depth + 1)
            self["struct_value"] = .message(structure)
        }
    }

    private mutating func setAny(_ json: JSONValue, depth: Int) throws(JSONError) {
        guard case .object(var members) = json else { throw Self.mismatch("an object") }
        if members.isEmpty { return }
        guard let place = members.firstIndex(where: { $0.name == "@type" }),
            case .string(let url) = members.remove(at: place).value
        else { throw Self.mismatch("an object with a member '@type'") }
        guard let type = MessageType.atURL(url) else { throw Self.mismatch("a known type in '@type'") }
        let inner: Message
        if type.form == .object {
            inner = try Self.message(.object(members), type, depth: depth + 1)
        } else {
            guard members.count == 1, members[0].name == "value" else {
                throw Self.mismatch("just '@type' and 'value'")
            }
            inner = try Self.message(members[0].value, type, depth: depth + 1)
        }
        self["type_url"] = .string(url)
        self["value"] = .bytes(inner.encoded())
    }
}

extension Field {
    /// Whether JSON's null is a value of the field, not its absence.
    fileprivate var takesNull: Bool {
        guard cardinality == .singular else { return false }
        switch kind {
        case .message(let type): return type.form == .value
        case .enumeration(let type): return type.name == "google.protobuf.NullValue"
        default: return false
        }
    }
}

import CFlyteJSON

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
        try type.json(of: encoded(), style)
    }
}

extension MessageType {
    /// The JSON of a message of this type, straight from its bytes. Throws as `Message.json`, and for bytes that are
    /// no message.
    public func json(of bytes: [UInt8], _ style: JSONStyle) throws(JSONError) -> [UInt8] {
        let names = style == .snakeCase ? JSON_OWN_NAMES : JSON_CAMEL_CASE
        return try withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(JSON_PATH_SIZE)) {
            path throws(JSONError) in
            let result = bytes.withUnsafeBufferPointer {
                flyte_message_json(name, names, $0.baseAddress, $0.count, path.baseAddress)
            }
            defer { flyte_json_free(result) }
            guard result.failure == JSON_FINE else {
                var error = JSONError(result.failure)
                error.path = path.baseAddress.map { String(cString: $0) } ?? ""
                throw error
            }
            return Array(UnsafeRawBufferPointer(start: result.bytes, count: result.count))
        }
    }

    /// The type that a type URL names, or nil for one that we do not know.
    static func atURL(_ url: String) -> MessageType? {
        let parts = url.parts(by: UInt8(ascii: "/"))
        guard parts.count > 1, let name = parts.last.map(String.init),
            let type = IDL.messageOrNil(name), type.fullName.hasSameBytes(as: name)
        else { return nil }
        return type
    }
}

extension JSONError {
    fileprivate init(_ failure: json_failure) {
        switch failure {
        case JSON_TOO_DEEP: self.init(.tooDeep, "")
        case JSON_NO_MEMORY: fatalError("no memory for JSON")
        default: self.init(.unprintable, String(cString: json_failure_words(failure)))
        }
    }
}

import CFlyteJSON

/// JSON's notation of strings, bytes and numbers, in the manner of Go's protojson.
enum JSONText {
    /// A quoted string. Only what must be escaped is.
    static func append(_ string: String, to bytes: inout [UInt8]) {
        var string = string
        string.withUTF8 { text in append(flyte_json_string(text.baseAddress, text.count), to: &bytes) }
    }

    /// A finite number in the fewest digits that read back as the same, in JavaScript's form: `1`, `0.1`, `1e+21`,
    /// `1e-7`.
    static func append(_ value: Double, to bytes: inout [UInt8]) {
        append(flyte_json_number(value), to: &bytes)
    }

    /// A quoted string of base64.
    static func append(base64 data: [UInt8], to bytes: inout [UInt8]) {
        data.withUnsafeBufferPointer { append(flyte_json_base64($0.baseAddress, $0.count), to: &bytes) }
    }

    private static func append(_ result: flyte_json, to bytes: inout [UInt8]) {
        defer { flyte_json_free(result) }
        // Strings are UTF-8, and have no limit.
        guard result.failure == JSON_FINE else {
            fatalError(String(cString: json_failure_words(result.failure)))
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: result.bytes, count: result.count))
    }
}

import FlyteIDL

/// Writes canonical JSON, up to a limit: keys sorted by the caller, no spaces.
struct JSONWriter {
    struct TooLong: Error {}

    private(set) var bytes: [UInt8] = []
    /// More bytes than this are an error, so that a value of gigabytes costs no more than the limit.
    let limit: Int

    init(limit: Int) { self.limit = limit }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    private mutating func check(_ count: Int = 0) throws(TooLong) {
        guard bytes.count + count <= limit else { throw TooLong() }
    }

    mutating func raw(_ text: String) throws(TooLong) {
        bytes.append(contentsOf: text.utf8)
        try check()
    }

    mutating func integer(_ value: some BinaryInteger) throws(TooLong) { try raw(String(value)) }

    /// The shortest digits that read back as the same number; what JSON cannot say as a string.
    mutating func double(_ value: Double) throws(TooLong) { try raw(Self.text(of: value)) }

    static func text(of value: Double) -> String {
        if value.isNaN { return "\"NaN\"" }
        if value.isInfinite { return value < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
        return "\(value)"
    }

    /// A number of a `google.protobuf.Struct`, which knows only doubles: whole ones without a point.
    mutating func structNumber(_ value: Double) throws(TooLong) {
        if let whole = Int64(exactly: value), whole.magnitude < 1_000_000_000_000_000 {
            try integer(whole)
        } else {
            try double(value)
        }
    }

    mutating func string(_ text: some StringProtocol) throws(TooLong) {
        try check(text.utf8.count)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes.append(contentsOf: [0x5C, 0x22])
            case UInt8(ascii: "\\"): bytes.append(contentsOf: [0x5C, 0x5C])
            case 0x08: bytes.append(contentsOf: [0x5C, 0x62])
            case 0x0C: bytes.append(contentsOf: [0x5C, 0x66])
            case 0x0A: bytes.append(contentsOf: [0x5C, 0x6E])
            case 0x0D: bytes.append(contentsOf: [0x5C, 0x72])
            case 0x09: bytes.append(contentsOf: [0x5C, 0x74])
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Self.hexDigits[Int(byte >> 4)])
                bytes.append(Self.hexDigits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        try check()
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// Standard padded base64, as a string.
    mutating func base64(_ data: ArraySlice<UInt8>) throws(TooLong) {
        try check(data.count / 3 * 4)
        try raw("\"" + Base64.encoded(data) + "\"")
    }

    /// `[a,b]` or `{a,b}`: writes the elements with commas between.
    mutating func sequence<Element>(
        _ brackets: (open: String, close: String), _ elements: some Sequence<Element>,
        _ write: (Element, inout JSONWriter) throws -> Void
    ) throws {
        try raw(brackets.open)
        var first = true
        for element in elements {
            if !first { try raw(",") }
            first = false
            try write(element, &self)
        }
        try raw(brackets.close)
    }

    static let array = (open: "[", close: "]")
    static let object = (open: "{", close: "}")
}

/// Base64 as protojson writes and reads it.
package enum Base64 {
    /// The standard form with padding, RFC 4648 §4.
    package static func encoded(_ data: some Sequence<UInt8>) -> String {
        var quoted: [UInt8] = []
        JSONText.append(base64: Array(data), to: &quoted)
        return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
    }

    /// Reads the standard and the URL-safe form, with and without padding. nil for anything else.
    package static func decode(_ text: String) -> [UInt8]? {
        var text = Array(text.utf8)[...]
        if text.count.isMultiple(of: 4) {
            if text.last == UInt8(ascii: "=") { text.removeLast() }
            if text.last == UInt8(ascii: "=") { text.removeLast() }
        }
        guard text.count % 4 != 1 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count * 3 / 4)
        var group: UInt32 = 0
        var bits: UInt32 = 0
        for byte in text {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): digit = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): digit = 63
            default: return nil
            }
            group = group << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: group >> bits))
            }
        }
        return result
    }
}

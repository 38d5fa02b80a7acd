/// JSON's notation of strings and numbers, in the manner of Go's protojson.
enum JSONText {
    /// A quoted string. Only what must be escaped is.
    static func append(_ string: String, to bytes: inout [UInt8]) {
        var string = string
        bytes.append(UInt8(ascii: "\""))
        string.withUTF8 { text in
            var start = 0
            for index in 0..<text.count {
                let byte = text[index]
                if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
                bytes.append(contentsOf: text[start..<index])
                start = index + 1
                bytes.append(UInt8(ascii: "\\"))
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
                case 0x08: bytes.append(UInt8(ascii: "b"))
                case 0x0C: bytes.append(UInt8(ascii: "f"))
                case 0x0A: bytes.append(UInt8(ascii: "n"))
                case 0x0D: bytes.append(UInt8(ascii: "r"))
                case 0x09: bytes.append(UInt8(ascii: "t"))
                default:
                    bytes.append(contentsOf: [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")])
                    bytes.append(hexDigit(byte >> 4))
                    bytes.append(hexDigit(byte & 15))
                }
            }
            bytes.append(contentsOf: text[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// A finite number in the fewest digits that read back as the same, in JavaScript's form: `1`, `0.1`, `1e+21`,
    /// `1e-7`.
    static func append(_ value: Double, to bytes: inout [UInt8]) {
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53, whole != 0 {
            bytes += String(whole).utf8
        } else {
            append(description: value.description, to: &bytes)
        }
    }

    static func append(_ value: Float, to bytes: inout [UInt8]) {
        append(description: value.description, to: &bytes)
    }

    /// Swift has the same digits in another form: `1.0`, `1e-07`.
    private static func append(description: String, to bytes: inout [UInt8]) {
        var digits: [UInt8] = []
        // How many of the digits stand before the point.
        var point: Int?
        var exponent = 0
        var rest = description.utf8[...]
        if rest.first == UInt8(ascii: "-") {
            bytes.append(UInt8(ascii: "-"))
            rest.removeFirst()
        }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte == UInt8(ascii: "e") {
                exponent = Int(String(decoding: rest, as: UTF8.self)) ?? 0
                break
            } else {
                digits.append(byte)
            }
        }
        var whole = (point ?? digits.count) + exponent
        while digits.count > 1, digits.first == UInt8(ascii: "0") {
            digits.removeFirst()
            whole -= 1
        }
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if digits == [UInt8(ascii: "0")] {
            bytes.append(UInt8(ascii: "0"))
        } else if whole > 21 || whole < -5 {
            bytes.append(digits[0])
            if digits.count > 1 {
                bytes.append(UInt8(ascii: "."))
                bytes += digits[1...]
            }
            bytes += (whole > 0 ? "e+" : "e").utf8
            bytes += String(whole - 1).utf8
        } else if whole <= 0 {
            bytes += "0.".utf8
            bytes += repeatElement(UInt8(ascii: "0"), count: -whole)
            bytes += digits
        } else if whole >= digits.count {
            bytes += digits
            bytes += repeatElement(UInt8(ascii: "0"), count: whole - digits.count)
        } else {
            bytes += digits[..<whole]
            bytes.append(UInt8(ascii: "."))
            bytes += digits[whole...]
        }
    }
}

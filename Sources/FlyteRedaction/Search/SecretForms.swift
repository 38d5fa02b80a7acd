import FlyteIDL

/// The ways in which a secret may be written down.
package enum SecretForms {
    /// All that differ from each other, the secret as it is first.
    package static func all(of secret: [UInt8], minimumLength: Int) -> [[UInt8]] {
        // Part of a character never stands in a text.
        var forms = String(validating: secret, as: UTF8.self) == nil ? [] : [secret]
        // Nobody writes a whole file into a URL.
        guard secret.count <= 1 << 14 else { return forms }
        let once = jsonEscaped(secret, ascii: false)
        forms += [once, jsonEscaped(secret, ascii: true), jsonEscaped(once, ascii: false)]
        forms += percentEncoded(secret)
        for offset in 0..<3 { forms += base64(secret, offset: offset) }
        var seen: Set<[UInt8]> = []
        return forms.filter { $0.count >= minimumLength && seen.insert($0).inserted }
    }

    /// As within a string of JSON; `ascii` as Python writes it, without other letters.
    private static func jsonEscaped(_ secret: [UInt8], ascii: Bool) -> [UInt8] {
        guard let text = String(validating: secret, as: UTF8.self) else { return secret }
        let quoted = Array(JSONValue.string(text).text.utf8.dropFirst().dropLast())
        guard ascii, quoted.contains(where: { $0 >= 0x80 }) else { return quoted }
        var result: [UInt8] = []
        for unit in String(decoding: quoted, as: UTF8.self).utf16 {
            if unit < 0x80 {
                result.append(UInt8(unit))
            } else {
                let digits = String(unit, radix: 16)
                result += Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            }
        }
        return result
    }

    private static func percentEncoded(_ secret: [UInt8]) -> [[UInt8]] {
        func encoded(keeping kept: String, uppercase: Bool, plus: Bool = false) -> [UInt8] {
            let kept = Set(kept.utf8)
            return secret.flatMap { byte -> [UInt8] in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    return [byte]
                case UInt8(ascii: " ") where plus: return [UInt8(ascii: "+")]
                case _ where kept.contains(byte): return [byte]
                default:
                    let digits = String(byte, radix: 16, uppercase: uppercase)
                    return Array((digits.count < 2 ? "%0" : "%").utf8) + Array(digits.utf8)
                }
            }
        }
        return [
            encoded(keeping: "-._~", uppercase: true), encoded(keeping: "-._~", uppercase: false),
            // Python's `quote` keeps slashes; `encodeURIComponent` some marks; forms make spaces pluses.
            encoded(keeping: "-._~/", uppercase: true), encoded(keeping: "-._~!'()*", uppercase: true),
            encoded(keeping: "-._*", uppercase: true, plus: true), encoded(keeping: "", uppercase: true),
        ]
    }

    /// The characters of base64, standard and for URLs, that depend on the secret alone when so many bytes (of
    /// three) stand before it.
    private static func base64(_ secret: [UInt8], offset: Int) -> [[UInt8]] {
        let text = Array(Base64.encoded(Array(repeating: 0, count: offset) + secret).utf8)
        let first = (offset * 8 + 5) / 6
        let end = (offset + secret.count) * 8 / 6
        // Shorter ones may come by chance.
        guard end - first >= 8 else { return [] }
        let inner = Array(text[first..<end])
        let forURLs: [UInt8] = inner.map {
            switch $0 {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: $0
            }
        }
        return [inner, forURLs]
    }
}

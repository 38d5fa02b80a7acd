import Glibc

/// A way in which texts are written within others, undone without a look at what the text is.
///
/// What decodes to something else than was meant does no harm: it only is looked at in vain.
enum TextDecoding: Hashable {
    /// `\u0026`, `\/`, `\"`, `\n`, `\x41`: strings of JSON, and of most languages.
    case backslashes
    /// `%2F`, of any byte.
    case percent
    /// `&amp;`, `&#38;`, `&#x26;`.
    case entities
    /// All three at once.
    case escapes
    /// A line that goes on after a break, as MIME and PEM break base64.
    case lines
    /// Runs of base64, standard or for URLs. Nobody knows where within a run a text begins: each is decoded from its
    /// first character on, from its second and so forth.
    case base64
    /// Runs of two digits a byte, likewise.
    case hexadecimal

    private static let runs: [TextDecoding] = [.base64, .hexadecimal]

    /// Whether most of what it yields is noise: what looks like such a run is everywhere.
    var isOfRuns: Bool { self == .base64 || self == .hexadecimal }

    /// What may be undone in a text as it came.
    static let first: [TextDecoding] = [.escapes, .backslashes, .percent, .entities, .lines] + runs

    /// What may be undone in what this left. After one kind of escape nothing is: what follows is the same as after all of
    /// them, which only would be too much where one kind stands in what another kind means.
    var next: [TextDecoding] {
        switch self {
        case .backslashes, .percent, .entities: []
        case .lines: [.escapes] + Self.runs
        case .escapes, .base64, .hexadecimal: [.escapes, .lines] + Self.runs
        }
    }

    /// Nil where the encoding does not occur.
    ///
    /// - Parameters:
    ///   - minimumLength: Runs that stand for fewer bytes are left out.
    ///   - onlyTexts: Whether runs are left out that are no text.
    func decoded(
        _ text: [UInt8], _ range: Range<Int>, minimumLength: Int, keepsPlaces: Bool = false,
        onlyTexts: Bool = false
    ) -> DecodedText? {
        var decoded = DecodedText(keepsPlaces: keepsPlaces)
        text.withUnsafeBufferPointer { whole in
            let text = UnsafeBufferPointer(rebasing: whole[..<range.upperBound])
            switch self {
            case .backslashes: Self.replace([.backslash], in: text, range, into: &decoded)
            case .percent: Self.replace([.percent], in: text, range, into: &decoded)
            case .entities: Self.replace([.ampersand], in: text, range, into: &decoded)
            case .escapes: Self.replace(Mark.allCases, in: text, range, into: &decoded)
            case .lines: Self.unfold(text, range, into: &decoded)
            case .base64:
                Self.decodeRuns(
                    of: Self.base64Values, bits: 6, starts: 4, in: text, range,
                    shortest: (minimumLength * 8 + 5) / 6, onlyTexts, into: &decoded)
            case .hexadecimal:
                Self.decodeRuns(
                    of: Self.hexadecimalValues, bits: 4, starts: 2, in: text, range,
                    shortest: minimumLength * 2, onlyTexts, into: &decoded)
            }
        }
        return decoded.isOther ? decoded : nil
    }

    // MARK: Escapes

    private typealias Text = UnsafeBufferPointer<UInt8>

    /// What an escape begins with.
    private enum Mark: UInt8, CaseIterable {
        case backslash = 0x5C
        case percent = 0x25
        case ampersand = 0x26
    }

    /// Copies a text, but for the escapes that begin with one of the marks.
    private static func replace(
        _ marks: [Mark], in text: Text, _ range: Range<Int>, into decoded: inout DecodedText
    ) {
        // All that there are at once are those that there are alone.
        let found = marks.filter { contains($0.rawValue, text, range) }
        guard !found.isEmpty else { return }
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = text[position]
            let end: Int? =
                switch Mark(rawValue: byte) {
                case let mark? where !found.contains(mark): nil
                case .backslash?: backslash(text, position, &decoded)
                case .percent?: percent(text, position, &decoded)
                case .ampersand?: entity(text, position, &decoded)
                case nil: nil
                }
            if let end {
                decoded.isOther = true
                position = end
            } else {
                decoded.append(byte, from: position, to: position + 1)
                position += 1
            }
        }
    }

    private static func contains(_ byte: UInt8, _ text: Text, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty, let base = text.baseAddress else { return false }
        return memchr(base + range.lowerBound, Int32(byte), range.count) != nil
    }

    private static func number(_ text: Text, _ range: Range<Int>, radix: UInt32) -> UInt32? {
        guard !range.isEmpty, range.upperBound <= text.count else { return nil }
        var value: UInt32 = 0
        for index in range {
            let digit = hexadecimalValues[Int(text[index])]
            guard digit >= 0, UInt32(digit) < radix, value < 0x1000_0000 else { return nil }
            value = value * radix + UInt32(digit)
        }
        return value
    }

    private static func backslash(_ text: Text, _ start: Int, _ decoded: inout DecodedText) -> Int? {
        guard start + 1 < text.count else { return nil }
        let plain: UInt8
        switch text[start + 1] {
        case UInt8(ascii: "u"):
            guard let unit = number(text, start + 2..<start + 6, radix: 16) else { return nil }
            if unit >> 10 == 0x36, start + 7 < text.count, text[start + 6] == UInt8(ascii: "\\"),
                text[start + 7] == UInt8(ascii: "u"),
                let low = number(text, start + 8..<start + 12, radix: 16), low >> 10 == 0x37,
                let scalar = Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF)
            {
                decoded.append(scalar, from: start, to: start + 12)
                return start + 12
            }
            guard let scalar = Unicode.Scalar(unit) else { return nil }
            decoded.append(scalar, from: start, to: start + 6)
            return start + 6
        case UInt8(ascii: "x"):
            guard let value = number(text, start + 2..<start + 4, radix: 16) else { return nil }
            decoded.append(UInt8(value), from: start, to: start + 4)
            return start + 4
        case UInt8(ascii: "n"): plain = UInt8(ascii: "\n")
        case UInt8(ascii: "r"): plain = UInt8(ascii: "\r")
        case UInt8(ascii: "t"): plain = UInt8(ascii: "\t")
        case UInt8(ascii: "b"): plain = 8
        case UInt8(ascii: "f"): plain = 12
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "'"):
            plain = text[start + 1]
        default: return nil
        }
        decoded.append(plain, from: start, to: start + 2)
        return start + 2
    }

    private static func percent(_ text: Text, _ start: Int, _ decoded: inout DecodedText) -> Int? {
        guard let value = number(text, start + 1..<start + 3, radix: 16) else { return nil }
        decoded.append(UInt8(value), from: start, to: start + 3)
        return start + 3
    }

    /// Those that encoders write; longer names are for letters, which nobody has to encode.
    private static let entityNames: [(name: [UInt8], byte: UInt8)] = [
        ("amp;", "&"), ("lt;", "<"), ("gt;", ">"), ("quot;", "\""), ("apos;", "'"), ("sol;", "/"),
        ("equals;", "="),
        ("plus;", "+"), ("colon;", ":"), ("num;", "#"), ("percnt;", "%"), ("grave;", "`"),
    ].map { (name: StaticString, character: Unicode.Scalar) in
        (name.withUTF8Buffer { Array($0) }, UInt8(ascii: character))
    }

    private static func entity(_ text: Text, _ start: Int, _ decoded: inout DecodedText) -> Int? {
        let rest = text[(start + 1)...]
        if rest.first == UInt8(ascii: "#") {
            let isHexadecimal = rest.count > 1 && text[start + 2] | 0x20 == UInt8(ascii: "x")
            let first = start + (isHexadecimal ? 3 : 2)
            guard let end = text[first...].prefix(12).firstIndex(of: UInt8(ascii: ";")),
                let value = number(text, first..<end, radix: isHexadecimal ? 16 : 10),
                let scalar = Unicode.Scalar(value)
            else { return nil }
            decoded.append(scalar, from: start, to: end + 1)
            return end + 1
        }
        guard let found = entityNames.first(where: { rest.starts(with: $0.name) }) else { return nil }
        let end = start + 1 + found.name.count
        decoded.append(found.byte, from: start, to: end)
        return end
    }

    private static func unfold(_ text: Text, _ range: Range<Int>, into decoded: inout DecodedText) {
        guard contains(UInt8(ascii: "\n"), text, range) || contains(UInt8(ascii: "\r"), text, range) else {
            return
        }
        var isIndented = false
        var position = range.lowerBound
        while position < range.upperBound {
            defer { position += 1 }
            switch text[position] {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                decoded.isOther = true
                isIndented = true
            case UInt8(ascii: " ") where isIndented, UInt8(ascii: "\t") where isIndented: break
            case let byte:
                isIndented = false
                decoded.append(byte, from: position, to: position + 1)
            }
        }
    }

    // MARK: Runs of digits

    /// Whether a byte is ASCII as texts have it, or of a longer character.
    private static func isOfText(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F && byte < 0xF5 || byte >= 0x09 && byte <= 0x0D
    }

    /// What each byte stands for; -1 for none.
    private static let hexadecimalValues: [Int8] = (0...255).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int8(byte - 48)
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int8(byte - 97 + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int8(byte - 65 + 10)
        default: -1
        }
    }

    private static let base64Values: [Int8] = (0...255).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int8(byte - 65)
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int8(byte - 97 + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int8(byte - 48 + 52)
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: -1
        }
    }

    /// Decodes all runs, from each start, with a zero byte between them, which no text has.
    private static func decodeRuns(
        of values: [Int8], bits: Int, starts: Int, in text: Text, _ range: Range<Int>, shortest: Int,
        _ onlyTexts: Bool, into decoded: inout DecodedText
    ) {
        values.withUnsafeBufferPointer { values in
            var position = range.lowerBound
            while position < range.upperBound {
                let start = position
                while position < range.upperBound, values[Int(text[position])] >= 0 { position += 1 }
                var skipped = 0
                while skipped < starts, position - start - skipped >= shortest {
                    decode(values, bits, text, start + skipped, position, onlyTexts, into: &decoded)
                    skipped += 1
                }
                position += 1
            }
        }
    }

    private static func decode(
        _ values: UnsafeBufferPointer<Int8>, _ bits: Int, _ text: Text, _ start: Int, _ end: Int,
        _ onlyTexts: Bool, into decoded: inout DecodedText
    ) {
        let begin = decoded.bytes.count
        if begin > 0 { decoded.append(0, from: start, to: start) }
        var (value, count) = (0, 0)
        // Where the byte that is being put together begins.
        var first = start
        var index = start
        while index < end {
            value = (value << bits | Int(values[Int(text[index])])) & 0xFFFF
            count += bits
            if count >= 8 {
                count -= 8
                let byte = UInt8(value >> count & 0xFF)
                if onlyTexts, decoded.bytes.count - begin < 12, !isOfText(byte) {
                    return decoded.removeLast(decoded.bytes.count - begin)
                }
                decoded.append(byte, from: first, to: index + 1)
                first = count > 0 ? index : index + 1
            }
            index += 1
        }
        if onlyTexts, String(validating: decoded.bytes[begin...], as: UTF8.self) == nil {
            return decoded.removeLast(decoded.bytes.count - begin)
        }
        decoded.isOther = true
    }
}

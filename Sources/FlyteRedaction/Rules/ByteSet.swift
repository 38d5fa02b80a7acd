/// Some of the 256 bytes.
struct ByteSet: Equatable {
    private var has = [Bool](repeating: false, count: 256)

    static let all = ByteSet().inverted

    mutating func insert(_ byte: UInt8) { has[Int(byte)] = true }
    mutating func remove(_ byte: UInt8) { has[Int(byte)] = false }
    mutating func formUnion(_ other: ByteSet) { has = zip(has, other.has).map { $0 || $1 } }

    var inverted: ByteSet {
        var result = self
        result.has = has.map { !$0 }
        return result
    }

    static func upper(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 0x20 : byte
    }

    /// With the letters of ASCII in both cases where it has them in either.
    var withBothCases: ByteSet {
        var result = self
        for letter in UInt8(ascii: "a")...UInt8(ascii: "z") where has[Int(letter)] || has[Int(letter) - 0x20]
        {
            result.insert(letter)
            result.insert(letter - 0x20)
        }
        return result
    }

    /// With a small letter of ASCII where it has the capital one, and nowhere else.
    var withLowerCaseAsUpper: ByteSet {
        var result = self
        for letter in UInt8(ascii: "a")...UInt8(ascii: "z") {
            result.has[Int(letter)] = has[Int(letter) - 0x20]
        }
        return result
    }

    // MARK: Classes, as in the locale C

    private init(where isMember: (UInt8) -> Bool) { has = (0...255).map { $0 < 0x80 && isMember($0) } }
    init() {}

    static let word = ByteSet { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
    static let space = ByteSet { $0 == 0x20 || (0x09...0x0D).contains($0) }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(upper(byte)) }

    /// `alpha`, `digit` and the others that POSIX names; nil for any other name.
    static func named(_ name: String, ignoringCase: Bool) -> ByteSet? {
        switch name {
        case "upper" where ignoringCase, "lower" where ignoringCase, "alpha": ByteSet(where: isLetter)
        case "upper": ByteSet { (0x41...0x5A).contains($0) }
        case "lower": ByteSet { (0x61...0x7A).contains($0) }
        case "digit": ByteSet(where: isDigit)
        case "alnum": ByteSet { isLetter($0) || isDigit($0) }
        case "xdigit": ByteSet { isDigit($0) || (0x41...0x46).contains(upper($0)) }
        case "space": space
        case "blank": ByteSet { $0 == 0x20 || $0 == 0x09 }
        case "punct": ByteSet { (0x21...0x7E).contains($0) && !isLetter($0) && !isDigit($0) }
        case "graph": ByteSet { (0x21...0x7E).contains($0) }
        case "print": ByteSet { (0x20...0x7E).contains($0) }
        case "cntrl": ByteSet { $0 < 0x20 || $0 == 0x7F }
        default: nil
        }
    }

    // MARK: In an expression

    /// As RE2 reads it.
    var text: String {
        var ranges = ""
        var next = 0
        while next < 256 {
            guard has[next] else {
                next += 1
                continue
            }
            let first = next
            while next < 256, has[next] { next += 1 }
            ranges += Self.escaped(first) + (next - first > 1 ? "-" + Self.escaped(next - 1) : "")
        }
        return ranges.isEmpty ? "[^\\x00-\\xff]" : "[\(ranges)]"
    }

    private static func escaped(_ byte: Int) -> String {
        let digits = String(byte, radix: 16)
        return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
}

/// A POSIX extended regular expression as RE2 reads it: each set of bytes spelled out, so that it means what it means
/// to the C library in the locale C, whatever RE2 would make of the same characters.
///
/// What POSIX leaves open is as in the GNU C library (`\w`, `\b`, `{,3}`), or refused.
struct ExtendedExpression {
    /// In ASCII.
    let translated: String
    /// Of what it matches, in bytes; nil when there is no bound.
    let longestMatch: Int?

    init(_ pattern: String, ignoringCase: Bool) throws(RegularExpression.Invalid) {
        var parser = Parser(bytes: Array(pattern.utf8), ignoresCase: ignoringCase)
        guard !parser.bytes.contains(0) else { throw Parser.invalid("a NUL is in it") }
        let whole = try parser.alternatives(depth: 0)
        translated = whole.text
        longestMatch = whole.most
    }

    /// A part of the expression that was read.
    private struct Part {
        var text: String
        var most: Int?
    }

    private struct Parser {
        let bytes: [UInt8]
        let ignoresCase: Bool
        var position = 0

        /// RE2's own limit.
        static let mostRepetitions = 1000
        static let mostDepth = 100

        static func invalid(_ reason: String) -> RegularExpression.Invalid {
            RegularExpression.Invalid(reason: reason)
        }

        var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        func isNext(_ character: Unicode.Scalar) -> Bool { next == UInt8(ascii: character) }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard isNext(character) else { return false }
            position += 1
            return true
        }

        mutating func alternatives(depth: Int) throws(RegularExpression.Invalid) -> Part {
            guard depth < Self.mostDepth else { throw Self.invalid("parentheses are nested too deeply") }
            var whole = try sequence(depth: depth)
            while skip("|") {
                let other = try sequence(depth: depth)
                whole.text += "|" + other.text
                whole.most = Self.both(whole.most, other.most, max)
            }
            return whole
        }

        private mutating func sequence(depth: Int) throws(RegularExpression.Invalid) -> Part {
            var whole = Part(text: "", most: 0)
            while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") || depth == 0 {
                let part = try piece(depth: depth)
                whole.text += part.text
                whole.most = Self.both(whole.most, part.most, Self.sum)
            }
            return whole
        }

        private static func both(_ a: Int?, _ b: Int?, _ combine: (Int, Int) -> Int) -> Int? {
            guard let a, let b else { return nil }
            return combine(a, b)
        }

        private static func sum(_ a: Int, _ b: Int) -> Int {
            let (sum, overflows) = a.addingReportingOverflow(b)
            return overflows ? .max : sum
        }

        /// What stands between operators, with those that repeat it.
        private mutating func piece(depth: Int) throws(RegularExpression.Invalid) -> Part {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "^"): return Part(text: "^", most: 0)
            case UInt8(ascii: "$"): return Part(text: "$", most: 0)
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
                let operation = Character(Unicode.Scalar(byte))
                throw Self.invalid("there is nothing that the '\(operation)' could repeat")
            case UInt8(ascii: "("):
                let inner = try alternatives(depth: depth + 1)
                guard skip(")") else { throw Self.invalid("a '(' has no ')'") }
                return try repeated(Part(text: "(\(inner.text))", most: inner.most))
            case UInt8(ascii: "["):
                return try repeated(Part(text: try bracket().text, most: 1))
            case UInt8(ascii: "."):
                var all = ByteSet.all
                all.remove(0)
                return try repeated(Part(text: all.text, most: 1))
            case UInt8(ascii: "\\"):
                let part = try escape()
                // What matches a place is not repeated.
                return part.most == 0 ? part : try repeated(part)
            default:
                return try repeated(Part(text: single(byte).text, most: 1))
            }
        }

        private func single(_ byte: UInt8) -> ByteSet {
            var set = ByteSet()
            set.insert(byte)
            return ignoresCase ? set.withBothCases : set
        }

        private mutating func escape() throws(RegularExpression.Invalid) -> Part {
            guard let byte = next else { throw Self.invalid("it ends with a backslash") }
            position += 1
            switch Unicode.Scalar(byte) {
            case "w": return Part(text: ByteSet.word.text, most: 1)
            case "W": return Part(text: ByteSet.word.inverted.text, most: 1)
            case "s": return Part(text: ByteSet.space.text, most: 1)
            case "S": return Part(text: ByteSet.space.inverted.text, most: 1)
            case "b": return Part(text: "\\b", most: 0)
            case "B": return Part(text: "\\B", most: 0)
            case "`": return Part(text: "^", most: 0)
            case "'": return Part(text: "$", most: 0)
            case "1"..."9": throw Self.invalid("it refers back to a group, which takes time without a bound")
            case "<", ">":
                let escaped = Character(Unicode.Scalar(byte))
                throw Self.invalid("'\\\(escaped)' is not known here; '\\b' is")
            case "0", "a"..."z", "A"..."Z":
                let escaped = Character(Unicode.Scalar(byte))
                throw Self.invalid(
                    "'\\\(escaped)' means nothing in POSIX, where digits are [0-9] and a tab or a line's end is itself"
                )
            default: return Part(text: single(byte).text, most: 1)
            }
        }

        private mutating func repeated(_ part: Part) throws(RegularExpression.Invalid) -> Part {
            var part = part
            var count = 0
            while let byte = next {
                switch byte {
                case UInt8(ascii: "*"), UInt8(ascii: "+"):
                    part.most = part.most == 0 ? 0 : nil
                    part.text = "(\(part.text))\(Character(Unicode.Scalar(byte)))"
                    position += 1
                case UInt8(ascii: "?"):
                    part.text = "(\(part.text))?"
                    position += 1
                case UInt8(ascii: "{"):
                    position += 1
                    let (least, most) = try interval()
                    part.text = "(\(part.text)){\(least),\(most.map { String($0) } ?? "")}"
                    part.most =
                        part.most == 0
                        ? 0
                        : Self.both(part.most, most) {
                            let (product, overflows) = $0.multipliedReportingOverflow(by: $1)
                            return overflows ? .max : product
                        }
                default: return part
                }
                count += 1
                guard count < Self.mostDepth else { throw Self.invalid("operators are nested too deeply") }
            }
            return part
        }

        /// What follows a `{`; `most` is nil when there is no bound.
        private mutating func interval() throws(RegularExpression.Invalid) -> (least: Int, most: Int?) {
            let least = try number()
            var most = least
            if skip(",") {
                most = try number()
            } else if least == nil {
                throw Self.invalid("a '{' needs numbers after it")
            }
            guard skip("}") else {
                throw Self.invalid(
                    next == nil ? "a '{' has no '}'" : "what is between '{' and '}' is no number")
            }
            guard least ?? 0 <= most ?? .max else {
                throw Self.invalid("what is between '{' and '}' goes down")
            }
            return (least ?? 0, most)
        }

        private mutating func number() throws(RegularExpression.Invalid) -> Int? {
            var value: Int?
            while let byte = next, (0x30...0x39).contains(byte) {
                let sum = (value ?? 0) * 10 + Int(byte - 0x30)
                guard sum <= Self.mostRepetitions else {
                    throw Self.invalid("nothing can be repeated more than \(Self.mostRepetitions) times")
                }
                value = sum
                position += 1
            }
            return value
        }

        // MARK: Bracket expressions

        private enum Element {
            case byte(UInt8)
            case set(ByteSet)
        }

        private static let unclosed = Parser.invalid("a '[' has no ']'")

        /// What follows a `[`.
        private mutating func bracket() throws(RegularExpression.Invalid) -> ByteSet {
            var set = ByteSet()
            let isInverted = skip("^")
            var isFirst = true
            while isFirst || !isNext("]") {
                let element = try element(mayBeHyphen: isFirst)
                isFirst = false
                guard case .byte(let first) = element else {
                    if case .set(let members) = element { set.formUnion(members) }
                    continue
                }
                guard isNext("-"), position + 1 < bytes.count, bytes[position + 1] != UInt8(ascii: "]") else {
                    set.insert(first)
                    continue
                }
                position += 1
                guard case .byte(let last) = try self.element(mayBeHyphen: true), first <= last else {
                    throw Self.invalid("a range between '[' and ']' goes down, or to what is no character")
                }
                for byte in first...last { set.insert(byte) }
            }
            position += 1
            // The C library compares upper case with upper case.
            if isInverted { set = set.inverted }
            return ignoresCase ? set.withLowerCaseAsUpper : set
        }

        private mutating func element(mayBeHyphen: Bool) throws(RegularExpression.Invalid) -> Element {
            guard let byte = next else { throw Self.unclosed }
            position += 1
            if byte == UInt8(ascii: "-"), !mayBeHyphen, !isNext("]") {
                throw Self.invalid("a '-' between '[' and ']' is first, last, or makes a range")
            }
            guard byte == UInt8(ascii: "["), let kind = next,
                [UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "=")].contains(kind)
            else { return .byte(ignoresCase ? ByteSet.upper(byte) : byte) }
            position += 1
            let start = position
            while position + 1 < bytes.count,
                bytes[position] != kind || bytes[position + 1] != UInt8(ascii: "]")
            {
                position += 1
            }
            guard position + 1 < bytes.count else { throw Self.unclosed }
            let name = bytes[start..<position]
            position += 2
            if kind == UInt8(ascii: ":") {
                let text = String(decoding: name, as: UTF8.self)
                guard let members = ByteSet.named(text, ignoringCase: ignoresCase) else {
                    throw Self.invalid("there is no class '[:\(text):]'")
                }
                return .set(members)
            }
            guard name.count == 1, let byte = name.first else {
                throw Self.invalid("'\(String(decoding: name, as: UTF8.self))' is no single character")
            }
            let folded = ignoresCase ? ByteSet.upper(byte) : byte
            guard kind == UInt8(ascii: "=") else { return .byte(folded) }
            var alike = ByteSet()
            alike.insert(folded)
            return .set(alike)
        }
    }
}

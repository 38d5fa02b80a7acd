/// The message of a failure without what the engine wrapped around it.
public struct FailureMessage: Hashable, Sendable {
    /// The message without `[3/3] currentAttempt done. Last Error: USER::`.
    public let text: String

    public init(_ message: String) { text = Self.unwrapped(message) }

    private static func unwrapped(_ message: String) -> String {
        guard message.utf8.first == UInt8(ascii: "[") else { return message }
        var rest = message.utf8.dropFirst()
        func dropDigits() -> Bool {
            let count = rest.prefix { (0x30...0x39).contains($0) }.count
            rest = rest.dropFirst(count)
            return count > 0
        }
        func drop(_ text: String) -> Bool {
            guard rest.starts(with: text.utf8) else { return false }
            rest = rest.dropFirst(text.utf8.count)
            return true
        }
        guard dropDigits(), drop("/"), dropDigits(), drop("] currentAttempt done. Last Error: ") else {
            return message
        }
        // The kind of the last error: capital letters and two colons.
        let kind = rest.prefix { (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "_") }
        if rest.dropFirst(kind.count).starts(with: "::".utf8) { rest = rest.dropFirst(kind.count + 2) }
        return String(decoding: rest, as: UTF8.self)
    }

    /// The text with all that differs from run to run replaced: times by `<time>`, URIs by `<uri>`,
    /// paths by `<path>`, words with digits in them (pod names, ids, sizes) by `<id>`, numbers by
    /// `<n>`. Runs of white space are one space.
    public var masked: String {
        var result: [UInt8] = []
        var word: [UInt8] = []
        func endWord() {
            guard !word.isEmpty else { return }
            result += Self.mask(word[...])
            word.removeAll(keepingCapacity: true)
        }
        for byte in text.utf8 {
            if byte <= 0x20 {
                endWord()
                if let last = result.last, last != 0x20 { result.append(0x20) }
            } else {
                word.append(byte)
            }
        }
        endWord()
        while result.last == 0x20 { result.removeLast() }
        return String(decoding: result, as: UTF8.self)
    }

    /// One word between white space.
    private static func mask(_ word: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = word
        while let first = rest.first {
            // Punctuation stays, and what it encloses is looked at by itself.
            guard isWordByte(first) || first == UInt8(ascii: "/") else {
                result.append(first)
                rest = rest.dropFirst()
                continue
            }
            let isPart: (UInt8) -> Bool = { isWordByte($0) || "/:@+%~".utf8.contains($0) }
            var token = rest.prefix(while: isPart)
            // A query string belongs to its URI.
            if contains(token, "://") {
                token = rest.prefix { !"\"'`<>()[]{},;".utf8.contains($0) }
            }
            rest = rest.dropFirst(token.count)
            // A full stop or a colon at the end is the sentence's.
            var tail: [UInt8] = []
            while let last = token.last, ".:,".utf8.contains(last), token.count > 1 {
                tail.insert(last, at: 0)
                token = token.dropLast()
            }
            result += replacement(of: token) + tail
        }
        return result
    }

    private static func replacement(of token: ArraySlice<UInt8>) -> [UInt8] {
        if contains(token, "://") { return Array("<uri>".utf8) }
        if isTime(token) { return Array("<time>".utf8) }
        if token.first == UInt8(ascii: "/"), token.count > 1 { return Array("<path>".utf8) }
        guard token.contains(where: isDigit) else { return Array(token) }
        if token.contains(UInt8(ascii: "/")) { return Array("<path>".utf8) }
        if token.allSatisfy({ isDigit($0) || ".+-%:".utf8.contains($0) }) { return Array("<n>".utf8) }
        // `key:3fa9` keeps its key.
        if let colon = token.lastIndex(of: UInt8(ascii: ":")), !token[..<colon].contains(where: isDigit) {
            return Array(token[...colon]) + replacement(of: token[(colon + 1)...])
        }
        return Array("<id>".utf8)
    }

    /// `2026-11-23`, `2026-11-23T19:57:14.405Z`, `19:57:14`.
    private static func isTime(_ token: ArraySlice<UInt8>) -> Bool {
        let shape = token.map { isDigit($0) ? UInt8(ascii: "9") : $0 }
        return shape.starts(with: "9999-99-99".utf8) || shape.starts(with: "99:99:99".utf8)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte >= 0x80 || "_-.".utf8.contains(byte)
    }

    private static func contains(_ token: ArraySlice<UInt8>, _ text: String) -> Bool {
        let pattern = Array(text.utf8)
        guard token.count >= pattern.count else { return false }
        return (token.startIndex...(token.endIndex - pattern.count)).contains {
            token[$0..<($0 + pattern.count)].elementsEqual(pattern)
        }
    }
}

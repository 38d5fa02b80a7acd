/// A text with all that differs from run to run replaced: quoted values by `<text>`, times by `<time>`, URIs by
/// `<uri>`, paths by `<path>`, words with digits in them (pod names, ids, sizes) by `<id>`, numbers by `<n>`. Runs of
/// white space are one space.
///
/// What tells failures apart stays: a process's exit code, and an image with its tag.
struct MaskedText {
    private var result: [UInt8] = []

    static func of(_ text: String) -> String {
        var masked = MaskedText()
        masked.add(Array(text.utf8)[...])
        while masked.result.last == space { masked.result.removeLast() }
        return String(decoding: masked.result, as: UTF8.self)
    }

    private static let space: UInt8 = 0x20

    private mutating func add(_ text: ArraySlice<UInt8>) {
        var rest = text
        var before: UInt8 = Self.space
        while let first = rest.first {
            let length: Int
            if first <= Self.space {
                if let last = result.last, last != Self.space { result.append(Self.space) }
                length = 1
            } else if !Self.isWordByte(before), let quoted = Self.quoted(rest) {
                addQuoted(quoted)
                length = quoted.count
            } else if let number = Self.groupedNumber(rest) {
                addNumber(number)
                length = number.count
            } else if Self.isWordByte(first) || Self.mayBeginPath(first) {
                length = addToken(rest)
            } else {
                // Punctuation stays, and what it encloses is looked at by itself.
                result.append(first)
                length = 1
            }
            before = rest[rest.startIndex + length - 1]
            rest = rest.dropFirst(length)
        }
    }

    // MARK: Quotes

    /// What is longer is no value, but a text in quotes.
    private static let longestQuote = 500

    /// A value in quotes, with them: on one line, and closed where a word ends, so that an apostrophe is no quote.
    private static func quoted(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let quote = text.first, "'\"`".utf8.contains(quote) else { return nil }
        for index in text.indices.dropFirst().prefix(longestQuote) {
            if text[index] == 0x0A || text[index] == 0x0D { return nil }
            guard text[index] == quote, text[index - 1] != UInt8(ascii: "\\") else { continue }
            let next = index + 1
            if next == text.endIndex || !isWordByte(text[next]) || text[next] == UInt8(ascii: ".") {
                return index - text.startIndex > 1 ? text[...index] : nil
            }
        }
        return nil
    }

    private mutating func addQuoted(_ quoted: ArraySlice<UInt8>) {
        if follows(Self.imageWords) { return result += quoted }
        let quote = [quoted[quoted.startIndex]]
        result += quote + Array("<text>".utf8) + quote
    }

    // MARK: Words

    /// Takes one word, and gives its length.
    private mutating func addToken(_ text: ArraySlice<UInt8>) -> Int {
        let isPart: (UInt8) -> Bool = { Self.isWordByte($0) || "/\\:@+%~".utf8.contains($0) }
        var token = text.prefix(while: isPart)
        // A query string belongs to its URI.
        if Self.contains(token, "://") {
            token = text.prefix { $0 > Self.space && !"\"'`<>()[]{},;".utf8.contains($0) }
        }
        let length = token.count
        // A full stop or a colon at the end is the sentence's.
        let whole = token
        while let last = token.last, ".:,".utf8.contains(last), token.count > 1 { token = token.dropLast() }
        if Self.isNumber(token) {
            addNumber(token)
        } else if follows(Self.imageWords), token.contains(where: { "/:@".utf8.contains($0) }) {
            result += token
        } else {
            result += Self.replacement(of: token)
        }
        result += whole[token.endIndex...]
        return length
    }

    private mutating func addNumber(_ number: ArraySlice<UInt8>) {
        result += follows(Self.exitWords) ? Array(number) : Array("<n>".utf8)
    }

    private static func replacement(of token: ArraySlice<UInt8>) -> [UInt8] {
        if contains(token, "://") { return Array("<uri>".utf8) }
        if isTime(token) { return Array("<time>".utf8) }
        if isPath(token) { return Array("<path>".utf8) }
        guard token.contains(where: isDigit) else { return Array(token) }
        if token.contains(UInt8(ascii: "/")) { return Array("<path>".utf8) }
        if isNumber(token) { return Array("<n>".utf8) }
        // `key:3fa9` keeps its key.
        if let colon = token.lastIndex(of: UInt8(ascii: ":")), !token[..<colon].contains(where: isDigit) {
            return Array(token[...colon]) + replacement(of: token[(colon + 1)...])
        }
        return Array("<id>".utf8)
    }

    // MARK: What went before

    private static let exitWords = [
        "exit code", "exit-code", "exit_code", "exitcode", "exit status", "exited with", "exited with code",
        "exited with status", "return code", "returncode", "return_code", "systemexit", "signal",
    ]
    private static let imageWords = ["image", "images"]

    /// Whether one of some words stands right before, punctuation aside.
    private func follows(_ words: [String]) -> Bool {
        var end = result[...]
        while let last = end.last, " (:=[".utf8.contains(last) { end = end.dropLast() }
        guard end.count < result.count else { return false }
        return words.contains { word in
            guard end.count >= word.utf8.count else { return false }
            let start = end.endIndex - word.utf8.count
            guard start == 0 || !Self.isWordByte(end[start - 1]) else { return false }
            return zip(end[start...], word.utf8).allSatisfy { Self.lowercased($0) == $1 }
        }
    }

    // MARK: Shapes

    /// `1,234` or `12,345,678.9`: digits in groups of three.
    private static func groupedNumber(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let head = text.prefix(while: isDigit)
        guard (1...3).contains(head.count) else { return nil }
        var end = head.endIndex
        while end < text.endIndex, text[end] == UInt8(ascii: ",") {
            guard text[(end + 1)...].prefix(while: isDigit).count == 3 else { break }
            end += 4
        }
        guard end > head.endIndex else { return nil }
        if end < text.endIndex, text[end] == UInt8(ascii: ".") {
            let fraction = text[(end + 1)...].prefix(while: isDigit)
            if !fraction.isEmpty { end = fraction.endIndex }
        }
        if end < text.endIndex, isWordByte(text[end]), text[end] != UInt8(ascii: ".") { return nil }
        return text[..<end]
    }

    private static func isNumber(_ token: ArraySlice<UInt8>) -> Bool {
        token.contains(where: isDigit) && !isTime(token)
            && token.allSatisfy { isDigit($0) || ".+-%:".utf8.contains($0) }
    }

    /// `2026-11-23`, `2026-11-23T19:57:14.405Z`, `19:57:14`.
    private static func isTime(_ token: ArraySlice<UInt8>) -> Bool {
        let shape = token.map { isDigit($0) ? UInt8(ascii: "9") : $0 }
        return shape.starts(with: "9999-99-99".utf8) || shape.starts(with: "99:99:99".utf8)
    }

    /// `/var/lib/x`, `../x`, `~/x`, `data/part.csv`, `a/b/c`, `C:\x`, `\\host\share`; not `and/or`.
    private static func isPath(_ token: ArraySlice<UInt8>) -> Bool {
        let slashes = token.filter { $0 == UInt8(ascii: "/") }.count
        let backslashes = token.filter { $0 == UInt8(ascii: "\\") }.count
        guard slashes + backslashes > 0, token.count > 1 else { return false }
        let text = Array(token)
        if text[0] == UInt8(ascii: "/") || backslashes > 1 || slashes > 1 { return true }
        if text.starts(with: "./".utf8) || text.starts(with: "../".utf8) || text.starts(with: "~/".utf8) {
            return true
        }
        if text.starts(with: ".\\".utf8) || text.starts(with: "..\\".utf8) { return true }
        if text.count > 2, isLetter(text[0]), text[1] == UInt8(ascii: ":"), "/\\".utf8.contains(text[2]) {
            return true
        }
        // One separator alone: a path where the last part has an ending, as a file has.
        guard let separator = text.lastIndex(where: { "/\\".utf8.contains($0) }) else { return false }
        let name = text[(separator + 1)...]
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return false }
        let ending = name[(dot + 1)...]
        return (1...8).contains(ending.count) && ending.allSatisfy { isDigit($0) || isLetter($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || byte >= 0x80 || "_-.".utf8.contains(byte)
    }

    private static func mayBeginPath(_ byte: UInt8) -> Bool { "/\\~".utf8.contains(byte) }

    private static func contains(_ token: ArraySlice<UInt8>, _ text: String) -> Bool {
        let pattern = Array(text.utf8)
        guard token.count >= pattern.count else { return false }
        return (token.startIndex...(token.endIndex - pattern.count)).contains {
            token[$0..<($0 + pattern.count)].elementsEqual(pattern)
        }
    }
}

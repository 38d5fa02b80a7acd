import Markup

/// The message of a failure without what the engine wrapped around it, and without terminal control sequences.
public struct FailureMessage: Hashable, Sendable {
    /// The message without `[3/3] currentAttempt done. Last Error: USER::`.
    public let text: String

    public init(_ message: String) { text = Self.unwrapped(TerminalEscapes.removed(from: message)) }

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

    /// The text with all that differs from run to run replaced; see `MaskedText`.
    public var masked: String { MaskedText.of(text) }

    /// What the elements of a map said, in the order of the message, when this is what a map's engine collects:
    /// `[2]: element 2 is broken`, or `[0-3][7]: …` for several that said the same. nil for any other message.
    public var elements: [String]? {
        var elements: [[Substring]] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if let rest = Self.afterIndices(line) {
                elements.append([rest])
            } else if elements.isEmpty {
                return nil
            } else {
                elements[elements.count - 1].append(line)
            }
        }
        return elements.map { lines in
            var text = lines.joined(separator: "\n")[...]
            // There are more than the engine had room for.
            while text.last?.isWhitespace == true { text = text.dropLast() }
            if text.hasSuffix("... and many more.") { text = text.dropLast(18) }
            return String(text)
        }
    }

    /// What follows `[0-3][7]: `; nil where a line does not begin so.
    private static func afterIndices(_ line: Substring) -> Substring? {
        var rest = line.utf8[...]
        var count = 0
        while rest.first == UInt8(ascii: "[") {
            let index = rest.dropFirst().prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
            rest = rest.dropFirst(index.count + 1)
            guard !index.isEmpty, rest.first == UInt8(ascii: "]") else { return nil }
            rest = rest.dropFirst()
            count += 1
        }
        return count > 0 && rest.starts(with: ": ".utf8) ? Substring(rest.dropFirst(2)) : nil
    }
}

/// What makes two failures the same failure: kind, code, and where in the user's code it happened with what, or
/// else what the message says once everything that differs from run to run is masked.
///
/// A pure function of the error. `text` begins with the rule that made it, a number that grows when the rules
/// change, so that fingerprints of different rules never meet.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    /// The rule by which fingerprints are made now.
    ///
    /// 1: without the exception's text and its root. 2: with them; of a map each thing its elements said once;
    /// quoted values, relative paths and grouped numbers masked, exit codes and images kept; without the kind in the
    /// code, and without terminal control sequences.
    public static let rule = 2

    /// `2:` and sixteen hexadecimal digits.
    public let text: String
    /// What was hashed, in the order of the rules: readable, for tests and for the curious.
    public let parts: [String]

    public var description: String { text }

    /// - Parameters:
    ///   - kind: Flyte's name of the error kind, such as `USER`.
    ///   - code: as the server gave it; `RetriesExhausted|` and the kind before a type are left out of account.
    ///   - message: as the server gave it.
    public init(kind: String, code: String, message: String) {
        let message = FailureMessage(message)
        var parts = [kind, Self.bareCode(code)]
        if let elements = message.elements {
            // How many failed, and which, is no matter.
            let said = Set(elements.map { Self.parts(of: FailureMessage($0)).joined(separator: "\n") })
                .sorted()
            // The engine cuts the last for want of room: it is the beginning of another, which sorts behind it.
            for (number, text) in said.enumerated() {
                let isCut = number + 1 < said.count && said[number + 1].hasPrefix(text)
                if !isCut { parts.append(text) }
            }
        } else {
            parts += Self.parts(of: message)
        }
        self.parts = parts
        text = "\(Self.rule):\(Self.hex(Self.hash(parts)))"
    }

    /// The rule that made a fingerprint, by its text; nil for what is none.
    public static func rule(of text: String) -> Int? {
        text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).first.flatMap { Int($0) }
    }

    private static func parts(of message: FailureMessage) -> [String] {
        guard let trace = PythonTraceback(message.text) else {
            return [String(message.masked.prefix(longestMessage))]
        }
        return ([trace.raised] + [trace.root].compactMap { $0 }).flatMap { raised in
            [raised.exceptionType, String(MaskedText.of(raised.line).prefix(longestLine))]
                + raised.significantFrames.map { "\($0.fileName):\($0.function)" }
        }
    }

    /// Beyond it messages repeat themselves (collected errors), or were cut by the server.
    private static let longestMessage = 1000
    /// Beyond it an exception's text tells what the data was.
    private static let longestLine = 200

    /// The code without the engine's `RetriesExhausted|` and without the kind that some engines put before the
    /// exception's type.
    public static func bareCode(_ code: String) -> String {
        var rest = Substring(code)
        for prefix in ["RetriesExhausted|", "USER:", "SYSTEM:", "UNKNOWN:"] {
            while rest.count > prefix.count, rest.hasPrefix(prefix) { rest = rest.dropFirst(prefix.count) }
        }
        return String(rest)
    }

    /// FNV-1a with 64 bits over the parts, each ended by a byte that UTF-8 never has.
    private static func hash(_ parts: [String]) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for part in parts {
            for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            hash = (hash ^ 0xFF) &* 0x100_0000_01b3
        }
        return hash
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

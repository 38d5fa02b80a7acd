/// What makes two failures the same failure: kind, code, and where in the user's code it happened, or
/// else what the message says once everything that differs from run to run is masked.
///
/// A pure function of the error. `text` begins with `version`, which grows when the rules change, so
/// that fingerprints of different rules never meet.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    public static let version = 1

    /// `1:` and sixteen hexadecimal digits.
    public let text: String
    /// What was hashed, in the order of the rules: readable, for tests and for the curious.
    public let parts: [String]

    public var description: String { text }

    /// - Parameters:
    ///   - kind: Flyte's name of the error kind, such as `USER`.
    ///   - code: as the server gave it; `RetriesExhausted|` is left out of account.
    ///   - message: as the server gave it.
    public init(kind: String, code: String, message: String) {
        let message = FailureMessage(message)
        var parts = [kind, Self.bareCode(code)]
        if let trace = PythonTraceback(message.text) {
            parts.append(trace.exceptionType)
            parts += trace.significantFrames.map { "\($0.fileName):\($0.function)" }
        } else {
            parts.append(String(message.masked.prefix(Self.longestMessage)))
        }
        self.parts = parts
        text = "\(Self.version):\(Self.hex(Self.hash(parts)))"
    }

    /// Beyond it messages repeat themselves (collected errors), or were cut by the server.
    private static let longestMessage = 1000

    /// The code without the engine's `RetriesExhausted|`.
    public static func bareCode(_ code: String) -> String {
        let prefix = "RetriesExhausted|"
        var rest = Substring(code)
        while rest.hasPrefix(prefix) { rest = rest.dropFirst(prefix.count) }
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

import CRE2

/// A POSIX extended regular expression over bytes: the leftmost match, and of those the longest.
///
/// RE2 does the search, whose time is in proportion to the text, whatever the text is: those it reads come from other
/// people's programs. What may still take long, such as a search for the next match that always ends at the far end of
/// the text, has a limit.
// Unchecked: set once, and RE2 lets threads search with one expression at a time of their own choosing (re2.h: "it is
// safe for multiple threads to call const methods concurrently"); `cre2_find` calls no other.
public final class RegularExpression: @unchecked Sendable {
    public let pattern: String
    private let compiled: OpaquePointer
    private let longestMatch: Int?

    /// What is wrong with a pattern.
    public struct Invalid: Error, Hashable, Sendable {
        public var reason: String
    }

    /// What was found in a text.
    enum Matches: Equatable {
        /// From left to right, without overlaps; empty matches are left out.
        case found([Range<Int>])
        /// To find all would have taken longer than the limit: what there is, is not known.
        case tooLong
    }

    /// Steps of a compiled expression. A search takes as many for each byte at the worst.
    private static let mostSteps: Int32 = 2000
    /// Of a thread's processor time for one text, in nanoseconds. RE2 reads 4 MiB in about ten milliseconds.
    private static let limit: Int64 = 500_000_000

    public init(_ pattern: String, ignoringCase: Bool = false) throws(Invalid) {
        let expression = try ExtendedExpression(pattern, ignoringCase: ignoringCase)
        var reason = [CChar](repeating: 0, count: 200)
        let text = expression.translated
        guard let compiled = cre2_new(text, text.utf8.count, Self.mostSteps, &reason, reason.count) else {
            throw Invalid(reason: String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
        }
        self.pattern = pattern
        self.compiled = compiled
        longestMatch = expression.longestMatch
    }

    deinit { cre2_free(compiled) }

    /// Where it matches. No match begins or ends within a character of UTF-8.
    func matches(in text: [UInt8]) -> Matches {
        let deadline = cre2_thread_time() + Self.limit
        return text.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return .found([]) }
            var found: [Range<Int>] = []
            var (start, from, to) = (0, 0, 0)
            while true {
                switch cre2_find(
                    compiled, base, bytes.count, start, longestMatch ?? bytes.count, deadline, &from, &to)
                {
                case CRE2_FOUND:
                    while from > start, bytes[from] & 0xC0 == 0x80 { from -= 1 }
                    while to < bytes.count, bytes[to] & 0xC0 == 0x80 { to += 1 }
                    found.append(from..<to)
                    start = to
                case CRE2_NONE: return .found(found)
                default: return .tooLong
                }
            }
        }
    }

    /// Whether it matches anywhere, or would take too long to tell.
    func mayMatch(_ text: String) -> Bool { matches(in: Array(text.utf8)) != .found([]) }
}

import Glibc

/// A POSIX extended regular expression over bytes.
///
/// The C library's, since it takes time in proportion to the text whatever the text is: those it reads come from
/// other people's programs.
// Unchecked: compiled once, and `regexec` changes nothing that can be seen.
public final class RegularExpression: @unchecked Sendable {
    public let pattern: String
    private let compiled: UnsafeMutablePointer<regex_t>

    /// What is wrong with a pattern, in the C library's words.
    public struct Invalid: Error, Hashable, Sendable {
        public var reason: String
    }

    public init(_ pattern: String, ignoringCase: Bool = false) throws(Invalid) {
        let compiled = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
        let code = regcomp(compiled, pattern, REG_EXTENDED | (ignoringCase ? REG_ICASE : 0))
        guard code == 0 else {
            var words = [CChar](repeating: 0, count: 200)
            regerror(code, compiled, &words, words.count)
            compiled.deallocate()
            throw Invalid(reason: String(decoding: words.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
        }
        self.pattern = pattern
        self.compiled = compiled
    }

    deinit {
        regfree(compiled)
        compiled.deallocate()
    }

    /// Where it matches, from left to right, without overlaps; empty matches are left out. No match ends within a
    /// character of UTF-8.
    func matches(in text: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        text.withUnsafeBytes { bytes in
            guard let base = bytes.assumingMemoryBound(to: CChar.self).baseAddress else { return }
            var start = 0
            while start < bytes.count {
                var match = regmatch_t(rm_so: regoff_t(start), rm_eo: regoff_t(bytes.count))
                let flags = REG_STARTEND | (start > 0 ? REG_NOTBOL : 0)
                guard regexec(compiled, base, 1, &match, flags) == 0 else { return }
                var (from, to) = (Int(match.rm_so), Int(match.rm_eo))
                while from > start, bytes[from] & 0xC0 == 0x80 { from -= 1 }
                while to < bytes.count, bytes[to] & 0xC0 == 0x80 { to += 1 }
                if from < to { found.append(from..<to) }
                start = max(to, start + 1)
            }
        }
        return found
    }

    func matches(_ text: String) -> Bool { !matches(in: Array(text.utf8)).isEmpty }
}

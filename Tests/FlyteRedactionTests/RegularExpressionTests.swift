import FlyteIDL
import FlyteModel
import Glibc
import TestSupport
import Testing

@testable import FlyteRedaction

struct RegularExpressionTests {
    /// The C library's, which rules were read by once: another implementation, to compare with.
    private final class Reference {
        private var compiled = regex_t()

        init?(_ pattern: String, ignoringCase: Bool) {
            guard regcomp(&compiled, pattern, REG_EXTENDED | (ignoringCase ? REG_ICASE : 0)) == 0 else {
                return nil
            }
        }

        deinit { regfree(&compiled) }

        func matches(in text: [UInt8]) -> [Range<Int>] {
            var found: [Range<Int>] = []
            // AddressSanitizer looks for the end of a C string, which nothing else needs here.
            (text + [0]).withUnsafeBytes { terminated in
                guard let base = terminated.assumingMemoryBound(to: CChar.self).baseAddress else { return }
                let bytes = terminated.dropLast()
                var (start, floor) = (0, 0)
                while start < bytes.count {
                    var match = regmatch_t(rm_so: regoff_t(start), rm_eo: regoff_t(bytes.count))
                    let flags = REG_STARTEND | (start > 0 ? REG_NOTBOL : 0)
                    guard regexec(&compiled, base, 1, &match, flags) == 0 else { return }
                    var (from, to) = (Int(match.rm_so), Int(match.rm_eo))
                    guard from < to else {
                        start = from + 1
                        continue
                    }
                    while from > floor, bytes[from] & 0xC0 == 0x80 { from -= 1 }
                    while to < bytes.count, bytes[to] & 0xC0 == 0x80 { to += 1 }
                    found.append(from..<to)
                    (start, floor) = (to, to)
                }
            }
            return found
        }
    }

    private static let parts = [
        "a", "b", "A", "Z", "x", "0", "7", "_", "-", " ", ".", "\n", "é", "(", "(", ")", ")", "|", "*", "+",
        "?",
        "{2}", "{1,3}", "{,2}", "{2,}", "{,}", "{", "}", "^", "$", "[", "]", "[^", "[ab]", "[^a]", "[a-z]",
        "[A-Z_-]",
        "[]a]", "[^]a]", "[a-]", "[+--]", "[é]", "[^é]", "[\\.]", "[[:alpha:]]", "[[:upper:]x]",
        "[^[:space:]]",
        "[[:digit:]-]", "[[:punct:]]", "[[:word:]]", "[[.-.]]", "[[=a=]b]", "[z-a]", "[a-c-e]", "\\w", "\\W",
        "\\s",
        "\\S", "\\b", "\\.", "\\*", "\\(", "\\)", "\\[", "\\\\", "\\", "\\`", "\\'", "[[:alnum:]]",
        "[[:print:]]",
        "[[:graph:]]", "[[:cntrl:]]", "[[:blank:]]", "[[:xdigit:]]", "[[:lower:]]", "[Z-a]",
    ]

    @Test(arguments: [false, true]) func meansWhatTheCLibraryMeans(ignoringCase: Bool) throws {
        var random = SeededRandom(seed: ignoringCase ? 2 : 1)
        let letters = Array("aabbAZx07_- .\n\t()[]{}*+?^$\\é".utf8) + [0, 0xFF, 0xC3, 0x0B]
        var accepted = 0
        var found = 0
        for _ in 0..<4000 {
            let count = Int.random(in: 1...6, using: &random)
            let parts = (0..<count).map { _ in Self.parts[Int.random(in: Self.parts.indices, using: &random)]
            }
            // Nothing follows a text's end or comes before its beginning: the C library takes some sets of bytes, and
            // not others, for a line's end then.
            let hasInnerEnd = parts.dropLast().contains { ["$", "\\'"].contains($0) }
            let hasInnerBeginning = zip(parts, parts.dropFirst()).contains {
                ["^", "\\`"].contains($1) && !["(", "|"].contains($0)
            }
            if hasInnerEnd || hasInnerBeginning { continue }
            let pattern = parts.joined()
            guard let expression = try? RegularExpression(pattern, ignoringCase: ignoringCase) else {
                continue
            }
            let reference = try #require(
                Reference(pattern, ignoringCase: ignoringCase), "\(pattern) was refused once")
            accepted += 1
            for _ in 0..<8 {
                let text = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                    letters[Int.random(in: letters.indices, using: &random)]
                }
                let expected = reference.matches(in: text)
                let matches = expression.matches(in: text)
                #expect(matches == .found(expected), "\(pattern) in \(text)")
                found += expected.count
            }
        }
        // Half of what chance makes is no expression.
        #expect(accepted > 1000 && found > 5000, "\(accepted) expressions, \(found) matches")
    }

    /// A match may lie across the parts in which a long text is searched.
    @Test func findsTheSameInLongTexts() throws {
        let key = Array("AKIA0123456789ABCDEF".utf8)
        let part = 65536
        for place in (part - 25)...(part + 5) {
            var text = [UInt8](repeating: UInt8(ascii: "A"), count: 2 * part + 100)
            text.replaceSubrange(place..<(place + key.count), with: key)
            for pattern in [
                "KIA[0-9A-Z]{16}", "KIA[0-9]{5,20}", "(KIA|[0-9]{10}ABC?)", "\\bKIA|IA0", "KIA.*9",
            ] {
                let expected = try #require(Reference(pattern, ignoringCase: false)).matches(in: text)
                #expect(try RegularExpression(pattern).matches(in: text) == .found(expected))
            }
        }
    }

    @Test(arguments: [
        ("a(b", "a '(' has no ')'"), ("*a", "there is nothing that the '*' could repeat"),
        ("^+", "there is nothing that the '+' could repeat"), ("a{x}", "a '{' needs numbers after it"),
        ("a{2", "a '{' has no '}'"), ("a{2x}", "what is between '{' and '}' is no number"),
        ("a{3,2}", "what is between '{' and '}' goes down"),
        ("a{1001}", "nothing can be repeated more than 1000 times"), ("[a", "a '[' has no ']'"),
        ("[z-a]", "a range between '[' and ']' goes down, or to what is no character"),
        ("[[:word:]]", "there is no class '[:word:]'"), ("a\\", "it ends with a backslash"),
        ("(a)\\1", "it refers back to a group, which takes time without a bound"),
        ("\\<a", "'\\<' is not known here; '\\b' is"),
        (
            "\\d+",
            "'\\d' means nothing in POSIX, where digits are [0-9] and a tab or a line's end is itself"
        ),
        ("(?:a)", "there is nothing that the '?' could repeat"), ("a\0b", "a NUL is in it"),
        ("[ab]{900}[bc]{900}[cd]{900}", "it comes to 2704 steps, and 2000 are the most"),
    ]) func saysWhyThereIsNone(pattern: String, reason: String) {
        let error = #expect(throws: RegularExpression.Invalid.self) { try RegularExpression(pattern) }
        #expect(error?.reason == reason)
    }

    /// 4 MiB is the most that a value may have where rules look into it.
    private static let length = 4 << 20

    /// The C library takes half a minute for 64 KiB with all but the second, and four times that for twice the text.
    @Test(arguments: [
        ("(x+x+)+y", UInt8(ascii: "x")), ("(a*)*b", UInt8(ascii: "a")),
        ("[A-Za-z0-9+/]{40,}=", UInt8(ascii: "A")),
        ("(a|b|ab)*c", UInt8(ascii: "a")),
    ]) func searchesHostileTextInLessThanASecond(pattern: String, letter: UInt8) throws {
        let text = [UInt8](repeating: letter, count: Self.length)
        let expression = try RegularExpression(pattern)
        let time = ContinuousClock().measure { #expect(expression.matches(in: text) == .found([])) }
        #expect(time < .seconds(1), "\(time)")
    }

    /// Each match that is found means another search to the text's end.
    @Test func aTextThatTakesTooLongIsASecret() throws {
        let pattern = "a(.*b)?"
        let text = String(repeating: "a ", count: Self.length / 2)
        let expression = try RegularExpression(pattern)
        let time = ContinuousClock().measure { #expect(expression.matches(in: Array(text.utf8)) == .tooLong) }
        #expect(time < .seconds(2), "\(time)")

        var rule = RedactionRule("keys")
        rule.values = [expression]
        rule.names = [try NamePattern("password")]
        let redactor = Redactor(
            RedactionRules([rule], key: try RedactionKey("0123456789abcdef", from: "a test")))
        // The document has a name that makes its value a secret, too: that changes the text, and not what it is.
        let document = #"{"password": "first-secret", "rest": "\#(text)"}"#
        let literals = JSONValue.object([
            .init("long", literal(document)), .init("short", literal("as it was")),
        ])
        let map = JSONValue.object([.init("literals", literals)])
        var capture = ExecutionCapture(
            id: ExecutionID(project: "p", domain: "d", name: "e"), observedAt: Timestamp(nanoseconds: 0),
            messages: CapturedMessages([
                CapturedMessage(
                    kind: .literalMap, direction: .input,
                    bytes: try Message(json: map.text, as: IDL.message("core.LiteralMap")).encoded())
            ]))
        _ = try redactor.redact(&capture, workflow: nil) { _ in nil }
        let bytes = try #require(capture.messages.map(\.bytes).first)
        #expect(bytes.count < 200)
        let shown = try LiteralJSON.text(ofMap: bytes)
        #expect(shown?.contains("[redacted:keys:") == true && shown?.contains("as it was") == true)
        #expect(capture.redactions.count == 1)
        // A message about it is kept out just as well.
        var secrets = Redactor.Secrets()
        #expect(redactor.redact(document, knowing: &secrets).hasPrefix("[redacted:keys:"))
    }

    private func literal(_ text: String) -> JSONValue {
        func object(_ name: String, _ value: JSONValue) -> JSONValue {
            .object([.init(name, value)])
        }
        return object("scalar", object("primitive", object("stringValue", .string(text))))
    }
}

import CCrypto
import FlyteIDL

/// Goes through messages field by field: first to find what is a secret by the rules, then to put tokens in the
/// place of all that was found, wherever it stands.
///
/// It works on the bytes: what holds no secret stays as it came, unknown fields and all.
final class SecretWalk {
    /// What was replaced in one message, by where it stood.
    struct Replacement: Hashable {
        var field: String
        /// The variable or key; nil where there is none.
        var name: String?
        /// An index into the rules.
        var rule: Int
        var token: String
    }

    /// Where the walk is.
    struct Context {
        /// Of the variable or key whose value this is.
        var name: String?
        /// The rule that makes every value below a secret, because of that name.
        var rule: Int?
        /// What the audit calls the place.
        var field: String?
        var depth = 0

        func inner() -> Context {
            var inner = self
            inner.depth += 1
            return inner
        }

        /// For what is no value: a type, an interface.
        func withoutName() -> Context {
            var context = self
            (context.name, context.rule) = (nil, nil)
            return context
        }
    }

    let settings: RedactionRules
    /// Indices of the rules that look for secrets in the message at hand.
    var rules: [Int]
    /// What was found, each with the first rule that found it.
    private(set) var secrets: [[UInt8]: Int] = [:]
    /// nil while secrets are still looked for.
    private var search: SecretSearch?
    /// Those of the message at hand, in the order of their coming, with how often.
    private(set) var replacements: [(what: Replacement, count: Int)] = []
    private var indexOfReplacement: [Replacement: Int] = [:]
    /// Whether a value of the message at hand is a secret as a whole: by its name, however short, or since it took
    /// too long to look for secrets in it.
    private(set) var hasWhole = false
    /// Texts that took too long, by their SHA-256 since each may be of megabytes, with the first rule that did.
    private var unsearched: [[UInt8]: Int] = [:]

    init(_ settings: RedactionRules) {
        self.settings = settings
        rules = Array(settings.rules.indices)
    }

    var isFinding: Bool { search == nil }

    func begin() {
        replacements = []
        indexOfReplacement = [:]
        hasWhole = false
    }

    /// From now on secrets are replaced: those that were found.
    func startReplacing() {
        var search = SecretSearch(minimumLength: settings.minimumLength)
        search.add(secrets)
        self.search = search
    }

    /// From now on secrets are replaced: those that another search knows, which is given back by `stopReplacing`.
    func startReplacing(by search: consuming SecretSearch) { self.search = search }

    func stopReplacing() -> SecretSearch? {
        defer { search = nil }
        return search
    }

    /// Whether any secret stands in these bytes, in whatever form, or may: where there is too much to decode.
    func holdsSecret(_ bytes: [UInt8], _ range: Range<Int>? = nil) -> Bool {
        guard let search else { return false }
        return (try? search.isFound(in: bytes, range)) ?? true
    }

    func learn(_ secret: [UInt8], rule: Int) {
        guard isFinding, secret.count >= settings.minimumLength, !RedactionKey.isToken(secret) else { return }
        secrets[secret] = min(rule, secrets[secret] ?? rule)
    }

    /// The token for a secret, noted down as a replacement.
    func token(for secret: [UInt8], rule: Int, _ context: Context) -> [UInt8] {
        let name = settings.rules[rule].name
        let token = settings.key.token(for: secret, rule: name)
        let what = Replacement(
            field: context.field ?? "other", name: context.name.map(withoutSecrets), rule: rule, token: token)
        if let index = indexOfReplacement[what] {
            replacements[index].count += 1
        } else {
            indexOfReplacement[what] = replacements.count
            replacements.append((what, 1))
        }
        return Array(token.utf8)
    }

    /// A name is written down too.
    private func withoutSecrets(_ name: String) -> String {
        let bytes = Array(name.utf8)
        let found = found(in: bytes)
        return found.isEmpty ? name : String(decoding: replace(found, in: bytes), as: UTF8.self)
    }

    /// A secret where it stands in a text.
    private struct Found {
        var range: Range<Int>
        var secret: [UInt8]
        var rule: Int
    }

    /// What is to be replaced in a text; all of it where there is too much to decode.
    private func found(in bytes: [UInt8]) -> [Found] {
        guard let search else { return [] }
        do {
            return try search.matches(in: bytes).map {
                let (secret, rule) = search.finder.secrets[$0.secret]
                return Found(range: $0.range, secret: secret, rule: rule)
            }
        } catch {
            return [
                Found(range: 0..<bytes.count, secret: bytes, rule: search.finder.secrets.first?.rule ?? 0)
            ]
        }
    }

    private func replace(_ found: [Found], in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        for one in found {
            result += bytes[position..<one.range.lowerBound]
            result += settings.key.token(for: one.secret, rule: settings.rules[one.rule].name).utf8
            position = one.range.upperBound
        }
        return result + bytes[position...]
    }

    /// The bytes with every secret that was found replaced; nil when there is none.
    func replaceFound(in bytes: [UInt8], _ context: Context) -> [UInt8]? {
        let found = found(in: bytes)
        guard !found.isEmpty else { return nil }
        for one in found { _ = token(for: one.secret, rule: one.rule, context) }
        return replace(found, in: bytes)
    }

    // MARK: Names

    /// The place of a named value within this one. A name whose values are secrets stays the one that counts.
    func named(_ name: String, _ context: Context) -> Context {
        guard context.rule == nil else { return context }
        var inner = context
        inner.name = name
        inner.rule = rule(forName: name)
        return inner
    }

    func rule(forName name: String) -> Int? {
        guard !name.isEmpty else { return nil }
        return rules.first { index in settings.rules[index].names.contains { $0.matches(name) } }
    }

    // MARK: Values

    /// A text with its secrets replaced; nil when it holds none.
    func text(_ text: [UInt8], _ context: Context) -> [UInt8]? {
        guard !text.isEmpty, !RedactionKey.isToken(text) else { return nil }
        if let rule = context.rule {
            hasWhole = true
            learn(text, rule: rule)
            // Parts of a document that is a secret are secrets.
            if isFinding { _ = json(text, context) }
            return token(for: text, rule: rule, context)
        }
        if isFinding { find(in: text, context) }
        if !unsearched.isEmpty, let rule = unsearched[Self.digest(text)] {
            return token(for: text, rule: rule, context)
        }
        let changed = json(text, context) ?? assignment(text, context)
        return replaceFound(in: changed ?? text, context) ?? changed
    }

    /// A number, by its digits; the token that takes its place when it is a secret.
    func number(_ digits: String, _ context: Context) -> [UInt8]? {
        let text = Array(digits.utf8)
        if let rule = context.rule {
            hasWhole = true
            learn(text, rule: rule)
            return token(for: text, rule: rule, context)
        }
        guard !isFinding, let rule = secrets[text] else { return nil }
        return token(for: text, rule: rule, context)
    }

    /// Bytes that may be a text or anything else; nil when no secret is in them.
    func data(_ data: [UInt8], _ context: Context) -> [UInt8]? {
        if String(validating: data, as: UTF8.self) != nil { return text(data, context) }
        if let rule = context.rule {
            hasWhole = true
            learn(data, rule: rule)
            return token(for: data, rule: rule, context)
        }
        // What it is made of is unknown, and other lengths would break it: all of it goes.
        return found(in: data).first.map { token(for: $0.secret, rule: $0.rule, context) }
    }

    /// Learns what is a secret in a text, and in what it says once its encodings are undone.
    private func find(in text: [UInt8], _ context: Context) {
        guard let rule = rules.first else { return }
        find(plainlyIn: text)
        do {
            try SecretSearch.visitTexts(in: text, minimumLength: settings.minimumLength) { decoded in
                find(plainlyIn: decoded)
                _ = json(decoded, context)
            }
        } catch {
            cannotSearch(text, rule)
        }
    }

    /// Nobody knows what is in a text: all of it counts as a secret.
    private func cannotSearch(_ text: [UInt8], _ rule: Int) {
        hasWhole = true
        let digest = Self.digest(text)
        unsearched[digest] = min(rule, unsearched[digest] ?? rule)
    }

    /// Learns what looks like a secret, and values that a text names: `password=…`, `--api-key=…`, `?token=…`, and
    /// `"password": "…"` amid other text.
    private func find(plainlyIn text: [UInt8]) {
        for index in rules {
            for expression in settings.rules[index].values {
                switch expression.matches(in: text) {
                case .found(let matches):
                    for match in matches { learn(Array(text[match]), rule: index) }
                case .tooLong: cannotSearch(text, index)
                }
            }
        }
        for equals in text.indices where text[equals] == UInt8(ascii: "=") {
            guard let rule = rule(forName: Self.name(before: equals, in: text)) else { continue }
            learn(Self.value(after: equals, in: text), writtenIn: .percent, rule: rule)
        }
        for colon in text.indices where text[colon] == UInt8(ascii: ":") {
            guard let rule = rule(forName: Self.quotedName(before: colon, in: text)),
                let value = Self.quotedValue(after: colon, in: text)
            else { continue }
            learn(value, writtenIn: .backslashes, rule: rule)
        }
    }

    /// Learns a value as it is written, and what it says where it has escapes.
    private func learn(_ value: [UInt8], writtenIn encoding: TextDecoding, rule: Int) {
        learn(value, rule: rule)
        let decoded = encoding.decoded(value, 0..<value.count, minimumLength: settings.minimumLength)
        if let decoded { learn(decoded.bytes, rule: rule) }
    }

    private static func digest(_ text: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(text, text.count, &digest)
        return digest
    }

    private static func name(before end: Int, in text: [UInt8]) -> String {
        var start = end
        while start > 0, end - start < 200, isNameByte(text[start - 1]) { start -= 1 }
        return String(decoding: text[start..<end].drop { $0 == UInt8(ascii: "-") }, as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 0x09 && byte <= 0x0D }
    private static func isQuote(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
    }

    /// Empty when there is none.
    private static func quotedName(before colon: Int, in text: [UInt8]) -> String {
        var end = colon
        while end > 0, isSpace(text[end - 1]) { end -= 1 }
        guard end > 0, isQuote(text[end - 1]) else { return "" }
        return name(before: end - 1, in: text)
    }

    /// As it is written, between its quotes.
    private static func quotedValue(after colon: Int, in text: [UInt8]) -> [UInt8]? {
        let rest = text[(colon + 1)...].drop(while: isSpace)
        guard let quote = rest.first, isQuote(quote) else { return nil }
        var end = rest.startIndex + 1
        while end < text.count, text[end] != quote { end += text[end] == UInt8(ascii: "\\") ? 2 : 1 }
        return end < text.count ? Array(text[(rest.startIndex + 1)..<end]) : nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func value(after equals: Int, in text: [UInt8]) -> [UInt8] {
        var rest = text[(equals + 1)...]
        if let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
            rest.removeFirst()
            return Array(rest.prefix { $0 != quote })
        }
        let ends = Set(" \t\r\n&;,'\"`<>()[]{}\\".utf8)
        return Array(rest.prefix { !ends.contains($0) })
    }

    /// A text that is one `NAME=VALUE` and nothing else, as environments and arguments have it.
    private func assignment(_ text: [UInt8], _ context: Context) -> [UInt8]? {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")), equals + 1 < text.count,
            text[..<equals].allSatisfy(Self.isNameByte)
        else { return nil }
        let inner = named(Self.name(before: equals, in: text), context)
        guard inner.rule != nil, let value = self.text(Array(text[(equals + 1)...]), inner) else {
            return nil
        }
        return Array(text[...equals]) + value
    }

    /// The name that an argument gives the one after it: `--api-key`; nil for any other text.
    func nameGiven(byArgument text: [UInt8]) -> String? {
        guard text.first == UInt8(ascii: "-"), text.allSatisfy(Self.isNameByte) else { return nil }
        return String(decoding: text.drop { $0 == UInt8(ascii: "-") }, as: UTF8.self)
    }
}

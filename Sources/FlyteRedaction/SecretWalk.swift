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
    private var finder: SecretFinder?
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

    var isFinding: Bool { finder == nil }

    func begin() {
        replacements = []
        indexOfReplacement = [:]
        hasWhole = false
    }

    /// From now on secrets are replaced: those that were found.
    func startReplacing() {
        var finder = SecretFinder(minimumLength: settings.minimumLength)
        finder.add(secrets)
        self.finder = finder
    }

    /// From now on secrets are replaced: those that another finder knows, which is given back by `stopReplacing`.
    func startReplacing(by finder: consuming SecretFinder) { self.finder = finder }

    func stopReplacing() -> SecretFinder? {
        defer { finder = nil }
        return finder
    }

    /// Whether any secret stands in these bytes, in whatever form.
    func holdsSecret(_ bytes: [UInt8], _ range: Range<Int>? = nil) -> Bool {
        finder?.matches(in: bytes, range, onlyFirst: true).isEmpty == false
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
        guard let finder, case let matches = finder.matches(in: bytes), !matches.isEmpty else { return name }
        return String(decoding: replace(matches, of: finder, in: bytes), as: UTF8.self)
    }

    private func replace(
        _ matches: [SecretFinder.Match], of finder: SecretFinder, in bytes: [UInt8]
    ) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        for match in matches {
            let (secret, rule) = finder.secrets[match.secret]
            result += bytes[position..<match.range.lowerBound]
            result += settings.key.token(for: secret, rule: settings.rules[rule].name).utf8
            position = match.range.upperBound
        }
        return result + bytes[position...]
    }

    /// The bytes with every secret that was found replaced; nil when there is none.
    func replaceFound(in bytes: [UInt8], _ context: Context) -> [UInt8]? {
        guard let finder else { return nil }
        let matches = finder.matches(in: bytes)
        guard !matches.isEmpty else { return nil }
        for match in matches {
            let (secret, rule) = finder.secrets[match.secret]
            _ = token(for: secret, rule: rule, context)
        }
        return replace(matches, of: finder, in: bytes)
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
        if isFinding { find(in: text) }
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
        guard let finder, let match = finder.matches(in: data, onlyFirst: true).first else { return nil }
        let (secret, rule) = finder.secrets[match.secret]
        return token(for: secret, rule: rule, context)
    }

    /// Learns what looks like a secret, and values that a text names: `password=…`, `--api-key=…`, `?token=…`.
    private func find(in text: [UInt8]) {
        for index in rules {
            for expression in settings.rules[index].values {
                switch expression.matches(in: text) {
                case .found(let matches):
                    for match in matches { learn(Array(text[match]), rule: index) }
                // Nobody knows what is in it: all of it counts as a secret.
                case .tooLong:
                    hasWhole = true
                    let digest = Self.digest(text)
                    unsearched[digest] = min(index, unsearched[digest] ?? index)
                }
            }
        }
        for equals in text.indices where text[equals] == UInt8(ascii: "=") {
            guard let rule = rule(forName: Self.name(before: equals, in: text)) else { continue }
            let value = Self.value(after: equals, in: text)
            learn(value, rule: rule)
            learn(Self.percentDecoded(value), rule: rule)
        }
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

    private static func percentDecoded(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest.removeFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
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

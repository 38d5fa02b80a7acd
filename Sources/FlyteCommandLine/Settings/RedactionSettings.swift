import FlyteAdmin
import FlyteRedaction

/// What counts as a secret, and where the key of the tokens is.
struct RedactionSettings: Sendable {
    private enum Key {
        case file(String)
        case variable(String)
    }

    static let keys = ["key-file", "key-variable", "minimum-length", "rules"]
    static let ruleKeys = ["name", "names", "values", "projects", "workflows", "tasks"]

    private let rules: [RedactionRule]
    private let minimumLength: Int
    private let key: Key
    private let value: SettingsValue

    init(_ value: SettingsValue) throws {
        self.value = value
        let members = try value.members(
            of: "'redaction'", Self.keys)
        guard members["key-file"] == nil || members["key-variable"] == nil else {
            throw value.failure("The key comes from 'key-file' or from 'key-variable', not from both.")
        }
        if let variable = members["key-variable"] {
            key = .variable(try variable.text("'key-variable'"))
        } else if let file = members["key-file"] {
            key = .file(try file.path("'key-file'"))
        } else {
            let slash = value.file.lastIndex(of: "/")
            key = .file((slash.map { String(value.file[...$0]) } ?? "") + "redaction.key")
        }
        minimumLength = try members["minimum-length"]?.integer("'minimum-length'", 4...1000) ?? 6
        rules = try members["rules"]?.elements(of: "the rules").map { try Self.rule($0) } ?? []
        guard !rules.isEmpty else { throw value.failure("'redaction' needs 'rules'.") }
    }

    private static func rule(_ value: SettingsValue) throws -> RedactionRule {
        let members = try value.members(of: "a rule", ruleKeys)
        guard let name = members["name"] else { throw value.failure("A rule needs a 'name'.") }
        let text = try name.text("'name'")
        guard text.utf8.count <= 40,
            text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
        else { throw name.failure("A rule's name is up to 40 letters, digits, '-' and '_'.") }
        var rule = RedactionRule(text)
        rule.names = try patterns(members["names"])
        rule.values =
            try members["values"].map { list in
                try list.elements(of: "'values'").map { value in
                    let pattern = try value.text("a value's expression")
                    return try expression(value, pattern) { () throws(RegularExpression.Invalid) in
                        try RegularExpression(pattern)
                    }
                }
            } ?? []
        rule.projects = try patterns(members["projects"])
        rule.workflows = try patterns(members["workflows"])
        rule.tasks = try patterns(members["tasks"])
        guard !rule.names.isEmpty || !rule.values.isEmpty else {
            throw value.failure("The rule '\(text)' finds nothing: it needs 'names' or 'values'.")
        }
        return rule
    }

    private static func patterns(_ list: SettingsValue?) throws -> [NamePattern] {
        try list?.elements(of: "patterns").map { value in
            let pattern = try value.text("a pattern")
            return try expression(value, pattern) { () throws(RegularExpression.Invalid) in
                try NamePattern(pattern)
            }
        } ?? []
    }

    private static func expression<Result>(
        _ value: SettingsValue, _ pattern: String, _ make: () throws(RegularExpression.Invalid) -> Result
    ) throws -> Result {
        do throws(RegularExpression.Invalid) {
            return try make()
        } catch {
            throw value.failure("'\(pattern)' is no regular expression: \(error.reason).")
        }
    }

    /// Ready for work: the key is read, or made.
    ///
    /// - Parameter isTrial: Whether nothing may be written, a key neither.
    func redactor(isTrial: Bool = false) throws -> Redactor {
        let key: RedactionKey
        switch self.key {
        case _ where isTrial: key = try RedactionKey.temporary()
        case .file(let path): key = try RedactionKey.file(path)
        case .variable(let name):
            guard let text = FlyteSettings.processEnvironment(name) else {
                throw value.failure(
                    "The environment variable '\(name)', which should hold the key, is empty.")
            }
            key = try RedactionKey(text, from: "$\(name)")
        }
        return Redactor(RedactionRules(rules, key: key, minimumLength: minimumLength))
    }
}

/// What counts as a secret, and the key of the tokens that take its place.
public struct RedactionRules: Sendable {
    /// In the order in which they count: of two that find the same secret, the first names it.
    public var rules: [RedactionRule]
    public var key: RedactionKey
    /// Bytes. Shorter values are replaced where their name says so, and not looked for anywhere else: everybody's
    /// texts hold `1` and `true`.
    public var minimumLength: Int

    public init(_ rules: [RedactionRule], key: RedactionKey, minimumLength: Int = 6) {
        self.rules = rules
        self.key = key
        self.minimumLength = max(4, minimumLength)
    }
}

/// One kind of secret.
public struct RedactionRule: Sendable {
    /// What tokens and the audit call it: letters, digits, `-` and `_`.
    public var name: String
    /// Of variables, keys and environment variables whose values are secrets.
    public var names: [NamePattern] = []
    /// What secrets look like, wherever they stand.
    public var values: [RegularExpression] = []
    /// Where the rule looks; empty for everywhere. What it finds is replaced in the whole tree.
    public var projects: [NamePattern] = []
    public var workflows: [NamePattern] = []
    public var tasks: [NamePattern] = []

    public init(_ name: String) { self.name = name }

    func applies(project: String, workflow: String?, task: String?) -> Bool {
        func isMeant(_ name: String?, _ patterns: [NamePattern]) -> Bool {
            patterns.isEmpty || name.map { name in patterns.contains { $0.matches(name) } } ?? false
        }
        return isMeant(project, projects) && isMeant(workflow, workflows) && isMeant(task, tasks)
    }
}

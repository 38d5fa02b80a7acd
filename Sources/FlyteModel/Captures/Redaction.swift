/// A secret that was replaced by its token before anything was written.
public struct Redaction: Hashable, Sendable {
    /// In a definition: `.execution`.
    public var place: CapturePlace
    /// Where it stood: `inputs`, `outputs`, `error`, `env`, `label`, `annotation`, `log`, `reason` or another field.
    public var field: String
    /// The variable or key; nil where there is none.
    public var name: String?
    /// The rule that found it, as the settings call it.
    public var rule: String
    /// What stands in its place: equal secrets have equal tokens.
    public var token: String
    /// How often it stood there.
    public var count: Int

    public init(
        place: CapturePlace, field: String, name: String?, rule: String, token: String, count: Int
    ) {
        self.place = place
        self.field = field
        self.name = name
        self.rule = rule
        self.token = token
        self.count = count
    }
}

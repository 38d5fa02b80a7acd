/// What an answer says of itself before its first table.
public struct AnswerHead: Hashable, Sendable {
    /// For people.
    public var title: String
    /// Whether it is several tables, each below its own name, or one table that is the answer.
    public var hasParts: Bool

    public init(title: String, hasParts: Bool) {
        self.title = title
        self.hasParts = hasParts
    }
}

/// The title of what follows, up to the next heading of its level or above.
public struct HeadingBlock: Hashable, Sendable {
    public enum Level: Int, Hashable, Sendable {
        /// What a reader jumps to.
        case section = 2
        /// A part of a section.
        case part = 3
    }

    /// Names what follows in links, CSV and JSON: lower case with dashes, and once in a report.
    public var id: String
    public var title: String
    public var level: Level
    /// How to read what follows, for people; empty for nothing.
    public var explanation: String

    public init(_ title: String, id: String, level: Level = .section, explanation: String = "") {
        self.title = title
        self.id = id
        self.level = level
        self.explanation = explanation
    }
}

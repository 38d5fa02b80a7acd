/// A column of a table.
public struct Column: Hashable, Sendable {
    /// What the column holds as a rule; a cell may still be of another kind.
    public enum Kind: String, Hashable, Sendable {
        case text, integer, real, blob
    }

    public var name: String
    public var kind: Kind

    public init(_ name: String, _ kind: Kind = .text) {
        self.name = name
        self.kind = kind
    }
}

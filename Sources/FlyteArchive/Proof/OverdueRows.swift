/// Rows of an archive that are to be made again from its messages.
public struct OverdueRows: Hashable, Sendable {
    public var part: DerivedPart
    /// Why: what they gain.
    public var reason: String
    /// How many are to be made.
    public var remaining: Int
    /// How many could not be made, since their messages are damaged; they stay as they are.
    public var unreadable: Int
}

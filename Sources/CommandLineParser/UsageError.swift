/// A command line that cannot be understood.
public struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence: what is wrong, and if possible what was meant.
    public var description: String

    public init(_ description: String) { self.description = description }
}

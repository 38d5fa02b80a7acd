public import FlyteAdmin

/// How far a harvest is.
public struct HarvestProgress: Hashable, Sendable {
    public var done = 0
    /// Executions found so far that must be read.
    public var total = 0
    /// Lists that are not read to their end: while there are some, `total` grows.
    public var openLists = 0
    public var problems = 0
    public var counts = RequestCounts()
    /// Seconds since the start.
    public var seconds = 0.0

    public init() {}

    /// Seconds until the rest is done at the speed so far; nil while nobody can tell.
    public var remaining: Double? {
        guard openLists == 0, done > 0, total > done, seconds >= 1 else { return nil }
        return seconds / Double(done) * Double(total - done)
    }
}

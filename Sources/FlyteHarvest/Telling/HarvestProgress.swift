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

    /// Nothing more can be found: all lists were read to their end.
    public var isTotalFinal: Bool { openLists == 0 }

    /// Seconds until those are done that were found, at the speed so far; nil while nobody can tell. While the total still
    /// grows, it takes longer.
    public var remaining: Double? {
        guard done > 0, total > done, seconds >= 1 else { return nil }
        return seconds / Double(done) * Double(total - done)
    }
}

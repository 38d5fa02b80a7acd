public import FlyteAdmin

/// How far a harvest is.
public struct HarvestProgress: Hashable, Sendable {
    public var done = 0
    /// Executions found so far that must be read; grows while lists are read.
    public var total = 0
    public var problems = 0
    public var counts = RequestCounts()
    /// Seconds since the start.
    public var seconds = 0.0
    /// The list being read, or the execution last done.
    public var place = ""

    public init() {}

    /// Seconds until the rest is done at the speed so far; nil while there is none.
    public var remaining: Double? {
        guard done > 0, total > done, seconds > 0 else { return nil }
        return seconds / Double(done) * Double(total - done)
    }
}

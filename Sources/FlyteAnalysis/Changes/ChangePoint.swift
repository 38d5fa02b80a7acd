/// Where a series of runs becomes another one.
public struct ChangePoint: Hashable, Sendable {
    /// The first of the runs after it.
    public var index: Int
    /// How often chance gives such a point in a series that never changes.
    public var p: Double

    public init(index: Int, p: Double) {
        self.index = index
        self.p = p
    }
}

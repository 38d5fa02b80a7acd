public import FlyteModel

/// A run of the harvester as the journal has it.
public struct HarvestRecord: Hashable, Sendable {
    public var startedAt: Timestamp
    /// nil while it runs, and when it was cut off.
    public var endedAt: Timestamp?
    /// `done`, `problems`, `stopped` or `failed`; nil as ``endedAt``.
    public var outcome: String?
    /// Why it failed.
    public var reason: String?
    public var executionsNew: Int
    public var executionsUpdated: Int
    public var problems: Int

    /// Whether it came to its end, be it with problems.
    public var isSuccess: Bool { outcome == "done" || outcome == "problems" }
}

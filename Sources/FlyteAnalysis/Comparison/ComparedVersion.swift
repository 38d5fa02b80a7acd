import FlyteArchive
import Tables

/// The runs of one version of a workflow.
public struct ComparedVersion: Hashable, Sendable {
    public var version: String
    /// Those that ended.
    public var runs: Int
    public var succeeded: Int
    public var failed: Int
    public var aborted: Int
    /// Of the successful ones, from start to end.
    public var medianSeconds: Double?
    /// When the first and the last of them ended, as the archive's views write times.
    public var firstEndedAt: String?
    public var lastEndedAt: String?

    /// Failed ones over those that succeeded or failed.
    public var failures: Proportion? { Proportion(failed, of: succeeded + failed) }
}

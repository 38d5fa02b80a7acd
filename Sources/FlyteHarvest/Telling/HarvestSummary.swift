/// What a harvest did.
public struct HarvestSummary: Hashable, Sendable {
    /// Executions that the archive did not have.
    public var new = 0
    /// Executions that it had otherwise.
    public var updated = 0
    /// Executions that were read and had not changed.
    public var unchanged = 0
    /// Executions that the lists named and the archive already had as they are.
    public var skipped = 0
    /// Executions that could not be read, or not whole, and lists likewise; each has its rows in `v_problem`.
    public var problems = 0
    /// Executions that the server no longer has: marked, and kept as they were.
    public var vanished = 0
    /// New ones whose names had been others': these are kept under other names.
    public var nameReused = 0
    /// Executions that it has again.
    public var returned = 0
    public var requests: Int64 = 0
    public var retries: Int64 = 0
    public var bytesIn: Int64 = 0
    /// Rows of the archive that were written, changed or taken away.
    public var rows: Int64 = 0
    /// Seconds.
    public var seconds = 0.0
    /// The harvest was asked to stop before it was done.
    public var wasStopped = false

    public init() {}

    /// `done`, `problems` or `stopped`: how the journal calls its end.
    public var outcome: String { wasStopped ? "stopped" : problems > 0 ? "problems" : "done" }

    /// How the journal calls the end of one that an error ended.
    public static let failed = "failed"

    /// All words of the journal's for an end.
    public static let outcomes = ["done", "problems", "stopped", failed]

    /// Whether the archive's executions are what they were.
    public var wroteNothing: Bool { new == 0 && updated == 0 }
}

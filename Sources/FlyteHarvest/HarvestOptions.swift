public import FlyteModel
public import FlyteRedaction

/// What to harvest, and how.
public struct HarvestOptions: Sendable {
    /// Whether the server's own metric spans are read. They cost the server two look-ups a node and can be
    /// recomputed.
    public enum ServerSpans: String, CaseIterable, Sendable {
        /// Once an execution has ended.
        case auto
        case always
        case never
    }

    /// A part of an execution that an archive can do without.
    public enum Part: String, CaseIterable, Sendable {
        case inputs, outputs
        /// The server's own metric spans; they are recomputed anyway.
        case spans
        /// Launch plans, workflows and tasks.
        case definitions
    }

    /// nil for all.
    public var projects: [String]?
    /// nil for all.
    public var domains: [String]?
    /// Only these; empty for all that changed.
    public var executions: [ExecutionID] = []
    /// Only what changed since then, whatever the archive has seen; nil to go on where the last harvest ended.
    public var since: Timestamp?
    /// Reads every execution again.
    public var isFull = false
    /// Looks at every execution that the server has, and marks those of the archive that it no longer has.
    public var isAudit = false
    /// A first harvest begins with the last executions.
    public var isNewestFirst = false
    /// With chosen executions come the executions that they launched.
    public var takesChildren = true
    /// How many executions a first harvest notes as done at once, about.
    public var windowSize = 2000
    public var serverSpans = ServerSpans.auto
    /// Executions whose trees are read side by side.
    public var jobs = 16
    /// Trees that are in memory at once. One that is being written asks for nothing: others should, meanwhile.
    /// One at a time stays one.
    var trees: Int { jobs <= 1 ? 1 : jobs + max(2, jobs / 4) }
    /// Seconds that the reading of one execution may take.
    public var executionTimeout = 7200
    /// Nanoseconds that a list goes back behind the watermark: transactions that were open, clocks of
    /// replicas that differ.
    public var overlap: Int64 = 300_000_000_000
    /// Nanoseconds after its end when an execution is read once more: events of nodes may come late.
    public var grace: Int64 = 600_000_000_000
    /// What is not asked for, and so not in the archive.
    public var skips: Set<Part> = []
    /// The base of the console's addresses, where that is not the endpoint.
    public var console: String?
    /// Puts tokens in the place of secrets before anything is written; nil to write everything as it came.
    public var redactor: Redactor?

    public init() {}
}

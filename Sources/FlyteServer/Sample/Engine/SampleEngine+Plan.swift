import FlyteIDL
import FlyteModel

extension SampleEngine {
    /// What happens to one run.
    struct Plan {
        /// Nodes that fail, by path of spec ids, such as `n1` or `n0/n1`.
        var failures: [String: SampleFailure] = [:]
        /// Nodes whose first attempts fail and whose last succeeds: how often they fail.
        var flaky: [String: Int] = [:]
        /// Run time of a task's runs, times this.
        var slowness: [String: Double] = [:]
        var cached: Set<String> = []
        /// Elements of a map task that fail for good, and whether the node stands it.
        var brokenElements: [String: (elements: [Int], isTolerated: Bool)] = [:]
        /// After so many seconds somebody terminates the run.
        var abortAfter: Double?
        var abortCause = ""
        var abortPrincipal = ""
        /// Gates that nobody answers, and approvals that are refused.
        var unanswered: Set<String> = []
        var refused: Set<String> = []
        /// The cluster refuses the workflow.
        var isRejected = false
        var takesElse = false
        var inputs: [String: SampleValue] = [:]
        var outputs: [String: SampleValue] = [:]
        var mode = "MANUAL"
        var principal = "ada@example.com"
        var labels: [(String, String)] = []
        var annotations: [(String, String)] = []
        var environment: [(String, String)] = []
        var tags: [String] = []
        var isArchived = false
        var scheduledAt: Timestamp?
        var reference: ExecutionID?
        /// Nodes whose outputs a recovery takes over.
        var recovered: Set<String> = []
        var parent: (id: ExecutionID, node: String, nesting: Int64)?
        /// A single task is run.
        var isSingleTask = false
        /// Still running at the end of the history: nothing later than this has happened.
        var until: Timestamp?
        /// Somebody asked for the run: an `admin.ExecutionSpec` of theirs.
        var spec: Message?
        /// Gates are answered by people, and by nobody else.
        var awaitsSignals = false
        var termination: SampleActions.Termination?
        /// The workflow goes on after a failure, as far as it can.
        var finishesOthers = false

        init() {}
    }
}

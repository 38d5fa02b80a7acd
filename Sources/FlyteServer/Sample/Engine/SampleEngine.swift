import FlyteIDL
import FlyteModel

/// Runs workflows of the sample installation as an engine and a cluster would: rounds, queues, containers whose
/// times are whole seconds, attempts that nobody saw running, retries, failures.
struct SampleEngine {
    struct Outcome {
        var phase: String
        var created: Timestamp
        var ended: Timestamp?
        var error: SampleFailure.Texts?
        /// Who is to blame: kind, code, node.
        var cause: (kind: String, code: String, node: String?)?
    }

    let installation: StoredInstallation
    var truth: SampleTruth
    var random: SampleRandom
    /// When set, each node has chances of its own: what is cut off by the end of the history then moves nothing
    /// else, and goes on as if it had not been.
    var ownChances: UInt64?
    /// Whether it reports attempts of what it finds in a cache.
    var reportsCacheHits = false
    /// What people did to the runs.
    var actions = SampleActions()
    var pending: [SampleNodeRows] = []
    var nodeCount = 0
    var attemptCount = 0

    init(installation: StoredInstallation, seed: UInt64) {
        self.installation = installation
        truth = SampleTruth()
        random = SampleRandom(seed: seed)
    }

    // MARK: Time and chance

    static func nanoseconds(_ seconds: Double) -> Int64 { Int64(seconds * 1e9) }

    /// Begins the chances of something anew by its name (FNV-1a), if everything has its own.
    mutating func take(chancesOf name: String) {
        guard let ownChances else { return }
        random = SampleRandom(
            seed: name.utf8.reduce(0xCBF2_9CE4_8422_2325 ^ ownChances) {
                ($0 ^ UInt64($1)) &* 0x100_0000_01B3
            })
    }

    func wholeSecond(_ time: Timestamp) -> Timestamp {
        Timestamp(
            nanoseconds: time.nanoseconds - (time.nanoseconds % 1_000_000_000 + 1_000_000_000) % 1_000_000_000
        )
    }

    /// The engine's next round: mostly some milliseconds, now and then a second.
    mutating func transition() -> Int64 {
        random.chance(0.08)
            ? Self.nanoseconds(random.between(0.8, 1.3)) : Self.nanoseconds(random.between(0.01, 0.06))
    }

    func text(_ time: Timestamp?) -> String? { time?.microsecondText }

    // MARK: An execution

    mutating func run(
        _ workflow: SampleWorkflow, as name: String, in place: SamplePlace, at created: Timestamp,
        _ plan: Plan
    ) -> Outcome {
        let id = ExecutionID(project: place.project, domain: place.domain, name: name)
        pending = []
        (nodeCount, attemptCount) = (0, 0)
        var outcome = Outcome(phase: "SUCCEEDED", created: created)
        take(chancesOf: name)
        let plan = acted(plan, on: id, created)
        let started = created + Self.nanoseconds(random.between(0.4, 1.4))
        if plan.isRejected {
            outcome.phase = "FAILED"
            outcome.error = SampleFailure.Texts(
                kind: "SYSTEM", code: "Internal",
                message:
                    "failed to create workflow in propeller Internal error occurred: etcdserver: request timed out while creating \"\(name)\""
            )
            outcome.cause = ("SYSTEM", "Internal", nil)
            outcome.ended = created
            finish(workflow, id, place, plan, outcome, started: nil, updated: created)
            return outcome
        }
        if plan.spec != nil, let until = plan.until, started > until {
            // The engine has not seen it.
            outcome.phase = "UNDEFINED"
            finish(workflow, id, place, plan, outcome, started: nil, updated: created)
            return outcome
        }
        let limit = plan.abortAfter.map { created + Self.nanoseconds($0) } ?? plan.until
        let level = runLevel(
            workflow, id, place, plan, path: "", parent: nil, parentAttempt: 0, at: started + transition(),
            limit: limit,
            inputs: plan.inputs, outputs: plan.outputs)
        var updated = started
        if let end = level.end {
            outcome.error = level.error
            outcome.cause = level.cause
            outcome.phase = level.error == nil ? "SUCCEEDED" : "FAILED"
            outcome.ended = end + transition()
            updated = outcome.ended ?? started
        } else if plan.abortAfter != nil, let limit {
            outcome.phase = "ABORTED"
            outcome.ended = (plan.termination?.time ?? limit) + Self.nanoseconds(random.between(0.2, 1.5))
            updated = outcome.ended ?? started
        } else {
            outcome.phase = plan.termination == nil ? "RUNNING" : "ABORTING"
        }
        finish(workflow, id, place, plan, outcome, started: started, updated: updated)
        return outcome
    }

    /// The plan with what was done to the run.
    private func acted(_ plan: Plan, on id: ExecutionID, _ created: Timestamp) -> Plan {
        guard let termination = actions.terminations[id] else { return plan }
        var plan = plan
        plan.termination = termination
        plan.abortCause = termination.cause
        plan.abortPrincipal = termination.principal
        if let until = plan.until, until < termination.isDone {
            plan.until = termination.cut
            plan.abortAfter = nil
        } else {
            plan.abortAfter = Double(termination.cut - created) / 1e9
        }
        return plan
    }

    mutating func add(_ node: SampleNodeRows) {
        nodeCount += 1
        attemptCount += node.attempts.count
        pending.append(node)
    }
}

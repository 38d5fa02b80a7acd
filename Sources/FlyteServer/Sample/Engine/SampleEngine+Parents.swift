import FlyteIDL
import FlyteModel

// Nodes that have other nodes, or another execution, below them.
extension SampleEngine {
    mutating func runDynamic(
        _ task: SampleTask, _ child: SampleTask, _ count: Int, _ context: SampleNodeContext
    ) -> NodeOutcome {
        let index = reserve(context)
        let outputs = outputs(of: task, context)
        let created = context.created + Self.nanoseconds(random.between(0.02, 0.06))
        let attempt = runAttempt(task, 0, context, at: created, failure: nil, outputs: outputs)
        var dynamic = SampleWorkflow(
            "dynamic_\(context.nodeID)", version: "\(context.id.name)-\(context.nodeID)", inputs: [],
            outputs: ["o0"],
            (0..<count).map { ("dn\($0)", .task(child), $0 == 0 ? [] : ["dn\($0 - 1)"]) })
        // Its tasks are those of the workflow that made it.
        dynamic.version = context.workflow.version
        let closure = dynamic.closure(context.place)
        let level = runLevel(
            dynamic, context.id, context.place, context.plan, path: context.path + "/",
            parent: context.nodeID,
            parentAttempt: 0, at: attempt.updated + transition(), limit: context.cut, inputs: [:],
            outputs: [:])
        return conclude(
            context, kind: "dynamic", started: context.created + Self.nanoseconds(0.05), attempts: [attempt],
            failure: nil,
            extra: [
                "dynamic_job_spec_uri": .string(
                    "\(installation.objects(of: context.id))/\(context.nodeID)/data/0/futures.pb")
            ],
            inputs: inputs(of: task, context), outputs: outputs, isParent: true, isDynamic: true,
            endAt: level.end ?? context.cut ?? attempt.updated, error: level.error, cause: level.cause,
            dynamic: closure, at: index)
    }

    mutating func runSub(_ sub: SampleWorkflow, _ context: SampleNodeContext) -> NodeOutcome {
        let index = reserve(context)
        let values = Dictionary(
            uniqueKeysWithValues: sub.inputs.map { ($0, context.plan.inputs[$0] ?? .integer(1)) })
        let outputs = Dictionary(uniqueKeysWithValues: sub.outputs.map { ($0, SampleValue.integer(2)) })
        let started = context.created + Self.nanoseconds(0.03)
        let level = runLevel(
            sub, context.id, context.place, context.plan, path: context.path + "/", parent: context.nodeID,
            parentAttempt: 0,
            at: started + transition(), limit: context.cut, inputs: values, outputs: outputs)
        return conclude(
            context, kind: "workflow", started: started, attempts: [], failure: nil, extra: [:],
            inputs: values,
            outputs: outputs, isParent: true, endAt: level.end ?? context.cut ?? started, error: level.error,
            cause: level.cause,
            at: index)
    }

    mutating func runBranch(_ first: SampleTask, _ second: SampleTask, _ context: SampleNodeContext)
        -> NodeOutcome
    {
        let index = reserve(context)
        let number = context.plan.takesElse ? 1 : 0
        let task = number == 0 ? first : second
        let armID = SampleNodeID.id(parent: context.nodeID, attempt: 0, spec: "\(context.spec.id)-n\(number)")
        let arm = SampleWorkflow.Node(
            id: "\(context.spec.id)-n\(number)", name: task.name, target: .task(task), upstream: [])
        let started = context.created + Self.nanoseconds(0.02)
        let outcome = runNode(
            arm, context.workflow, context.id, context.place, context.plan,
            path: context.path + "/n\(number)", nodeID: armID,
            parent: context.nodeID, group: "0", at: started + transition(), limit: context.limit,
            siblingFailure: context.cut == context.limit ? nil : context.cut)
        return conclude(
            context, kind: "branch", started: started, attempts: [], failure: nil, extra: [:],
            inputs: ["x": .integer(5)], outputs: ["o0": .integer(6)], isParent: true,
            endAt: outcome.end ?? context.cut ?? started, error: outcome.error, cause: outcome.cause,
            at: index)
    }

    mutating func runPlan(_ child: SampleWorkflow, _ context: SampleNodeContext) -> NodeOutcome {
        let started = context.created + Self.nanoseconds(0.04)
        let name = SampleNodeID.id(
            parent: context.id.name, attempt: 0, spec: context.nodeID, isExecution: true)
        var plan = Plan()
        plan.mode = "CHILD_WORKFLOW"
        plan.principal = context.plan.principal
        plan.parent = (context.id, context.nodeID, (context.plan.parent?.nesting ?? 0) + 1)
        plan.labels = [
            ("domain", context.place.domain), ("execution-id", context.id.name),
            ("project", context.place.project),
            ("workflow-name", context.id.name),
        ]
        plan.inputs = Dictionary(uniqueKeysWithValues: child.inputs.map { ($0, SampleValue.integer(3)) })
        plan.outputs = Dictionary(uniqueKeysWithValues: child.outputs.map { ($0, SampleValue.integer(4)) })
        let prefix = context.path + "/"
        for (path, failure) in context.plan.failures where path.hasPrefix(prefix) {
            plan.failures[String(path.dropFirst(prefix.count))] = failure
        }
        if let cut = context.cut, context.plan.abortAfter != nil || context.cut != context.limit {
            plan.abortAfter = Double(cut - started) / 1e9 + 0.5
            plan.abortCause =
                "cascading abort as parent execution id [\(context.id.name)] aborted, reason [\(context.plan.abortCause)]"
        } else {
            plan.until = context.cut
        }
        // The child's rows are its own.
        let (kept, nodes, attempts) = (pending, nodeCount, attemptCount)
        let outcome = run(
            child, as: name, in: context.place, at: started + Self.nanoseconds(random.between(0.05, 0.4)),
            plan)
        (pending, nodeCount, attemptCount) = (kept, nodes, attempts)
        // Children are looked at every 30 seconds.
        let end = outcome.ended.map { $0 + Self.nanoseconds(random.between(0.3, 30)) }
        let childID = ExecutionID(project: context.place.project, domain: context.place.domain, name: name)
        return conclude(
            context, kind: "launch_plan", started: started, attempts: [], failure: nil,
            extra: ["workflow_node_metadata": ["executionId": .message(Message(childID))]],
            inputs: plan.inputs,
            outputs: outcome.phase == "SUCCEEDED" ? plan.outputs : nil, endAt: end ?? context.cut ?? started,
            error: outcome.phase == "ABORTED" ? Self.aborted(childID) : outcome.error, cause: outcome.cause)
    }

    /// What a node says whose execution somebody has ended.
    private static func aborted(_ child: ExecutionID) -> SampleFailure.Texts {
        SampleFailure.Texts(
            kind: "SYSTEM", code: "RemoteChildWorkflowExecutionFailed",
            message: "launchplan [\(child.project):\(child.domain):\(child.name)] aborted")
    }
}

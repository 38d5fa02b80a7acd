import FlyteIDL
import FlyteModel

// Map tasks, of both event versions.
extension SampleEngine {
    mutating func runMap(_ task: SampleTask, _ count: Int, _ context: SampleNodeContext) -> NodeOutcome {
        let broken = context.plan.brokenElements[context.path]
        var mapped = task
        mapped.type = "container_array"
        let isTolerated = broken?.isTolerated ?? true
        let elements = broken?.elements ?? []
        let list = SampleValue(
            [
                "collection": [
                    "literals": .list((0..<count).map { .message(SampleValue.integer(Int64($0)).literal) })
                ]
            ], "list",
            "[" + (0..<count).map(String.init).joined(separator: ",") + "]")
        let outputs = ["o0": list]
        let texts = SampleFailure.Texts(
            kind: "UNKNOWN", code: "", message: elements.map { "[\($0)]: element \($0) is broken\n" }.joined()
        )
        var resources: [Value] = []
        for index in 0..<count {
            let isBroken = elements.contains(index)
            let tries = isBroken && task.retries > 0 ? Int(task.retries) + 1 : 1
            for retry in 0..<tries {
                let phase = isBroken ? "FAILED" : "SUCCEEDED"
                resources.append([
                    "external_id": .string("\(context.id.name)-\(context.nodeID)-0-n\(index)-\(retry)"),
                    "index": .int64(Int64(index)), "retry_attempt": .int64(Int64(retry)),
                    "phase": .string(phase),
                ])
                truth.subtasks.append(
                    .init(
                        context.id.project, context.id.domain, context.id.name, context.nodeID, "0",
                        String(index),
                        String(retry), phase))
            }
        }
        let created = context.created + Self.nanoseconds(random.between(0.02, 0.06))
        var result = runAttempt(
            mapped, 0, context, at: created, failure: nil, outputs: isTolerated ? outputs : [:]
        ) {
            $0["external_resources"] = .list(resources)
            $0["plugin_identifier"] = "k8s-array"
        }
        let isBroken = !isTolerated && result.succeeded
        if isBroken {
            // The array's one attempt carries the messages of its elements.
            var closure = result.message.message("closure") ?? Message("admin.TaskExecutionClosure")
            closure["error"] = .message(texts.asMessage)
            closure["phase"] = "FAILED"
            result.message["closure"] = .message(closure)
            result.succeeded = false
            amendLastAttempt(phase: "FAILED", texts, outputsOf: context, count: outputs.count)
        }
        return conclude(
            context, kind: "array", started: context.created + Self.nanoseconds(0.05), attempts: [result],
            failure: nil,
            extra: [:], inputs: inputs(of: task, context), outputs: isTolerated ? outputs : nil,
            isArray: true,
            error: isBroken ? texts : nil)
    }

    /// Corrects the truth of an attempt that turned out to have failed.
    mutating func amendLastAttempt(
        phase: String, _ texts: SampleFailure.Texts, outputsOf context: SampleNodeContext, count: Int
    ) {
        guard var row = truth.attempts.popLast() else { return }
        row.values[6] = phase
        row.values[10] = texts.kind
        row.values[11] = texts.code
        truth.attempts.append(row)
    }

    /// Event version 1: each element is a node, and beside each stands one that nobody ever ends.
    mutating func runFullMap(_ task: SampleTask, _ count: Int, _ context: SampleNodeContext) -> NodeOutcome {
        let index = reserve(context)
        var end = context.created
        for element in 0..<count {
            let elementID = SampleNodeID.id(parent: context.nodeID, attempt: 0, spec: "n\(element)")
            let node = SampleWorkflow.Node(
                id: "n\(element)", name: context.spec.name, target: .task(task), upstream: [])
            let outcome = runNode(
                node, context.workflow, context.id, context.place, Plan(),
                path: context.path + "/n\(element)",
                nodeID: elementID, parent: context.nodeID, group: "0",
                at: context.created + Self.nanoseconds(random.between(0.1, 0.5)), limit: nil,
                siblingFailure: nil)
            end = max(end, outcome.end ?? end)
            let phantom = "\(context.nodeID)-n\(element)"
            let queued = context.created + Self.nanoseconds(0.2)
            add(
                SampleNodeRows(
                    message: nodeMessage(
                        context.id, phantom, "", "",
                        closure("QUEUED", created: queued, started: nil, ended: nil, updated: queued),
                        isParent: false, inputURI: nil), parent: nil))
            truth.nodes.append(
                .init(
                    context.id.project, context.id.domain, context.id.name, phantom, nil, "unknown", "QUEUED",
                    text(queued), nil,
                    nil, "0"))
        }
        let values = inputs(of: task, context)
        let list = SampleValue(["collection": [:]], "list", "[]")
        return conclude(
            context, kind: "array", started: context.created + Self.nanoseconds(0.05), attempts: [],
            failure: nil, extra: [:],
            inputs: values, outputs: ["o0": list], isParent: true, isArray: true, endAt: end + transition(),
            at: index)
    }
}

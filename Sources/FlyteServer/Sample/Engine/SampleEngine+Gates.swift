import FlyteIDL
import FlyteModel

// Nodes that wait for somebody, or for some time.
extension SampleEngine {
    mutating func runGate(_ context: SampleNodeContext) -> NodeOutcome {
        let started = context.created + Self.nanoseconds(random.between(0.01, 0.05))
        let wait = Self.nanoseconds(random.between(30, 5000))
        var end = context.plan.unanswered.contains(context.path) ? nil : Optional(started + wait)
        if context.plan.awaitsSignals { end = nil }
        if case .sleep = context.spec.target { end = started + Self.nanoseconds(60 + random.between(0, 1)) }
        var isRefused = context.plan.refused.contains(context.path)
        var values: [String: SampleValue] = [:]
        switch context.spec.target {
        case .approve(let signal), .signal(let signal):
            let isApproval = if case .approve = context.spec.target { true } else { false }
            var fields: [String: Value] = [
                "id": ["signal_id": .string(signal), "execution_id": .message(Message(context.id))],
                "type": ["simple": .string(isApproval ? "BOOLEAN" : "INTEGER")],
            ]
            var json: String?
            if end != nil {
                let value =
                    isApproval
                    ? SampleValue(
                        ["scalar": ["primitive": ["boolean": .bool(!isRefused)]]], "boolean",
                        isRefused ? "false" : "true")
                    : SampleValue.integer(7)
                fields["value"] = .message(value.literal)
                json = value.json
                values = ["o0": value]
            }
            let answers = actions.answers[.init(execution: context.id, signal: signal)] ?? []
            if let first = answers.first(where: { $0.time >= started && $0.time < end ?? $0.time + 1 }) {
                // The first one opens the gate; later ones are stored, and change nothing.
                let value = SampleValue.answer(first.value)
                end = first.time
                values = ["o0": value]
                json = value.json
                isRefused = isApproval && value.json == "false"
            }
            if let last = answers.last { fields["value"] = .message(last.value) }
            installation.add(signal: Message("admin.Signal", fields))
            truth.signals.append(
                .init(
                    context.id.project, context.id.domain, context.id.name, signal,
                    isApproval ? "BOOLEAN" : "INTEGER", json))
        default: break
        }
        let texts = SampleFailure.Texts(
            kind: "USER", code: "ReceivedRejectSignal",
            message: "received a reject signal to disapprove the node input values")
        // A gate that nobody answers is cut off by whatever ends the run.
        var own = context
        if end == nil, own.cut == nil { own.cut = started; own.limit = started }
        return conclude(
            own, kind: "gate", started: started, attempts: [], failure: nil, extra: [:], inputs: [:],
            outputs: values.isEmpty || isRefused ? nil : values, endAt: end ?? own.cut ?? started,
            error: isRefused ? texts : nil)
    }
}

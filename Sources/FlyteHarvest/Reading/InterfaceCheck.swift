import FlyteModel

extension ExecutionTree {
    /// Whether the definitions say that a place has no inputs or no outputs at all, so that an empty map is
    /// the whole truth. false when they do not say.
    func hasNone(_ direction: CapturedMessage.Direction, at place: CapturePlace, _ definitions: Definitions)
        -> Bool
    {
        guard let id = place.nodeID else {
            return execution.workflow.flatMap(definitions.workflow).map {
                $0.primary.interface.isEmpty(direction)
            } ?? false
        }
        guard let index = node(id) else { return false }
        let node = nodes[index]
        let level = levels[node.level].workflow
        // A start node gives what its workflow takes.
        if node.kind == .start { return direction == .output && level?.interface.inputs.isEmpty ?? false }
        if node.kind == .end { return direction == .input && level?.interface.outputs.isEmpty ?? false }
        if let attempt = node.attempts.last {
            let task = attempt.task
            if let template = dynamicClosures.values.lazy.compactMap({ $0.tasks[task] }).first
                ?? execution.workflow.flatMap(definitions.workflow)?.tasks[task] ?? definitions.task(task)
            {
                return template.interface.isEmpty(direction)
            }
        }
        switch node.spec?.target {
        case .gate: return direction == .input
        case .task(let task, _):
            return (execution.workflow.flatMap(definitions.workflow)?.tasks[task] ?? definitions.task(task))
                .map { $0.interface.isEmpty(direction) } ?? false
        case .workflow(let workflow):
            return execution.workflow.flatMap(definitions.workflow)?.subWorkflows[workflow]
                .map { $0.interface.isEmpty(direction) } ?? false
        default: return false
        }
    }
}

extension Interface {
    fileprivate func isEmpty(_ direction: CapturedMessage.Direction) -> Bool {
        direction == .input ? inputs.isEmpty : outputs.isEmpty
    }
}

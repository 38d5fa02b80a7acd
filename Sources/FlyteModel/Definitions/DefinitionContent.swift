/// What a definition's message says.
public enum DefinitionContent: Sendable {
    case task(TaskTemplate)
    case launchPlan(LaunchPlan)
    case workflow(WorkflowClosure)

    /// Throws when the message cannot be understood.
    public init(of definition: CapturedDefinition) throws(ModelError) {
        switch definition.id.kind {
        case .task: self = .task(try TaskTemplate(decoding: definition.bytes))
        case .launchPlan: self = .launchPlan(try LaunchPlan(decoding: definition.bytes))
        case .workflow: self = .workflow(try WorkflowClosure(workflow: definition.bytes))
        }
    }
}

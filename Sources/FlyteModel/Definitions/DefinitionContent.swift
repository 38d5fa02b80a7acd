import FlyteIDL

/// What a definition's message says.
public enum DefinitionContent: Sendable {
    case task(TaskTemplate)
    case launchPlan(LaunchPlan)
    case workflow(WorkflowClosure)
    /// It is nested more deeply than our reader goes.
    case unreadable

    /// Throws when the message is none, such as one that was cut off.
    public init(of definition: CapturedDefinition) throws(ModelError) {
        do throws(ModelError) {
            switch definition.id.kind {
            case .task: self = .task(try TaskTemplate(decoding: definition.bytes))
            case .launchPlan: self = .launchPlan(try LaunchPlan(decoding: definition.bytes))
            case .workflow: self = .workflow(try WorkflowClosure(workflow: definition.bytes))
            }
        } catch {
            guard error.reason == .tooDeep else { throw error }
            self = .unreadable
        }
    }
}

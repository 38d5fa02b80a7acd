/// The identity of one version of a task, workflow or launch plan.
public struct DefinitionID: Hashable, Sendable, CustomStringConvertible {
    /// Flyte's `core.ResourceType`, as the archive names it.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case task
        case workflow
        case launchPlan = "launch_plan"
    }

    public var kind: Kind
    public var project: String
    public var domain: String
    public var name: String
    public var version: String

    public init(kind: Kind, project: String, domain: String, name: String, version: String) {
        self.kind = kind
        self.project = project
        self.domain = domain
        self.name = name
        self.version = version
    }

    /// `kind project/domain/name@version`.
    public var description: String { "\(kind.rawValue) \(project)/\(domain)/\(name)@\(version)" }
}

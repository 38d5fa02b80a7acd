import FlyteIDL

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

    // By bytes: see `KeyBytes`.
    public static func == (a: DefinitionID, b: DefinitionID) -> Bool {
        a.kind == b.kind && a.name.hasSameBytes(as: b.name) && a.version.hasSameBytes(as: b.version)
            && a.project.hasSameBytes(as: b.project) && a.domain.hasSameBytes(as: b.domain)
    }

    public func hash(into hasher: inout Hasher) {
        // Projects and domains are few.
        KeyBytes.hash(name, into: &hasher)
        KeyBytes.hash(version, into: &hasher)
    }

    /// `kind project/domain/name@version`.
    public var description: String { "\(kind.rawValue) \(project)/\(domain)/\(name)@\(version)" }
}

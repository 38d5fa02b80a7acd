/// The identity of a workflow execution within one Flyte installation.
public struct ExecutionID: Hashable, Sendable, CustomStringConvertible {
    public var project: String
    public var domain: String
    public var name: String

    public init(project: String, domain: String, name: String) {
        self.project = project
        self.domain = domain
        self.name = name
    }

    /// `project/domain/name`.
    public var description: String { "\(project)/\(domain)/\(name)" }
}

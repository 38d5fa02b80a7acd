import FlyteIDL

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

    // By bytes: see `KeyBytes`.
    public static func == (a: ExecutionID, b: ExecutionID) -> Bool {
        a.name.hasSameBytes(as: b.name) && a.project.hasSameBytes(as: b.project)
            && a.domain.hasSameBytes(as: b.domain)
    }

    public func hash(into hasher: inout Hasher) {
        // Projects and domains are few.
        KeyBytes.hash(name, into: &hasher)
    }

    /// `project/domain/name`.
    public var description: String { "\(project)/\(domain)/\(name)" }
}

public import FlyteModel

/// Why there is nothing to harvest.
public struct HarvestError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// With the projects that there are.
        case noSuchProject(String, known: [String])
        /// With the domains that there are.
        case noSuchDomain(String, known: [String])
        case noSuchExecution(ExecutionID)
    }

    public var kind: Kind

    public init(_ kind: Kind) { self.kind = kind }

    public var description: String {
        switch kind {
        case .noSuchProject(let name, let known):
            "The server has no project '\(name)'.\(Self.list(known))"
        case .noSuchDomain(let name, let known):
            "The server has no domain '\(name)'.\(Self.list(known))"
        case .noSuchExecution(let id):
            "The server has no execution '\(id)'. Give project/domain/name as the console shows it."
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.sorted().prefix(12)
        return shown.isEmpty
            ? "" : " It has \(shown.joined(separator: ", "))\(names.count > shown.count ? ", …" : "")."
    }
}

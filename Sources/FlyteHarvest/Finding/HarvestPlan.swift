public import FlyteAdmin
import FlyteModel

/// What a harvest will look at, as the server itself names it: the first contact, before anything is written.
public struct HarvestPlan: Sendable {
    struct Place: Hashable, Sendable {
        var project: String
        var domain: String

        // By bytes: see `KeyBytes`.
        static func == (a: Place, b: Place) -> Bool {
            KeyBytes(a.project) == KeyBytes(b.project) && KeyBytes(a.domain) == KeyBytes(b.domain)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(KeyBytes(project))
            hasher.combine(KeyBytes(domain))
        }
    }

    private static let placesAtMost = 200_000

    var places: [Place] = []
    var executions: [ExecutionID] = []

    /// Asks the server for its projects and domains.
    ///
    /// Throws ``HarvestError`` when it does not have what the options name, and ``AdminError`` when nobody answers
    /// as Flyte does.
    public init(_ options: HarvestOptions, client: AdminClient) async throws {
        if !options.executions.isEmpty {
            for id in options.executions {
                do {
                    _ = try await client.execution(id)
                } catch {
                    // A `catch where` does not compile here with Swift 6.3.
                    if error.kind == .notFound { throw HarvestError(.noSuchExecution(id)) }
                    throw error
                }
            }
            executions = options.executions
            return
        }
        let projects = try await client.projects()
        let domains = try await client.domains()
        if let unknown = options.projects?.first(where: { !projects.contains($0) }) {
            throw HarvestError(.noSuchProject(unknown, known: projects))
        }
        if let unknown = options.domains?.first(where: { !domains.contains($0) }) {
            throw HarvestError(.noSuchDomain(unknown, known: domains))
        }
        let (chosen, inEach) = (options.projects ?? projects, options.domains ?? domains)
        guard chosen.count * inEach.count <= Self.placesAtMost else {
            throw AdminError(
                kind: .endless, route: "GET /api/v1/domains",
                message:
                    "\(chosen.count) projects with \(inEach.count) domains are more than any installation has"
            )
        }
        places = chosen.flatMap { project in inEach.map { Place(project: project, domain: $0) } }
    }
}

import FlyteAdmin
import FlyteIDL
import FlyteModel

/// The definitions of a harvest: each asked for once, whoever needs it.
actor DefinitionStore {
    enum Entry: Sendable {
        case bytes([UInt8])
        /// The server does not have it, or cannot read it; its words.
        case missing(AdminError)
    }

    private let client: AdminClient
    /// What the archive already has.
    private let stored: @Sendable (DefinitionID) async throws -> [UInt8]?
    private var loading: [DefinitionID: Task<Entry, Never>] = [:]
    private var fresh: Set<DefinitionID> = []
    private var closures: [DefinitionID: WorkflowClosure] = [:]
    private var tasks: [DefinitionID: TaskTemplate] = [:]

    init(client: AdminClient, stored: @escaping @Sendable (DefinitionID) async throws -> [UInt8]?) {
        self.client = client
        self.stored = stored
    }

    /// Makes sure that these are known, as far as they can be.
    func load(_ ids: [DefinitionID]) async {
        for id in ids { _ = task(for: id) }
        for id in ids { _ = await entry(id) }
    }

    private func task(for id: DefinitionID) -> Task<Entry, Never> {
        if let task = loading[id] { return task }
        let task = Task { () async -> Entry in
            if let bytes = try? await self.stored(id) {
                self.remember(id, bytes, isFresh: false)
                return .bytes(bytes)
            }
            do throws(AdminError) {
                let bytes = try await self.client.definition(id)
                self.remember(id, bytes, isFresh: true)
                return .bytes(bytes)
            } catch {
                return .missing(error)
            }
        }
        loading[id] = task
        return task
    }

    private func entry(_ id: DefinitionID) async -> Entry { await task(for: id).value }

    private func remember(_ id: DefinitionID, _ bytes: [UInt8], isFresh: Bool) {
        if isFresh { fresh.insert(id) }
        switch id.kind {
        case .workflow: closures[id] = try? WorkflowClosure(workflow: bytes)
        case .task: tasks[id] = try? TaskTemplate(decoding: bytes)
        case .launchPlan: break
        }
    }

    /// The decoded definitions of these ids.
    func known(_ ids: [DefinitionID]) -> (
        workflows: [DefinitionID: WorkflowClosure], tasks: [DefinitionID: TaskTemplate]
    ) {
        (
            Dictionary(uniqueKeysWithValues: ids.compactMap { id in closures[id].map { (id, $0) } }),
            Dictionary(uniqueKeysWithValues: ids.compactMap { id in tasks[id].map { (id, $0) } })
        )
    }

    /// Those of the ids that were read from the server, with their bytes; and those it did not give.
    func captured(_ ids: [DefinitionID]) async -> (
        found: [CapturedDefinition], missing: [(DefinitionID, AdminError)]
    ) {
        var found: [CapturedDefinition] = []
        var missing: [(DefinitionID, AdminError)] = []
        for id in ids {
            switch await entry(id) {
            case .bytes(let bytes):
                if fresh.contains(id) { found.append(CapturedDefinition(id: id, bytes: bytes)) }
            case .missing(let error): missing.append((id, error))
            }
        }
        return (found, missing)
    }
}

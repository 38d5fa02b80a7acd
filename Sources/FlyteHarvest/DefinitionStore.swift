import FlyteAdmin
import FlyteIDL
import FlyteModel
import FlyteRedaction

/// The definitions of a harvest: each asked for once, whoever needs it.
actor DefinitionStore {
    enum Entry: Sendable {
        case definition(CapturedDefinition)
        /// The server does not have it, or cannot read it; its words.
        case missing(AdminError)
    }

    private let client: AdminClient
    /// What the archive already has.
    private let stored: @Sendable (DefinitionID) async throws -> [UInt8]?
    private let redactor: Redactor?
    private var loading: [DefinitionID: Task<Entry, any Error>] = [:]
    private var fresh: Set<DefinitionID> = []
    private var closures: [DefinitionID: WorkflowClosure] = [:]
    private var tasks: [DefinitionID: TaskTemplate] = [:]

    init(
        client: AdminClient, redactor: Redactor?,
        stored: @escaping @Sendable (DefinitionID) async throws -> [UInt8]?
    ) {
        self.client = client
        self.redactor = redactor
        self.stored = stored
    }

    /// Reads those that are not known yet, side by side.
    ///
    /// - Returns: Those that the server gave, which the archive may not have; and those it did not give.
    func read(_ ids: [DefinitionID]) async throws -> (
        found: [CapturedDefinition], missing: [(DefinitionID, AdminError)]
    ) {
        for id in ids { _ = task(for: id) }
        var found: [CapturedDefinition] = []
        var missing: [(DefinitionID, AdminError)] = []
        for id in ids {
            switch try await task(for: id).value {
            case .definition(let definition): if fresh.contains(id) { found.append(definition) }
            case .missing(let error):
                try error.rethrowIfTreeIsSpoilt()
                missing.append((id, error))
            }
        }
        return (found, missing)
    }

    private func task(for id: DefinitionID) -> Task<Entry, any Error> {
        if let task = loading[id] { return task }
        let task = Task { () async throws -> Entry in
            if let bytes = try await self.stored(id) {
                self.remember(id, bytes, isFresh: false)
                return .definition(CapturedDefinition(id: id, bytes: bytes))
            }
            do throws(AdminError) {
                var definition = CapturedDefinition(id: id, bytes: try await self.client.definition(id))
                self.redactor?.redact(&definition)
                self.remember(id, definition.bytes, isFresh: true)
                return .definition(definition)
            } catch {
                return .missing(error)
            }
        }
        loading[id] = task
        return task
    }

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
}

import FlyteAdmin
import FlyteIDL
import FlyteModel
import FlyteRedaction

/// The definitions of a harvest: each asked for once by many, and remembered as long as there is room.
actor DefinitionStore {
    private enum Entry: Sendable {
        case definition(Definition)
        /// The server does not have it, or cannot read it; its words.
        case missing(AdminError)
    }

    private struct Definition: Sendable {
        var captured: CapturedDefinition
        /// That the archive may not have it.
        var isFresh: Bool
        /// nil when it cannot be understood.
        var content: DefinitionContent?

        init(_ captured: CapturedDefinition, isFresh: Bool) {
            (self.captured, self.isFresh) = (captured, isFresh)
            content = try? DefinitionContent(of: captured)
        }
    }

    private let client: AdminClient
    /// What the archive already has.
    private let stored: @Sendable (DefinitionID) async throws -> [UInt8]?
    private let redactor: Redactor?
    private var loading: [DefinitionID: Task<Entry, any Error>] = [:]
    private var known = RecentCache<DefinitionID, Entry>(bytes: 2 << 20)

    init(
        client: AdminClient, redactor: Redactor?,
        stored: @escaping @Sendable (DefinitionID) async throws -> [UInt8]?
    ) {
        self.client = client
        self.redactor = redactor
        self.stored = stored
    }

    /// Reads those that are not known, side by side.
    ///
    /// - Returns: Those that the server gave, which the archive may not have; and those it did not give.
    func read(_ ids: [DefinitionID]) async throws -> (
        found: [CapturedDefinition], missing: [(DefinitionID, AdminError)]
    ) {
        var found: [CapturedDefinition] = []
        var missing: [(DefinitionID, AdminError)] = []
        for (id, entry) in try await entries(ids) {
            switch entry {
            case .definition(let definition): if definition.isFresh { found.append(definition.captured) }
            case .missing(let error):
                try error.rethrowIfTreeIsSpoilt()
                missing.append((id, error))
            }
        }
        return (found, missing)
    }

    /// The decoded definitions of these ids.
    func decoded(_ ids: [DefinitionID]) async throws -> (
        workflows: [DefinitionID: WorkflowClosure], tasks: [DefinitionID: TaskTemplate]
    ) {
        var workflows: [DefinitionID: WorkflowClosure] = [:]
        var tasks: [DefinitionID: TaskTemplate] = [:]
        for (id, entry) in try await entries(ids) {
            guard case .definition(let definition) = entry else { continue }
            switch definition.content {
            case .workflow(let closure): workflows[id] = closure
            case .task(let template): tasks[id] = template
            case .launchPlan, .unreadable, nil: break
            }
        }
        return (workflows, tasks)
    }

    private func entries(_ ids: [DefinitionID]) async throws -> [(DefinitionID, Entry)] {
        var entries: [(DefinitionID, Entry)] = []
        var open: [(DefinitionID, Task<Entry, any Error>)] = []
        for id in ids {
            if let entry = known[id] { entries.append((id, entry)) } else { open.append((id, task(for: id))) }
        }
        for (id, task) in open { entries.append((id, try await task.value)) }
        return entries
    }

    private func task(for id: DefinitionID) -> Task<Entry, any Error> {
        if let task = loading[id] { return task }
        let task = Task { () async throws -> Entry in
            defer { self.loading[id] = nil }
            let entry = try await self.load(id)
            var bytes = 1000
            if case .definition(let definition) = entry { bytes += definition.captured.bytes.count }
            self.known.keep(entry, for: id, bytes: bytes)
            return entry
        }
        loading[id] = task
        return task
    }

    private func load(_ id: DefinitionID) async throws -> Entry {
        if let bytes = try await stored(id) {
            return .definition(Definition(CapturedDefinition(id: id, bytes: bytes), isFresh: false))
        }
        do throws(AdminError) {
            var captured = CapturedDefinition(id: id, bytes: try await client.definition(id))
            redactor?.redact(&captured)
            // It would be asked for no more.
            do throws(ModelError) {
                _ = try DefinitionContent(of: captured)
            } catch {
                throw AdminError(
                    kind: .garbage, route: "GET \(id.kind.rawValue)", status: 200, message: error.description)
            }
            return .definition(Definition(captured, isFresh: true))
        } catch {
            return .missing(error)
        }
    }
}

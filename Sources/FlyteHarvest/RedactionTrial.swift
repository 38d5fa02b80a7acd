public import FlyteAdmin
import FlyteArchive
public import FlyteModel
import FlyteRedaction

/// Reads executions as a harvest does, and tells what would be replaced in them; writes nothing, and needs no
/// archive.
public struct RedactionTrial: Sendable {
    public struct Finding: Hashable, Sendable {
        /// What was read; a definition has its own findings.
        public enum Subject: Hashable, Sendable {
            case execution(ExecutionID)
            case definition(DefinitionID)
        }

        public var subject: Subject
        public var redaction: Redaction
    }

    public struct Result: Sendable {
        public var findings: [Finding] = []
        public var executions = 0
        /// Why executions could not be read, or not whole; without secrets.
        public var errors: [String] = []
    }

    private let plan: HarvestPlan
    private let client: AdminClient
    private let options: HarvestOptions

    public init(_ plan: HarvestPlan, client: AdminClient, options: HarvestOptions) {
        self.plan = plan
        self.client = client
        self.options = options
    }

    /// - Parameter now: The time to be told as that of the reading.
    public func run(at now: Timestamp) async throws -> Result {
        let reader = TreeReader(
            client: client,
            definitions: DefinitionStore(client: client, redactor: options.redactor) { _ in nil },
            objects: ObjectReader(client: client, folder: nil), serverSpans: .never,
            redactor: options.redactor, skips: options.skips, folder: nil)
        var result = Result()
        var seen: Set<DefinitionID> = []
        let ids = try await executions()
        try await withThrowingTaskGroup(of: Tree.self) { group in
            for (index, id) in ids.enumerated() {
                if index >= options.jobs, let tree = try await group.next() { result.add(tree, &seen) }
                group.addTask { try await read(id, reader, at: now) }
            }
            for try await tree in group { result.add(tree, &seen) }
        }
        result.findings.sort { $0.order.lexicographicallyPrecedes($1.order) }
        return result
    }

    private func executions() async throws -> [ExecutionID] {
        var ids = plan.executions
        var seen = Set(ids)
        for place in plan.places {
            let list = try client.executions(
                project: place.project, domain: place.domain,
                filters: options.since.map { ["gte(updated_at,\($0))"] } ?? [])
            try await client.pages(of: list) { _, _ in
            } _: { page in
                for item in page.items {
                    let id = try Execution(decoding: item).id
                    if seen.insert(id).inserted { ids.append(id) }
                }
            }
        }
        return ids
    }

    fileprivate struct Tree: Sendable {
        var id: ExecutionID
        var redactions: [Redaction] = []
        var definitions: [CapturedDefinition] = []
        var errors: [String] = []
    }

    private func read(_ id: ExecutionID, _ reader: TreeReader, at now: Timestamp) async throws -> Tree {
        do {
            let read = try await reader.read(id, at: now)
            return Tree(
                id: id, redactions: Array(read.tree.capture.redactions), definitions: read.definitions,
                errors: read.failures.map { "\($0)" })
        } catch let error as AdminError {
            if error.isFatal { throw error }
            var secrets = Redactor.Secrets()
            let told = options.redactor?.redact(error, knowing: &secrets) ?? error
            return Tree(id: id, errors: ["\(told)"])
        }
    }
}

extension RedactionTrial.Result {
    fileprivate mutating func add(_ tree: RedactionTrial.Tree, _ seen: inout Set<DefinitionID>) {
        executions += 1
        errors += tree.errors
        findings += tree.redactions.map { .init(subject: .execution(tree.id), redaction: $0) }
        for definition in tree.definitions where seen.insert(definition.id).inserted {
            findings += definition.redactions.map {
                .init(subject: .definition(definition.id), redaction: $0)
            }
        }
    }
}

extension RedactionTrial.Finding {
    /// By subject and place, definitions first.
    fileprivate var order: [String] {
        let name: [String] =
            switch subject {
            case .definition(let id): ["0", id.description]
            case .execution(let id): ["1", id.description]
            }
        let place = redaction.place
        return name + [
            place.nodeID ?? "", place.attempt.map { String($0) } ?? "", redaction.field, redaction.name ?? "",
            redaction.rule, redaction.token,
        ]
    }
}

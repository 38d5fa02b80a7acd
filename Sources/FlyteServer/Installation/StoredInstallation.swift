import Locking
import FlyteIDL
public import FlyteModel

/// An installation in memory, filled by calls.
///
/// What is added again under the same id takes the place of what was there, keeping `id` and
/// `created_at`, as the server's own updates do. All calls may come from any thread, also while a server
/// answers.
public final class StoredInstallation: Installation {
    /// Where the objects of an execution lie when nothing says otherwise.
    public let blobPrefix: String
    public let domains: [String]

    struct Place: Hashable {
        let project: KeyBytes
        let domain: KeyBytes

        init(project: String, domain: String) {
            self.project = KeyBytes(project)
            self.domain = KeyBytes(domain)
        }
    }

    struct NodeKey: Hashable {
        private var execution: ExecutionID
        private var node: KeyBytes

        init(execution: ExecutionID, node: String) {
            self.execution = execution
            self.node = KeyBytes(node)
        }
    }

    struct AttemptKey: Hashable {
        var task: DefinitionID?
        var attempt: Int64
    }

    struct Contents {
        var generation: UInt64 = 0
        var lastID: [Entity: Int64] = [:]
        var projects: [KeyBytes: StoredRow] = [:]
        var executions: [Place: [ExecutionID: StoredRow]] = [:]
        var nodes: [ExecutionID: [KeyBytes: StoredRow]] = [:]
        /// The nodes that name one as their parent, by its database id.
        var children: [Int64: Set<KeyBytes>] = [:]
        var attempts: [NodeKey: [AttemptKey: StoredRow]] = [:]
        var signals: [ExecutionID: [KeyBytes: StoredRow]] = [:]
        var definitions: [DefinitionID.Kind: [Place: [DefinitionID: StoredRow]]] = [:]
        var namedEntities: [DefinitionID.Kind: [Place: [KeyBytes: StoredRow]]] = [:]
        var descriptions: [DefinitionID.Kind: [Place: [DefinitionID: StoredRow]]] = [:]
        var dynamicWorkflows: [NodeKey: [UInt8]] = [:]
        var blobs: [KeyBytes: [UInt8]] = [:]
        /// `executions` in the order of the last write; what is missing is sorted when it is asked for.
        var heaps: [Place: [StoredRow]] = [:]
    }

    let contents = Guarded(Contents())

    public init(
        domains: [String] = ["development", "staging", "production"], blobPrefix: String = "s3://flyte"
    ) {
        self.domains = domains
        self.blobPrefix = blobPrefix
    }

    public var generation: UInt64? { contents.withLock { $0.generation } }

    public func projects() -> [StoredRow] {
        contents.withLock { $0.projects.values.sorted { Self.precedes($0, $1, "identifier") } }
    }

    public func executions(project: String, domain: String) -> [StoredRow] {
        let place = Place(project: project, domain: domain)
        return contents.withLock { contents in
            if let heap = contents.heaps[place] { return heap }
            guard let rows = contents.executions[place] else { return [] }
            let updated = Entity.execution.index(of: "updated_at") ?? 0
            let heap = rows.values.sorted {
                let order = ColumnValue.order($0.columns[updated], $1.columns[updated]) ?? 0
                return order != 0 ? order < 0 : $0.integer("id") < $1.integer("id")
            }
            contents.heaps[place] = heap
            return heap
        }
    }

    public func execution(_ id: ExecutionID) -> StoredRow? {
        contents.withLock { $0.executions[Place(project: id.project, domain: id.domain)]?[id] }
    }

    public func nodes(of execution: ExecutionID) -> [StoredRow] {
        contents.withLock {
            ($0.nodes[execution] ?? [:]).values.sorted { Self.precedes($0, $1, "node_id") }
        }
    }

    public func nodes(below parent: Int64, of execution: ExecutionID) -> [StoredRow] {
        contents.withLock { contents in
            (contents.children[parent] ?? []).compactMap { contents.nodes[execution]?[$0] }
                .filter { $0["parent_id"] == .integer(parent) }
                .sorted { Self.precedes($0, $1, "node_id") }
        }
    }

    public func node(_ id: String, of execution: ExecutionID) -> StoredRow? {
        contents.withLock { $0.nodes[execution]?[id] }
    }

    public func attempts(of node: String, of execution: ExecutionID) -> [StoredRow] {
        contents.withLock {
            ($0.attempts[NodeKey(execution: execution, node: node)] ?? [:]).values.sorted {
                $0.integer("retry_attempt") != $1.integer("retry_attempt")
                    ? $0.integer("retry_attempt") > $1.integer("retry_attempt")
                    : $0.integer("id") > $1.integer("id")
            }
        }
    }

    public func nodes(ofAttempt attempt: Int64, of execution: ExecutionID) -> [StoredRow] {
        nodes(of: execution).filter { $0["parent_task_execution_id"] == .integer(attempt) }
    }

    public func signals(of execution: ExecutionID) -> [StoredRow] {
        contents.withLock {
            ($0.signals[execution] ?? [:]).values.sorted { Self.precedes($0, $1, "signal_id") }
        }
    }

    public func definitions(_ kind: DefinitionID.Kind, project: String, domain: String) -> [StoredRow] {
        contents.withLock {
            Self.byNameAndVersion($0.definitions[kind]?[Place(project: project, domain: domain)])
        }
    }

    public func definition(_ id: DefinitionID) -> StoredRow? {
        contents.withLock { $0.definition(id) }
    }

    public func namedEntities(_ kind: DefinitionID.Kind, project: String, domain: String) -> [StoredRow] {
        contents.withLock {
            ($0.namedEntities[kind]?[Place(project: project, domain: domain)] ?? [:]).values.sorted {
                Self.precedes($0, $1, "name")
            }
        }
    }

    public func descriptions(_ kind: DefinitionID.Kind, project: String, domain: String) -> [StoredRow] {
        contents.withLock {
            Self.byNameAndVersion($0.descriptions[kind]?[Place(project: project, domain: domain)])
        }
    }

    public func dynamicWorkflow(of node: String, of execution: ExecutionID) -> [UInt8]? {
        contents.withLock { $0.dynamicWorkflows[NodeKey(execution: execution, node: node)] }
    }

    public func blob(_ uri: String) -> [UInt8]? { contents.withLock { $0.blobs[uri] } }

    private static func byNameAndVersion(_ rows: [DefinitionID: StoredRow]?) -> [StoredRow] {
        (rows ?? [:]).values.sorted {
            $0.text("name") != $1.text("name")
                ? precedes($0, $1, "name") : precedes($0, $1, "version")
        }
    }

    private static func precedes(_ a: StoredRow, _ b: StoredRow, _ column: String) -> Bool {
        (ColumnValue.order(a[column], b[column]) ?? 0) < 0
    }
}

extension StoredInstallation.Contents {
    func definition(_ id: DefinitionID) -> StoredRow? {
        definitions[id.kind]?[.init(project: id.project, domain: id.domain)]?[id]
    }

    /// The values of gorm's columns: from the caller, from the row that is replaced, or made up.
    mutating func common(
        _ entity: Entity, _ hidden: HiddenColumns, replacing old: StoredRow?, created: Timestamp?,
        updated: Timestamp?
    ) -> [String: ColumnValue] {
        generation += 1
        var columns: [String: ColumnValue] = [:]
        if let id = hidden.id {
            columns["id"] = .integer(id)
        } else if let old {
            columns["id"] = old["id"]
        } else {
            columns["id"] = .integer((lastID[entity] ?? 0) + 1)
        }
        if case .integer(let id) = columns["id"] { lastID[entity] = max(lastID[entity] ?? 0, id) }
        let createdAt = hidden.createdAt ?? created
        columns["created_at"] =
            hidden.createdAt == nil && old != nil ? old?["created_at"] : .time(createdAt)
        columns["updated_at"] = .time(hidden.updatedAt ?? updated ?? createdAt)
        return columns
    }
}

public import FlyteModel

/// One row of a server's database: the message as a single GET and as a list give it, and its columns.
public final class StoredRow: Sendable {
    public let entity: Entity
    /// The encoded message of a single GET.
    public let message: [UInt8]
    /// The encoded message of a list.
    public let listed: [UInt8]
    /// By the places of `Entity.columns`.
    public let columns: [ColumnValue]
    /// What the row's foreign keys point to.
    public let references: References

    public struct References: Hashable, Sendable {
        public var execution: ExecutionID?
        public var nodeID: String?
        public var launchPlan: DefinitionID?
        public var workflow: DefinitionID?
        public var task: DefinitionID?
        /// Labels, and tags with an empty value.
        public var tags: [Tag]

        public struct Tag: Hashable, Sendable {
            public var key: String
            public var value: String
        }

        public init(
            execution: ExecutionID? = nil, nodeID: String? = nil, launchPlan: DefinitionID? = nil,
            workflow: DefinitionID? = nil, task: DefinitionID? = nil, tags: [Tag] = []
        ) {
            self.execution = execution
            self.nodeID = nodeID
            self.launchPlan = launchPlan
            self.workflow = workflow
            self.task = task
            self.tags = tags
        }
    }

    public init(
        _ entity: Entity, message: [UInt8], listed: [UInt8]? = nil, columns: [String: ColumnValue],
        references: References = References()
    ) {
        self.entity = entity
        self.message = message
        self.listed = listed ?? message
        self.columns = entity.columns.map { columns[$0.name] ?? .null }
        self.references = references
    }

    private init(_ other: StoredRow, listed: [UInt8]) {
        entity = other.entity
        message = other.message
        self.listed = listed
        columns = other.columns
        references = other.references
    }

    func listing(_ listed: [UInt8]) -> StoredRow { StoredRow(self, listed: listed) }

    public subscript(_ column: String) -> ColumnValue {
        entity.index(of: column).map { columns[$0] } ?? .null
    }

    /// The column's text; empty when it holds none.
    public func text(_ column: String) -> String {
        if case .text(let text) = self[column] { text } else { "" }
    }

    public func integer(_ column: String) -> Int64 {
        if case .integer(let value) = self[column] { value } else { 0 }
    }
}

import FlyteIDL

/// A node of an execution: what the archive shows of Flyte's `admin.NodeExecution`.
public struct NodeExecution: Hashable, Sendable {
    public var id = NodeReference(execution: ExecutionID(project: "", domain: "", name: ""), nodeID: "")
    public var phase = NodePhase(number: 0)
    public var lifetime = Lifetime()
    /// Often nil though the node FAILED: the attempt knows.
    public var error: ExecutionError?
    public var inputURI = ""
    public var outputURI: String?
    /// Whether the row holds its outputs itself and names no place of them, as some engines' do.
    public var hasInlineOutputs = false
    public var deckURI = ""
    public var dynamicJobSpecURI = ""

    /// The attempt of the parent node that spawned this one; empty at level 0.
    public var retryGroup = ""
    /// The node's id in the workflow's template; empty in rows of single-task runs and of old engines.
    public var specNodeID = ""
    /// Trust it in lists only: a single answer calls branch nodes childless.
    public var isParent = false
    public var isDynamic = false
    public var isArray = false

    /// The execution that a launch-plan node started.
    public var child: ExecutionID?
    public var cacheStatus = CacheStatus.disabled
    /// The attempt whose outputs a cache hit took.
    public var cacheSource: NodeReference?
    /// What the cache calls what it has of it, as an address: `datacatalog://project/domain/dataset@version/artifact`.
    public var cacheArtifact: String?

    /// Where texts in it are no UTF-8, by the names of fields: they have U+FFFD for what is none.
    public var invalidTexts: [String] = []

    public init() {}

    /// Whether it started another execution.
    public var hasChild: Bool { child != nil }

    /// Whether it is the start or the end of its workflow.
    public var isStartOrEnd: Bool { specNodeID == "start-node" || specNodeID == "end-node" }

    public init(decoding bytes: [UInt8]) throws(ModelError) {
        do {
            let repaired = RepairedTexts.sum
            try self.init(WireReader(bytes))
            if RepairedTexts.sum != repaired {
                invalidTexts = Message.invalidTexts(in: bytes, as: "admin.NodeExecution")
            }
        } catch {
            throw ModelError(message: "admin.NodeExecution", reason: error)
        }
    }

    init(_ reader: WireReader) throws(WireError) {
        var reader = reader
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): id = try reader.nodeReference()
            case (2, .lengthDelimited): inputURI = try reader.text()
            case (3, .lengthDelimited): try readClosure(try reader.message())
            case (4, .lengthDelimited): try readMetadata(try reader.message())
            default: try reader.skip(tag)
            }
        }
        lifetime.isTerminal = phase.isTerminal
    }

    private mutating func readClosure(_ closure: WireReader) throws(WireError) {
        var reader = closure
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): outputURI = try reader.text()
            case (2, .lengthDelimited): error = try ExecutionError(try reader.message())
            case (3, .varint): phase = try reader.enumeration(NodePhase.self)
            case (4, .lengthDelimited): lifetime.startedAt = try reader.timestamp()
            case (5, .lengthDelimited): lifetime.duration = try reader.duration()
            case (6, .lengthDelimited): lifetime.createdAt = try reader.timestamp()
            case (7, .lengthDelimited): lifetime.updatedAt = try reader.timestamp()
            case (8, .lengthDelimited): child = try Self.workflowNodeMetadata(try reader.message())
            case (9, .lengthDelimited): try readTaskNodeMetadata(try reader.message())
            case (10, .lengthDelimited):
                hasInlineOutputs = true
                try reader.skip(tag)
            case (11, .lengthDelimited): deckURI = try reader.text()
            case (12, .lengthDelimited): dynamicJobSpecURI = try reader.text()
            default: try reader.skip(tag)
            }
        }
    }

    /// The execution that a `WorkflowNodeMetadata`, of either package, names.
    static func workflowNodeMetadata(_ metadata: WireReader) throws(WireError) -> ExecutionID? {
        var reader = metadata
        var id: ExecutionID?
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): id = try reader.executionID()
            default: try reader.skip(tag)
            }
        }
        return id
    }

    private mutating func readTaskNodeMetadata(_ metadata: WireReader) throws(WireError) {
        var reader = metadata
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .varint): cacheStatus = try reader.enumeration(CacheStatus.self)
            case (2, .lengthDelimited):
                var catalog = try reader.message()
                var (dataset, artifact) = ("", "")
                while let tag = try catalog.next() {
                    switch (tag.number, tag.kind) {
                    case (1, .lengthDelimited):
                        let id = try catalog.definitionID(default: .task)
                        dataset = "\(id.project)/\(id.domain)/\(id.name)@\(id.version)"
                    case (2, .lengthDelimited):
                        var inner = try catalog.message()
                        while let tag = try inner.next() {
                            switch (tag.number, tag.kind) {
                            case (1, .lengthDelimited): artifact = try inner.text()
                            default: try inner.skip(tag)
                            }
                        }
                    case (3, .lengthDelimited):
                        var source = try catalog.message()
                        while let tag = try source.next() {
                            switch (tag.number, tag.kind) {
                            case (2, .lengthDelimited): cacheSource = try source.nodeReference()
                            default: try source.skip(tag)
                            }
                        }
                    default: try catalog.skip(tag)
                    }
                }
                if !artifact.isEmpty { cacheArtifact = "datacatalog://\(dataset)/\(artifact)" }
            default: try reader.skip(tag)
            }
        }
    }

    private mutating func readMetadata(_ metadata: WireReader) throws(WireError) {
        var reader = metadata
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): retryGroup = try reader.text()
            case (2, .varint): isParent = try reader.flag()
            case (3, .lengthDelimited): specNodeID = try reader.text()
            case (4, .varint): isDynamic = try reader.flag()
            case (5, .varint): isArray = try reader.flag()
            default: try reader.skip(tag)
            }
        }
    }
}

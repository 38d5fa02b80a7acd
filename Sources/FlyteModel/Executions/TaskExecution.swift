import FlyteIDL

/// An attempt of a task node: what the archive shows of Flyte's `admin.TaskExecution`.
public struct TaskExecution: Hashable, Sendable {
    public var task = DefinitionID(kind: .task, project: "", domain: "", name: "", version: "")
    public var node = NodeReference(execution: ExecutionID(project: "", domain: "", name: ""), nodeID: "")
    /// Counts from 0.
    public var retryAttempt: UInt32 = 0
    public var phase = TaskPhase(number: 0)
    public var lifetime = Lifetime()
    public var error: ExecutionError?
    public var inputURI = ""
    public var outputURI: String?
    /// Whether the row holds its outputs itself and names no place of them, as some engines' do.
    public var hasInlineOutputs = false
    public var taskType = ""
    /// The latest reason.
    public var reason = ""
    /// All reasons, in the server's order, which is that of their coming.
    public var reasons: [Reason] = []
    public var logs: [TaskLog] = []
    /// The backend's name for it: the pod, for pods.
    public var generatedName = ""
    public var pluginIdentifier = ""
    /// The elements of a map task, one for each try of each.
    public var externalResources: [ExternalResource] = []
    /// Has nodes of its own, linked by the task: engines before event version 1.
    public var isParent = false

    public struct Reason: Hashable, Sendable {
        public var at: Timestamp?
        public var message = ""
    }

    public struct TaskLog: Hashable, Sendable {
        public var name = ""
        public var uri = ""

        init(_ reader: WireReader) throws(WireError) {
            var reader = reader
            while let tag = try reader.next() {
                switch (tag.number, tag.kind) {
                case (1, .lengthDelimited): uri = try reader.text()
                case (2, .lengthDelimited): name = try reader.text()
                default: try reader.skip(tag)
                }
            }
        }
    }

    /// A try of an element of a map task. Flyte keeps no times of it.
    public struct ExternalResource: Hashable, Sendable {
        public var externalID = ""
        public var index: UInt32 = 0
        public var retryAttempt: UInt32 = 0
        public var phase = TaskPhase(number: 0)
        public var cacheStatus = CacheStatus.disabled
        public var logs: [TaskLog] = []
        public var child: ExecutionID?

        init(_ reader: WireReader) throws(WireError) {
            var reader = reader
            while let tag = try reader.next() {
                switch (tag.number, tag.kind) {
                case (1, .lengthDelimited): externalID = try reader.text()
                case (2, .varint): index = try reader.uint32()
                case (3, .varint): retryAttempt = try reader.uint32()
                case (4, .varint): phase = try reader.enumeration(TaskPhase.self)
                case (5, .varint): cacheStatus = try reader.enumeration(CacheStatus.self)
                case (6, .lengthDelimited): logs.append(try TaskLog(try reader.message()))
                case (7, .lengthDelimited):
                    child = try NodeExecution.workflowNodeMetadata(try reader.message())
                default: try reader.skip(tag)
                }
            }
        }
    }

    /// Where texts in it are no UTF-8, by the names of fields: they have U+FFFD for what is none.
    public var invalidTexts: [String] = []

    public init() {}

    public init(decoding bytes: [UInt8]) throws(ModelError) {
        do {
            let repaired = RepairedTexts.sum
            try self.init(WireReader(bytes))
            if RepairedTexts.sum != repaired {
                invalidTexts = Message.invalidTexts(in: bytes, as: "admin.TaskExecution")
            }
        } catch {
            throw ModelError(message: "admin.TaskExecution", reason: error)
        }
    }

    init(_ reader: WireReader) throws(WireError) {
        var reader = reader
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited):
                var inner = try reader.message()
                while let tag = try inner.next() {
                    switch (tag.number, tag.kind) {
                    case (1, .lengthDelimited): task = try inner.definitionID(default: .task)
                    case (2, .lengthDelimited): node = try inner.nodeReference()
                    case (3, .varint): retryAttempt = try inner.uint32()
                    default: try inner.skip(tag)
                    }
                }
            case (2, .lengthDelimited): inputURI = try reader.text()
            case (3, .lengthDelimited): try readClosure(try reader.message())
            case (4, .varint): isParent = try reader.flag()
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
            case (3, .varint): phase = try reader.enumeration(TaskPhase.self)
            case (4, .lengthDelimited): logs.append(try TaskLog(try reader.message()))
            case (5, .lengthDelimited): lifetime.startedAt = try reader.timestamp()
            case (6, .lengthDelimited): lifetime.duration = try reader.duration()
            case (7, .lengthDelimited): lifetime.createdAt = try reader.timestamp()
            case (8, .lengthDelimited): lifetime.updatedAt = try reader.timestamp()
            case (10, .lengthDelimited): reason = try reader.text()
            case (11, .lengthDelimited): taskType = try reader.text()
            case (12, .lengthDelimited):
                hasInlineOutputs = true
                try reader.skip(tag)
            case (16, .lengthDelimited): try readMetadata(try reader.message())
            case (18, .lengthDelimited):
                var inner = try reader.message()
                var reason = Reason()
                while let tag = try inner.next() {
                    switch (tag.number, tag.kind) {
                    case (1, .lengthDelimited): reason.at = try inner.timestamp()
                    case (2, .lengthDelimited): reason.message = try inner.text()
                    default: try inner.skip(tag)
                    }
                }
                reasons.append(reason)
            default: try reader.skip(tag)
            }
        }
    }

    private mutating func readMetadata(_ metadata: WireReader) throws(WireError) {
        var reader = metadata
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): generatedName = try reader.text()
            case (2, .lengthDelimited):
                externalResources.append(try ExternalResource(try reader.message()))
            case (4, .lengthDelimited): pluginIdentifier = try reader.text()
            default: try reader.skip(tag)
            }
        }
    }
}

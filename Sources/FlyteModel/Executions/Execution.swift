import FlyteIDL

/// A workflow execution: what the archive shows of Flyte's `admin.Execution`.
public struct Execution: Hashable, Sendable {
    public var id = ExecutionID(project: "", domain: "", name: "")
    /// What was launched: a launch plan, or a task for a single-task run.
    public var launchPlan: DefinitionID?
    /// The workflow version that runs; `.flytegen.<task>` for a single-task run.
    public var workflow: DefinitionID?
    public var phase = ExecutionPhase(number: 0)
    public var lifetime = Lifetime()
    public var error: ExecutionError?
    /// Set when somebody terminated it.
    public var abort: Abort?
    public var outputURI: String?

    public var mode = ExecutionMode(number: 0)
    public var principal = ""
    /// 0 at the top, one more than the parent's for a child.
    public var nesting: UInt32 = 0
    public var scheduledAt: Timestamp?
    public var parent: NodeReference?
    /// The original, for a relaunch or a recovery.
    public var reference: ExecutionID?
    public var cluster = ""
    public var isArchived = false

    public var labels: [KeyValue] = []
    public var annotations: [KeyValue] = []
    public var environment: [KeyValue] = []
    /// The artifacts that it consumed, as addresses: `flyte://project/domain/name@version`.
    public var artifacts: [String] = []
    public var tags: [String] = []

    public struct Abort: Hashable, Sendable {
        public var cause = ""
        public var principal = ""
    }

    /// Where texts in it are no UTF-8, by the names of fields: they have U+FFFD for what is none.
    public var invalidTexts: [String] = []

    public init() {}

    public init(decoding bytes: [UInt8]) throws(ModelError) {
        do {
            let repaired = RepairedTexts.sum
            try self.init(WireReader(bytes))
            if RepairedTexts.sum != repaired {
                invalidTexts = Message.invalidTexts(in: bytes, as: "admin.Execution")
            }
        } catch {
            throw ModelError(message: "admin.Execution", reason: error)
        }
    }

    init(_ reader: WireReader) throws(WireError) {
        var reader = reader
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): id = try reader.executionID()
            case (2, .lengthDelimited): try readSpec(try reader.message())
            case (3, .lengthDelimited): try readClosure(try reader.message())
            default: try reader.skip(tag)
            }
        }
        lifetime.isTerminal = phase.isTerminal
    }

    private mutating func readSpec(_ spec: WireReader) throws(WireError) {
        var reader = spec
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): launchPlan = try reader.definitionID(default: .launchPlan)
            case (3, .lengthDelimited): try readMetadata(try reader.message())
            case (7, .lengthDelimited): labels = try reader.keyValues()
            case (8, .lengthDelimited): annotations = try reader.keyValues()
            case (23, .lengthDelimited): environment = try reader.keyValues()
            case (24, .lengthDelimited): tags.append(try reader.text())
            default: try reader.skip(tag)
            }
        }
    }

    private mutating func readMetadata(_ metadata: WireReader) throws(WireError) {
        var reader = metadata
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .varint): mode = try reader.enumeration(ExecutionMode.self)
            case (2, .lengthDelimited): principal = try reader.text()
            case (3, .varint): nesting = try reader.uint32()
            case (4, .lengthDelimited): scheduledAt = try reader.timestamp()
            case (5, .lengthDelimited): parent = try reader.nodeReference()
            case (16, .lengthDelimited): reference = try reader.executionID()
            case (18, .lengthDelimited): artifacts.append(try reader.artifactAddress())
            case (17, .lengthDelimited):
                var inner = try reader.message()
                while let tag = try inner.next() {
                    switch (tag.number, tag.kind) {
                    case (1, .lengthDelimited): cluster = try inner.text()
                    default: try inner.skip(tag)
                    }
                }
            default: try reader.skip(tag)
            }
        }
    }

    private mutating func readClosure(_ closure: WireReader) throws(WireError) {
        var reader = closure
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited):
                var inner = try reader.message()
                while let tag = try inner.next() {
                    switch (tag.number, tag.kind) {
                    case (2, .lengthDelimited): outputURI = try inner.text()
                    default: try inner.skip(tag)
                    }
                }
            case (2, .lengthDelimited): error = try ExecutionError(try reader.message())
            case (4, .varint): phase = try reader.enumeration(ExecutionPhase.self)
            case (5, .lengthDelimited): lifetime.startedAt = try reader.timestamp()
            case (6, .lengthDelimited): lifetime.duration = try reader.duration()
            case (7, .lengthDelimited): lifetime.createdAt = try reader.timestamp()
            case (8, .lengthDelimited): lifetime.updatedAt = try reader.timestamp()
            case (10, .lengthDelimited): abort = Abort(cause: try reader.text(), principal: "")
            case (11, .lengthDelimited): workflow = try reader.definitionID(default: .workflow)
            case (12, .lengthDelimited):
                var inner = try reader.message()
                var abort = Abort()
                while let tag = try inner.next() {
                    switch (tag.number, tag.kind) {
                    case (1, .lengthDelimited): abort.cause = try inner.text()
                    case (2, .lengthDelimited): abort.principal = try inner.text()
                    default: try inner.skip(tag)
                    }
                }
                self.abort = abort
            case (14, .lengthDelimited):
                var inner = try reader.message()
                while let tag = try inner.next() {
                    switch (tag.number, tag.kind) {
                    case (1, .varint): isArchived = try inner.varint() == 1
                    default: try inner.skip(tag)
                    }
                }
            default: try reader.skip(tag)
            }
        }
    }
}

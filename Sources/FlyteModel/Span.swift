import FlyteIDL

/// A span of an execution's metrics, with the spans inside it: Flyte's `core.Span`.
public struct Span: Hashable, Sendable {
    public enum Entity: Hashable, Sendable {
        case execution(ExecutionID)
        case node(NodeReference)
        case attempt(NodeReference, task: DefinitionID, retryAttempt: UInt32)
        /// Flyte's id, such as `NODE_SETUP`.
        case operation(String)
        case unknown
    }

    public var entity: Entity
    public var start: Timestamp?
    /// May lie before the start: clocks differ, and kubelets cut to seconds.
    public var end: Timestamp?
    public var spans: [Span]

    public init(entity: Entity, start: Timestamp?, end: Timestamp?, spans: [Span] = []) {
        self.entity = entity
        self.start = start
        self.end = end
        self.spans = spans
    }

    /// Reads an `admin.WorkflowExecutionGetMetricsResponse`; nil when it holds no span.
    public static func decode(metrics bytes: [UInt8]) throws(ModelError) -> Span? {
        do {
            var span: Span?
            try decodeFields(WireReader(bytes)) { tag, reader throws(WireError) in
                guard tag == WireTag(number: 1, kind: .lengthDelimited) else { return false }
                span = try Span(try reader.message(), depth: 0)
                return true
            }
            return span
        } catch {
            throw ModelError(message: "admin.WorkflowExecutionGetMetricsResponse", reason: error)
        }
    }

    /// Hands it and all that lies inside it over one by one, each with its depth and before its own.
    public func walk<Failure: Error>(
        depth: Int = 0, _ take: (Span, _ depth: Int) throws(Failure) -> Void
    ) throws(Failure) {
        try take(self, depth)
        for inner in spans { try inner.walk(depth: depth + 1, take) }
    }

    private init(_ reader: WireReader, depth: Int) throws(WireError) {
        guard depth < Message.depthLimit else { throw .tooDeep }
        self.init(entity: .unknown, start: nil, end: nil)
        var reader = reader
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): start = try reader.timestamp()
            case (2, .lengthDelimited): end = try reader.timestamp()
            case (3, .lengthDelimited): entity = .execution(try reader.executionID())
            case (4, .lengthDelimited): entity = .node(try reader.nodeReference())
            case (5, .lengthDelimited):
                var inner = try reader.message()
                var task = DefinitionID(kind: .task, project: "", domain: "", name: "", version: "")
                var node = NodeReference(
                    execution: ExecutionID(project: "", domain: "", name: ""), nodeID: "")
                var attempt: UInt32 = 0
                while let tag = try inner.next() {
                    switch (tag.number, tag.kind) {
                    case (1, .lengthDelimited): task = try inner.definitionID(default: .task)
                    case (2, .lengthDelimited): node = try inner.nodeReference()
                    case (3, .varint): attempt = try inner.uint32()
                    default: try inner.skip(tag)
                    }
                }
                entity = .attempt(node, task: task, retryAttempt: attempt)
            case (6, .lengthDelimited): entity = .operation(try reader.string())
            case (7, .lengthDelimited): spans.append(try Span(try reader.message(), depth: depth + 1))
            default: try reader.skip(tag)
            }
        }
    }
}

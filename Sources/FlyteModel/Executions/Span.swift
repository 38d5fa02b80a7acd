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

    /// Hands the spans of an answer over one by one, each with its depth, without those that lie inside it and
    /// before them. Of what a span is about only the node, the attempt and the operation are named. Throws a `ModelError` where the answer cannot be read, and what `take` throws.
    public static func walk(
        metrics bytes: [UInt8], _ take: (Span, _ depth: Int) throws -> Void
    ) throws {
        do {
            try walk(bytes, take)
        } catch let error as WireError {
            throw ModelError(message: "admin.WorkflowExecutionGetMetricsResponse", reason: error)
        }
    }

    private static func walk(_ bytes: [UInt8], _ take: (Span, _ depth: Int) throws -> Void) throws {
        // As in `decode`, the last one counts.
        var root: Range<Int>?
        var reader = WireReader(bytes)
        while let tag = try reader.next() {
            if tag == WireTag(number: 1, kind: .lengthDelimited) {
                root = try reader.range()
            } else {
                try reader.skip(tag)
            }
        }
        if let root { try walk(WireReader(bytes, in: root), depth: 0, take) }
    }

    private static func walk(
        _ span: WireReader, depth: Int, _ take: (Span, _ depth: Int) throws -> Void
    ) throws {
        try take(try Span(span, depth: depth, isWhole: false), depth)
        var reader = span
        while let tag = try reader.next() {
            if tag == WireTag(number: 7, kind: .lengthDelimited) {
                try walk(try reader.message(), depth: depth + 1, take)
            } else {
                try reader.skip(tag)
            }
        }
    }

    /// - Parameter isWhole: Whether with the spans inside it.
    private init(_ reader: WireReader, depth: Int, isWhole: Bool = true) throws(WireError) {
        guard depth < Message.depthLimit else { throw .tooDeep }
        self.init(entity: .unknown, start: nil, end: nil)
        var reader = reader
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): start = try reader.timestamp()
            case (2, .lengthDelimited): end = try reader.timestamp()
            case (3, .lengthDelimited): entity = .execution(try reader.executionID(isNamed: isWhole))
            case (4, .lengthDelimited): entity = .node(try reader.nodeReference(ofNamed: isWhole))
            case (5, .lengthDelimited):
                var inner = try reader.message()
                var task = DefinitionID(kind: .task, project: "", domain: "", name: "", version: "")
                var node = NodeReference(
                    execution: ExecutionID(project: "", domain: "", name: ""), nodeID: "")
                var attempt: UInt32 = 0
                while let tag = try inner.next() {
                    switch (tag.number, tag.kind) {
                    case (1, .lengthDelimited):
                        task = try inner.definitionID(default: .task, isNamed: isWhole)
                    case (2, .lengthDelimited): node = try inner.nodeReference(ofNamed: isWhole)
                    case (3, .varint): attempt = try inner.uint32()
                    default: try inner.skip(tag)
                    }
                }
                entity = .attempt(node, task: task, retryAttempt: attempt)
            case (6, .lengthDelimited): entity = .operation(try reader.text())
            case (7, .lengthDelimited) where isWhole:
                spans.append(try Span(try reader.message(), depth: depth + 1))
            default: try reader.skip(tag)
            }
        }
    }
}

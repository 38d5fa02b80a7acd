public import FlyteIDL

/// Why a message of Flyte's could not be read.
public struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The message, such as `admin.Execution`.
    public var message: String
    public var reason: WireError

    public init(message: String, reason: WireError) {
        self.message = message
        self.reason = reason
    }

    public var description: String { "The server's \(message) cannot be read: \(reason)." }
}

/// Reads a message's fields one by one; `read` says whether it took the field.
func decodeFields(
    _ reader: WireReader, _ read: (WireTag, inout WireReader) throws(WireError) -> Bool
) throws(WireError) {
    var reader = reader
    while let tag = try reader.next() {
        if try !read(tag, &reader) { try reader.skip(tag) }
    }
}

// The parts that many of Flyte's messages share.
extension WireReader {
    /// A `google.protobuf.Timestamp`.
    mutating func timestamp() throws(WireError) -> Timestamp {
        let (seconds, nanos) = try secondsAndNanos()
        return Timestamp(seconds: seconds, nanos: nanos)
    }

    /// A `google.protobuf.Duration` in nanoseconds.
    mutating func duration() throws(WireError) -> Int64 {
        let (seconds, nanos) = try secondsAndNanos()
        return Timestamp.clamped(seconds: seconds, nanos: nanos)
    }

    mutating func secondsAndNanos() throws(WireError) -> (seconds: Int64, nanos: Int64) {
        var inner = try message()
        var seconds: Int64 = 0
        var nanos: Int64 = 0
        while let tag = try inner.next() {
            switch (tag.number, tag.kind) {
            case (1, .varint): seconds = Int64(bitPattern: try inner.varint())
            case (2, .varint): nanos = Int64(Int32(truncatingIfNeeded: try inner.varint()))
            default: try inner.skip(tag)
            }
        }
        return (seconds, nanos)
    }

    mutating func enumeration<E: OpenEnum>(_: E.Type) throws(WireError) -> E {
        E(number: Int32(truncatingIfNeeded: try varint()))
    }

    mutating func uint32() throws(WireError) -> UInt32 { UInt32(truncatingIfNeeded: try varint()) }
    mutating func flag() throws(WireError) -> Bool { try varint() != 0 }

    /// A text; one that nobody wants to have is empty.
    private mutating func string(isWanted: Bool) throws(WireError) -> String {
        if isWanted { return try text() }
        _ = try range()
        return ""
    }

    /// A `core.WorkflowExecutionIdentifier`; without its names when nobody wants to have them.
    mutating func executionID(isNamed: Bool = true) throws(WireError) -> ExecutionID {
        var inner = try message()
        var id = ExecutionID(project: "", domain: "", name: "")
        while let tag = try inner.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): id.project = try inner.string(isWanted: isNamed)
            case (2, .lengthDelimited): id.domain = try inner.string(isWanted: isNamed)
            case (4, .lengthDelimited): id.name = try inner.string(isWanted: isNamed)
            default: try inner.skip(tag)
            }
        }
        return id
    }

    /// A `core.Identifier`; an unset or unknown resource type is that of `kind`. Without its names when nobody wants to
    /// have them.
    mutating func definitionID(
        default kind: DefinitionID.Kind, isNamed: Bool = true
    ) throws(WireError) -> DefinitionID {
        var inner = try message()
        var id = DefinitionID(kind: kind, project: "", domain: "", name: "", version: "")
        while let tag = try inner.next() {
            switch (tag.number, tag.kind) {
            case (1, .varint):
                switch try inner.varint() {
                case 1: id.kind = .task
                case 2: id.kind = .workflow
                case 3: id.kind = .launchPlan
                default: break
                }
            case (2, .lengthDelimited): id.project = try inner.string(isWanted: isNamed)
            case (3, .lengthDelimited): id.domain = try inner.string(isWanted: isNamed)
            case (4, .lengthDelimited): id.name = try inner.string(isWanted: isNamed)
            case (5, .lengthDelimited): id.version = try inner.string(isWanted: isNamed)
            default: try inner.skip(tag)
            }
        }
        return id
    }

    /// A `core.NodeExecutionIdentifier`; without the execution's names when nobody wants to have them.
    mutating func nodeReference(ofNamed isNamed: Bool = true) throws(WireError) -> NodeReference {
        var inner = try message()
        var reference = NodeReference(
            execution: ExecutionID(project: "", domain: "", name: ""), nodeID: "")
        while let tag = try inner.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): reference.nodeID = try inner.text()
            case (2, .lengthDelimited): reference.execution = try inner.executionID(isNamed: isNamed)
            default: try inner.skip(tag)
            }
        }
        return reference
    }

    /// One entry of a `map<string, string>`.
    mutating func stringEntry() throws(WireError) -> KeyValue {
        var inner = try message()
        var entry = KeyValue(key: "", value: "")
        while let tag = try inner.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): entry.key = try inner.text()
            case (2, .lengthDelimited): entry.value = try inner.text()
            default: try inner.skip(tag)
            }
        }
        return entry
    }

    /// A message whose field 1 is a `map<string, string>` or a list of `core.KeyValuePair`.
    mutating func keyValues() throws(WireError) -> [KeyValue] {
        var inner = try message()
        var entries: [KeyValue] = []
        while let tag = try inner.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): entries.append(try inner.stringEntry())
            default: try inner.skip(tag)
            }
        }
        return entries
    }
}

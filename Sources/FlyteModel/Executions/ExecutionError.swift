import FlyteIDL

/// Flyte's `core.ExecutionError`.
public struct ExecutionError: Hashable, Sendable {
    public var code = ""
    /// May hold a long traceback, `\r\n`, pod names; lists cut it at 100 bytes on executions and nodes.
    public var message = ""
    public var kind = ErrorKind.unknown
    public var timestamp: Timestamp?

    public init(code: String = "", message: String = "", kind: ErrorKind = .unknown) {
        self.code = code
        self.message = message
        self.kind = kind
    }

    init(_ reader: WireReader) throws(WireError) {
        var reader = reader
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): code = try reader.text()
            case (2, .lengthDelimited): message = try reader.text()
            case (4, .varint): kind = try reader.enumeration(ErrorKind.self)
            case (5, .lengthDelimited): timestamp = try reader.timestamp()
            default: try reader.skip(tag)
            }
        }
    }
}

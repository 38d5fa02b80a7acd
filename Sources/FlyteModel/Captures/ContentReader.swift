public import FlyteIDL

/// Reads the fields of a message that may be too large for memory, going past their values.
public struct ContentReader {
    private let content: MessageContent
    private var position: Int
    private let end: Int
    /// What was read ahead.
    private var window: [UInt8] = []
    private var windowStart = 0

    private static let windowBytes = 4096
    /// A tag and a length.
    private static let headBytes = 20

    public init(_ content: MessageContent, in range: Range<Int>? = nil) {
        self.content = content
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? content.count
    }

    public mutating func next() throws -> WireTag? {
        guard position < end else { return nil }
        return try ahead { reader throws(WireError) in try reader.next() }
    }

    /// Where the value of a length-delimited field lies, having gone past it.
    public mutating func range() throws -> Range<Int> {
        let length = try ahead { reader throws(WireError) in try reader.varint() }
        guard length <= UInt64(end - position) else { throw WireError.truncated }
        let start = position
        position += Int(length)
        return start..<position
    }

    public mutating func skip(_ tag: WireTag) throws {
        if tag.kind == .lengthDelimited {
            _ = try range()
        } else {
            try ahead { reader throws(WireError) in try reader.skip(tag) }
        }
    }

    private mutating func ahead<Result>(
        _ read: (inout WireReader) throws(WireError) -> Result
    ) throws -> Result {
        let needed = min(end, position + Self.headBytes)
        if position < windowStart || needed > windowStart + window.count {
            windowStart = position
            window = try content.bytes(in: position..<min(end, position + Self.windowBytes))
        }
        let start = position - windowStart
        var reader = WireReader(window, in: start..<min(window.count, end - windowStart))
        let result = try read(&reader)
        position += reader.position - start
        return result
    }
}

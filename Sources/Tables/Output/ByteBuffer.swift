/// An answer in memory.
public final class ByteBuffer: ByteSink {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    public func write(_ bytes: [UInt8]) { self.bytes += bytes }
    public func finish() {}
}

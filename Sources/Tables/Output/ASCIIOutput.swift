/// Writes texts as ``ASCIIText`` has them.
public final class ASCIIOutput: ByteSink {
    private let sink: any ByteSink
    /// The beginning of a character of which the rest has not come yet.
    private var begun: [UInt8] = []

    public init(_ sink: any ByteSink) { self.sink = sink }

    public func write(_ bytes: [UInt8]) throws {
        let all = begun + bytes
        let end = Self.endOfWhole(all)
        begun = Array(all[end...])
        try put(all[..<end])
    }

    public func finish() throws {
        try put(begun[...])
        begun = []
        try sink.finish()
    }

    private func put(_ bytes: ArraySlice<UInt8>) throws {
        guard !bytes.isEmpty else { return }
        try sink.write(Array(ASCIIText.of(String(decoding: bytes, as: UTF8.self)).utf8))
    }

    /// Where the last character begins if it is not whole, else the end.
    private static func endOfWhole(_ bytes: [UInt8]) -> Int {
        for back in 1...4 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0b1100_0000 == 0b1000_0000 { continue }
            let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            return back < length ? bytes.count - back : bytes.count
        }
        return bytes.count
    }
}

import FlyteIDL

extension WireReader {
    /// Walks over the fields of a message's first level; throws when the bytes are none.
    static func check(_ bytes: [UInt8]) throws(WireError) {
        var reader = WireReader(bytes)
        while let tag = try reader.next() { try reader.skip(tag) }
    }
}

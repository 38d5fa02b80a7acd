import FlyteIDL
import FlyteModel

/// What an answer to a data call says of one side.
struct DataAnswer {
    struct Side {
        /// A signed URL; the object's own address on servers that cannot sign; empty without.
        var url = ""
        /// The object's size where the server knows it.
        var bytes: Int64 = 0
        /// The literal map is in the answer, and has entries.
        var isInline = false
        /// URIs of literals that the engine keeps apart, on the map's own level.
        var offloaded: [String] = []
    }

    var inputs = Side()
    var outputs = Side()
    /// Of a dynamic node: whether the workflow that it made is in the answer, too.
    var hasDynamicWorkflow = false

    /// - Parameter isExecution: In the answer for an execution the outputs come first; in those for nodes and
    ///   attempts the inputs do.
    init(decoding body: [UInt8], isExecution: Bool) throws(WireError) {
        var reader = WireReader(body)
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited):
                let side = try Self.urlBlob(try reader.message())
                if isExecution { outputs.take(side) } else { inputs.take(side) }
            case (2, .lengthDelimited):
                let side = try Self.urlBlob(try reader.message())
                if isExecution { inputs.take(side) } else { outputs.take(side) }
            case (3, .lengthDelimited): inputs.takeMap(try reader.message())
            case (4, .lengthDelimited): outputs.takeMap(try reader.message())
            case (16, .lengthDelimited) where !isExecution:
                var metadata = try reader.message()
                while let tag = try metadata.next() {
                    if tag == WireTag(number: 2, kind: .lengthDelimited) { hasDynamicWorkflow = true }
                    try metadata.skip(tag)
                }
            default: try reader.skip(tag)
            }
        }
    }

    private static func urlBlob(_ blob: WireReader) throws(WireError) -> (url: String, bytes: Int64) {
        var reader = blob
        var url = ""
        var bytes: Int64 = 0
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (1, .lengthDelimited): url = try reader.text()
            case (2, .varint): bytes = Int64(bitPattern: try reader.varint())
            default: try reader.skip(tag)
            }
        }
        return (url, bytes)
    }
}

extension DataAnswer.Side {
    fileprivate mutating func take(_ blob: (url: String, bytes: Int64)) { (url, bytes) = blob }

    fileprivate mutating func takeMap(_ map: WireReader) {
        isInline = !map.isAtEnd
        offloaded += OffloadedLiterals.uris(inMap: map)
    }

    /// Whether the URL can be fetched over HTTP.
    var isFetchable: Bool {
        ["http://", "https://"].contains { url.utf8.starts(with: $0.utf8) }
    }
}

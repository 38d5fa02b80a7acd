import FlyteIDL

/// Finds the literals of a map that the engine keeps apart.
enum OffloadedLiterals {
    /// Their URIs, at any depth, in the order of the map.
    static func uris(inMap map: WireReader) throws(WireError) -> [String] {
        var uris: [String] = []
        try readMap(map, depth: 0, &uris)
        return uris
    }

    private static func readMap(_ map: WireReader, depth: Int, _ uris: inout [String]) throws(WireError) {
        guard depth < Message.depthLimit else { throw .tooDeep }
        var reader = map
        while let tag = try reader.next() {
            guard tag == WireTag(number: 1, kind: .lengthDelimited) else {
                try reader.skip(tag)
                continue
            }
            var entry = try reader.message()
            while let tag = try entry.next() {
                switch (tag.number, tag.kind) {
                case (2, .lengthDelimited): try readLiteral(try entry.message(), depth: depth + 1, &uris)
                default: try entry.skip(tag)
                }
            }
        }
    }

    private static func readLiteral(
        _ literal: WireReader, depth: Int, _ uris: inout [String]
    ) throws(WireError) {
        guard depth < Message.depthLimit else { throw .tooDeep }
        var reader = literal
        while let tag = try reader.next() {
            switch (tag.number, tag.kind) {
            case (2, .lengthDelimited):
                var list = try reader.message()
                while let tag = try list.next() {
                    switch (tag.number, tag.kind) {
                    case (1, .lengthDelimited): try readLiteral(try list.message(), depth: depth + 1, &uris)
                    default: try list.skip(tag)
                    }
                }
            case (3, .lengthDelimited): try readMap(try reader.message(), depth: depth + 1, &uris)
            case (8, .lengthDelimited):
                var metadata = try reader.message()
                while let tag = try metadata.next() {
                    switch (tag.number, tag.kind) {
                    case (1, .lengthDelimited): uris.append(try metadata.string())
                    default: try metadata.skip(tag)
                    }
                }
            default: try reader.skip(tag)
            }
        }
    }
}

import FlyteIDL
import FlyteModel

/// Finds the literals of a map that the engine keeps apart.
enum OffloadedLiterals {
    /// Their URIs, at any depth, in the order of the map.
    static func uris(inMap map: WireReader) throws(WireError) -> [String] {
        var uris: [String] = []
        try readMap(map, depth: 0, &uris)
        return uris
    }

    /// The same of a map or a literal that may be too large for memory.
    static func uris(in content: MessageContent, isMap: Bool) throws -> [String] {
        var uris: [String] = []
        try scan(content, 0..<content.count, isMap ? .map : .literal, depth: 0, &uris)
        return uris
    }

    /// What can hold offloaded literals.
    private enum Scanned { case map, entry, literal, list }

    private static func scan(
        _ content: MessageContent, _ range: Range<Int>, _ kind: Scanned, depth: Int, _ uris: inout [String]
    ) throws {
        guard depth < Message.depthLimit else { throw WireError.tooDeep }
        if range.count <= LiteralMap.scanLimit, kind == .map || kind == .literal {
            let reader = WireReader(try content.bytes(in: range))
            try kind == .map
                ? readMap(reader, depth: depth, &uris) : readLiteral(reader, depth: depth, &uris)
            return
        }
        var reader = ContentReader(content, in: range)
        while let tag = try reader.next() {
            guard tag.kind == .lengthDelimited else {
                try reader.skip(tag)
                continue
            }
            let value = try reader.range()
            let inner: Scanned? =
                switch (kind, tag.number) {
                case (.map, 1): .entry
                case (.entry, 2), (.list, 1): .literal
                case (.literal, 2): .list
                case (.literal, 3): .map
                default: nil
                }
            if let inner { try scan(content, value, inner, depth: depth + 1, &uris) }
        }
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
